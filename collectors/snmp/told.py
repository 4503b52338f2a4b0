"""What a reading tells of the poll itself and of the care taken of the device, as metrics."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import Session
from collectors.snmp.interfaces import InterfaceFilter
from collectors.snmp.lanes import Allowance, Lane
from collectors.snmp.plan import Plan
from collectors.snmp.slow import SlowColumns
from netmon.conventions import Metric
from netmon.model import Family, MetricKind, Number

_ALONE = ((),)

_COSTS = (
    ("snmp_scrape_duration_seconds", "Seconds the whole poll of the agent took"),
    ("snmp_scrape_walk_duration_seconds", "Seconds until the last answer of the poll was in"),
    ("snmp_scrape_pdus_returned", "Variable bindings the agent returned in the poll"),
    ("snmp_scrape_packets_sent", "Packets sent to the agent in the poll, retries included"),
    ("snmp_scrape_packets_retried", "Packets sent again in the poll for want of an answer"),
)


class Said(NamedTuple):
    """One of our own metrics of an SNMP check."""

    name: Metric
    kind: MetricKind
    help: str
    labels: tuple[str, ...]


def _said(name: Metric, kind: MetricKind, text: str, *labels: str) -> Said:
    return Said(name, kind, text, labels)


MODULE_UP = _said(Metric.SNMP_MODULE_UP, "gauge", "Whether the module came through whole in the last poll.", "module")
INTERFACES = _said(
    Metric.SNMP_INTERFACES,
    "gauge",
    "Interfaces of the device that the rules about interfaces kept and dropped.",
    "decision",
)
REPETITIONS = _said(
    Metric.SNMP_REPETITIONS,
    "gauge",
    "Rows the device is asked for by one request now: fewer than max_repetitions while it cannot take them.",
)
CUTS = _said(
    Metric.SNMP_CUTS,
    "counter",
    "Times fewer rows were asked for, because an answer would have been too big (too_big) or did not come (timeout).",
    "why",
)
SLOW_READS = _said(
    Metric.SNMP_SLOW_READS,
    "counter",
    "Times names, aliases, speeds and types were read anew: never before (first), the agent restarted (restart), its "
    "table of interfaces changed (table), rows came or went (rows), a link changed (link), they were old (age), or the "
    "last attempt failed (failed).",
    "why",
)
BUDGET_USED = _said(
    Metric.SNMP_BUDGET_USED,
    "gauge",
    "Time in the last interval that polls kept the device busy, as a ratio of its budget; without a budget, of the "
    "interval.",
)
BUDGET_EXCEEDED = _said(
    Metric.SNMP_BUDGET_EXCEEDED, "counter", "Polls that used up the device's budget, or found it used up."
)
CARE = (MODULE_UP, INTERFACES, REPETITIONS, CUTS, SLOW_READS, BUDGET_USED, BUDGET_EXCEEDED)
"""What every SNMP check says of itself."""


def cost(session: Session, walked: float, ended: float) -> tuple[Family, ...]:
    """Gauges about the poll itself, named as snmp_exporter names them."""
    values: tuple[Number, ...] = (ended, walked, session.varbinds, session.sent, session.retried)
    return tuple(
        Family(name, "gauge", text, (), _ALONE, (value,)) for (name, text), value in zip(_COSTS, values, strict=True)
    )


class CareState(Protocol):
    """What is known of a device after a poll (``poll.Memory``)."""

    broken: Collection[str]
    pace: Pace
    slow: SlowColumns
    interfaces: InterfaceFilter
    lane: Lane


class Care:
    """The families of one check about the care taken of its device; label tuples are kept from poll to poll."""

    def __init__(self, plan: Plan) -> None:
        self._modules = tuple(name for name, _, _ in plan.needs)
        self._module_series = tuple((name,) for name in self._modules)
        self._decisions = (("kept",), ("dropped",))
        self._known: dict[Metric, Family] = {}
        self._whys: dict[Metric, tuple[tuple[str, ...], ...]] = {}

    def families(self, state: "CareState", allowance: Allowance) -> Iterator[Family]:
        """As of this poll."""
        whole = tuple(int(name not in state.broken) for name in self._modules)
        yield self._family(MODULE_UP, self._module_series, whole)
        interfaces = state.interfaces
        if interfaces.concerns:
            yield self._family(INTERFACES, self._decisions, (interfaces.kept, interfaces.dropped))
        yield self._family(REPETITIONS, _ALONE, (state.pace.size,))
        yield from self._counted(CUTS, state.pace.cuts)
        yield from self._counted(SLOW_READS, state.slow.reads)
        used = state.lane.used(allowance) / (allowance.budget or allowance.interval)
        yield self._family(BUDGET_USED, _ALONE, (used,))
        yield self._family(BUDGET_EXCEEDED, _ALONE, (state.lane.exceeded,))

    def _family(self, said: Said, series: tuple[tuple[str, ...], ...], values: tuple[Number, ...]) -> Family:
        known = self._known.get(said.name)
        if known is None or known.values != values or known.series is not series:
            known = Family(said.name.value, said.kind, said.help, said.labels, series, values)
            self._known[said.name] = known
        return known

    def _counted(self, said: Said, counts: Mapping[Any, int]) -> Iterator[Family]:
        """A counter by why; only what has happened."""
        if not counts:
            return
        series = tuple((str(why),) for why in counts)
        kept = self._whys.get(said[0])
        if kept != series:
            kept = self._whys[said[0]] = series
        yield self._family(said, kept, tuple(counts.values()))
