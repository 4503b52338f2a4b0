"""Traffic whose counters are known at any instant: rates with a daily and weekly shape and noise, integrated exactly.

A rate is ``mean · (1 + Σ aᵢ·cos(ωᵢt + φᵢ))`` with Σ aᵢ < 1: it never becomes negative, so the integral only grows, and
its integral is known without summing anything up.
"""

from functools import lru_cache
from math import cos, pi, sin

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.simulation.intervals import Spans
from netmon.simulation.seeded import Chance

_WEEK = 7 * DAY
_PEAK = 13 * HOUR
"""Of the day, in UTC: early afternoon in Bordeaux."""
_WEEKEND = 9 * DAY + 12 * HOUR
"""A Saturday noon after 1970-01-01, a Thursday: the quietest time of the week."""


class _Wave:
    """A part of the rate, relative to its mean: ``amplitude`` above it at ``peak`` and every ``period`` from there."""

    __slots__ = ("_amplitude", "_omega", "_peak", "_period", "_turn")

    def __init__(self, amplitude: float, period: Millis, peak: Millis) -> None:
        self._amplitude = amplitude
        self._period = period
        self._peak = peak
        self._omega = 2 * pi / period
        self._turn = amplitude * period / (2 * pi * SECOND)

    def rate(self, at: Millis) -> float:
        return self._amplitude * cos(self._omega * ((at - self._peak) % self._period))

    def integral(self, at: Millis) -> float:
        """Seconds' worth of the mean rate that the wave has added by ``at``."""
        return self._turn * sin(self._omega * ((at - self._peak) % self._period))


_SHARED = (_Wave(0.42, DAY, _PEAK), _Wave(0.08, DAY // 2, _PEAK), _Wave(0.1, _WEEK, _WEEKEND - _WEEK // 2))


@lru_cache(maxsize=8)
def _shared(at: Millis) -> float:
    """Seconds and the waves that all ports have in common: asked for by every port of an answer at the same instant."""
    return at / SECOND + sum(wave.integral(at) for wave in _SHARED)


class Flow:
    """Octets in one direction of one port: ``mean`` octets a second on average while the link is up, on top of a
    ``floor`` that never changes."""

    def __init__(self, mean: float, chance: Chance, down: Spans, floor: float = 0.0) -> None:
        self._fast, self._slow = (
            _Wave(0.2, chance.instant(5 * MINUTE, 25 * MINUTE), chance.instant(0, HOUR)),
            _Wave(0.12, chance.instant(2 * HOUR, 5 * HOUR), chance.instant(0, 5 * HOUR)),
        )
        self.mean = mean
        self._floor = floor
        self._down = down
        self._lost: list[tuple[Millis, Millis, float]] = []
        total = 0.0
        for start, end in down:
            self._lost.append((start, end, total))
            total += self._volume(end) - self._volume(start)
        self._since: tuple[Millis, float] = (-1, 0.0)

    def rate(self, at: Millis) -> float:
        """Octets a second at this instant."""
        waves = (*_SHARED, self._fast, self._slow)
        return 0.0 if at in self._down else self._floor + self.mean * (1 + sum(wave.rate(at) for wave in waves))

    def octets(self, since: Millis, until: Millis) -> int:
        """Octets carried in [since, until): never fewer for a later ``until``."""
        if self._since[0] != since:
            self._since = (since, self._carried(since))
        return max(0, int(self._carried(until) - self._since[1]))

    def _carried(self, at: Millis) -> float:
        return self._volume(at) - self._missing(at)

    def _volume(self, at: Millis) -> float:
        waves = self._fast.integral(at) + self._slow.integral(at)
        return self._floor * at / SECOND + self.mean * (_shared(at) + waves)

    def _missing(self, at: Millis) -> float:
        """What was not carried before ``at`` because the link was down."""
        if not self._lost or at <= self._lost[0][0]:
            return 0.0
        for start, end, before in reversed(self._lost):
            if at > start:
                return before + self._volume(min(at, end)) - self._volume(start)
        return 0.0
