"""Columns that hardly ever change (names, aliases, speeds, types): read once, then only when something tells of change.

They are read anew when the agent restarted, when its table of interfaces changed (ifTableLastChange), when rows came or
went, when a link changed (ifLastChange: only its row), and after a set time. What the agent did not say anew after a
change that may have renumbered its rows is forgotten rather than shown beside the wrong ones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collectors.snmp.contract import Column, ColumnResult, Rows
from collectors.snmp.plan import Plan
from netmon.ber import encode_oid
from netmon.conventions import Reason
from netmon.snmpmodules import Module
from netmon.state.restarts import Age, restarted

IF_TABLE_LAST_CHANGE: Final = encode_oid("1.3.6.1.2.1.31.1.5.0")
"""sysUpTime when a row of ifTable last came or went (RFC 2863)."""
IF_LAST_CHANGE: Final = encode_oid("1.3.6.1.2.1.2.2.1.9")
"""sysUpTime when an interface last changed its state (RFC 2863)."""
_IF_ENTRIES: Final = (encode_oid("1.3.6.1.2.1.2.2.1"), encode_oid("1.3.6.1.2.1.31.1.1.1"))
FEW_ROWS: Final = 4
"""Of so many changed links the rows are asked for one by one; of more the columns as a whole."""


class Why(StrEnum):
    """Why slow columns were read anew: the closed list behind ``netmon_snmp_slow_reads_total{why}``."""

    FIRST = "first"
    RESTART = "restart"
    TABLE = "table"
    ROWS = "rows"
    LINK = "link"
    AGE = "age"
    FAILED = "failed"


_PARTIAL: Final = frozenset({Reason.TIMEOUT, Reason.AGENT_ERROR, Reason.AUTHENTICATION})
"""Failures of a walk after which the rows before it are good."""
_RENUMBERING: Final = frozenset({Why.FIRST, Why.RESTART, Why.TABLE, Why.ROWS})


@dataclass(frozen=True, slots=True)
class Signs:
    """What a poll's GET says of change: the agent's age, and ifTableLastChange where it has one."""

    age: Age | None
    table: int | None = None


class SlowColumns:
    """The slow columns of one check, with what they said; ``reads`` counts why they were read."""

    def __init__(
        self, plan: Plan, modules: Iterable[Module], besides: tuple[Sequence[Column], Sequence[Column]] = ((), ())
    ) -> None:
        """``besides`` are columns that are needed although no module asks for them: slow ones and others."""
        slow = _marked(plan, tuple(modules))
        self.columns = (*(column for column in plan.columns if column.prefix in slow), *besides[0])
        self.fast = (*(column for column in plan.columns if column.prefix not in slow), *besides[1])
        entries = {_entry(column) for column in self.columns}
        if entries.intersection(_IF_ENTRIES):
            entries.update(_IF_ENTRIES)
        self._siblings = tuple(column.prefix for column in self.fast if _entry(column) in entries)
        self.of_interfaces = tuple(column for column in self.columns if _entry(column) in _IF_ENTRIES)
        self.reads: Counter[Why] = Counter()
        self._rows: dict[bytes, Rows] = {}
        self._signs = Signs(None)
        self._looked = self._read = 0.0
        self._links: Rows = {}
        self._indexes: dict[bytes, Rows] = {}
        self._due: Why | None = Why.FIRST

    @property
    def wants_table_sign(self) -> bool:
        """Whether ifTableLastChange is worth asking for."""
        return bool(self.of_interfaces)

    def before_walk(self, now: float, refresh: float, signs: Signs) -> Why | None:
        """Why they must be read by this poll, by what its GET said; times are seconds of the monotonic clock."""
        if not self.columns:
            return None
        why = self._due
        if why not in _RENUMBERING:
            if self._has_restarted(now, signs.age):
                why = Why.RESTART
            elif signs.table is not None and self._signs.table is not None and signs.table != self._signs.table:
                why = Why.TABLE
            elif why is None and now - self._read >= refresh:
                why = Why.AGE
        self._signs = Signs(signs.age or self._signs.age, self._signs.table if signs.table is None else signs.table)
        self._looked = now if signs.age is not None else self._looked
        self._due = why
        return why

    def after_walk(self, fast: Mapping[bytes, Rows]) -> Why | None:
        """Why they must be read although they were not due, by what the other columns say."""
        if any(fast[prefix].keys() != rows.keys() for prefix, rows in self._indexes.items() if prefix in fast):
            self._due = Why.ROWS
        elif self.moved(fast):
            self._due = Why.LINK
        return self._due

    def moved(self, fast: Mapping[bytes, Rows]) -> list[bytes]:
        """The interfaces whose ifLastChange is another than when they were last read."""
        links = fast.get(IF_LAST_CHANGE)
        if links is None or links == self._links:
            return []
        return [index for index, value in links.items() if self._links.get(index) != value]

    def take(self, results: Sequence[ColumnResult], now: float) -> None:
        """What reading all of them brought. Until it was whole they stay due."""
        why = self._due or Why.AGE
        self.reads[why] += 1
        whole = True
        for column, result in zip(self.columns, results, strict=True):
            if result.failure is None:
                self._rows[column.prefix] = result.rows
                continue
            whole = False
            if why in _RENUMBERING:  # what was got of it is true, what was known before may not be
                partial = result.failure.reason in _PARTIAL
                self._rows[column.prefix] = result.rows if partial else {}
        self._read = now
        # What may be renumbered stays so until it was read; anything else is tried again by the next poll.
        self._due = None if whole else why if why in _RENUMBERING else Why.FAILED

    def take_rows(self, instances: Mapping[bytes, object], asked: Iterable[bytes]) -> None:
        """What a GET of single rows brought: values by instance, of the indexes ``asked``."""
        self.reads[Why.LINK] += 1
        self._due = None
        for column in self.of_interfaces:
            rows = self._rows.get(column.prefix, {})
            new = {index: instances.get(column.prefix + index) for index in asked}
            changed = {index: value for index, value in new.items() if value is not None and rows.get(index) != value}
            if changed:
                self._rows[column.prefix] = {**rows, **changed}  # type: ignore[dict-item]

    def settle(self, fast: Mapping[bytes, Rows]) -> None:
        """From now on these rows and links are the known ones."""
        if self._due is None:
            self._links = fast.get(IF_LAST_CHANGE, self._links)
            self._indexes = {prefix: fast[prefix] for prefix in self._siblings if prefix in fast}

    def rows(self) -> Mapping[bytes, Rows]:
        """What they said when they were last read."""
        return self._rows

    def _has_restarted(self, now: float, age: Age | None) -> bool:
        """On any doubt: reading once too often does no harm."""
        before = self._signs.age
        if before is None or age is None:
            return False
        return age.uptime < before.uptime or restarted(before, round(1000 * (now - self._looked)), age)


def _marked(plan: Plan, modules: Sequence[Module]) -> frozenset[bytes]:
    """The columns that every module which asks for them marks as slow; those that filters look at are not."""
    slow = {module.name: frozenset(map(encode_oid, module.slow)) for module in modules}
    filtering = {rule.column.prefix for rule in plan.rules} | {prefix for rule in plan.rules for prefix in rule.targets}
    quick = {prefix for name, needs, _ in plan.needs for prefix in needs if prefix not in slow[name]}
    every = {column.prefix for column in plan.columns}
    return frozenset(every - quick - filtering)


def _entry(column: Column) -> bytes:
    """The encoded identifier of the table's entry: the column's without its last arc."""
    end = len(column.prefix) - 1
    while end and column.prefix[end - 1] & 0x80:
        end -= 1
    return column.prefix[:end]
