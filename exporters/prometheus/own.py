"""netmon's own families, read from the snapshot at scrape time; what has not changed is not rendered again."""

import platform
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import netmon
from exporters.prometheus.heads import Head
from exporters.prometheus.selection import Selection
from exporters.prometheus.text import format_value, label_block
from exporters.summary import ALIVE, is_stale, services_by_commune, up_ratio
from netmon.clock import SECOND, Millis
from netmon.contracts import CheckView, Snapshot
from netmon.conventions import Metric, Reason
from netmon.model import MetricKind, Number, Observation, State

CHECK_STATES = ("up", "degraded", "down", "unreachable", "unknown", "maintenance")
_COUNTED_FROM_ZERO = {
    "snmp": (Reason.TIMEOUT,),
    "http": (Reason.TIMEOUT, Reason.CONNECT_REFUSED, Reason.STATUS),
}


def _head(name: Metric, kind: MetricKind, documentation: str) -> Head:
    return Head(name.value, kind, documentation)


CHECK_HEADS = (
    _head(Metric.CHECK_STATE, "gauge", "State of the check: 1 for the one it is in. Planned work hides the others; "
          "pending, and not polled for three intervals, is unknown."),
    _head(Metric.CHECK_UP, "gauge", "Whether the target works (up or degraded). Absent while unknown."),
    _head(Metric.CHECK_DURATION, "gauge", "How long the last poll took."),
    _head(Metric.CHECK_LAST_SUCCESS, "gauge", "When the last poll began that found the target up or degraded."),
    _head(Metric.CHECK_LAST_RUN, "gauge", "When the last poll began: netmon polls on its own schedule."),
    _head(Metric.CHECK_FAILURES, "counter", "Polls that did not find the target up, by reason. The usual reasons of "
          "the collector are there from the start, others from their first time."),
)  # fmt: skip
SNAPSHOT_HEADS = (
    _head(Metric.NODE_UP, "gauge", "Whether the node works (up or degraded). Absent while unknown."),
    _head(Metric.NODE_REBOOTS, "counter", "Reboots seen since netmon started."),
    _head(Metric.COMMUNE_UP_RATIO, "gauge", "Share of the commune's services that work, among those whose state is "
          "known and that are not in maintenance. Absent when there are none."),
    _head(Metric.COMMUNE_INFO, "info", "The commune's official code."),
    _head(Metric.SLA_AVAILABILITY, "gauge", "Availability in the current civil period, as measured."),
    _head(Metric.SLA_LOW, "gauge", "The lowest availability compatible with what the polls saw."),
    _head(Metric.SLA_HIGH, "gauge", "The highest availability compatible with what the polls saw."),
    _head(Metric.SLA_OBJECTIVE, "gauge", "The availability the contract promises."),
    _head(Metric.SLA_COVERAGE, "gauge", "Share of the period's time that was seen."),
    _head(Metric.SLA_BUDGET, "gauge", "Unavailable time that the objective still leaves in the period; "
          "negative when overdrawn."),
    _head(Metric.MAINTENANCE_ACTIVE, "gauge", "1 while planned work on the object is open ('*': all objects)."),
    _head(Metric.BUILD_INFO, "info", "The running version."),
)  # fmt: skip
HEADS = {head.name: head for head in (*CHECK_HEADS, *SNAPSHOT_HEADS)}


@dataclass(frozen=True, slots=True)
class _CheckLines:
    """The rendered lines of one check, per family of ``CHECK_HEADS``, with what they were made from."""

    view: CheckView
    last: Observation | None
    block: bytes
    stale: bool
    lines: tuple[bytes, ...]

    def still_hold(self, view: CheckView, block: bytes, stale: bool) -> bool:
        mine = self.view
        return (
            (view is mine or (view.state is mine.state and view.maintenance == mine.maintenance
                              and view.last_success == mine.last_success))
            and view.last is self.last and stale == self.stale and block == self.block
        )  # fmt: skip


