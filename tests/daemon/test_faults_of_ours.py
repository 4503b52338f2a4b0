"""What can be wrong around the daemon: one clear line, a fitting exit code, never a traceback, nothing destroyed."""

import asyncio
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netmon.app import Daemon
from netmon.config import load
from netmon.history import open_history
from netmon.model import MonitorEvent, State, Transition
from tests.daemon.daemon import configuration, daemon, is_down, netmon
from tests.peers.programs import fetch, free_port, wait_for

DEAD_WEB = """checks:
  - {{id: dead, site: mairie, http: {{url: "http://127.0.0.1:{port}/"}}}}
"""


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file, port = configuration(tmp_path, port=taken.getsockname()[1])
        done = netmon("run", "-c", file)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 71
    assert f"127.0.0.1:{port}" in last
    assert "Traceback" not in done.stderr
    assert monitor_events(tmp_path) == [], "nothing was watched, so nothing is recorded"


def test_figures_that_cannot_be_computed_are_logged_and_harm_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("netmon.running.build_views", fail)
    file, _ = configuration(tmp_path, DEAD_WEB.format(port=free_port()))
    answers: list[str | None] = []

    async def run() -> None:
        running = Daemon(load(file))

        async def look(url: str) -> None:
            await asyncio.sleep(1.5)
            answers.append(await asyncio.to_thread(fetch, f"{url}/metrics"))
            running.stop()

        await running.run(lambda url: tasks.append(asyncio.create_task(look(url))))

    tasks: list[asyncio.Task[None]] = []
    asyncio.run(run())
    assert 'netmon_log_messages_total{level="error"} 1.0' in (answers[0] or "")
    assert "running figures" in caplog.text


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    done = netmon("run", "-c", tmp_path / "none.yml")
    assert done.returncode == 1
    assert "none.yml" in one_line(done.stderr)


def test_an_unreadable_configuration_is_named(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    file.chmod(0)
    done = as_plain_user("run", "-c", str(file))
    assert done.returncode == 1
    assert str(file) in one_line(done.stderr)


def as_plain_user(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run netmon without root's right to pass over file modes."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "netmon", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        pytest.param("${file:secrets/none}", "secrets/none", id="a file that is not there"),
        pytest.param("${env:NETMON_NOT_SET}", "NETMON_NOT_SET", id="a variable that is not set"),
        pytest.param("${credential:none}", "none", id="a credential systemd did not pass"),
    ],
)
def test_a_wrong_secret_reference_is_named_with_its_place(tmp_path: Path, reference: str, expected: str) -> None:
    file, _ = configuration(tmp_path, f'credentials: {{lecture: {{version: 2c, community: "{reference}"}}}}\n')
    done = netmon("run", "-c", file)
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert line.startswith(f"{file}:")
    assert expected in line


def test_a_broken_database_is_named_and_left_untouched(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    store = tmp_path / "var" / "netmon.sqlite"
    store.parent.mkdir()
    store.write_bytes(b"this is no database" * 500)
    before = store.read_bytes()
    done = netmon("run", "-c", file)
    assert done.returncode == 74
    assert "left untouched" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert store.read_bytes() == before


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    (tmp_path / "var").write_text("a file")
    done = netmon("run", "-c", file)
    assert done.returncode == 71
    assert "var: cannot be used as data directory" in done.stderr.strip().splitlines()[-1]


def test_a_read_only_data_directory_is_named(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    directory = tmp_path / "var"
    directory.mkdir()
    directory.chmod(stat.S_IRUSR | stat.S_IXUSR)
    done = as_plain_user("run", "-c", str(file))
    directory.chmod(0o755)
    assert done.returncode in {71, 74}, done.stderr
    assert str(directory) in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_history_that_cannot_be_written_is_named_though_it_can_be_read(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    open_history_once(tmp_path)
    store = tmp_path / "var" / "netmon.sqlite"
    store.chmod(0o444)
    done = as_plain_user("run", "-c", str(file))
    assert done.returncode == 74
    assert f"{store}: cannot be written" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_disk_that_is_full_before_the_start_is_named(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    open_history_once(tmp_path)
    done = netmon("run", "-c", file, preexec_fn=_fill_the_disk)
    assert done.returncode == 74
    assert "netmon.sqlite" in done.stderr.strip().splitlines()[-1]


def test_a_full_disk_at_the_start_is_named(tmp_path: Path) -> None:
    file, _ = configuration(tmp_path)
    done = netmon("run", "-c", file, preexec_fn=_fill_the_disk)
    assert done.returncode == 74
    assert "netmon.sqlite" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def _fill_the_disk() -> None:
    """No file may grow beyond 20 kB: what SQLite then sees is a write that fails."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_disk_that_fills_up_stops_neither_polls_nor_metrics_and_is_said(tmp_path: Path) -> None:
    file, port = configuration(tmp_path, DEAD_WEB.format(port=free_port()))
    open_history_once(tmp_path)
    store = tmp_path / "var" / "netmon.sqlite"
    size = store.stat().st_size

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))

    with daemon(file, port, preexec_fn=limit) as process:
        log = tmp_path / "program.log"
        wait_for(lambda: "history cannot be written" in log.read_text(), 60)
        assert fetch(f"http://127.0.0.1:{port}/-/healthy")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 74
    assert "Traceback" not in log.read_text()
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def open_history_once(directory: Path) -> None:
    (directory / "var").mkdir()
    open_history(directory / "var" / "netmon.sqlite").close()


def test_a_second_daemon_on_the_same_data_is_refused(tmp_path: Path) -> None:
    file, port = configuration(tmp_path)
    with daemon(file, port) as process:
        done = netmon("run", "-c", file)
        assert done.returncode == 71
        assert f"another netmon (process {process.pid})" in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_clean_quick_and_recorded(tmp_path: Path, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        file, port = configuration(tmp_path, DEAD_WEB.format(port=silent.getsockname()[1]))
        with daemon(file, port) as process:
            time.sleep(1.5)
            begun = time.monotonic()
            process.send_signal(number)
            assert process.wait(20) == 0
            took = time.monotonic() - begun
    assert took < 5
    assert monitor_events(tmp_path)[-1].state == "stopped"
    assert "Traceback" not in (tmp_path / "program.log").read_text()


def monitor_events(directory: Path) -> list[MonitorEvent]:
    store = open_history(directory / "var" / "netmon.sqlite", read_only=True)
    events = [event for event in store.events() if isinstance(event, MonitorEvent)]
    store.close()
    return events


def test_after_kill_9_the_gap_is_no_data_and_states_go_on(tmp_path: Path) -> None:
    file, port = configuration(tmp_path, DEAD_WEB.format(port=free_port()))
    with daemon(file, port) as process:
        wait_for(lambda: is_down(port, "dead"))
        process.kill()
        process.wait()
    time.sleep(2)
    with daemon(file, port):
        time.sleep(3)
    events = monitor_events(tmp_path)
    assert [event.state for event in events] == ["started", "stopped", "started", "stopped"]
    assert events[2].at - events[1].at >= 1_000
    store = open_history(tmp_path / "var" / "netmon.sqlite", read_only=True)
    changes = [event for event in store.events() if isinstance(event, Transition)]
    store.close()
    assert [change.new for change in changes] == [State.DOWN]
