"""netmon's own families, read from the snapshot at scrape time; what has not changed is not rendered again."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import netmon
from exporters.prometheus.checks import render_check, sample
from exporters.prometheus.heads import Head
from exporters.prometheus.selection import Selection
from exporters.prometheus.text import label_block
from exporters.summary import ALIVE, is_stale, services_by_commune, up_ratio
from netmon.clock import SECOND, Millis
from netmon.contracts import CheckView, IncidentView, Snapshot
from netmon.conventions import CHECK_LABELS, Metric
from netmon.model import Check, Inventory, MetricKind, Node, Number, State


def _head(name: Metric, kind: MetricKind, documentation: str, *labels: str) -> Head:
    return Head(name.value, kind, documentation, labels=labels)


CHECK_HEADS = (
    _head(Metric.CHECK_STATE, "gauge", "State of the check: 1 for the one it is in. Planned work hides the others; "
          "pending, and not polled for three intervals, is unknown.", *CHECK_LABELS, "state"),
    _head(Metric.CHECK_UP, "gauge", "Whether the target works (up or degraded): 0 while down or unreachable, "
          "planned works or not. Absent while unknown.", *CHECK_LABELS),
    _head(Metric.CHECK_DURATION, "gauge", "How long the last poll took.", *CHECK_LABELS),
    _head(Metric.CHECK_LAST_SUCCESS, "gauge", "When the last poll began that found the target up or degraded.",
          *CHECK_LABELS),
    _head(Metric.CHECK_LAST_RUN, "gauge", "When the last poll began: netmon polls on its own schedule.", *CHECK_LABELS),
    _head(Metric.CHECK_FAILURES, "counter", "Polls that did not find the target up, by reason. The usual reasons of "
          "the collector are there from the start, others from their first time.", *CHECK_LABELS, "reason"),
)  # fmt: skip
_NODE = ("commune", "site", "node")
_SLA = ("contract", "commune", "period")
SNAPSHOT_HEADS = (
    _head(Metric.NODE_UP, "gauge", "Whether the node works (up or degraded): 0 while down or unreachable, planned "
          "works or not. Absent while unknown.", *_NODE),
    _head(Metric.NODE_REBOOTS, "counter", "Reboots seen since netmon started.", *_NODE),
    _head(Metric.COMMUNE_UP_RATIO, "gauge", "Share of the commune's services that work, among those whose state is "
          "known and that are not in maintenance. Absent when there are none.", "commune"),
    _head(Metric.COMMUNE_INFO, "info", "The commune's official code.", "commune", "insee"),
    _head(Metric.SLA_AVAILABILITY, "gauge", "Availability in the current civil period, the month, as measured so far.",
          *_SLA),
    _head(Metric.SLA_LOW, "gauge", "The lowest availability compatible with what the polls saw.", *_SLA),
    _head(Metric.SLA_HIGH, "gauge", "The highest availability compatible with what the polls saw.", *_SLA),
    _head(Metric.SLA_OBJECTIVE, "gauge", "The availability the contract promises.", *_SLA),
    _head(Metric.SLA_COVERAGE, "gauge", "Share of the period's time so far that was seen.", *_SLA),
    _head(Metric.SLA_BUDGET, "gauge", "Unavailable time that the objective still leaves in the period, in "
          "seconds of complete interruption: while one of ten services is down it shrinks by a tenth of a second each "
          "second. Negative when overdrawn.", *_SLA),
    _head(Metric.SLA_ELIGIBLE, "counter", "Seconds that count under the contract, of all its objects in the commune "
          "(each by its weight), since the history began and until netmon_sla_counted_until_timestamp_seconds. Goes on "
          "after a restart. A correction of the past changes it: subtract its values, rate() takes a drop for a "
          "reset.", "contract", "commune"),
    _head(Metric.SLA_UNAVAILABLE, "counter", "Those of the eligible seconds in which the object was unavailable, "
          "confirmed. The difference between the ends of a closed period is what its report says.",
          "contract", "commune"),
    _head(Metric.SLA_LOWERED, "counter", "Times a correction, attribution or announcement lowered one of the two "
          "counters since netmon started.", "contract", "commune"),
    _head(Metric.SLA_COUNTED_UNTIL, "gauge", "Until when the counters of the contracts are added up: some minutes ago, "
          "for changes are dated back. Stands still at midnight for five minutes."),
    _head(Metric.INCIDENT_OPEN, "gauge", "1 for each open incident, one for each root cause; 'state' is down, or "
          "degraded while the node still answers otherwise.", "incident", "commune", "site", "object", "state"),
    _head(Metric.INCIDENT_DEADLINE, "gauge", "When the guaranteed time of restoration (GTR) of an open incident ends. "
          "Absent before the provider was notified and while the clock is paused.", "incident", "contract"),
    _head(Metric.INCIDENT_USED, "gauge", "Share of the guaranteed time of restoration (GTR) of an open incident that "
          "is used, in covered time; above 1 it is missed. Absent before the provider was notified.",
          "incident", "contract", "commune"),
    _head(Metric.MAINTENANCE_ACTIVE, "gauge", "1 while planned work on the object is open ('*': all objects).",
          "object"),
    _head(Metric.BUILD_INFO, "info", "The running version.", "version"),
)  # fmt: skip
_SLICE = 400
HEADS = {head.name: head for head in (*CHECK_HEADS, *SNAPSHOT_HEADS)}


@dataclass(slots=True)
class _CheckLines:
    """The lines of one check, one a family of ``CHECK_HEADS``, with what they were made from."""

    view: CheckView
    block: bytes
    stale: bool
    lines: tuple[bytes, ...]

    def hold(self, view: CheckView, now: Millis) -> bool:
        """Whether they say what ``view`` says now; ``failures`` and reboots only change with ``last``."""
        mine = self.view
        return (
            view.last is mine.last
            and view.state is mine.state
            and view.maintenance == mine.maintenance
            and view.last_success == mine.last_success
            and view.check is mine.check
            and is_stale(view.last, now) == self.stale
        )


@dataclass(frozen=True, slots=True)
class _NodeLines:
    """The lines of one node, with what they were made from."""

    node: Node
    state: State
    reboots: int
    commune: str
    lines: tuple[bytes, bytes]

    def hold(self, node: Node, state: State, reboots: int) -> bool:
        """Whether they still say what is."""
        return node is self.node and state is self.state and reboots == self.reboots


class OwnFamilies:
    """Lines of netmon's own families, by family name. ``block_of`` gives a check's label block."""

    def __init__(self, block_of: Callable[[Check], bytes]) -> None:
        self._block_of = block_of
        self._checks: dict[str, _CheckLines] = {}
        self._nodes: dict[str, _NodeLines] = {}
        self._incidents: dict[str, tuple[IncidentView, tuple[str, bytes]]] = {}

    def forget(self, check_id: str) -> None:
        """Drop what is kept for the check."""
        self._checks.pop(check_id, None)

    def lines(self, snapshot: Snapshot, selection: Selection) -> dict[str, list[bytes]]:
        """The lines of every family for ``selection``."""
        result = self._check_lines(snapshot, selection)
        self._add_node_lines(snapshot, selection, result)
        for name, line in _snapshot_lines(snapshot, selection):
            result[name].append(line)
        if not selection.nodes:
            self._add_incident_lines(snapshot, selection, result)
        return result

    def prepare(self, snapshot: Snapshot) -> Iterator[None]:
        """Render what changed, giving way after every few hundred: after a storm that is a tenth of a second's work."""
        now, inventory, done = snapshot.now(), snapshot.inventory, 0
        todo: list[Iterator[object]] = [
            (self._of_check(view, now) for view in snapshot.checks().values()),
            (self._of_incident(view) for view in snapshot.incidents() if view.ended is None),
        ]
        for each in todo:
            for _ in each:
                done += 1
                if done % _SLICE == 0:
                    yield
        for name, view in snapshot.nodes().items():
            node, done = inventory.nodes.get(name), done + 1
            if node is not None and name not in self._nodes:
                self._nodes[name] = _render_node(node, inventory, view.state, 0)
            if done % _SLICE == 0:
                yield

    def _of_check(self, view: CheckView, now: Millis) -> _CheckLines:
        known = self._checks.get(view.check.id)
        if known is None or not known.hold(view, now):
            stale, block = is_stale(view.last, now), self._block_of(view.check)
            known = _CheckLines(view, block, stale, render_check(view, block, stale=stale))
            self._checks[view.check.id] = known
        return known

    def _of_incident(self, view: IncidentView) -> tuple[IncidentView, tuple[str, bytes]]:
        known = self._incidents.get(view.id)
        if known is None or known[0] is not view:
            known = self._incidents[view.id] = view, _incident_line(view)
        return known

    def _check_lines(self, snapshot: Snapshot, selection: Selection) -> defaultdict[str, list[bytes]]:
        now = snapshot.now()
        kept = {check_id: self._of_check(view, now) for check_id, view in snapshot.checks().items()}
        self._checks = kept
        everything = selection.is_everything
        chosen = [each.lines for each in kept.values() if everything or selection.takes_check(each.view.check)]
        families = zip(*chosen, strict=True) if chosen else ()
        return defaultdict(list, {head.name: list(lines) for head, lines in zip(CHECK_HEADS, families, strict=False)})

    def _add_node_lines(self, snapshot: Snapshot, selection: Selection, result: dict[str, list[bytes]]) -> None:
        reboots: defaultdict[str, int] = defaultdict(int)
        for view in snapshot.checks().values():
            if view.reboots:
                reboots[view.check.node] += view.reboots
        kept: dict[str, _NodeLines] = {}
        inventory = snapshot.inventory
        for name, node_view in snapshot.nodes().items():
            node = inventory.nodes.get(name)
            if node is None:
                continue
            known = self._nodes.get(name)
            if known is None or not known.hold(node, node_view.state, reboots[name]):
                known = _render_node(node, inventory, node_view.state, reboots[name])
            kept[name] = known
        self._nodes = kept
        chosen = [each.lines for each in kept.values() if selection.takes(each.commune, each.node.id)]
        result[Metric.NODE_UP.value] = [up for up, _ in chosen]
        result[Metric.NODE_REBOOTS.value] = [count for _, count in chosen]

    def _add_incident_lines(self, snapshot: Snapshot, selection: Selection, result: dict[str, list[bytes]]) -> None:
        """A view of which nothing changed is the same object: so is its line."""
        kept = {view.id: self._of_incident(view) for view in snapshot.incidents() if view.ended is None}
        self._incidents = kept
        for view, (name, line) in kept.values():
            if selection.takes(view.commune, ""):
                result[name].append(line)


