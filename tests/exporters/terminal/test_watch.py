"""``--watch``: what it sends to the terminal, and what it says while nobody answers."""

import datetime as dt
import io
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from exporters.terminal import Look, Status, read_status
from exporters.terminal.painter import Painter
from exporters.terminal.status import Past
from exporters.terminal.watch import Feed, Heard, draw
from exporters.terminal.wishes import Wishes
from exporters.web.documents import status_document
from netmon.errors import UnavailableError
from tests.exporters.snapshots import METROPOLIS, make_snapshot
from tests.exporters.terminal.glass import Glass
from tests.exporters.terminal.scenes import broken_metropolis, status_of

LOOK = Look("en", zone=dt.UTC)
WISHES = Wishes()


def make_status() -> Status:
    return read_status(status_document(make_snapshot(METROPOLIS)))


def painter(width: int = 80) -> tuple[Painter, io.StringIO]:
    sent = io.StringIO()
    return Painter(Console(file=sent, force_terminal=True, width=width)), sent


def sent_by(paints: Painter, sent: io.StringIO, *lines: str) -> str:
    sent.truncate(0)
    sent.seek(0)
    paints.paint([Text(line) for line in lines], (80, 24))
    return sent.getvalue().removeprefix("\x1b[?2026h").removesuffix("\x1b[?2026l")


def test_only_what_changed_in_a_line_is_sent_again() -> None:
    paints, sent = painter()
    assert "\x1b[2J" in sent_by(paints, sent, "one", "two", "three")
    assert sent_by(paints, sent, "one", "twi", "three") == "\x1b[2;3Hi"
    assert sent_by(paints, sent, "one", "twin", "three") == "\x1b[2;4Hn"
    assert sent_by(paints, sent, "one", "tw") == "\x1b[2;3H\x1b[K\x1b[3;1H\x1b[K"
    assert sent_by(paints, sent, "one", "tw") == ""


def test_an_accent_that_stands_alone_goes_with_its_letter() -> None:
    paints, sent = painter()
    sent_by(paints, sent, "Be\u0301gles")
    assert sent_by(paints, sent, "Be\u0300gles") == "\x1b[1;2He\u0300"
    assert sent_by(paints, sent, "Ba\u0300gles") == "\x1b[1;2Ha\u0300"


_LINES = st.lists(
    st.lists(st.tuples(st.text("ab é●漢", max_size=5), st.sampled_from(["", "bold", "white on red"])), max_size=3),
    max_size=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_LINES, min_size=1, max_size=3))
def test_whatever_is_painted_stands_on_the_screen(frames: list[list[list[tuple[str, str]]]]) -> None:
    paints, sent = painter(60)
    glass = Glass(60, 5)
    for frame in frames:
        lines = [Text.assemble(*parts) if parts else Text() for parts in frame]
        paints.paint(lines, (60, 5))
        glass.show(sent.getvalue())
        sent.truncate(0)
        sent.seek(0)
        assert glass.lines() == [*(line.plain.rstrip() for line in lines), *[""] * (5 - len(lines))]


def test_a_new_size_is_painted_afresh_and_what_is_too_much_is_cut() -> None:
    paints, sent = painter()
    paints.paint([Text("one"), Text("two")], (80, 24))
    paints.paint([Text("one"), Text("two")], (40, 1))
    last = sent.getvalue().rsplit("\x1b[2J", 1)[1]
    assert "one" in last
    assert "two" not in last


def test_a_second_later_less_than_a_few_hundred_bytes_are_sent() -> None:
    paints, _ = painter()
    status = status_of(broken_metropolis())
    whole = paints.paint(draw(Heard(status, 100.0), LOOK, (80, 24), 100.0, WISHES), (80, 24))
    later = replace(status, generated=status.generated + dt.timedelta(seconds=1))
    assert 0 < paints.paint(draw(Heard(later, 101.0), LOOK, (80, 24), 101.0, WISHES), (80, 24)) < 300
    assert whole < 5000


def test_old_figures_never_pass_for_new() -> None:
    heard = Heard(make_status(), 100.0, "no netmon answers")
    lines = draw(heard, LOOK, (80, 24), 112.4, WISHES)
    assert lines[0].plain.strip() == "✖ no answer for 12 s: this was the state at 2026-11-23 17:00:00"
    assert lines[1].plain.startswith("netmon")
    assert len(lines) == 24
    assert {str(line.style) for line in lines[1:-1] if line.plain} == {"dim"}


def test_an_answer_that_is_overdue_is_old_even_without_an_error() -> None:
    line = draw(Heard(make_status(), 100.0), LOOK, (80, 24), 106.0, WISHES)[0]
    assert line.plain.startswith(" ✖ no answer for 6 s")


def test_a_pause_says_how_old_what_stands_there_is() -> None:
    line = draw(Heard(make_status(), 100.0), LOOK, (80, 24), 130.0, replace(WISHES, paused=True))[0]
    assert line.plain.startswith(" … paused for 30 s: this was the state at 2026-11-23 17:00:00")


def test_what_the_history_says_grows_older_while_it_is_looked_at() -> None:
    status = make_status()
    old = replace(status, past=Past("no netmon answers", status.generated))
    text = "\n".join(line.plain for line in draw(Heard(old, 100.0), LOOK, (80, 24), 100.0 + 3660, WISHES))
    assert "1 h 01 ago" in text


def test_before_the_first_answer_there_is_a_word() -> None:
    assert draw(Heard(), LOOK, (80, 24), 0, WISHES)[0].plain == "asking the daemon…"
    assert draw(Heard(error="no netmon answers"), LOOK, (80, 24), 0, WISHES)[0].plain == "no netmon answers"


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 5), (200, 60)])
@pytest.mark.parametrize("wishes", [WISHES, Wishes(help=True), Wishes(prompt="filter", typed="x", error="no"),
                                    Wishes(view="table", skip=99), Wishes(commune="Nowhere")])  # fmt: skip
def test_the_screen_is_never_overfull(size: tuple[int, int], wishes: Wishes) -> None:
    lines = draw(Heard(status_of(broken_metropolis()), 100.0), LOOK, size, 100.0, wishes)
    assert len(lines) <= size[1]
    assert all(line.cell_len <= size[0] for line in lines)


def test_the_feed_keeps_the_last_answer_through_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.terminal.watch.TICK", 0.0)
    first = make_status()
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

    feed = Feed(ask, Heard(first), lambda: None)
    with feed:
        assert enough.wait(30)
    assert [each.error for each in heard[:5]] == ["", "", "away", "away", ""]
    assert heard[2].status is heard[1].status is heard[3].status
