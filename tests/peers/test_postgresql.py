"""The history in a real PostgreSQL: the same facts come back, through the same code."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from netmon.errors import StoreError
from netmon.history import open_history
from netmon.model import MonitorEvent, State, Transition
from tests.daemon.daemon import configuration, daemon, is_down
from tests.history.test_notices import check_notices
from tests.history.test_store import EVERY_KIND
from tests.peers.programs import free_port, wait_for

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server in a directory outside pytest's own, which only their owner may enter."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("needs initdb, from Debian's package postgresql")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="netmon-pg-") as made, server(programs[-1].parent, Path(made), port):
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def server(programs: Path, directory: Path, port: int) -> Iterator[None]:
    """PostgreSQL refuses to run as root: then it runs as the user Debian made for it."""
    drop: list[str] = []
    if os.geteuid() == 0:
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        subprocess.run(["chown", "-R", "postgres", str(directory)], check=True)
    data = str(directory / "data")
    subprocess.run([*drop, str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"], check=True,
                   capture_output=True)  # fmt: skip
    command = [*drop, str(programs / "postgres"), "-D", data, "-p", str(port), "-k", data, "-h", "127.0.0.1"]
    with (directory / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(lambda: _answers(port))
            yield
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown: it waits for no client
            process.wait(20)


def _answers(port: int) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        return True
    return False


def test_every_kind_of_event_comes_back_as_it_went_in(url: str) -> None:
    store = open_history(url)
    store.record(EVERY_KIND).result(10)
    store.heartbeat(500).result(10)
    assert list(store.events()) == EVERY_KIND
    assert (store.last_heartbeat(), store.last_monitor_event()) == (500, MonitorEvent(50, "started"))
    store.close()
    reader = open_history(url, read_only=True)
    assert [event.at for event in reader.events(150, 200) if isinstance(event, Transition)] == [100]
    reader.close()


def test_notices_wait_there(url: str) -> None:
    store = open_history(url)
    check_notices(store)
    store.close()


def test_a_server_that_is_not_there_is_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_history(f"postgresql+psycopg://netmon:hunter2@127.0.0.1:{free_port()}/netmon")
    assert "Connection refused" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_daemon_keeps_its_history_there(url: str, tmp_path: Path) -> None:
    (tmp_path / "store-url").write_text(url + "\n")
    check = f'checks: [{{id: gone, site: mairie, http: {{url: "http://127.0.0.1:{free_port()}/"}}}}]\n'
    file, port = configuration(tmp_path, 'store: "${file:store-url}"\n' + check)
    with daemon(file, port):
        wait_for(lambda: is_down(port, "gone"))
        time.sleep(0.5)
    reader = open_history(url, read_only=True)
    states, last = reader.states(), reader.last_monitor_event()
    reader.close()
    assert states["gone"].new is State.DOWN
    assert last is not None
    assert last.state == "stopped"
    assert not (tmp_path / "var" / "netmon.sqlite").exists()
