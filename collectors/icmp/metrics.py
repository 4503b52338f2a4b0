"""What a poll counted and timed, as metrics: blackbox_exporter's, and ours for what one packet cannot tell."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.icmp.channel import Echo
from collectors.net.metrics import gauge
from netmon.conventions import Metric
from netmon.model import Family

PHASES = ("resolve", "setup", "rtt")
STATS = ("min", "mean", "max", "jitter")

_PHASES = tuple((phase,) for phase in PHASES)
_STATS = tuple((stat,) for stat in STATS)


class Said(NamedTuple):
    """One of our own metrics of an ICMP check."""

    name: Metric
    help: str
    labels: tuple[str, ...] = ()


LOSS = Said(Metric.ICMP_LOSS, "Echo requests of the last poll that were not answered, as a ratio of those sent.")
RTT = Said(
    Metric.ICMP_RTT,
    "Round-trip times of the last poll: the least, the mean, the most, and jitter, which is the mean difference "
    "between one answered request and the next (RFC 3393; of two or more).",
    ("stat",),
)
OWN = (LOSS, RTT)
"""What every ICMP check says besides blackbox_exporter's metrics."""


@dataclass(slots=True)
class Tally:
    """The requests of a poll, in the order they were sent."""

    echoes: list[Echo] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """How many were sent."""
        return len(self.echoes)

    @property
    def times(self) -> list[float]:
        """Round-trip times in seconds of those that were answered."""
        return [echo.rtt for echo in self.echoes if echo.rtt is not None]

    @property
    def loss(self) -> float:
        """The share that was not answered; 1 when none was sent."""
        return 1 - len(self.times) / self.sent if self.echoes else 1.0

    @property
    def mean(self) -> float:
        """The mean round-trip time; 0 when nothing was answered."""
        times = self.times
        return sum(times) / len(times) if times else 0.0

    @property
    def hop_limit(self) -> int | None:
        """The hop limit that the last answer came with."""
        return next((echo.hop_limit for echo in reversed(self.echoes) if echo.hop_limit is not None), None)


def jitter(times: Sequence[float]) -> float:
    """The mean difference between one time and the next; 0 for fewer than two."""
    steps = [abs(later - earlier) for earlier, later in itertools.pairwise(times)]
    return sum(steps) / len(steps) if steps else 0.0


def families(tally: Tally, phases: dict[str, float]) -> tuple[Family, ...]:
    """What only ICMP checks have. Without answers there are no round-trip times."""
    phase_values = (phases["resolve"], phases["setup"], tally.mean)
    made = [
        Family(
            "probe_icmp_duration_seconds", "gauge",
            "Seconds to resolve the name, to set up the socket, and the mean round-trip time", ("phase",),
            _PHASES, phase_values,
        )
    ]  # fmt: skip
    if tally.hop_limit is not None:
        text = "Hop limit (time to live) that the last answer came with"
        made.append(gauge("probe_icmp_reply_hop_limit", text, tally.hop_limit))
    if tally.echoes:
        made.append(gauge(LOSS.name.value, LOSS.help, tally.loss))
    if times := tally.times:
        values = (min(times), tally.mean, max(times), jitter(times))
        count = len(values) if len(times) > 1 else len(values) - 1
        made.append(Family(RTT.name.value, "gauge", RTT.help, RTT.labels, _STATS[:count], values[:count]))
    return tuple(made)
