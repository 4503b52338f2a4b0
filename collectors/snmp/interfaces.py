"""Which interfaces are shown: the operator's rules, first match wins, applied to every table that ``ifIndex`` leads.

A rule looks at names (ifName, ifDescr), alias, type and administrative state. Columns it needs that no module asks for
are walked besides. What is not known of an interface counts as an empty text, or as no value.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collectors.snmp.contract import Column, Rows, Value
from collectors.snmp.plan import Plan
from netmon.settings import InterfaceRule

IF_DESCR, IF_TYPE, IF_ADMIN, IF_NAME, IF_ALIAS = (
    Column.of(oid)
    for oid in (
        "1.3.6.1.2.1.2.2.1.2",
        "1.3.6.1.2.1.2.2.1.3",
        "1.3.6.1.2.1.2.2.1.7",
        "1.3.6.1.2.1.31.1.1.1.1",
        "1.3.6.1.2.1.31.1.1.1.18",
    )
)
_LEADING = "ifIndex"
_CONTINUES = 0x80


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule with its expressions compiled."""

    keep: bool
    name: re.Pattern[str] | None
    alias: re.Pattern[str] | None
    types: frozenset[int]
    admin: frozenset[int]

    @classmethod
    def of(cls, rule: InterfaceRule) -> "_Rule":
        name, alias = (None if text is None else re.compile(text) for text in (rule.name, rule.alias))
        return cls(rule.keep, name, alias, frozenset(rule.types), frozenset(rule.admin))

    def columns(self) -> Iterable[Column]:
        if self.name is not None:
            yield from (IF_NAME, IF_DESCR)
        if self.alias is not None:
            yield IF_ALIAS
        if self.types:
            yield IF_TYPE
        if self.admin:
            yield IF_ADMIN

    def matches(self, said: Mapping[bytes, Value | None]) -> bool:
        if self.types and said.get(IF_TYPE.prefix) not in self.types:
            return False
        if self.admin and said.get(IF_ADMIN.prefix) not in self.admin:
            return False
        if self.alias is not None and not self.alias.search(_text(said.get(IF_ALIAS.prefix))):
            return False
        names = (_text(said.get(column.prefix)) for column in (IF_NAME, IF_DESCR))
        return self.name is None or any(map(self.name.search, names))


class InterfaceFilter:
    """The rules of one check. ``columns`` are what they look at; ``kept`` and ``dropped`` count interfaces."""

    def __init__(self, rules: Iterable[InterfaceRule], plan: Plan) -> None:
        self._rules = tuple(map(_Rule.of, rules))
        self.columns = tuple(dict.fromkeys(column for rule in self._rules for column in rule.columns()))
        self._single: set[bytes] = set()
        self._led: set[bytes] = set()
        for output in plan.outputs:
            parts = [index.labelname for index in output.metric.indexes]
            if parts[:1] == [_LEADING]:
                (self._single if len(parts) == 1 else self._led).add(output.prefix)
        self._looked: dict[bytes, Rows] = {}
        self._indexes: Rows = {}
        self._unwanted: frozenset[bytes] = frozenset()
        self._shown: dict[bytes, tuple[Rows, Rows]] = {}
        self.kept = 0
        self.dropped = 0

    @property
    def concerns(self) -> bool:
        """Whether any table asked for is one of interfaces."""
        return bool(self._single or self._led)

    def apply(self, rows: Mapping[bytes, Rows]) -> Mapping[bytes, Rows]:
        """``rows`` without those of unwanted interfaces; untouched where there are none."""
        longest = max((rows[prefix] for prefix in self._single if prefix in rows), key=len, default={})
        if self._rules:
            self._decide(rows, longest)
        self.dropped = len(self._unwanted)
        self.kept = len(longest) - sum(index in longest for index in self._unwanted)
        if not self._unwanted:
            return rows
        return {prefix: self._without(prefix, its) for prefix, its in rows.items()}

    def _decide(self, rows: Mapping[bytes, Rows], longest: Rows) -> None:
        """Anew only where something changed that the rules look at."""
        looked = {column.prefix: rows.get(column.prefix, {}) for column in self.columns}
        if looked == self._looked and longest.keys() == self._indexes.keys():
            return
        self._looked, self._indexes = looked, longest
        indexes = dict.fromkeys(index for its in (longest, *looked.values()) for index in its)
        unwanted = frozenset(
            index for index in indexes if not self._wanted({prefix: its.get(index) for prefix, its in looked.items()})
        )
        if unwanted != self._unwanted:
            self._unwanted = unwanted
            self._shown.clear()

    def _wanted(self, said: Mapping[bytes, Value | None]) -> bool:
        return next((rule.keep for rule in self._rules if rule.matches(said)), True)

    def _without(self, prefix: bytes, rows: Rows) -> Rows:
        single = prefix in self._single
        if not single and prefix not in self._led:
            return rows
        shown = self._shown.get(prefix)
        if shown is not None and shown[0] is rows:
            return shown[1]
        unwanted = self._unwanted
        if single:
            left = {index: value for index, value in rows.items() if index not in unwanted}
        else:
            left = {index: value for index, value in rows.items() if _first(index) not in unwanted}
        self._shown[prefix] = rows, left
        return left


def _first(index: bytes) -> bytes:
    """The first arc of an encoded index."""
    end = next((place for place, octet in enumerate(index, 1) if not octet & _CONTINUES), len(index))
    return index[:end]


def _text(value: Value | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
