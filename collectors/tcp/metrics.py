"""The families of a poll over TCP: blackbox_exporter's, and the time each phase took."""

from typing import NamedTuple

from collectors.net.metrics import gauge
from netmon.conventions import Metric
from netmon.model import Family

PHASES = ("resolve", "connect", "tls", "processing")

_PHASE_SERIES = tuple((phase,) for phase in PHASES)


class Said(NamedTuple):
    """One of our own metrics of a TCP check."""

    name: Metric
    help: str
    labels: tuple[str, ...]


DURATION = Said(
    Metric.TCP_DURATION,
    "Seconds spent in each phase: looking the name up, connecting, shaking hands over TLS, the conversation.",
    ("phase",),
)
OWN = (DURATION,)
"""What every TCP check says besides blackbox_exporter's metrics."""


def families(
    seconds: dict[str, float], labels: tuple[tuple[str, str], ...], *, failed_by_regex: bool
) -> tuple[Family, ...]:
    """What only TCP checks have. ``labels`` are those of a step that had some; without, there is no metric for them."""
    made = [
        gauge(
            "probe_failed_due_to_regex",
            "Whether the connection ended without the line expected",
            int(failed_by_regex),
        ),
        Family(DURATION.name.value, "gauge", DURATION.help, DURATION.labels, _PHASE_SERIES, tuple(seconds.values())),
    ]
    if labels:
        names, values = (tuple(each) for each in zip(*labels, strict=True))
        made.append(
            Family("probe_expect_info", "gauge", "What the line matched held; always 1", names, (values,), (1,))
        )
    return tuple(made)
