"""The counters of contracts on a month that was played: they are what reports and the interface say, to the second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.clock import DAY, MINUTE, ManualClock, Millis
from netmon.config import Configuration, load
from netmon.contracts import SlaCounted
from netmon.demo import play_past
from netmon.errors import UsageError
from netmon.history import Store, open_history
from netmon.model import Attribution, Correction, Party, State
from netmon.running import Availability, Counters
from netmon.simulation import Demo
from netmon.simulation.placement import wanted
from netmon.sla.contract.account import Facts
from netmon.sla.period import parse_period
from netmon.sla.views import build_views

OCTOBER, NOVEMBER = 1_790_805_600_000, 1_793_487_600_000
"""2026-10-01T00:00+02:00 and 2026-11-01T00:00+01:00."""
NOW = NOVEMBER + 2 * DAY


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """From September on, so that October is a whole month, until two days after it."""
    directory = tmp_path_factory.mktemp("past")
    plan = Demo(3, OCTOBER - 12 * DAY, NOW)
    main = plan.write(directory, wanted(plan.metropolis), listen="127.0.0.1:8730")
    main.write_text(main.read_text().replace("ca_file: demo-ca.pem", ""))
    loaded = load(main)
    loaded.data_dir.mkdir()
    play_past(loaded, plan)
    return loaded


@pytest.fixture
def store(configuration: Configuration, tmp_path: Path) -> Iterator[Store]:
    """A copy of that history, to add to."""
    copy = tmp_path / "netmon.sqlite"
    copy.write_bytes(Path(configuration.history).read_bytes())
    opened = open_history(copy)
    yield opened
    opened.close()


Grown = dict[tuple[str, str], tuple[Millis, Millis]]


def grown(before: SlaCounted, after: SlaCounted) -> Grown:
    start = {(each.contract, each.commune): each for each in before.counts}
    found: Grown = {}
    for each in after.counts:
        was = start.get((each.contract, each.commune))
        found[each.contract, each.commune] = (
            each.eligible - (was.eligible if was else 0),
            each.unavailable - (was.unavailable if was else 0),
        )
    return found


def told(configuration: Configuration, period: str) -> Grown:
    document = Availability(configuration, ManualClock(NOW))(period)
    rows = document["rows"]
    assert isinstance(rows, list)
    return {
        (row["contract"], row["commune"]): (
            round(row["eligible_seconds"] * 1000),
            round(row["unavailable_seconds"] * 1000),
        )
        for row in rows
    }


@pytest.mark.parametrize("label", ["2026-10", "2026-10-12", "2026-10-24..2026-11-01", "2026-W42"])
def test_counters_grow_over_a_closed_period_by_what_its_figures_are(configuration: Configuration, label: str) -> None:
    label = f"{label}..{label}" if len(label) == len("2026-10-12") else label
    period = parse_period(label, configuration.timezone, NOW)
    with_history = open_history(configuration.history, read_only=True)
    counters, facts = Counters(configuration, with_history), Facts(attributions=tuple(with_history.attributions()))
    before, after = counters.until(period.start, facts), counters.until(period.end, facts)
    with_history.close()
    expected = told(configuration, label)
    assert grown(before, after) == expected
    assert len(expected) > 60
    assert sum(unavailable for _, unavailable in expected.values()) > 0


def values(counted: SlaCounted) -> list[tuple[str, str, Millis, Millis]]:
    return [(each.contract, each.commune, each.eligible, each.unavailable) for each in counted.counts]


def corrections(configuration: Configuration, start: Millis, end: Millis, recorded: Millis) -> list[Correction]:
    services = configuration.inventory.services
    return [Correction(name, start, end, State.UP, "a", "measured wrongly", recorded) for name in services]


def test_a_correction_of_the_month_that_runs_lowers_the_counters_and_that_is_counted(
    configuration: Configuration, store: Store
) -> None:
    counters = Counters(configuration, store)
    before = counters.until(NOW, Facts())
    assert {each.lowered for each in before.counts} == {0}
    store.record(corrections(configuration, NOVEMBER, NOW, NOW)).result()
    after = counters.until(NOW + MINUTE, Facts())
    assert values(after) == values(Counters(configuration, store).until(NOW + MINUTE, Facts()))
    assert sum(each.unavailable for each in after.counts) < sum(each.unavailable for each in before.counts)
    assert {each.lowered for each in after.counts} == {0, 1}


def test_what_a_correction_lowers_while_a_configuration_is_taken_up_is_counted_too(
    configuration: Configuration, store: Store
) -> None:
    before = Counters(configuration, store).until(NOW, Facts())
    store.record(corrections(configuration, NOVEMBER, NOW, NOW)).result()
    after = Counters(configuration, store, before).until(NOW + MINUTE, Facts())
    again = Counters(configuration, store, after).until(NOW + 2 * MINUTE, Facts())
    assert {each.lowered for each in after.counts} == {0, 1}
    assert [each.lowered for each in again.counts] == [each.lowered for each in after.counts]


def test_what_is_told_of_a_month_that_was_settled_leaves_the_counters_alone(
    configuration: Configuration, store: Store
) -> None:
    counters = Counters(configuration, store)
    before = counters.until(NOW, Facts(attributions=tuple(store.attributions())))
    storm = [
        Attribution(name, OCTOBER, NOVEMBER, Party.FORCE_MAJEURE, "", "a", "storm", NOW)
        for name in configuration.inventory.nodes
    ]
    store.record([*corrections(configuration, OCTOBER, NOVEMBER, NOW), *storm]).result()
    facts = Facts(attributions=tuple(store.attributions()))
    after = counters.until(NOW, facts)
    contracts = configuration.inventory.contracts
    changed = {now[0] for now, was in zip(values(after), values(before), strict=True) if now != was}
    assert changed == {name for name, contract in contracts.items() if contract.settled != "month"}


def test_what_was_told_before_a_month_was_settled_counts(configuration: Configuration, store: Store) -> None:
    counters = Counters(configuration, store)
    before = counters.until(NOW, Facts())
    store.record(corrections(configuration, OCTOBER, NOVEMBER, NOVEMBER)).result()
    after = counters.until(NOW, Facts())
    assert sum(each.unavailable for each in after.counts) < sum(each.unavailable for each in before.counts)


def test_a_period_that_is_none_or_too_long_is_refused(configuration: Configuration) -> None:
    ask = Availability(configuration, ManualClock(NOW))
    with pytest.raises(UsageError, match="is not a period"):
        ask("October")
    with pytest.raises(UsageError, match="a year at most"):
        ask("2020-01-01..2026-01-01")
    document = ask("")
    assert document["period"]["label"] == "2026-11"


def test_the_gauges_of_the_month_are_its_figures(configuration: Configuration, store: Store) -> None:
    facts = Facts(attributions=tuple(store.attributions()))
    views = build_views(
        configuration.inventory, store.events(NOVEMBER, NOW), now=NOW, timezone=configuration.timezone, facts=facts
    )
    rows = Availability(configuration, ManualClock(NOW))("")["rows"]
    assert isinstance(rows, list)
    assert {
        (view.contract, view.commune): (
            view.objective, view.availability, view.low, view.high, view.coverage, view.budget_seconds
        )
        for view in views
    } == {
        (row["contract"], row["commune"]): tuple(
            row[name] for name in ("objective", "availability", "low", "high", "coverage", "budget_seconds")
        )
        for row in rows
    }  # fmt: skip
    assert any(view.availability != 1 for view in views)
