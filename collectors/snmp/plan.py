"""From modules to requests: which instances to GET, which columns to walk, and what becomes of each.

snmp_exporter walks whole subtrees and looks for what its metrics name; we ask for just that. What a module's ``walk``
and ``get`` do not reach is not asked for, and a metric whose identifier another one's begins with never shows anything,
there as here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from collectors.snmp.contract import Column
from collectors.snmp.labels import before
from collectors.snmp.modules import SYS_UP_TIME
from collectors.snmp.texts import SUBTYPES
from netmon.ber import encode_oid, format_oid, parse_oid
from netmon.goregex import compile_go
from netmon.snmpmodules import Metric, Module

Oid: TypeAlias = tuple[int, ...]

UPTIME = encode_oid(SYS_UP_TIME)
SCALAR = b"\0"
"""The index of a scalar's instance."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An instance asked for by GET: the row ``index`` of the object ``prefix``."""

    instance: bytes
    prefix: bytes
    index: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A walked column that is only a part of the object ``prefix``: its rows have ``index`` before their own."""

    walked: bytes
    prefix: bytes
    index: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """A metric with the encoded identifier of its object."""

    metric: Metric
    prefix: bytes


@dataclass(frozen=True, slots=True)
class Rule:
    """A filter: of the columns ``targets`` those rows are wanted in which ``column`` matches one of ``patterns``."""

    column: Column
    patterns: tuple[re.Pattern[str], ...]
    targets: frozenset[bytes]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Plan:
    """What a poll of some modules asks for, each thing once.

    ``instances`` begin with sysUpTime, which every poll wants. Of the ``columns`` the first are those of ``rules``,
    then those that give labels, so that a poll cut short loses values rather than names. ``needs`` are each module's
    columns, and whether it has instances. ``timeout`` is how long a try may take by what the modules say, in seconds;
    ``any_source``: one of them takes answers from whatever address.
    """

    instances: tuple[bytes, ...]
    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    parts: tuple[Part, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    needs: tuple[tuple[str, frozenset[bytes], bool], ...]
    timeout: float | None = None
    any_source: bool = False


def plan(modules: Iterable[Module]) -> Plan:
    """The plan for ``modules``; a metric two of them name is asked for and exported once."""
    asked = [_Asked(module) for module in {module.name: module for module in modules}.values()]
    rules = tuple(_rules(asked))
    cells = dict.fromkeys(cell for one in asked for cell in one.cells)
    wanted = [rule.column for rule in rules]
    wanted += [column for one in asked for column in one.labels]
    wanted += [column for one in asked for column in one.values]
    timeouts = [one.module.timeout for one in asked if one.module.timeout]
    return Plan(
        instances=tuple(dict.fromkeys((UPTIME, *(cell.instance for cell in cells)))),
        columns=tuple({column.prefix: column for column in reversed(wanted)}[prefix] for prefix in _order(wanted)),
        cells=tuple(cells),
        parts=tuple(dict.fromkeys(part for one in asked for part in one.parts)),
        outputs=tuple(dict.fromkeys(output for one in asked for output in one.outputs)),
        rules=rules,
        needs=tuple(one.needs() for one in asked),
        timeout=0.001 * min(timeouts) if timeouts else None,
        any_source=any(one.module.use_unconnected_udp_socket for one in asked),
    )


def _order(columns: Iterable[Column]) -> Iterable[bytes]:
    return dict.fromkeys(column.prefix for column in columns)


def exported(module: Module) -> Iterable[Metric]:
    """The metrics of a module that can show anything: of several with one identifier the last, and none whose
    identifier begins with another one's."""
    metrics = {parse_oid(metric.oid): metric for metric in module.metrics}
    for oid, metric in metrics.items():
        if not any(oid[:length] in metrics for length in range(1, len(oid))):
            yield metric


