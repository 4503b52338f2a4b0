"""A daemon with a schedule: the report is made, served and mailed while it watches, and once only."""

import base64
import re
import signal
import urllib.request
from pathlib import Path

import bcrypt

from netmon.clock import DAY, SystemClock
from netmon.history import open_history
from netmon.model import ReportRun
from tests.daemon.daemon import configuration, daemon
from tests.exporters.mail.servers import Box, mail_server
from tests.peers.programs import fetch, wait_for

MORE = """
services: [{{id: portail, name: Portail, family: web, communes: "*", expression: portail-web}}]
checks: [{{id: portail-web, site: mairie, http: {{url: "http://127.0.0.1:9/"}}}}]
reports:
  schedules: [{{id: hebdo, every: week, on: monday, at: "00:00", close: true, formats: [html]}}]
  accounts: [{{user: begles, password: "${{file:begles}}", communes: [Bègles]}}]
mail:
  server: localhost:{port}
  tls: none
  sender: netmon@netmon.example
  recipients: [{{to: [mairie@begles.example], communes: [Bègles], attach: [html]}}]
"""


def metric(port: int, name: str) -> float:
    text = fetch(f"http://127.0.0.1:{port}/metrics") or ""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else -1


def schedule_known_since(directory: Path, days: int) -> None:
    """As if a daemon had known the schedule so many days ago, and then stopped."""
    (directory / "var").mkdir(exist_ok=True)
    store = open_history(directory / "var" / "netmon.sqlite")
    past = SystemClock().now() - days * DAY
    store.record([ReportRun("hebdo", past, past, "known", "")]).result(10)
    store.close()


def asked_by_begles(url: str) -> str:
    login = base64.b64encode(b"begles:secret").decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_missed_report_is_made_served_and_mailed_once_and_neither_a_kill_nor_a_restart_doubles_it(
    tmp_path: Path,
) -> None:
    box = Box()
    (tmp_path / "begles").write_text(bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode() + "\n")
    with mail_server(box) as server:
        file, port = configuration(tmp_path, MORE.format(port=server.port))
        schedule_known_since(tmp_path, 7)
        with daemon(file, port) as process:
            wait_for(lambda: box.got, 60)
            assert metric(port, 'netmon_report_next_run_timestamp_seconds{schedule="hebdo"}') > 0
            assert metric(port, 'netmon_mails_total{outcome="dead"}') == 0
            assert fetch(f"http://127.0.0.1:{port}/reports/") is None  # who asks?
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        with daemon(file, port):
            wait_for(lambda: metric(port, 'netmon_report_next_run_timestamp_seconds{schedule="hebdo"}') > 0, 30)
            assert metric(port, 'netmon_report_runs_total{outcome="made",schedule="hebdo"}') == 0
            (manifest,) = (tmp_path / "var" / "reports").glob("*/*/manifest.json")
            assert f"{manifest.parent.parent.name}/" in asked_by_begles(f"http://127.0.0.1:{port}/reports/")
    store = open_history(tmp_path / "var" / "netmon.sqlite")
    runs = [run for run in store.report_runs() if run.outcome == "made"]
    store.close()
    assert [run.text for run in runs] == [f"{manifest.parent.parent.name}/v1"]
    assert [address for address, _ in box.got] == ["mairie@begles.example"]
