"""``netmon doctor``: what it finds on a host that lacks something, and the mend it names."""

import errno
import http.server
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collectors.icmp import sockets
from netmon.cli import main
from netmon.cli.examine import extras, files, host
from netmon.clock import DAY, SystemClock
from netmon.history import open_history
from netmon.model import MonitorEvent
from netmon.settings import WebAccess
from tests.cli.terminals import Daemon
from tests.exporters.snapshots import METROPOLIS, make_snapshot

CONFIGURATION = """
data_dir: data
web: {{listen: "127.0.0.1:{port}"}}
credentials: {{lecture: {{version: 2c, community: "${{file:community}}"}}}}
snmp: {{credential: lecture}}
communes:
  - {{name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}}
sites:
  - {{id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}}
nodes:
  - {{id: core, site: mairie, role: core_router, address: 192.0.2.1}}
checks:
  - {{id: ping, site: mairie, icmp: {{address: 192.0.2.1}}}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "community").write_text("secret")
    (tmp_path / "community").chmod(0o640)
    (tmp_path / "data").mkdir(mode=0o750)
    file = tmp_path / "netmon.yml"
    file.write_text(CONFIGURATION.format(port=free_port()), "utf-8")
    file.chmod(0o640)
    return file


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is rendered, and the clock of this host is as it is."""
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    monkeypatch.setattr(host, "clock_is_synchronised", lambda: True)


Found = dict[str, dict[str, str]]


def examine(config: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Found]:
    """The exit code, and the gravest finding about each thing."""
    capsys.readouterr()
    code = main(["doctor", "-c", str(config), "--json", "--lang", "en", *more])
    document = json.loads(capsys.readouterr().out)
    assert document["schema_version"] == 1
    order = ["fail", "warn", "note", "ok"]
    found: Found = {}
    for each in sorted(document["findings"], key=lambda one: order.index(one["level"])):
        found.setdefault(each["what"], each)
    return code, found


