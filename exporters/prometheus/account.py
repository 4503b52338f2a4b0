"""What the exposition tells about itself: everything it leaves out is counted."""

from prometheus_client import CollectorRegistry, Counter

from netmon.conventions import Metric

REFUSED = ("labels", "name", "reserved", "shape", "type")
DROPPED = ("duplicate", "value")


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
        for why in DROPPED:
            self.dropped.labels(why)
        for why in REFUSED:
            self.refused.labels(why)
