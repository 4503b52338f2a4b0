"""An incident from beginning to end, through a crash of the daemon: as commands, the API and metrics tell it."""

import http.server
import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from netmon.cli import main
from tests.daemon.daemon import configuration, daemon
from tests.peers.programs import fetch, fetch_json, free_port, wait_for


def test_an_incident_lives_through_a_crash_and_ends_when_what_was_down_is_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = free_port()
    file, port = configuration(
        tmp_path,
        f"checks: [{{id: portail, site: mairie, http: {{url: 'http://127.0.0.1:{target}/'}}}}]\n"
        "services: [{id: web, name: Portail, family: web, communes: [Bègles], expression: portail}]\n"
        "contracts: [{id: marche, name: Marché, kind: market, provider: Op, customer: Métropole, objective: 99.9,"
        " gtr: {within: 4h}}]\n",
    )
    api = f"http://127.0.0.1:{port}/api/v1/incidents"

    def netmon(*words: str, code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        assert main([*words, "-c", str(file)]) == code
        return capsys.readouterr()

    def incidents() -> list[dict[str, Any]]:
        return (fetch_json(api) or {}).get("incidents", [])

    with daemon(file, port) as process:
        wait_for(incidents)
        [one] = incidents()
        assert (one["object"], one["state"], one["takes"]["services"]) == ("portail", "down", ["web"])
        assert one["takes"]["communes"] == ["Bègles"]
        assert "marche: GTR until" in netmon("incidents", "notify", "portail", "--author", "A. Martin")[0]
        netmon("incidents", "ack", one["id"][-4:].lower())
        wait_for(lambda: incidents()[0]["acknowledged"])
        [clock] = incidents()[0]["clocks"]
        assert (clock["kind"], clock["result"], clock["limit_seconds"]) == ("gtr", "running", 4 * 3600)
        metrics = fetch(f"http://127.0.0.1:{port}/metrics") or ""
        assert f'netmon_incident_open{{incident="{one["id"]}",commune="Bègles"' in metrics
        assert (
            f'netmon_incident_restore_deadline_timestamp_seconds{{incident="{one["id"]}",contract="marche"' in metrics
        )
        netmon("maintenance", "add", "portail", "--for", "1h", "-m", "mise à jour")
        wait_for(lambda: incidents()[0]["maintenance"])
        assert 'netmon_maintenance_active{object="portail"} 1' in (fetch(f"http://127.0.0.1:{port}/metrics") or "")
        name = json.loads(netmon("maintenance", "list", "--json")[0])["maintenance"][0]["name"]
        netmon("maintenance", "end", name)
        wait_for(lambda: not incidents()[0]["maintenance"])
        before = incidents()
        process.send_signal(signal.SIGKILL)
        process.wait()

    out, said = netmon("incidents", "--json")
    assert "read from the history" in said
    [stored] = json.loads(out)["incidents"]
    assert [stored[key] for key in ("id", "since", "trail")] == [before[0][key] for key in ("id", "since", "trail")]

    server = http.server.HTTPServer(("127.0.0.1", target), http.server.SimpleHTTPRequestHandler)
    with daemon(file, port):
        [again] = incidents()
        assert [again[key] for key in ("id", "since", "trail")] == [before[0][key] for key in ("id", "since", "trail")]
        netmon("incidents", "--exit-code", code=2)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wait_for(lambda: incidents()[0]["ended"])
        assert incidents()[0]["clocks"][0]["result"] == "met"
        netmon("incidents", "--exit-code", code=0)
    server.shutdown()
    server.server_close()
