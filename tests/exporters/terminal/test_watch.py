"""``--watch``: what it sends to the terminal, and what it says while nobody answers."""

import datetime as dt
import io
import threading
from collections.abc import Iterator

import pytest
from rich.console import Console
from rich.text import Text

from exporters.terminal import Look, Status, read_status
from exporters.terminal.watch import Feed, Heard, Painter, draw
from exporters.web.documents import status_document
from netmon.errors import UnavailableError
from tests.exporters.snapshots import METROPOLIS, make_snapshot

LOOK = Look("en", zone=dt.UTC)


def make_status() -> Status:
    return read_status(status_document(make_snapshot(METROPOLIS)))


def painter() -> tuple[Painter, io.StringIO]:
    sent = io.StringIO()
    return Painter(Console(file=sent, force_terminal=True, width=80)), sent


def test_only_lines_that_changed_are_sent_again() -> None:
    paints, sent = painter()
    paints.paint([Text("one"), Text("two"), Text("three")], (80, 24))
    assert "\x1b[2J" in sent.getvalue()
    sent.truncate(0)
    sent.seek(0)
    paints.paint([Text("one"), Text("2")], (80, 24))
    assert sent.getvalue() == "\x1b[2;1H2\x1b[K\x1b[3;1H\x1b[K"
    sent.truncate(0)
    sent.seek(0)
    paints.paint([Text("one"), Text("2")], (80, 24))
    assert sent.getvalue() == ""


def test_a_new_size_is_painted_afresh_and_what_is_too_much_is_cut() -> None:
    paints, sent = painter()
    paints.paint([Text("one"), Text("two")], (80, 24))
    paints.paint([Text("one"), Text("two")], (40, 1))
    last = sent.getvalue().rsplit("\x1b[2J", 1)[1]
    assert "one" in last
    assert "two" not in last


def test_old_figures_never_pass_for_new() -> None:
    heard = Heard(make_status(), 100.0, "no netmon answers")
    lines = [line.plain for line in draw(heard, LOOK, (80, 24), 112.4)]
    assert lines[0].strip() == "no answer for 12 s: this was the state at 2026-11-23 17:00:00"
    assert lines[1].startswith("netmon")
    assert len(lines) <= 24


def test_an_answer_that_is_overdue_is_old_even_without_an_error() -> None:
    assert draw(Heard(make_status(), 100.0), LOOK, (80, 24), 106.0)[0].plain.startswith(" no answer for 6 s")


def test_before_the_first_answer_there_is_a_word() -> None:
    assert draw(Heard(), LOOK, (80, 24), 0)[0].plain == "asking the daemon…"
    assert draw(Heard(error="no netmon answers"), LOOK, (80, 24), 0)[0].plain == "no netmon answers"


def test_the_feed_keeps_the_last_answer_through_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.terminal.watch._TICK", 0.0)
    answers: Iterator[Status | None] = iter([make_status(), None, None, make_status(), None])
    heard: list[Heard] = []
    enough = threading.Event()

    def ask() -> Status:
        heard.append(feed.heard)
        if len(heard) >= 5:
            enough.set()
        answer = next(answers, None)
        if answer is None:
            raise UnavailableError("away")
        return answer

    feed = Feed(ask)
    with feed:
        assert enough.wait(30)
    assert [(bool(each.status), each.error) for each in heard[:5]] == [
        (False, ""),
        (True, ""),
        (True, "away"),
        (True, "away"),
        (True, ""),
    ]
