"""GTI and GTR on the status page: the covered time that is left, which stands still outside covered hours."""

import re
from dataclasses import replace

from exporters.summary import Moment
from exporters.web.operators import OperatorsView
from exporters.web.statuspage import Look
from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.engine.pipeline import Pipeline
from netmon.model import Contract, Guarantee, IncidentStep, Observation, Reading, State, Step
from tests.engine.small import Memo, inventory

FRIDAY_16: Millis = 1_795_791_600_000  # 2026-11-27 16:00 in Paris
MARKET = Contract(
    "market", "Marché", "Opérateur", "Métropole", 0.99, hours="Mo-Fr 08:00-18:00", gtr=Guarantee(4 * HOUR)
)


class Page:
    """The status page of a network whose core fails on Friday at 16:00, with a market that restores in four hours."""

    def __init__(self) -> None:
        self.now = FRIDAY_16 - 3 * MINUTE
        self.pipeline = Pipeline(replace(inventory(), contracts={MARKET.id: MARKET}), Memo(), lambda: self.now)
        for _ in range(3):
            self.now += MINUTE
            for check in self.pipeline.inventory.checks.values():
                state = State.DOWN if check.node == "core" else State.UP
                self.pipeline.observe(Observation(check, self.now, 0.01, Reading(state)))
        [view] = self.pipeline.incidents()
        self.pipeline.tell(
            [IncidentStep(view.id, Step.NOTIFIED, self.now, "core", MARKET.id, "A. Martin", "", self.now)]
        )

    def clock(self, now: Millis, *, live: bool, language: str = "en") -> str:
        """The line of the clock; its markup only where the script needs it."""
        self.now = now
        look = Look(OperatorsView(), "sections", language, "Europe/Paris")
        html = look.sections(Moment(self.pipeline), language, live=live).sections["incidents"]
        found = re.search(r'<p class="clock .*?</p>', html)
        assert found is not None
        return found[0] if live else " ".join(re.sub("<[^>]*>", "", found[0]).split())


def test_without_script_the_covered_time_that_is_left_stands_there() -> None:
    page = Page()
    assert page.clock(FRIDAY_16 + HOUR, live=False).startswith("◷ GTR left: 3 h")
    assert "(due 2026-11-30 10:00" in page.clock(FRIDAY_16 + HOUR, live=False)


def test_outside_covered_hours_it_stands_still_and_says_until_when() -> None:
    page = Page()
    friday_night, sunday = (page.clock(FRIDAY_16 + ahead, live=False) for ahead in (3 * HOUR, 2 * DAY))
    assert friday_night == sunday
    assert friday_night.startswith("‖ GTR left: 2 h 0 min, outside covered hours, resumes 2026-11-30 08:00")


def test_the_script_is_told_when_nothing_is_left_and_when_counting_stops_and_is_not_told_anew_every_second() -> None:
    page = Page()
    line = page.clock(FRIDAY_16 + HOUR, live=True)
    assert f'data-zero="{FRIDAY_16 + 4 * HOUR}" data-stops="{FRIDAY_16 + 2 * HOUR}"' in line
    assert page.clock(FRIDAY_16 + HOUR + 37 * SECOND, live=True) == line
    monday = FRIDAY_16 + 2 * DAY + 16 * HOUR
    assert f'data-zero="{monday + 2 * HOUR}">' in page.clock(monday + MINUTE, live=True)


def test_in_french() -> None:
    line = Page().clock(FRIDAY_16 + DAY, live=False, language="fr")
    assert re.sub(r"\s", " ", line).startswith(
        "‖ GTR reste : 2 h 0 min, hors heures couvertes, reprise : 30/11/2026 08 h 00"
    )
