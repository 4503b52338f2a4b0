"""Samples of metrics without an agent: columns of values in, samples out."""

from collections.abc import Mapping, Sequence
from typing import Any

from collectors.snmp.contract import Value
from collectors.snmp.families import Assembler
from collectors.snmp.plan import plan
from netmon.ber import encode_arcs, encode_oid, parse_oid
from netmon.model import Family
from netmon.snmpmodules import Index, Metric, Module

ENTRY = "1.3.6.1.4.1.53864.9.1"
"""A table of nobody's."""
ROW = (Index("row"),)

Table = Mapping[int, Mapping[str, Value]]
"""Values by index (dotted) by the last arc of their column."""


def metric(kind: str, arc: int = 5, **more: Any) -> Metric:
    more.setdefault("indexes", ROW)
    return Metric(more.pop("name", "thing"), f"{ENTRY}.{arc}", kind, "Help.", **more)


def columns_of(table: Table) -> dict[bytes, dict[bytes, Value]]:
    return {
        encode_oid(f"{ENTRY}.{arc}"): {encode_arcs(parse_oid(index)) if index else b"": rows[index] for index in rows}
        for arc, rows in table.items()
    }


def families(metrics: Sequence[Metric], table: Table, *, wrap: bool = True) -> list[Family]:
    requests = plan([Module("m", (ENTRY,), (), tuple(metrics))])
    return list(Assembler(requests, wrap=wrap).assemble({}, columns_of(table)))


def samples(metrics: Metric | Sequence[Metric], table: Table, *, wrap: bool = True) -> list[str]:
    """Samples as the exposition shows them, in the order they come."""
    chosen = [metrics] if isinstance(metrics, Metric) else metrics
    shown = []
    for family in families(chosen, table, wrap=wrap):
        for sample in family.samples():
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels)
            shown.append(f"{sample.name}{{{labels}}} {sample.value!r}")
    return shown


def one(kind: str, value: Value, **more: Any) -> list[str]:
    """What a metric makes of one value in row 1."""
    return samples(metric(kind, **more), {5: {"1": value}})