def _rules(asked: "Sequence[_Asked]") -> Iterable[Rule]:
    """The filters of all modules; what another module asks for as a whole is not filtered."""
    for one in asked:
        others = {column.prefix for other in asked if other is not one for column in (*other.labels, *other.values)}
        for said in one.module.filters:
            targets = [parse_oid(target) for target in said.targets]
            prefixes = {prefix for oid, prefix in one.filtered if any(_begins(oid, target) for target in targets)}
            patterns = tuple(compile_go(value) for value in said.values)
            yield Rule(one.column(parse_oid(said.oid)), patterns, frozenset(prefixes - others))


@dataclass
class _Asked:
    """What one module asks for. ``filtered`` are the objects of which rules choose the rows."""

    module: Module
    outputs: list[Output] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    labels: list[Column] = field(default_factory=list)
    values: list[Column] = field(default_factory=list)
    filtered: list[tuple[Oid, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        module = self.module
        self._targets = [parse_oid(target) for one in module.filters for target in one.targets]
        self._walks = [walk for walk in map(parse_oid, module.walk) if walk not in self._targets]
        self._gets = [get for get in map(parse_oid, module.get) if not self._is_target(get)]
        self._fixed = [
            (parse_oid(target), tuple(map(parse_oid, one.indices)))
            for one in module.static_filters
            for target in one.targets
        ]
        for metric in exported(module):
            if self._ask(metric.oid, self.values, scalar=not metric.indexes):
                self.outputs.append(Output(metric, encode_oid(metric.oid)))
                for oid in _helpers(metric):
                    self._ask(oid, self.labels)

    def needs(self) -> tuple[str, frozenset[bytes], bool]:
        """The module's name, its columns, and whether it has instances."""
        return self.module.name, frozenset(_order((*self.labels, *self.values))), bool(self.cells)

    def column(self, oid: Oid) -> Column:
        """A column to be walked in the module's way."""
        return Column(format_oid(oid), encode_oid(oid), self.module.max_repetitions or 0)

    def _is_target(self, oid: Oid) -> bool:
        return any(_begins(oid, target) for target in self._targets)

    def _ask(self, text: str, columns: list[Column], *, scalar: bool = False) -> bool:
        """Ask for an object as far as the module's walks and gets reach it; False: not at all."""
        oid = parse_oid(text)
        prefix = encode_oid(oid)
        instances = [get for get in self._gets if _begins(get, oid)]
        walked = False
        for walk in self._walks:
            if _begins(oid, walk):
                walked = walked or self._walk(oid, walk, instances, scalar=scalar)
            elif _begins(walk, oid):
                instances.append(walk)
                if not scalar:
                    columns.append(self.column(walk))
                    self.parts.append(Part(encode_oid(walk), prefix, encode_oid(walk)[len(prefix) :]))
        if not walked and self._is_target(oid):
            self.filtered.append((oid, prefix))
            walked = True
        if walked:
            columns.append(self.column(oid))
        for instance in map(encode_oid, instances):
            self.cells.append(Cell(instance, prefix, instance[len(prefix) :]))
        return walked or bool(instances)

    def _walk(self, oid: Oid, walk: Oid, instances: list[Oid], *, scalar: bool) -> bool:
        """Whether the column is walked as a whole; else the instances to get are added."""
        fixed = [(*oid, *index) for target, indices in self._fixed if _begins(oid, target) for index in indices]
        if fixed:
            instances += fixed
        elif scalar:
            instances.append(oid if oid[-1] == 0 or oid == walk else (*oid, 0))
        return not fixed and (not scalar or oid == walk)


def _helpers(metric: Metric) -> Iterable[str]:
    """The other objects that labels and values of a metric are made with."""
    for lookup in metric.lookups:
        if lookup.labels:
            yield from _typed(lookup.oid, lookup.type)
            yield lookup.oid
    yield from _typed(metric.oid, metric.type)


def _typed(oid: str, kind: str) -> tuple[str, ...]:
    """The object that tells the type of another, where one does."""
    companion = before(oid) if kind in SUBTYPES else None
    return (companion,) if companion else ()


def _begins(oid: Oid, start: Oid) -> bool:
    return oid[: len(start)] == start
