"""The terminal summary, kept as text: ``NETMON_GOLDEN=write pytest …`` writes it anew, to be looked at."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from exporters.terminal import Look, Screen, read_status
from exporters.terminal.incidentline import read_clock
from exporters.terminal.roots import DROPPED_FIRST, countdown
from exporters.terminal.status import Past
from exporters.web.documents import status_document
from netmon.errors import UnavailableError
from netmon.model import State
from tests.exporters.snapshots import METROPOLIS, make_snapshot
from tests.exporters.terminal.scenes import PARIS, broken_metropolis, compare, drawn, status_of


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("view", ["map", "table"])
def test_the_summary_looks_as_it_was_last_approved(language: str, width: int, view: str) -> None:
    lines = drawn(status_of(broken_metropolis()), Look(language, zone=PARIS), width, view=view)
    compare(f"status-{view}-{language}-{width}.txt", lines)


@pytest.mark.parametrize(
    ("name", "look", "height", "view"),
    [
        ("status-fr-80-ascii.txt", Look("fr", ascii=True, zone=PARIS), None, "map"),
        ("status-fr-80x24.txt", Look("fr", zone=PARIS), 24, "map"),
        ("status-fr-80-list.txt", Look("fr", zone=PARIS), None, "list"),
    ],
)
def test_ascii_short_screens_and_the_list_look_as_last_approved(
    name: str, look: Look, height: int | None, view: str
) -> None:
    compare(name, drawn(status_of(broken_metropolis()), look, 80, height, view))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_read_from_the_history_looks_as_last_approved(language: str) -> None:
    status = status_of(broken_metropolis())
    past = Past("no netmon answers at http://127.0.0.1:8730: Connection refused", status.generated)
    old = replace(status, generated=status.generated + dt.timedelta(hours=3, minutes=5), past=past)
    compare(f"status-{language}-80-history.txt", drawn(old, Look(language, zone=PARIS), 80))
    assert {str(span.style) for line in Screen(Look(language), 80).draw(old)[3:] for span in line.spans} == set()


def test_one_commune_and_a_calm_day_look_as_last_approved() -> None:
    status = status_of(broken_metropolis())
    compare("status-fr-80-commune.txt", drawn(status.of_commune("Bègles"), Look("fr", zone=PARIS), 80))
    calm = status_of(make_snapshot(METROPOLIS))
    compare("status-en-80-calm.txt", drawn(calm, Look("en", zone=PARIS), 80))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for line in drawn(status_of(broken_metropolis()), Look("fr"), width):
        assert cell_len(line) <= width


@pytest.mark.parametrize("height", range(8, 40))
def test_a_short_terminal_is_never_overfull_and_says_what_it_leaves_out(height: int) -> None:
    lines = drawn(status_of(broken_metropolis()), Look("en"), 80, height)
    if height >= 15:
        assert len(lines) <= height
    assert any(line.startswith("Root causes (") for line in lines)


def test_a_table_of_communes_leaves_room_for_root_causes() -> None:
    lines = drawn(status_of(broken_metropolis()), Look("en"), 80, 24, "table")
    assert len(lines) <= 24
    assert any(line.startswith("Root causes (") for line in lines)
    assert "and 19 communes more" in lines


def test_names_of_things_are_whole_at_every_usual_width() -> None:
    status = status_of(broken_metropolis())
    names = [commune.name for commune in status.communes if commune.state != "up"]
    names += [problem.name for problem in status.problems if problem.root]
    for width in (80, 120, 200):
        text = "\n".join(drawn(status, Look("fr"), width))
        assert [name for name in names if name not in text] == []
        for view in ("list", "table"):
            text = "\n".join(drawn(status, Look("fr"), width, view=view))
            assert [commune.name for commune in status.communes if commune.name not in text] == []


def test_columns_give_way_in_the_declared_order() -> None:
    titles = {
        "detail": "Detail", "incident": "Incident", "site": "Site ", "at": "Since", "devices": "Dev.",
        "sites": "Sites", "on it": "On it", "communes": "Com.", "commune": "Commune ", "services": "Serv.",
        "people": "Inh.",
    }  # fmt: skip
    status = status_of(broken_metropolis())
    gone: list[str] = []
    for width in range(300, 60, -1):
        header = next(line for line in drawn(status, Look("en"), width) if line.startswith("State"))
        gone += [name for name in DROPPED_FIRST if titles[name] not in header + " " and name not in gone]
    assert tuple(gone) == DROPPED_FIRST


def test_nothing_a_device_says_reaches_the_terminal_as_a_command() -> None:
    text = "\n".join(drawn(status_of(broken_metropolis()), Look("fr"), 200))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_ascii_is_ascii() -> None:
    for line in drawn(status_of(broken_metropolis()), Look("fr", ascii=True), 200):
        assert line.isascii()


def test_only_the_eight_basic_colours_are_used_and_always_in_pairs() -> None:
    basic = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}
    for line in Screen(Look("fr"), 120).draw(status_of(broken_metropolis())):
        for span in line.spans:
            words = set(str(span.style).split()) - {"bold", "underline", "on"}
            assert words <= basic
            assert len(words) in {0, 2}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00"),
        (86_399, "23 h 59"),
        (183_600, "2 d 3 h"),
    ],
)
def test_lengths_are_told_as_a_glance_needs_them(seconds: int, words: str) -> None:
    assert Look("en").lasted(dt.timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    "change", [{"problems": None}, {"communes": [{}]}, {"generated": "yesterday"}, {"monitor": []}]
)
def test_a_document_that_cannot_be_read_is_one_clear_error(change: dict[str, Any]) -> None:
    with pytest.raises(UnavailableError, match="cannot be read"):
        read_status({**status_document(broken_metropolis()), **change})


def test_that_netmon_itself_is_cut_off_is_told_with_its_own_health() -> None:
    snapshot = make_snapshot(METROPOLIS[:3])
    for name in ("core-1/snmp", "portail-web"):
        snapshot.set_check(name, State.UNKNOWN, reason="blind")
    lines = drawn(status_of(snapshot), Look("en", zone=PARIS), 120)
    assert any("netmon itself is cut off: 2 checks cannot be seen" in line for line in lines)


def test_a_clock_that_stands_still_says_why() -> None:
    clock = {
        "contract": "m", "kind": "gtr", "remaining_seconds": 7200.0, "late_seconds": 0.0, "deadline": None,
        "paused": False,
    }  # fmt: skip
    look = Look("en")
    assert countdown(look, read_clock(clock)).plain == "GTR 2 h 00"  # of a daemon that does not tell yet
    assert countdown(look, read_clock({**clock, "counts": True})).plain == "GTR 2 h 00"
    assert countdown(look, read_clock({**clock, "counts": False})).plain == "GTR 2 h 00 (off hours)"
    assert countdown(look, read_clock({**clock, "paused": True, "counts": None})).plain == "GTR 2 h 00 (paused)"
