"""``netmon status`` as a user calls it, against a daemon's pages over a real socket."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from netmon.cli import main
from netmon.clock import to_datetime
from netmon.model import State
from tests.cli.terminals import Daemon
from tests.exporters.snapshots import METROPOLIS, NOW, make_snapshot

ROOT = Path(__file__).parents[2]


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    monkeypatch.setenv("COLUMNS", "120")
    with Daemon(make_snapshot(METROPOLIS)) as running:
        yield running


def test_the_summary_is_printed_in_the_language_asked_for(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", daemon.server.url, "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "28 communes" in told.out
    assert "Nothing is broken." in told.out
    assert "\x1b" not in told.out
    assert told.err == ""


def test_who_may_not_read_the_secrets_finds_the_daemon_all_the_same(daemon: Daemon, tmp_path: Path) -> None:
    file = tmp_path / "netmon.yml"
    file.write_text(
        f"web: {{listen: '{daemon.server.url.removeprefix('http://')}'}}\n"
        "credentials: {lecture: {version: 2c, community: '${file:not-for-you}'}}\n"
    )
    assert main(["status", "-c", str(file)]) == 0


def test_a_configuration_that_says_nothing_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "-c", str(tmp_path / "netmon.yml")]) == 1
    assert "netmon.yml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "commune", "code"),
    [
        (State.UP, "", 0),
        (State.DOWN, "", 1),
        (State.DOWN, "Bègles", 1),
        (State.DOWN, "Cenon", 0),
        (State.DEGRADED, "", 1),
        (State.UNKNOWN, "", 3),
    ],
)
def test_the_exit_code_tells_the_state_when_asked(daemon: Daemon, state: State, commune: str, code: int) -> None:
    daemon.snapshot.set_node("sw-c33039-1", state)
    arguments = ["status", "--url", daemon.server.url, *filter(None, [commune])]
    assert main(arguments) == 0
    assert main([*arguments, "--exit-code"]) == code


def test_a_commune_that_is_down_exits_2(daemon: Daemon) -> None:
    for node in ("sw-c33039-1", "sw-c33039-2"):
        daemon.snapshot.set_node(node, State.DOWN)
    assert main(["status", "--url", daemon.server.url, "--exit-code"]) == 2


def test_json_is_the_document_with_what_was_asked_for(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    daemon.snapshot.set_node("sw-c33039-1", State.DOWN)
    daemon.snapshot.set_node("sw-c33119-1", State.DEGRADED)
    assert main(["status", "cenon", "--url", daemon.server.url, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema_version"] == 1
    assert [each["name"] for each in document["communes"]] == ["Cenon"]
    assert [each["id"] for each in document["problems"]] == ["sw-c33119-1"]
    assert main(["status", "--url", daemon.server.url, "--json", "--filter", "state=down"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)["problems"]] == ["sw-c33039-1"]


def test_times_are_those_of_the_configuration_wherever_the_terminal_stands(
    daemon: Daemon, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set()
    for zone in ("UTC", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert main(["status", "--url", daemon.server.url]) == 0
        told.add(capsys.readouterr().out.splitlines()[0])
    monkeypatch.undo()
    time.tzset()
    assert len(told) == 1
    assert f"{to_datetime(NOW, ZoneInfo('Europe/Paris')):%d/%m/%Y %H:%M:%S}" in told.pop()


def test_a_filter_that_leaves_nothing_does_not_say_that_all_is_well(
    daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon.snapshot.set_node("sw-c33039-1", State.DOWN)
    assert main(["status", "--url", daemon.server.url, "--lang", "en", "--filter", "commune~cenon"]) == 0
    told = capsys.readouterr().out
    assert "No open problem matches the filter." in told
    assert "Nothing is broken." not in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sort", "age"], "--sort: 'age' is not known"),
        (["--filter", "x"], "--filter: 'x' is not"),
        (["--lang", "de"], "language 'de' is not known"),
        (["Paris"], "no commune is called 'Paris'"),
        (["--watch"], "--watch needs a terminal"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_usage_errors_exit_64_with_one_line(
    daemon: Daemon, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["status", "--url", daemon.server.url, *arguments]) == 64
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_without_a_daemon_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert main(["status", "--url", f"http://127.0.0.1:{port}"]) == 69
    assert capsys.readouterr().err == f"no netmon answers at http://127.0.0.1:{port}: Connection refused\n"


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 404 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nhello", b"\xff\xfe garbage\r\n", b""],
)
def test_something_else_on_the_port_is_one_clear_line(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        assert main(["status", "--url", f"http://127.0.0.1:{listener.getsockname()[1]}"]) == 69
        thread.join()
    assert capsys.readouterr().err.count("\n") == 1
