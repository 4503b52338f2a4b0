"""How much ``/metrics`` may say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeriesLimits:
    """How many series read from targets are shown: of one node, and of all together.

    netmon's own series do not count: their number follows from the configuration, not from what devices answer.
    """

    per_node: int = 50_000
    total: int = 5_000_000
