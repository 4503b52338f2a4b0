"""A daemon takes up another configuration while it runs: states stay, checks come and go, mistakes change nothing."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.app import Daemon
from netmon.config import Configuration, load
from netmon.history import open_history
from netmon.model import MonitorEvent, State, Transition
from netmon.reloading import Reloads
from tests.daemon.daemon import configuration, daemon, is_down, netmon
from tests.peers.programs import fetch, fetch_json, free_port, wait_for


@pytest.fixture
def answering() -> Iterator[int]:
    """A port that takes connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    server.accept()[0].close()
                except TimeoutError:
                    continue

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        done.set()
        thread.join()


def checks(one: int, more: dict[str, int] | None = None) -> str:
    entry = '{{id: {}, site: mairie, tcp: {{address: "127.0.0.1:{}"}}}}'
    entries = [entry.format(name, port) for name, port in {"one": one, **(more or {})}.items()]
    return f"checks: [{', '.join(entries)}]\n"


def reload(port: int, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/-/reload", method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def metric(port: int, line: str) -> str | None:
    """The value of a series; None: it is not there."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", fetch(f"http://127.0.0.1:{port}/metrics") or "", re.MULTILINE)
    return found[1] if found else None


def shown(port: int) -> dict[str, tuple[str, str]]:
    document = fetch_json(f"http://127.0.0.1:{port}/api/v1/nodes") or {"checks": []}
    return {check["id"]: (check["state"], check["since"]) for check in document["checks"]}


def test_a_reload_keeps_states_and_samples_and_adds_and_removes_checks(tmp_path: Path, answering: int) -> None:
    dead = free_port()
    file, port = configuration(tmp_path, checks(answering, {"dead": dead, "gone": dead}))
    with daemon(file, port) as process:
        wait_for(lambda: is_down(port, "dead") and is_down(port, "gone"))
        wait_for(lambda: shown(port)["one"][0] == "up")
        before = shown(port)
        configuration(tmp_path, checks(answering, {"dead": dead, "new": answering}), port)
        assert reload(port) == (200, "the configuration is right, and taken up now\n")
        wait_for(lambda: "new" in shown(port))
        after = shown(port)
        assert (after["one"], after["dead"]) == (before["one"], before["dead"])
        assert "gone" not in after
        text = fetch(f"http://127.0.0.1:{port}/metrics") or ""
        assert 'probe_success{commune="Bègles",site="mairie",node="",check="one"} 1' in text
        assert 'check="gone"' not in text
        wait_for(lambda: shown(port)["new"][0] == "up")
        assert metric(port, "netmon_config_last_reload_successful") == "1.0"
        assert process.poll() is None
    store = open_history(load(file).history, read_only=True)
    events = list(store.events())
    store.close()
    assert [event.state for event in events if isinstance(event, MonitorEvent)] == ["started", "stopped"]
    told = [event for event in events if isinstance(event, Transition)]
    assert [event.new for event in told if event.object == "dead"] == [State.DOWN]
    assert [event.new for event in told if event.object == "one"] == [State.UP]
    assert [event.new for event in told if event.object == "gone"] == [State.DOWN, State.UNKNOWN]


@pytest.mark.parametrize("how", ["POST", "SIGHUP"])
def test_a_broken_file_leaves_the_old_configuration_running(tmp_path: Path, answering: int, how: str) -> None:
    file, port = configuration(tmp_path, checks(answering))
    with daemon(file, port) as process:
        wait_for(lambda: shown(port)["one"][0] == "up")
        before = shown(port)
        good = file.read_text()
        file.write_text(good.replace("address:", "adress:"))
        if how == "POST":
            status, text = reload(port)
            assert status == 500
            assert f"{file}:7:" in text
            assert "did you mean 'address'" in text
        else:
            process.send_signal(signal.SIGHUP)
        wait_for(lambda: metric(port, "netmon_config_last_reload_successful") == "0.0")
        assert shown(port) == before
        file.write_text(good)
        if how == "POST":
            assert reload(port)[0] == 200
        else:
            process.send_signal(signal.SIGHUP)
        wait_for(lambda: metric(port, "netmon_config_last_reload_successful") == "1.0")
        assert shown(port) == before


def test_no_connection_is_refused_while_the_configuration_is_taken_up(tmp_path: Path, answering: int) -> None:
    """Nor while one is tried that cannot be started, and the one before goes on."""
    file, port = configuration(tmp_path, checks(answering))
    public = free_port()
    good = file.read_text().replace("web: {", f"web: {{public_listen: '127.0.0.1:{public}', ")
    file.write_text(good)
    with daemon(file, port), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        refused: list[tuple[int, Exception]] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                for each in (port, public):
                    try:
                        socket.create_connection(("127.0.0.1", each), 5).close()
                    except OSError as error:
                        refused.append((each, error))
                time.sleep(0.002)

        thread = threading.Thread(target=ask)
        thread.start()
        for worked in (True, False, True):
            file.write_text(good if worked else f"{good}traps: {{listen: '127.0.0.1:{taken.getsockname()[1]}'}}\n")
            assert reload(port)[0] == 200
            wait_for(lambda worked=worked: metric(port, "netmon_config_last_reload_successful") == f"{worked:.1f}")
        done.set()
        thread.join()
        assert refused == []
        assert "Bègles" in (fetch(f"http://127.0.0.1:{public}/") or "")


def test_counters_about_netmon_itself_go_on_after_a_reload(tmp_path: Path, answering: int) -> None:
    file, port = configuration(tmp_path, checks(answering))
    names = (
        'netmon_polls_total{collector="tcp",outcome="up"}',
        'netmon_scrapes_total{outcome="served"}',
        "netmon_poll_lag_seconds_count",
        "netmon_store_write_seconds_count",
        'netmon_web_requests_total{code="200"}',
    )

    def counted() -> list[float]:
        return [float(metric(port, name) or 0) for name in names]

    with daemon(file, port):
        wait_for(lambda: all(count > 2 for count in counted()))
        for _ in range(2):
            before = counted()
            configuration(tmp_path, checks(answering, {"more": answering}), port)
            assert reload(port)[0] == 200
            wait_for(lambda: fetch(f"http://127.0.0.1:{port}/-/ready"))
            after = counted()
            assert all(now >= was for now, was in zip(after, before, strict=True)), (before, after)


def test_told_to_stop_while_a_configuration_is_taken_up_it_records_that_it_did(tmp_path: Path, answering: int) -> None:
    """Between the end of the parts before and the start of those after nothing else would say so."""
    file, _ = configuration(tmp_path, checks(answering))

    class Interrupted(Reloads):
        def take(self) -> Configuration:
            running.stop()
            return super().take()

    loaded = load(file)
    running = Daemon(loaded)
    running._reloads = Interrupted(loaded)

    async def run() -> None:
        running._hang_up()
        await asyncio.wait_for(running.run(), 20)

    asyncio.run(run())
    store = open_history(loaded.history, read_only=True)
    told = [event for event in store.events() if isinstance(event, MonitorEvent)]
    beat = store.last_heartbeat()
    store.close()
    assert [event.state for event in told] == ["started", "stopped"]
    assert beat is not None
    assert told[1].at >= beat


def test_what_cannot_be_started_gives_way_to_the_configuration_before(tmp_path: Path, answering: int) -> None:
    file, port = configuration(tmp_path, checks(answering))
    with daemon(file, port), socket.create_server(("127.0.0.1", 0)) as taken:
        wait_for(lambda: shown(port)["one"][0] == "up")
        before, good = shown(port), file.read_text()
        file.write_text(good.replace(f"127.0.0.1:{port}", f"127.0.0.1:{taken.getsockname()[1]}"))
        assert reload(port)[0] == 200
        wait_for(lambda: metric(port, "netmon_config_last_reload_successful") == "0.0")
        assert shown(port) == before
        assert "the configuration before goes on" in (tmp_path / "program.log").read_text()
        file.write_text(good.replace("data_dir: var", "data_dir: other"))
        status, text = reload(port)
        assert status == 500
        assert "data_dir: cannot change while netmon runs" in text
        moved = free_port()
        file.write_text(good.replace(f"127.0.0.1:{port}", f"127.0.0.1:{moved}"))
        assert reload(port)[0] == 200
        wait_for(lambda: shown(moved) == before)
        assert fetch(f"http://127.0.0.1:{port}/-/ready") is None


def test_a_trap_port_that_is_taken_loses_nothing_and_is_no_crash(tmp_path: Path, answering: int) -> None:
    """Found out last, when the new parts poll already."""
    file, port = configuration(tmp_path, checks(answering))
    with daemon(file, port), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        wait_for(lambda: shown(port).get("one", ("",))[0] == "up")
        before, good = shown(port), file.read_text()
        file.write_text(f"{good}traps: {{listen: '127.0.0.1:{taken.getsockname()[1]}'}}\n")
        assert reload(port)[0] == 200
        wait_for(lambda: metric(port, "netmon_config_last_reload_successful") == "0.0")
        assert shown(port) == before
        store = open_history(load(file).history, read_only=True)
        told = [event.state for event in store.events() if isinstance(event, MonitorEvent)]
        store.close()
    assert told == ["started"]


def test_a_page_in_a_browser_cannot_reload(tmp_path: Path, answering: int) -> None:
    file, port = configuration(tmp_path, checks(answering))
    with daemon(file, port):
        assert reload(port, Origin="https://evil.example")[0] == 403
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthy").status == 200


def test_diff_config_says_what_a_reload_would_do(tmp_path: Path, answering: int) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old, _ = configuration(tmp_path / "old", checks(answering, {"gone": 1}), 1234)
    new, _ = configuration(tmp_path / "new", checks(answering + 1, {"more": 2}), 1234)
    same = netmon("diff-config", old, old)
    assert (same.returncode, same.stdout) == (0, "")
    done = netmon("diff-config", old, new)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "removed check gone",
        "changed check one: target, settings",
        "added check more",
        "changed setting data_dir: needs a restart",
    ]
    document = netmon("diff-config", old, new, "--json")
    assert document.returncode == 1
    assert '"schema_version": 1' in document.stdout


class Told:
    """What a service manager is told."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(20)

    def until(self, word: str) -> list[str]:
        seen = []
        while not seen or word not in seen[-1].splitlines():
            seen.append(self.socket.recv(4096).decode())
        return seen


def test_systemd_is_told_everything_it_asks_for(tmp_path: Path, answering: int, request: pytest.FixtureRequest) -> None:
    told = Told(tmp_path)
    request.addfinalizer(told.socket.close)
    file, port = configuration(tmp_path, checks(answering))
    environment = {**os.environ, "NOTIFY_SOCKET": str(told.path), "WATCHDOG_USEC": "600000"}
    command = [os.sys.executable, "-m", "netmon", "run", "-c", str(file)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        told.until("READY=1")
        begun = time.monotonic()
        for _ in range(4):
            told.until("WATCHDOG=1")
        assert time.monotonic() - begun >= 0.5
        process.send_signal(signal.SIGHUP)
        reloading = told.until("RELOADING=1")[-1]
        at = int(re.search(r"^MONOTONIC_USEC=(\d+)$", reloading, re.MULTILINE)[1])
        assert abs(at / 1e6 - time.monotonic()) < 60
        assert told.until("READY=1")
    finally:
        process.terminate()
        last = told.until("STOPPING=1")
        assert process.wait(10) == 0
    assert f"STATUS=watching; http://127.0.0.1:{port}/" not in last