class OwnFamilies:
    """Lines of netmon's own families, by family name."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._checks: dict[str, _CheckLines] = {}

    def forget(self, check_id: str) -> None:
        """Drop what is kept for the check."""
        self._checks.pop(check_id, None)

    def lines(self, blocks: dict[str, bytes], selection: Selection) -> dict[str, list[bytes]]:
        """The lines of every family for ``selection``; ``blocks`` are the label blocks of all checks."""
        result = self._check_lines(blocks, selection)
        for name, line in self._snapshot_lines(selection):
            result[name].append(line)
        return result

    def _check_lines(self, blocks: dict[str, bytes], selection: Selection) -> defaultdict[str, list[bytes]]:
        now = self._snapshot.now()
        kept: dict[str, _CheckLines] = {}
        for check_id, view in self._snapshot.checks().items():
            stale = is_stale(view.last, now)
            known = self._checks.get(check_id)
            if known is None or not known.still_hold(view, blocks[check_id], stale):
                lines = tuple(_render_check(view, blocks[check_id], stale))
                known = _CheckLines(view, view.last, blocks[check_id], stale, lines)
            kept[check_id] = known
        self._checks = kept
        chosen = [each.lines for each in kept.values() if selection.takes_check(each.view.check)]
        families = zip(*chosen, strict=True) if chosen else ()
        return defaultdict(list, {head.name: list(lines) for head, lines in zip(CHECK_HEADS, families, strict=False)})

    def _snapshot_lines(self, selection: Selection) -> Iterator[tuple[str, bytes]]:
        yield from self._node_lines(selection)
        if not selection.nodes:
            yield from self._commune_lines(selection)
            yield from self._sla_lines(selection)
        if selection.is_everything:
            yield from self._maintenance_lines()
            labels = (("version", netmon.__version__), ("python_version", platform.python_version()))
            yield _line(Metric.BUILD_INFO, labels, 1)

    def _node_lines(self, selection: Selection) -> Iterator[tuple[str, bytes]]:
        inventory = self._snapshot.inventory
        reboots: defaultdict[str, int] = defaultdict(int)
        for view in self._snapshot.checks().values():
            reboots[view.check.node] += view.reboots
        for node_view in self._snapshot.nodes().values():
            node = inventory.nodes.get(node_view.id)
            if node is None:
                continue
            site = inventory.sites.get(node.site)
            commune = site.commune if site else ""
            if not selection.takes(commune, node.id):
                continue
            labels = (("commune", commune), ("site", node.site), ("node", node.id))
            if node_view.state in ALIVE:
                yield _line(Metric.NODE_UP, labels, ALIVE[node_view.state])
            yield _line(Metric.NODE_REBOOTS, labels, reboots[node.id])

    def _commune_lines(self, selection: Selection) -> Iterator[tuple[str, bytes]]:
        inventory = self._snapshot.inventory
        members = services_by_commune(self._snapshot)
        for commune in inventory.communes.values():
            if not selection.takes(commune.name, ""):
                continue
            labels = (("commune", commune.name),)
            yield _line(Metric.COMMUNE_INFO, (*labels, ("insee", commune.insee)), 1)
            ratio = up_ratio(members[commune.name])
            if ratio is not None:
                yield _line(Metric.COMMUNE_UP_RATIO, labels, ratio)

    def _sla_lines(self, selection: Selection) -> Iterator[tuple[str, bytes]]:
        for view in self._snapshot.sla():
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

    def _maintenance_lines(self) -> Iterator[tuple[str, bytes]]:
        for name in dict.fromkeys(window.object for window in self._snapshot.maintenance()):
            yield _line(Metric.MAINTENANCE_ACTIVE, (("object", name),), 1)


def _render_check(view: CheckView, block: bytes, stale: bool) -> Iterator[bytes]:
    """The lines of one check, in the order of ``CHECK_HEADS``."""
    last = view.last
    state = _shown_state(view, stale)
    yield b"".join(
        b'%b{%b,state="%b"} %d\n' % (Metric.CHECK_STATE.encode(), block, name.encode(), name == state)
        for name in CHECK_STATES
    )
    up = None if stale else ALIVE.get(view.state)
    yield _check_line(Metric.CHECK_UP, block, up)
    yield _check_line(Metric.CHECK_DURATION, block, None if stale or last is None else last.duration)
    yield _check_line(Metric.CHECK_LAST_SUCCESS, block, _seconds(view.last_success))
    yield _check_line(Metric.CHECK_LAST_RUN, block, _seconds(last.started if last else None))
    usual = _COUNTED_FROM_ZERO.get(view.check.collector, (Reason.TIMEOUT,))
    failures = dict.fromkeys(map(str, usual), 0) | dict(view.failures)
    yield b"".join(
        b"%b{%b,%b} %d\n" % (Metric.CHECK_FAILURES.encode(), block, label_block(("reason",), (reason,)), count)
        for reason, count in failures.items()
    )


def _shown_state(view: CheckView, stale: bool) -> str:
    if view.maintenance:
        return "maintenance"
    return "unknown" if stale or view.state is State.PENDING else view.state.value


def _check_line(name: Metric, block: bytes, value: Number | None) -> bytes:
    return b"" if value is None else _sample(name, block, value)


def _sample(name: Metric, block: bytes, value: Number) -> bytes:
    return b"%b{%b} %b\n" % (name.encode(), block, format_value(value) or b"NaN")


def _line(name: Metric, labels: tuple[tuple[str, str], ...], value: Number) -> tuple[str, bytes]:
    names, values = zip(*labels, strict=True)
    return name.value, _sample(name, label_block(names, values), value)


def _seconds(instant: Millis | None) -> float | None:
    return None if instant is None else instant / SECOND
