"""What was added up to a frontier stays: whatever is recorded later dates back to what was not counted yet."""

from dataclasses import dataclass, field, replace

from hypothesis import given, settings

from netmon.clock import DAY, HOUR, MINUTE, Millis
from netmon.engine import pipeline
from netmon.model import Contract, Period
from netmon.sla import counters
from netmon.sla.contract.account import Facts
from netmon.sla.counters import HOLD, LONGEST_LAG, Frontier, Sums, count, lag_of, row_of
from tests.engine.small import check, inventory
from tests.engine.test_truth import LENGTH, START, Monitor, Span, World, worlds

EVER = Period("ever", START, START + LENGTH, "Europe/Paris")
STRICT = "unknown=down,no_data=excluded,unreachable=excluded,degraded=down"


def agreed(policy: str) -> Contract:
    return Contract(policy, policy, "Bordeaux Métropole", "Bègles", 0.99, policy=policy)


@dataclass
class Counting(Monitor):
    """Adds up at every poll, as the daemon does each minute."""

    counted: dict[Millis, Sums] = field(default_factory=dict)

    def __post_init__(self) -> None:
        policies = ("contract", STRICT)
        self.world.inventory = replace(inventory(), contracts={policy: agreed(policy) for policy in policies})
        super().__post_init__()
        self.checks = list(self.world.inventory.checks.values())
        self.frontier = Frontier(lag_of(self.checks), "Europe/Paris", None)

    def sums(self, end: Millis) -> Sums:
        return count(self.world.inventory, self.memo.events, Facts(), EVER, end)

    def compare(self) -> None:
        at = self.frontier.at(self.clock.now(), self.pipeline.watching_since)
        if at > START and at not in self.counted:
            self.counted[at] = self.sums(at)

    def _stop(self, span: Span) -> None:
        super()._stop(span)
        if self.world.how != "sleep":
            self.frontier = Frontier(lag_of(self.checks), "Europe/Paris", span[0] - row_of(self.checks))


@settings(max_examples=15, deadline=None)
@given(worlds())
def test_what_was_counted_is_never_told_differently_later(world: World) -> None:
    monitor = Counting(world)
    monitor.live()
    assert len(monitor.counted) > 10
    for at, sums in monitor.counted.items():
        assert monitor.sums(at) == sums, at - START
    assert list(monitor.counted) == sorted(monitor.counted)


def test_the_lag_covers_a_row_of_looks_after_as_many_missed_as_make_a_check_unknown() -> None:
    slow = replace(check("slow", ()), interval=DAY)
    assert counters._STALE_INTERVALS == pipeline.STALE_INTERVALS
    assert lag_of([check("one", (), fall=2), check("two", (), fall=4)]) == 8 * MINUTE
    assert lag_of([slow]) == LONGEST_LAG == HOUR
    assert lag_of([]) == MINUTE


def test_the_frontier_moves_in_minutes_and_stands_still_at_midnight() -> None:
    midnight = 1_764_543_600_000
    """2025-12-01T00:00+01:00"""
    frontier = Frontier(10 * MINUTE, "Europe/Paris", None)
    seen = [frontier.at(midnight + at, 0) for at in range(0, 20 * MINUTE, 10_000)]
    assert seen == sorted(seen)
    assert {at % MINUTE for at in seen} == {0}
    assert seen.count(midnight) == HOLD // 10_000
    assert seen[-1] == midnight + 9 * MINUTE


def test_the_frontier_waits_until_all_it_would_pass_was_watched_without_a_gap() -> None:
    day = 1_764_586_800_000
    frontier = Frontier(5 * MINUTE, "Europe/Paris", day)
    began = day + 2 * HOUR
    assert frontier.at(began + 4 * MINUTE, began) == day
    assert frontier.at(began + 5 * MINUTE, began) == began
    slept = began + 3 * HOUR
    assert frontier.at(slept, slept) == began
    assert frontier.at(slept + 6 * MINUTE, slept) == slept + MINUTE
