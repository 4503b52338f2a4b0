"""A second, naive settlement of one service: a cell an hour, ten days of October 2026, no interval algebra."""

from dataclasses import dataclass, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from netmon.clock import DAY, HOUR
from netmon.model import Attribution, MaintenanceWindow, Party, Period, ScopeLine, WorksRules
from netmon.sla.contract.account import Facts
from tests.sla.contract.settling import LATER, MARKET, T0, down, settled

CELLS = 240
TEN_DAYS = Period("2026-10-01..2026-10-10", T0, T0 + CELLS * HOUR, "Europe/Paris")
HOURS, ALLOWED = "Mo-Sa 06:00-22:00", "00:00-08:00,20:00-24:00"
THURSDAY, SUNDAY = 3, 6
cells = st.integers(0, CELLS)


@dataclass(frozen=True)
class Works:
    start: int
    length: int
    before: int
    """How many hours before they begin they were announced."""


spans = st.lists(st.tuples(cells, st.integers(1, 60)), max_size=3)
works = st.lists(st.builds(Works, cells, st.integers(1, 40), st.integers(0, 48)), max_size=4)
faults = st.lists(st.tuples(cells, st.integers(1, 90), st.sampled_from([Party.COMMUNE, Party.OPERATOR])), max_size=3)


def is_covered(cell: int) -> bool:
    return (THURSDAY + cell // 24) % 7 != SUNDAY and 6 <= cell % 24 < 22


def is_allowed(cell: int) -> bool:
    return not 8 <= cell % 24 < 20


def planned_cells(told: list[Works], notice: int, cap: int | None) -> set[int]:
    planned, used = set[int](), set[int]()
    for one in sorted(told, key=lambda one: (one.start, one.start - one.before)):
        if one.before < notice:
            continue
        for cell in range(one.start, min(CELLS, one.start + one.length)):
            if not is_allowed(cell):
                continue
            if is_covered(cell) and cap is not None and cell not in used:
                used.add(cell)
                if len(used) > cap:
                    continue
            elif is_covered(cell) and cap is not None and cell not in planned:
                continue
            planned.add(cell)
    return planned


@settings(max_examples=80, deadline=None)
@example(  # what one announcement has beyond the cap, another of the same time does not admit
    [], [(43, 60)], [Works(0, 22, 0), Works(63, 40, 0), Works(66, 40, 43)], 0, 6, []
)
@given(spans, spans, works, st.integers(0, 40), st.none() | st.integers(1, 12), faults)
def test_the_figures_are_those_of_counting_hours(
    outages: list[tuple[int, int]],
    scope: list[tuple[int, int]],
    told: list[Works],
    notice: int,
    cap: int | None,
    faults: list[tuple[int, int, Party]],
) -> None:
    planned = planned_cells(told, notice, cap)
    eligible = unavailable = excluded = 0
    for cell in range(CELLS):
        if not is_covered(cell) or not any(start <= cell < start + long for start, long in scope) or cell in planned:
            continue
        parties = [party for start, long, party in faults if start <= cell < start + long]
        is_down = any(start <= cell < start + long for start, long in outages)
        if is_down and parties and parties[-1] is Party.COMMUNE:
            excluded += 1
        else:
            eligible += 1
            unavailable += is_down

    contract = replace(
        MARKET, hours=HOURS, works=WorksRules(notice * HOUR, ALLOWED, None if cap is None else cap * HOUR),
        scope=tuple(ScopeLine(T0 + start * HOUR, T0 + (start + long) * HOUR, services=("reseau-begles",))
                    for start, long in scope) or (ScopeLine(services=("nothing",)),),
    )  # fmt: skip
    events = merged(outages)
    windows = [
        MaintenanceWindow("reseau-begles", T0 + one.start * HOUR, T0 + (one.start + one.length) * HOUR, "",
                          T0 + (one.start - one.before) * HOUR)
        for one in told
    ]  # fmt: skip
    facts = Facts(attributions=tuple(
        Attribution("sw-begles", T0 + start * HOUR, T0 + (start + long) * HOUR, party, "", "A", "", LATER + number)
        for number, (start, long, party) in enumerate(faults)
    ))  # fmt: skip
    changes = [
        event for start, end in events for event in down("sw-begles/snmp", T0 + start * HOUR, (end - start) * HOUR)
    ]
    report = settled([*changes, *windows], contract, facts, period=TEN_DAYS, generated=T0 + 30 * DAY)
    found = report.figures
    assert (found.eligible, found.unavailable, report.excluded) == (
        eligible * HOUR,
        unavailable * HOUR,
        excluded * HOUR,
    )


def merged(outages: list[tuple[int, int]]) -> list[tuple[int, int]]:
    down_at = sorted({cell for start, long in outages for cell in range(start, start + long)})
    runs: list[tuple[int, int]] = []
    for cell in down_at:
        if runs and runs[-1][1] == cell:
            runs[-1] = (runs[-1][0], cell + 1)
        else:
            runs.append((cell, cell + 1))
    return runs
