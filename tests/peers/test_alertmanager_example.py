"""The example for Alertmanager in Debian's Alertmanager: what it holds back, whom it tells, and in which language."""

import json
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiosmtpd.controller import Controller

from exporters.prometheus.rules import alerts_file
from tests.peers.programs import fetch, fetch_json, free_port, need, running, wait_for

pytestmark = pytest.mark.peer

SHIPPED = Path("config/prometheus")


class Mailbox:
    """Keeps what it is told: the receivers and the text."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        body = letter.get_body(("plain",))
        assert body
        self.letters.append((envelope.rcpt_tos, str(letter["Subject"]), body.get_content()))
        return "250 OK"

    def to(self, address: str) -> str:
        return "\n".join(f"{subject}\n{text}" for names, subject, text in self.letters if address in names)


def alert(name: str, severity: str, **labels: str) -> dict[str, object]:
    rules = yaml.safe_load(alerts_file("fr"))["groups"][0]["rules"]
    texts = next(rule["annotations"] for rule in rules if rule.get("alert") == name)
    filled = {key: text.replace("{{ $labels.commune }}", labels.get("commune", "")) for key, text in texts.items()}
    return {"labels": {"alertname": name, "severity": severity, **labels}, "annotations": filled}


ALERTS = [
    alert("NetmonCommuneDown", "critical", commune="Pessac"),
    alert("NetmonTargetDown", "warning", commune="Pessac", node="sw-1", check="snmp"),
    alert("NetmonUnreachable", "info", commune="Pessac", site="mairie"),
    alert("NetmonTargetDown", "warning", commune="Bordeaux", node="sw-2", check="snmp"),
]


def test_a_commune_that_is_down_holds_back_its_targets_and_everybody_reads_their_language(tmp_path: Path) -> None:
    program, port = need("prometheus-alertmanager", "prometheus-alertmanager"), free_port()
    mailbox, mails = Mailbox(), free_port()
    text = (SHIPPED / "alertmanager.yml").read_text()
    text = text.replace("127.0.0.1:25", f"127.0.0.1:{mails}").replace("group_wait: 30s", "group_wait: 2s")
    (tmp_path / "alertmanager.yml").write_text(text)
    (tmp_path / "netmon.tmpl").write_text((SHIPPED / "netmon.tmpl").read_text())
    command = [
        program, f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/am",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    controller = Controller(mailbox, hostname="127.0.0.1", port=mails)
    controller.start()
    try:
        with running(command, tmp_path):
            wait_for(lambda: fetch(f"{url}/-/ready"))
            request = urllib.request.Request(f"{url}/api/v2/alerts", json.dumps(ALERTS).encode(), method="POST")
            request.add_header("Content-Type", "application/json")
            urllib.request.urlopen(request, timeout=5).close()
            wait_for(lambda: mailbox.to("reseaux@pessac.example") and mailbox.to("reseaux@bordeaux.example"))
            found = fetch_json(f"{url}/api/v2/alerts")
    finally:
        controller.stop()
    held = {(each["labels"]["alertname"], each["labels"]["commune"]) for each in found if each["status"]["inhibitedBy"]}
    assert held == {("NetmonTargetDown", "Pessac"), ("NetmonUnreachable", "Pessac")}
    pessac, bordeaux = mailbox.to("reseaux@pessac.example"), mailbox.to("reseaux@bordeaux.example")
    assert "Pessac is cut off: nothing there works" in pessac
    assert "NetmonTargetDown" not in pessac
    assert "Confirmé par plusieurs relevés de suite" in bordeaux
    assert "sw-2" not in pessac
