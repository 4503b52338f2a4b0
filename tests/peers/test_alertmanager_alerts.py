"""Debian's Alertmanager is told of incidents by a daemon as users run it; what it notifies is what is looked at."""

import contextlib
import json
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.daemon import configuration, daemon
from tests.peers.programs import fetch, fetch_json, free_port, need, running, wait_for

pytestmark = pytest.mark.peer


class Notified:
    """What Alertmanager sends to its webhook receiver: status and alerts of each notification."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[dict[str, Any]]]] = []

    def statuses(self) -> list[str]:
        return [status for status, _ in self.got]


@contextlib.contextmanager
def hook() -> Iterator[tuple[str, Notified]]:
    notified = Notified()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            notified.got.append((told["status"], told["alerts"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", notified
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def alertmanager(directory: Path, port: int, webhook: str) -> Iterator[str]:
    program = need("prometheus-alertmanager", "prometheus-alertmanager")
    directory.mkdir(exist_ok=True)
    (directory / "alertmanager.yml").write_text(
        "route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}\n"
        f"receivers: [{{name: hook, webhook_configs: [{{url: '{webhook}', send_resolved: true}}]}}]\n"
    )
    command = [
        program, f"--config.file={directory}/alertmanager.yml", f"--storage.path={directory}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    ]  # fmt: skip
    with running(command, directory):
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/-/ready"))
        yield f"http://127.0.0.1:{port}"


def alerts(url: str) -> list[dict[str, Any]]:
    found = fetch_json(f"{url}/api/v2/alerts")
    return [] if found is None else list(found)


@contextlib.contextmanager
def target(port: int) -> Iterator[None]:
    """What the daemon watches: something that accepts connections."""
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield


def settings(directory: Path, watched: int, *managers: str, web: int | None = None) -> tuple[Path, int]:
    urls = ", ".join(f"'{url}'" for url in managers)
    return configuration(
        directory,
        f"checks: [{{id: portail, site: mairie, tcp: {{address: '127.0.0.1:{watched}'}}}}]\n"
        "services: [{id: web, name: Portail, family: web, communes: '*', expression: portail}]\n"
        "alerts:\n"
        "  url: https://supervision.example/\n"
        "  receivers:\n"
        f"    - {{id: noc, alertmanager: {{urls: [{urls}], resend: 1s, resolve_after: 5m, labels: {{team: noc}}}}}}\n",
        web,
    )


def test_an_incident_is_one_alert_that_is_updated_survives_restarts_and_is_resolved(tmp_path: Path) -> None:
    watched, port = free_port(), free_port()
    with hook() as (webhook, notified):
        file, web = settings(tmp_path, watched, f"http://127.0.0.1:{port}")
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(contextlib.ExitStack())
            url = first.enter_context(alertmanager(tmp_path / "am", port, webhook))
            with daemon(file, web) as process:
                (alert,) = wait_for(lambda: alerts(url))
                labels = alert["labels"]
                assert {**labels, "incident": ""} == {
                    "alertname": "NetmonIncident", "severity": "critical", "commune": "Bègles", "site": "mairie",
                    "check": "portail", "team": "noc", "incident": "",
                }  # fmt: skip
                notes = alert["annotations"]
                assert notes["summary"] == notes["summary_fr"] == "En panne\N{NO-BREAK SPACE}: portail, Bègles"
                assert notes["summary_en"] == "Down: portail, Bègles"
                assert "Services: Portail" in notes["description_en"]
                assert alert["generatorURL"] == f"https://supervision.example/#{labels['incident']}"
                ends = alert["endsAt"]
                wait_for(lambda: alerts(url)[0]["endsAt"] > ends)  # told again
                process.send_signal(signal.SIGKILL)
                process.wait()
            with daemon(file, web):
                ends = alerts(url)[0]["endsAt"]
                wait_for(lambda: alerts(url)[0]["endsAt"] > ends)
                assert [each["labels"] for each in alerts(url)] == [labels]
                first.close()  # Alertmanager ends, and comes back having forgotten all alerts
                url = stack.enter_context(alertmanager(tmp_path / "am", port, webhook))
                assert [each["labels"] for each in wait_for(lambda: alerts(url))] == [labels]
                with target(watched):
                    wait_for(lambda: notified.statuses()[-1:] == ["resolved"])
                    assert wait_for(lambda: not alerts(url))
                told = fetch_json(f"http://127.0.0.1:{web}/api/v1/notices")["notices"]
                assert [(each["event"], each["state"]) for each in told] == [("restored", "sent"), ("opened", "sent")]
                metrics = fetch(f"http://127.0.0.1:{web}/metrics") or ""
                assert 'netmon_notices_total{outcome="sent",receiver="noc"} 1.0' in metrics
                assert 'netmon_notices_waiting{receiver="noc"} 0.0' in metrics
    assert notified.statuses() == ["firing", "resolved"]
    assert {each["labels"]["incident"] for _, told in notified.got for each in told} == {labels["incident"]}


def test_what_ends_while_alertmanager_and_netmon_are_away_is_resolved_when_both_are_back(tmp_path: Path) -> None:
    watched, port, other = free_port(), free_port(), free_port()
    with hook() as (webhook, notified), contextlib.ExitStack() as stack:
        file, web = settings(tmp_path, watched, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{other}")
        second = stack.enter_context(alertmanager(tmp_path / "other", other, webhook))
        with daemon(file, web):
            wait_for(lambda: alerts(second))  # that the first one is away keeps nothing from the second
            with alertmanager(tmp_path / "am", port, webhook) as url:
                assert len(wait_for(lambda: alerts(url))) == 1
                wait_for(lambda: notified.statuses() == ["firing", "firing"])
        stack.enter_context(target(watched))
        with daemon(file, web):
            wait_for(lambda: notified.statuses() == ["firing", "firing", "resolved"])
        with daemon(file, web), alertmanager(tmp_path / "am", port, webhook):
            wait_for(lambda: notified.statuses() == ["firing", "firing", "resolved", "resolved"])