def test_a_host_with_nothing_to_mend_exits_0(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examine(config, capsys)
    assert [each for each in found.values() if each["level"] not in {"ok", "note"}] == []
    assert code == 0


def test_secrets_that_everybody_may_read_are_to_mend_and_never_shown(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = config.parent / "community"
    secret.chmod(0o644)
    code, found = examine(config, capsys)
    assert (code, found["secrets"]["mend"]) == (2, f"chmod o= {secret}")
    assert "secret\n" not in json.dumps(found)
    secret.chmod(0o620)
    assert examine(config, capsys)[1]["secrets"]["mend"] == f"chmod go-w {secret}"


def test_a_configuration_that_everybody_may_change_is_to_mend(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.chmod(0o666)
    assert examine(config, capsys)[1]["configuration"]["mend"] == f"chmod o-w {config}"


def test_mistakes_of_the_configuration_are_told_and_the_host_is_looked_at_all_the_same(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("data_dri: x\n")
    code, found = examine(config, capsys)
    assert code == 2
    assert "data_dir" in found["configuration"]["found"]
    assert found["clock"]["level"] == "ok"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "level"), [(50 << 20, "fail"), (500 << 20, "warn"), (5 << 30, "ok")])
def test_little_room_is_told_before_the_disk_is_full(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _path: Usage(1 << 40, 0, free))
    assert examine(config, capsys)[1]["data directory"]["level"] == level


def test_a_data_directory_that_cannot_be_written_is_to_mend(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    found = examine(config, capsys)[1]["data directory"]
    assert found["level"] == "fail"
    assert found["mend"].startswith("install -d -o ")


def test_a_history_that_cannot_be_read_or_knows_the_future_is_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = config.parent / "data" / "netmon.sqlite"
    store = open_history(database)
    store.record([MonitorEvent(SystemClock().now() + DAY, "started")]).result()
    store.close()
    assert "in the future" in examine(config, capsys)[1]["history"]["found"]
    database.write_bytes(b"not a database, however one looks at it" * 100)
    assert examine(config, capsys)[1]["history"]["level"] == "fail"


def test_a_port_is_free_or_ours_or_somebody_elses(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no daemon runs here" in examine(config, capsys)[1]["web port"]["found"]
    with Daemon(make_snapshot(METROPOLIS)) as daemon:
        config.write_text(CONFIGURATION.format(port=daemon.server.port), "utf-8")
        assert "netmon answers" in examine(config, capsys)[1]["web port"]["found"]
    with Daemon(make_snapshot(METROPOLIS), access=WebAccess(users={"noc": "$2b$04$no.such.hash"})) as daemon:
        config.write_text(CONFIGURATION.format(port=daemon.server.port), "utf-8")
        found = examine(config, capsys)[1]["web port"]
        assert (found["level"], "NETMON_LOGIN_FILE" in found["mend"]) == ("warn", True)
        assert "asks for a user it knows" in found["found"]
        monkeypatch.setenv("NETMON_LOGIN_FILE", str(config.parent / "nothing"))
        found = examine(config, capsys)[1]["web port"]
        assert (found["level"], "No such file" in found["found"]) == ("warn", True)
        monkeypatch.delenv("NETMON_LOGIN_FILE")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as other:
        config.write_text(CONFIGURATION.format(port=other.getsockname()[1]), "utf-8")
        closing = threading.Thread(target=_hang_up, args=(other,))
        closing.start()
        code, found = examine(config, capsys)
        closing.join()
    assert (code, found["web port"]["level"]) == (2, "fail")
    assert found["web port"]["mend"].startswith("ss -lnp")


def _hang_up(server: socket.socket) -> None:
    """On one caller."""
    connection, _ = server.accept()
    connection.close()


def test_icmp_that_is_not_allowed_is_to_mend_where_checks_need_it(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(sockets.socket, "socket", refuse)
    monkeypatch.setattr("netmon.cli.examine.network.examine_ports", lambda *_: iter(()))
    found = examine(config, capsys)[1]["ICMP"]
    assert (found["level"], found["mend"]) == ("fail", "sysctl -w net.ipv4.ping_group_range='0 2147483647'")


@pytest.mark.parametrize(("synchronised", "level"), [(False, "warn"), (None, "note"), (True, "ok")])
def test_a_clock_that_is_not_synchronised_is_told(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    synchronised: bool | None,
    level: str,
) -> None:
    monkeypatch.setattr(host, "clock_is_synchronised", lambda: synchronised)
    code, found = examine(config, capsys)
    assert (found["clock"]["level"], code) == (level, 1 if level == "warn" else 0)


def test_extras_are_to_mend_only_where_the_configuration_asks_for_them(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine(config, capsys)[1]["pdf"]["level"] == "note"
    with config.open("a", encoding="utf-8") as more:
        more.write("reports: {schedules: [{id: mois, every: month, formats: [html, pdf]}]}\n")
    found = examine(config, capsys)[1]["pdf"]
    assert (found["level"], found["mend"]) == ("fail", "pip install 'netmon-metropole[pdf]'")


class Prometheus(http.server.BaseHTTPRequestHandler):
    """Answers one query."""

    series: list[Any] = []  # noqa: RUF012 - set by each test

    def do_GET(self) -> None:
        body = json.dumps({"status": "success", "data": {"result": self.series}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def prometheus() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prometheus) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_prometheus_is_asked_whether_it_scrapes_us(
    config: Path, capsys: pytest.CaptureFixture[str], prometheus: str
) -> None:
    Prometheus.series = []
    assert examine(config, capsys, "--prometheus", prometheus)[1]["Prometheus"]["level"] == "warn"
    Prometheus.series = [{"value": [0, "1"]}]
    assert examine(config, capsys, "--prometheus", prometheus)[1]["Prometheus"]["level"] == "ok"
    gone = f"http://127.0.0.1:{free_port()}"
    assert examine(config, capsys, "--prometheus", gone)[1]["Prometheus"]["level"] == "fail"


def test_the_drawing_shows_what_is_wrong_and_the_mend_in_french_too(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = config.parent / "community"
    secret.chmod(0o644)
    assert main(["doctor", "-c", str(config)]) == 2
    out = capsys.readouterr().out
    assert "✖ à corriger" in out
    assert f"→ chmod o= {secret}" in out
    assert "correct " not in out.splitlines()[0]
    assert main(["doctor", "-c", str(config), "--ascii"]) == 2
    assert capsys.readouterr().out.isascii()
