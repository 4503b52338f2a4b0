"""``netmon status --watch`` on a terminal of its own: keys, signals, resizes, and what is left behind."""

import os
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.model import State
from tests.cli.fallen import fallen
from tests.cli.terminals import Daemon, Watched
from tests.exporters.snapshots import METROPOLIS, make_snapshot

LEFT = "\x1b[?1049l"


@pytest.fixture
def watched() -> Iterator[Watched]:
    snapshot = make_snapshot(METROPOLIS)
    snapshot.set_node("sw-c33039-1", State.DOWN)
    snapshot.set_node("sw-c33119-1", State.DEGRADED)
    with Daemon(snapshot) as daemon, Watched("--url", daemon.server.url) as terminal:
        terminal.until("28 communes")
        yield terminal


def was_given_back(terminal: Watched) -> bool:
    return LEFT in terminal.sent and termios.tcgetattr(terminal.terminal) == terminal.modes


def test_keys_choose_what_is_shown(watched: Watched) -> None:
    watched.press("?")
    watched.until("this help")
    watched.press("x/state=down\r")
    assert "sw-c33119-1" not in watched.until(r"\[filter: state=down\]")
    watched.press("\x1b")
    watched.until("sw-c33119-1")
    watched.press("ccen\r")
    assert "sw-c33039-1" not in watched.until(r"\[commune: Cenon\]")
    watched.press("\x1bvv")
    watched.until("State +Commune")
    watched.press("vp")
    assert "Talence" not in watched.until("Root causes")
    watched.press("sS")
    watched.until(r"\[sort: -since\]")
    watched.press("/state=nope\r")
    watched.until("is not a state")
    watched.press("\x1b ")
    watched.until("paused for")


def test_q_quits_and_gives_the_terminal_back(watched: Watched) -> None:
    watched.press("q")
    watched.until_sent(LEFT)
    assert watched.process.wait(10) == 0
    assert was_given_back(watched)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_it_should_and_gives_the_terminal_back(watched: Watched, number: signal.Signals) -> None:
    watched.process.send_signal(number)
    watched.until_sent(LEFT)
    assert watched.process.wait(10) == -number
    assert was_given_back(watched)


def test_ctrl_z_stops_it_with_the_terminal_given_back_and_fg_goes_on(watched: Watched) -> None:
    watched.process.send_signal(signal.SIGTSTP)
    watched.until_sent(LEFT)
    _, status = os.waitpid(watched.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert was_given_back(watched)
    watched.sent = ""
    watched.process.send_signal(signal.SIGCONT)
    watched.until_sent("\x1b[?1049h")
    watched.until_sent("Talence")  # everything is drawn again, not only what changed
    watched.press("q")
    assert watched.process.wait(10) == 0


def test_a_window_of_another_size_is_drawn_anew(watched: Watched) -> None:
    watched.resize(130, 30)
    watched.process.send_signal(signal.SIGWINCH)
    watched.until("● Saint-Médard-en-Jalles")
    watched.resize(60, 20)
    watched.process.send_signal(signal.SIGWINCH)
    watched.until("28 communes")


def test_it_survives_a_restart_of_the_daemon() -> None:
    with Daemon(make_snapshot(METROPOLIS)) as first:
        port = first.server.port
        terminal = Watched("--url", first.server.url)
        terminal.until("28 communes")
    with terminal:
        terminal.until("no answer for")
        with Daemon(make_snapshot(METROPOLIS), port):
            terminal.until(r"\Anetmon")


def test_without_a_daemon_it_shows_the_history_and_takes_the_daemon_when_it_comes(tmp_path: Path) -> None:
    config = fallen(tmp_path)
    file = tmp_path / "netmon.yml"
    with Daemon(make_snapshot(METROPOLIS)) as probe:
        port = probe.server.port
    file.write_text(file.read_text("utf-8").replace("127.0.0.1:1", f"127.0.0.1:{port}"), "utf-8")
    with Watched(*config) as terminal:
        terminal.until("Read from the history")
        terminal.until("dist")
        with Daemon(make_snapshot(METROPOLIS), port):
            terminal.until(r"\Anetmon")
