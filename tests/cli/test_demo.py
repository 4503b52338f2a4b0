"""How ``netmon demo`` announces its faults."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from netmon.cli.demo import Announcer
from netmon.clock import DAY, Millis

NOW: Millis = 1_795_453_200_000
"""2026-11-23T17:00:00Z, 18 h in Bordeaux."""


def line(at: Millis, fault: str = "begins", kind: str = "link_cut") -> dict[str, object]:
    return {"kind": kind, "fault": fault, "at": at, "text": {"fr": "Lien coupé", "en": "Link cut"}}


def announced(language: str, *lines: dict[str, object], zone: dt.tzinfo | None = None) -> list[str]:
    out = io.StringIO()
    announcer = Announcer(Console(file=out, width=100), language)
    for each in lines:
        announcer.tell(each)
    assert out.getvalue() == ""
    announcer.begin(zone or ZoneInfo("Europe/Paris"), NOW)
    return out.getvalue().splitlines()


def test_a_fault_is_dated_as_status_and_report_date_it() -> None:
    assert announced("fr", line(NOW)) == ["  18:00:00 ✖ Lien coupé"]
    assert announced("fr", line(NOW), zone=ZoneInfo("UTC")) == ["  17:00:00 ✖ Lien coupé"]


@pytest.mark.parametrize(("language", "told"), [("fr", "20/11 18:00"), ("en", "11-20 18:00")])
def test_a_fault_that_began_on_another_day_says_which(language: str, told: str) -> None:
    assert announced(language, line(NOW - 3 * DAY))[0].split("✖")[0].strip() == told


def test_an_end_is_told_and_a_single_lost_poll_is_not() -> None:
    assert announced("en", line(NOW, kind="blip"), line(NOW, "ends")) == ["  18:00:00 ✔ over: Link cut"]
