"""From modules to requests: which instances to GET, which columns to walk, and what becomes of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from collectors.snmp.contract import Column
from collectors.snmp.modules import SYS_UP_TIME, Metric, Module
from netmon.ber import encode_oid

UPTIME = encode_oid(SYS_UP_TIME)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A metric with the encoded identifier of its only instance."""

    metric: Metric
    instance: bytes


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A metric of a table with the encoded identifier of its column."""

    metric: Metric
    prefix: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What a poll of some modules asks for, each thing once.

    ``instances`` begin with sysUpTime, which every poll wants. Columns that give labels come before those that are
    labelled, so that a poll cut short loses values rather than names. ``needs`` are each module's columns.
    """

    instances: tuple[bytes, ...]
    columns: tuple[Column, ...]
    scalars: tuple[Scalar, ...]
    tables: tuple[TableColumn, ...]
    needs: tuple[tuple[str, frozenset[bytes], bool], ...]


def plan(modules: Iterable[Module]) -> Plan:
    """The plan for ``modules``; a metric two of them name is asked for and exported once."""
    modules = tuple(modules)
    metrics = {(metric.name, metric.oid): metric for module in modules for metric in _wanted(module)}
    scalars = tuple(Scalar(metric, encode_oid(f"{metric.oid}.0")) for metric in metrics.values() if not metric.indexes)
    tables = tuple(TableColumn(metric, encode_oid(metric.oid)) for metric in metrics.values() if metric.indexes)
    oids = [lookup.oid for table in tables for lookup in table.metric.lookups]
    oids += [table.metric.oid for table in tables]
    return Plan(
        tuple(dict.fromkeys((UPTIME, *(scalar.instance for scalar in scalars)))),
        tuple(Column.of(oid) for oid in dict.fromkeys(oids)),
        scalars,
        tables,
        tuple(_needs(module) for module in modules),
    )


def _wanted(module: Module) -> list[Metric]:
    return [metric for metric in module.metrics if _is_asked(module, metric)]


def _is_asked(module: Module, metric: Metric) -> bool:
    if not metric.indexes and f"{metric.oid}.0" in module.get:
        return True
    return any(f"{metric.oid}.".startswith(f"{subtree}.") for subtree in module.walk)


def _needs(module: Module) -> tuple[str, frozenset[bytes], bool]:
    """Name, columns, and whether it has scalars."""
    wanted = _wanted(module)
    oids = {metric.oid for metric in wanted if metric.indexes}
    oids |= {lookup.oid for metric in wanted for lookup in metric.lookups}
    return module.name, frozenset(map(encode_oid, oids)), any(not metric.indexes for metric in wanted)
