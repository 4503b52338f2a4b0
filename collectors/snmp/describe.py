"""What a module polls and what that costs, said for people: without asking any device."""

from dataclasses import dataclass
from typing import Any

from collectors.snmp.plan import exported, plan
from collectors.snmp.walk import grouped
from netmon.snmpmodules import DEFAULT_MAX_REPETITIONS, Lookup, Metric, Module

GET_NAMES = 24
"""Identifiers in one GET of netmon's engine."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the first poll of a device asks with ``rows`` rows in every table; later ones leave out what never changes.

    ``requests`` are ``gets`` and ``bulks``; ``varbinds`` are what comes back.
    """

    rows: int
    gets: int
    bulks: int
    varbinds: int

    @property
    def requests(self) -> int:
        return self.gets + self.bulks


def cost(module: Module, rows: int, max_repetitions: int = DEFAULT_MAX_REPETITIONS) -> Cost:
    """The requests of netmon's engine over SNMPv2c; filters are not taken into account."""
    asked = plan([module])
    repetitions = max(1, module.max_repetitions or max_repetitions)
    groups = grouped(asked.columns, [repetitions] * len(asked.columns), repetitions)
    each = -(-(rows + 1) // repetitions)  # one row more, to see the end of the column
    return Cost(
        rows=rows,
        gets=-(-len(asked.instances) // GET_NAMES),
        bulks=len(groups) * each,
        varbinds=len(asked.instances) + len(asked.columns) * rows,
    )


def document(module: Module, rows: int, max_repetitions: int = DEFAULT_MAX_REPETITIONS) -> dict[str, Any]:
    """The description as plain values."""
    estimate = cost(module, rows, max_repetitions)
    shown = list(exported(module))
    asked = {output.metric.name for output in plan([module]).outputs}
    return {
        "module": module.name,
        "source": module.source or "built in",
        "walk": list(module.walk),
        "get": list(module.get),
        "settings": _settings(module),
        "filters": [
            {"oid": one.oid, "targets": list(one.targets), "values": list(one.values)} for one in module.filters
        ],
        "static_filters": [
            {"targets": list(one.targets), "indices": list(one.indices)} for one in module.static_filters
        ],
        "metrics": [_metric(metric, asked=metric.name in asked) for metric in shown],
        "never_shown": [metric.name for metric in module.metrics if metric not in shown],
        "estimate": {
            "rows": estimate.rows,
            "requests": estimate.requests,
            "get": estimate.gets,
            "getbulk": estimate.bulks,
            "varbinds": estimate.varbinds,
        },
    }


def _settings(module: Module) -> dict[str, Any]:
    said = {
        "max_repetitions": module.max_repetitions,
        "retries": module.retries,
        "timeout": None if module.timeout is None else f"{module.timeout / 1000:g}s",
        "allow_nonincreasing_oids": module.allow_nonincreasing_oids or None,
        "use_unconnected_udp_socket": module.use_unconnected_udp_socket or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _metric(metric: Metric, *, asked: bool) -> dict[str, Any]:
    dropped = {lookup.labelname for lookup in metric.lookups if not lookup.labels}
    found = [_lookup(lookup) for lookup in metric.lookups if lookup.labels and lookup.labelname not in dropped]
    indexes = [index.labelname for index in metric.indexes if index.labelname not in dropped]
    return {
        "metric": _name(metric),
        "oid": metric.oid,
        "type": metric.type,
        "labels": [*indexes, *(one["label"] for one in found)],
        "index": [{"label": index.labelname, "type": index.type} for index in metric.indexes],
        "lookups": found,
        "help": metric.help,
        "asked": asked,
    }


def _name(metric: Metric) -> str:
    if metric.type == "EnumAsInfo":
        return f"{metric.name}_info"
    if metric.regex_extracts:
        return ", ".join(f"{metric.name}{suffix}" for suffix, _ in metric.regex_extracts)
    return metric.name


def _lookup(lookup: Lookup) -> dict[str, Any]:
    return {"label": lookup.labelname, "from": list(lookup.labels), "oid": lookup.oid, "type": lookup.type}
