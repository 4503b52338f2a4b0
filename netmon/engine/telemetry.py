"""Metrics about netmon itself, in a registry of its own (prometheus-client)."""

import contextlib
import logging
from collections.abc import Container, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from netmon import __version__
from netmon.conventions import TRAP_DROPS, TRAP_KINDS, Metric

LAG_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)
WRITE_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
BLOCKED_BUCKETS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)


class Telemetry:
    """What moves inside the daemon, counted for as long as its process lives."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._optional: list[Gauge] = []
        self.polls = Counter(
            Metric.POLLS.removesuffix("_total"),
            "Polls done, by collector and outcome (the state read, or unknown when we could not look).",
            ("collector", "outcome"),
            registry=registry,
        )
        self.skipped = Counter(
            Metric.POLLS_SKIPPED.removesuffix("_total"),
            "Polls that were due and not done: the one before was still under way (overrun), the slot came too late "
            "(missed), or the daemon was busy stopping (stopping).",
            ("why",),
            registry=registry,
        )
        self.lag = Histogram(
            Metric.POLL_LAG,
            "Seconds between the time a poll was due and the time it began.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.blocked = Histogram(
            Metric.LOOP_BLOCKED,
            "Seconds by which the event loop answered late, looked at ten times a second.",
            buckets=BLOCKED_BUCKETS,
            registry=registry,
        )
        self.traps = Counter(
            Metric.TRAPS.removesuffix("_total"),
            "Genuine traps and informs from nodes, by kind (other: none of those every agent knows).",
            ("kind",),
            registry=registry,
        )
        self.traps_dropped = Counter(
            Metric.TRAPS_DROPPED.removesuffix("_total"),
            "Datagrams to the trap port that were not taken: not from a node's address (unknown_sender), too many of "
            "them (flood), the credential is not the node's or was not proved (credential), no notification (garbage).",
            ("why",),
            registry=registry,
        )
        self.trap_polls = Counter(
            Metric.TRAP_POLLS.removesuffix("_total"),
            "What traps and informs led to: a poll out of turn (polled), or nothing more than one already asked for "
            "(merged).",
            ("outcome",),
            registry=registry,
        )
        self.node_starts = Counter(
            Metric.NODE_STARTS.removesuffix("_total"),
            "Starts that nodes told of by a trap or inform since netmon started, cold or warm.",
            ("node", "kind"),
            registry=registry,
        )
        self.store_write = Histogram(
            Metric.STORE_WRITE,
            "Seconds a transaction of the history took to reach the disk.",
            buckets=WRITE_BUCKETS,
            registry=registry,
        )
        self.store_queue = Gauge(
            Metric.STORE_QUEUE, "Transactions waiting to be written to the history.", registry=registry
        )
        self.web_requests = Counter(
            Metric.WEB_REQUESTS.removesuffix("_total"),
            "Requests answered over HTTP, by status: 401 and 429 are those that a web configuration file refuses.",
            ("code",),
            registry=registry,
        )
        self._watch_reports(registry)
        self._watch_notices(registry)
        self.messages = Counter(
            Metric.LOG_MESSAGES.removesuffix("_total"),
            "Warnings and errors in netmon's log; an error is a fault of netmon's own or of its host.",
            ("level",),
            registry=registry,
        )
        self.reload = Gauge(
            Metric.CONFIG_RELOAD,
            "Whether the last attempt to load the configuration succeeded (1) or not (0).",
            registry=registry,
        )
        self.build = Gauge(Metric.BUILD_INFO, "The netmon that answers, always 1.", ("version",), registry=registry)
        self.build.labels(__version__).set(1)
        for why in ("overrun", "missed", "stopping"):
            self.skipped.labels(why)
        for code in ("200", "401", "429", "500"):
            self.web_requests.labels(code)
        for level in ("warning", "error"):
            self.messages.labels(level)
        for kind in TRAP_KINDS:
            self.traps.labels(kind)
        for why in TRAP_DROPS:
            self.traps_dropped.labels(why)
        for outcome in ("polled", "merged"):
            self.trap_polls.labels(outcome)

    def renew(self, nodes: Container[str], schedules: Container[str], receivers: Container[str]) -> None:
        """Other parts take the place of those before: their counters go on, but for what is there no more."""
        reports = (self.report_runs, self.report_success, self.report_next, self.report_seconds, self.report_progress)
        for metric in reports:
            _forget(metric, schedules)
        for metric in (self.notices, self.notices_waiting, self.notices_dead):
            _forget(metric, receivers)
        _forget(self.node_starts, nodes)
        for gauge in (self.mails_waiting, self.mails_dead):
            gauge.set(0)
        while self._optional:
            self.registry.unregister(self._optional.pop())

    def optional(self, metric: Metric, documentation: str) -> Gauge:
        """A gauge that is there until ``renew``."""
        self._optional.append(Gauge(metric, documentation, registry=self.registry))
        return self._optional[-1]

    def answered(self, status: int) -> None:
        """Count an answer over HTTP."""
        self.web_requests.labels(str(status)).inc()

    def _watch_reports(self, registry: CollectorRegistry) -> None:
        self.report_runs = Counter(
            Metric.REPORT_RUNS.removesuffix("_total"),
            "Runs of schedules of reports, by outcome: made, or failed (each try counts).",
            ("schedule", "outcome"),
            registry=registry,
        )
        self.report_success = Gauge(
            Metric.REPORT_SUCCESS, "When a schedule last made its report.", ("schedule",), registry=registry
        )
        self.report_next = Gauge(Metric.REPORT_NEXT, "When a schedule is due next.", ("schedule",), registry=registry)
        self.report_seconds = Gauge(
            Metric.REPORT_SECONDS, "Seconds the last report of a schedule took.", ("schedule",), registry=registry
        )
        self.report_progress = Gauge(
            Metric.REPORT_PROGRESS,
            "How much of the report being made is done; 0 while none is.",
            ("schedule",),
            registry=registry,
        )
        self.mails = Counter(
            Metric.MAILS.removesuffix("_total"),
            "Tries to mail a report, by outcome: sent, retry (it is tried again), dead (it is given up).",
            ("outcome",),
            registry=registry,
        )
        self.mails_waiting = Gauge(Metric.MAILS_WAITING, "Mails that wait to be sent.", registry=registry)
        self.mails_dead = Gauge(
            Metric.MAILS_DEAD, "Mails that were given up, until somebody has them tried again.", registry=registry
        )
        for outcome in ("sent", "retry", "dead"):
            self.mails.labels(outcome)

    def _watch_notices(self, registry: CollectorRegistry) -> None:
        self.notices = Counter(
            Metric.NOTICES.removesuffix("_total"),
            "Tries to tell a receiver of an incident, by outcome: sent, retry (it is tried again), dead (it is given "
            "up).",
            ("receiver", "outcome"),
            registry=registry,
        )
        self.notices_waiting = Gauge(
            Metric.NOTICES_WAITING, "Notices that wait to be taken, by receiver.", ("receiver",), registry=registry
        )
        self.notices_dead = Gauge(
            Metric.NOTICES_DEAD,
            "Notices that were given up, by receiver, until somebody has them tried again or they are forgotten.",
            ("receiver",),
            registry=registry,
        )


def vantage_gauge(telemetry: Telemetry) -> Gauge:
    """The metric of the vantage check, which is there only where one is configured."""
    return telemetry.optional(
        Metric.VANTAGE_UP,
        "Whether any reference of the vantage check answers (1) or none does (0): then netmon itself is cut off, and "
        "what does not answer is unknown. Absent without the section vantage.",
    )


def web_file_gauge(telemetry: Telemetry) -> Gauge:
    """The metric of the web configuration file, which is there only where one is configured."""
    return telemetry.optional(
        Metric.WEB_RELOAD,
        "Whether the last attempt to read the web configuration file, and the certificates it names, succeeded (1) or "
        "not (0): then what held before goes on. Absent without web.config_file.",
    )


def _forget(metric: Counter | Gauge, kept: Container[str]) -> None:
    """Drop the series whose first label is not ``kept``."""
    for family in metric.collect():
        for sample in family.samples:
            labels = tuple(sample.labels.values())
            if labels[0] not in kept:
                metric.remove(*labels)


@contextlib.contextmanager
def counted_messages(telemetry: Telemetry) -> Iterator[None]:
    """Count what is logged, so that a fault which was caught and logged does not go unseen."""
    counter, ours = _MessageCounter(telemetry), logging.getLogger("netmon")
    ours.addHandler(counter)
    try:
        yield
    finally:
        ours.removeHandler(counter)


class _MessageCounter(logging.Handler):
    def __init__(self, telemetry: Telemetry) -> None:
        super().__init__(logging.WARNING)
        self._messages = telemetry.messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.labels("warning" if record.levelno < logging.ERROR else "error").inc()