def _incident_line(view: IncidentView) -> tuple[str, bytes]:
    place = (("commune", view.commune), ("site", view.site), ("object", view.object))
    return _line(Metric.INCIDENT_OPEN, (("incident", view.id), *place, ("state", view.state.value)), 1)


def _snapshot_lines(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[str, bytes]]:
    if not selection.nodes:
        yield from _commune_lines(snapshot, selection)
        yield from _sla_lines(snapshot, selection)
        yield from _counter_lines(snapshot, selection)
        yield from _deadline_lines(snapshot, selection)
    if selection.tells_daemon:
        yield from _maintenance_lines(snapshot)
        yield _line(Metric.BUILD_INFO, (("version", netmon.__version__),), 1)


def _commune_lines(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[str, bytes]]:
    inventory = snapshot.inventory
    members = services_by_commune(snapshot)
    for commune in inventory.communes.values():
        if not selection.takes(commune.name, ""):
            continue
        labels = (("commune", commune.name),)
        yield _line(Metric.COMMUNE_INFO, (*labels, ("insee", commune.insee)), 1)
        ratio = up_ratio(members[commune.name])
        if ratio is not None:
            yield _line(Metric.COMMUNE_UP_RATIO, labels, ratio)


def _sla_lines(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[str, bytes]]:
    for view in snapshot.sla():
        if not selection.takes(view.commune, ""):
            continue
        labels = (("contract", view.contract), ("commune", view.commune), ("period", view.period))
        for name, value in (
            (Metric.SLA_AVAILABILITY, view.availability),
            (Metric.SLA_LOW, view.low),
            (Metric.SLA_HIGH, view.high),
            (Metric.SLA_OBJECTIVE, view.objective),
            (Metric.SLA_COVERAGE, view.coverage),
            (Metric.SLA_BUDGET, view.budget_seconds),
        ):
            if value is not None:
                yield _line(name, labels, value)


