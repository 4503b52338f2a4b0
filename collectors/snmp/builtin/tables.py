"""Words to write a module in: one line an object, and what belongs to it is worked out."""

from collections.abc import Iterable
from typing import TypeAlias

from netmon.snmpmodules import Extract, Index, Lookup, Metric, Module

Entry: TypeAlias = tuple[int | str, str, str, str]
"""Arc below the base, name of the MIB's object, type it is shown as, what it says (units, meaning of numbers)."""


def scalars(base: str, *entries: Entry) -> tuple[Metric, ...]:
    """Objects of which there is one."""
    return table(base, (), (), *entries)


def table(base: str, indexes: tuple[Index, ...], lookups: tuple[Lookup, ...], *entries: Entry) -> tuple[Metric, ...]:
    """Columns of the table whose entry is ``base``, with one index and the same labels looked up."""
    return tuple(
        Metric(name, f"{base}.{arc}", kind, f"{text} - {base}.{arc}", indexes, lookups)
        for arc, name, kind, text in entries
    )


def index(*names: str) -> tuple[Index, ...]:
    """Index parts that are whole numbers."""
    return tuple(Index(name) for name in names)


def lookups(
    source: str | tuple[str, ...], *columns: tuple[str, str], kind: str = "DisplayString"
) -> tuple[Lookup, ...]:
    """Labels, each (name, identifier of its column), found by the index parts ``source``."""
    labels = (source,) if isinstance(source, str) else source
    return tuple(Lookup(labels, name, oid, kind) for name, oid in columns)


def extract(
    name: str,
    oid: str,
    text: str,
    *numbers: tuple[str, str],
    indexes: tuple[Index, ...] = (),
    lookups: tuple[Lookup, ...] = (),
) -> Metric:
    """A text that is numbers: each (what is added to the name, regular expression with one group)."""
    parts = tuple((suffix, (Extract(regex),)) for suffix, regex in numbers)
    return Metric(name, oid, "DisplayString", f"{text} - {oid}", indexes, lookups, regex_extracts=parts)


def module(name: str, *metrics: Iterable[Metric]) -> Module:
    """A module that asks for exactly what ``metrics`` need, column by column."""
    every = tuple(metric for group in metrics for metric in group)
    columns = [metric.oid for metric in every if metric.indexes]
    columns += [lookup.oid for metric in every for lookup in metric.lookups if lookup.oid]
    instances = [f"{metric.oid}.0" for metric in every if not metric.indexes]
    return Module(name, tuple(dict.fromkeys(columns)), tuple(dict.fromkeys(instances)), every)
