"""Silences of Debian's Alertmanager become planned works, and end with them."""

import json
import urllib.request
from pathlib import Path

import pytest

from netmon.cli import main
from netmon.clock import HOUR, SystemClock, to_datetime
from netmon.config import load
from netmon.history import open_history
from netmon.model import MaintenanceWindow
from tests.cli.fallen import CONFIGURATION
from tests.peers.programs import fetch, free_port, need, running, wait_for

pytestmark = pytest.mark.peer


def test_silences_are_imported_and_end_with_the_silence(tmp_path: Path) -> None:
    program = need("prometheus-alertmanager", "prometheus-alertmanager")
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "community").write_text("secret")
    (tmp_path / "data").mkdir()
    history = load(tmp_path / "netmon.yml").history
    open_history(history).close()
    (tmp_path / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    port = free_port()
    command = [
        program, f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/am",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}/api/v2"

    def ask(path: str, method: str, body: object = None) -> str:
        request = urllib.request.Request(f"{url}/{path}", json.dumps(body).encode() if body else None, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())

    def windows() -> list[MaintenanceWindow]:
        assert main(["maintenance", "import", f"{url}/silences", "-c", str(tmp_path / "netmon.yml")]) == 0
        store = open_history(history, read_only=True)
        found = store.maintenance()
        store.close()
        return found

    with running(command, tmp_path):
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/-/ready"))
        now = SystemClock().now()
        told = {
            "matchers": [{"name": "commune", "value": "Amb.*", "isRegex": True, "isEqual": True},
                         {"name": "check", "value": "snmp", "isRegex": False, "isEqual": True}],
            "startsAt": to_datetime(now).isoformat(), "endsAt": to_datetime(now + HOUR).isoformat(),
            "createdBy": "noc", "comment": "fibre",
        }  # fmt: skip
        silence = json.loads(ask("silences", "POST", told))["silenceID"]
        first = windows()
        assert {(window.object, window.end) for window in first} == {
            ("acc/snmp", now + HOUR), ("other/snmp", now + HOUR)}  # fmt: skip
        assert windows() == first
        ask(f"silence/{silence}", "DELETE")
        assert all(window.end is not None and window.end < now + HOUR for window in windows())
