"""How netmon itself fares, told of the last minutes: what the counters since the start cannot say."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import Counter, Histogram

from netmon.clock import MINUTE, SECOND, Millis
from netmon.contracts import Vitals
from netmon.engine.telemetry import Telemetry

LOOK: Millis = 5 * SECOND
WINDOW: Millis = 5 * MINUTE
_SLOWEST = 0.01
"""The share of polls that may begin later than the lag that is told."""


@dataclass(frozen=True, slots=True)
class _Look:
    at: Millis
    lag: Mapping[float, float]
    blocked: Mapping[float, float]
    skipped: Mapping[str, float]


class VitalSigns:
    """Looks at the counters every ``LOOK`` and tells what they did within ``WINDOW``."""

    def __init__(self, telemetry: Telemetry, now: Callable[[], Millis], heartbeat: Callable[[], Millis | None]) -> None:
        self._telemetry = telemetry
        self._now = now
        self._heartbeat = heartbeat
        self._looks = deque([self._take()], maxlen=WINDOW // LOOK + 1)

    def look(self) -> None:
        """To be called every ``LOOK``."""
        self._looks.append(self._take())

    def vitals(self) -> Vitals:
        """As of now."""
        then, now = self._looks[0], self._take()
        skipped = {why: int(count - then.skipped.get(why, 0)) for why, count in now.skipped.items()}
        return Vitals(
            window=now.at - then.at,
            lag=_quantile(then.lag, now.lag),
            blocked=_quantile(then.blocked, now.blocked),
            overruns=skipped.get("overrun", 0),
            missed=skipped.get("missed", 0),
            queue=self._queue(),
            heartbeat=self._heartbeat(),
        )

    def _take(self) -> _Look:
        telemetry = self._telemetry
        return _Look(self._now(), _buckets(telemetry.lag), _buckets(telemetry.blocked), _counts(telemetry.skipped))

    def _queue(self) -> int:
        return int(next(iter(self._telemetry.store_queue.collect())).samples[0].value)


def _buckets(histogram: Histogram) -> dict[float, float]:
    """How many were at most so long, by length."""
    samples = next(iter(histogram.collect())).samples
    return {float(each.labels["le"]): each.value for each in samples if each.name.endswith("_bucket")}


def _counts(counter: Counter) -> dict[str, float]:
    samples = next(iter(counter.collect())).samples
    return {each.labels["why"]: each.value for each in samples if each.name.endswith("_total")}


def _quantile(then: Mapping[float, float], now: Mapping[float, float]) -> float | None:
    """The bound that all but the slowest stayed within; infinity where the last bound did not hold them."""
    counts = {bound: count - then.get(bound, 0) for bound, count in now.items()}
    total = max(counts.values(), default=0)
    if not total:
        return None
    return next(bound for bound, count in sorted(counts.items()) if count >= total * (1 - _SLOWEST))