def _counter_lines(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[str, bytes]]:
    counted = snapshot.sla_counted()
    if counted is None:
        return
    for each in counted.counts:
        if selection.takes(each.commune, ""):
            labels = (("contract", each.contract), ("commune", each.commune))
            yield _line(Metric.SLA_ELIGIBLE, labels, each.eligible / SECOND)
            yield _line(Metric.SLA_UNAVAILABLE, labels, each.unavailable / SECOND)
            yield _line(Metric.SLA_LOWERED, labels, each.lowered)
    name = Metric.SLA_COUNTED_UNTIL.value
    yield name, b"%b %.3f\n" % (name.encode(), counted.until / SECOND)


def _deadline_lines(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[str, bytes]]:
    for view in snapshot.incidents():
        told = view.ended is None and selection.takes(view.commune, "")
        for clocks in view.clocks if told else ():
            if clocks.gtr is None or clocks.gtr.ended is not None:
                continue
            labels = (("incident", view.id), ("contract", clocks.contract))
            if clocks.gtr.limit:
                used = clocks.gtr.elapsed / clocks.gtr.limit
                yield _line(Metric.INCIDENT_USED, (*labels, ("commune", view.commune)), used)
            if clocks.gtr.deadline is not None:
                yield _line(Metric.INCIDENT_DEADLINE, labels, clocks.gtr.deadline / SECOND)


def _maintenance_lines(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    for name in dict.fromkeys(window.object for window in snapshot.maintenance()):
        yield _line(Metric.MAINTENANCE_ACTIVE, (("object", name),), 1)


def _render_node(node: Node, inventory: Inventory, state: State, reboots: int) -> _NodeLines:
    site = inventory.sites.get(node.site)
    commune = site.commune if site else ""
    block = label_block(_NODE, (commune, node.site, node.id))
    up = sample(Metric.NODE_UP, block, ALIVE[state]) if state in ALIVE else b""
    return _NodeLines(node, state, reboots, commune, (up, sample(Metric.NODE_REBOOTS, block, reboots)))


def _line(name: Metric, labels: tuple[tuple[str, str], ...], value: Number) -> tuple[str, bytes]:
    names, values = zip(*labels, strict=True)
    return name.value, sample(name, label_block(names, values), value)
