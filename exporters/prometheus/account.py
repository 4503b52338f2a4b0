"""What the exposition tells about itself: everything it leaves out is counted."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from netmon.conventions import Metric
from netmon.settings import SeriesLimits

REFUSED = ("labels", "name", "reserved", "shape", "type")
DROPPED = ("duplicate", "value")
LIMITS = ("node", "total")
SCRAPE_OUTCOMES = ("busy", "gone", "served")
SCRAPE_BUCKETS = (0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)


class Account:
    """Counters in ``registry``, there from zero."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.dropped = Counter(
            Metric.EXPOSITION_DROPPED.removesuffix("_total"),
            "Series left out: the labels of another (duplicate), or a value its type forbids (value).",
            ("why",),
            registry=registry,
        )
        self.refused = Counter(
            Metric.EXPOSITION_REFUSED.removesuffix("_total"),
            "Families left out: a bad name, labels or shape, a name of netmon's own (reserved), or another type than "
            "the family has already.",
            ("why",),
            registry=registry,
        )
        self.expired = Counter(
            Metric.EXPOSITION_EXPIRED.removesuffix("_total"),
            "Times a check's families were dropped because its last poll lay three intervals back.",
            registry=registry,
        )
        self.series = Gauge(
            Metric.EXPOSITION_SERIES, "Series read from targets that a scrape of everything shows.", registry=registry
        )
        self._limit = Gauge(
            Metric.EXPOSITION_LIMIT,
            "How many series read from targets are shown at most: of one node, or of all together (total).",
            ("limit",),
            registry=registry,
        )
        self.cut = Gauge(
            Metric.EXPOSITION_CUT,
            "Series left out of the last polls because of a limit: of the node, or of all together (total).",
            ("limit",),
            registry=registry,
        )
        self._watch_scrapes(registry)
        for why in DROPPED:
            self.dropped.labels(why)
        for why in REFUSED:
            self.refused.labels(why)

    def _watch_scrapes(self, registry: CollectorRegistry) -> None:
        self.scrapes = Counter(
            Metric.SCRAPES.removesuffix("_total"),
            "Scrapes of the metrics, by outcome: served, gone (whoever asked went away, or took too long to read), "
            "busy (refused because too many were under way).",
            ("outcome",),
            registry=registry,
        )
        self.scrape_seconds = Histogram(
            Metric.SCRAPE_SECONDS,
            "Seconds from a scrape's request to the last byte of the answer.",
            buckets=SCRAPE_BUCKETS,
            registry=registry,
        )
        self.scrape_bytes = Gauge(
            Metric.SCRAPE_BYTES, "Bytes of the last answer to a scrape of everything, as sent.", registry=registry
        )
        for outcome in SCRAPE_OUTCOMES:
            self.scrapes.labels(outcome)

    def begin(self, limits: SeriesLimits, series: Callable[[], float]) -> None:
        """Tell of an exposition that begins; where it takes the place of another, counters go on."""
        self.series.set_function(series)
        for limit in LIMITS:
            self.cut.labels(limit).set(0)
        self._limit.labels("node").set(limits.per_node)
        self._limit.labels("total").set(limits.total)
