"""The section `alerts` as written, as read, and what is said when it is wrong."""

from pathlib import Path

import pytest

from netmon.alertplan import AlertmanagerTarget, AlertSettings, MailTarget, Receiver, Route, WebhookTarget
from netmon.clock import DAY, HOUR, MINUTE
from netmon.model import Severity
from netmon.settings import Secret
from tests.config.good import problems, read
from tests.config.test_errors import Mistake, mistake

SECRETS = {
    "token": "un jeton\n", "url": "https://chat.example/hooks/un-secret\n", "key": "0123456789abcdef\n",
    "short": "court\n", "noturl": "pas une adresse secrete\n", "chat.j2": "{{ summary.fr }}", "bad.j2": "\n{{ summary.",
}  # fmt: skip
FILE = """\
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
contracts:
  - {id: marche, name: Marché, provider: Op, customer: Bègles, objective: 99.9}
mail: {server: "localhost:25", tls: none, sender: netmon@supervision.example}
alerts:
  url: https://supervision.example/
  give_up_after: 2h
  receivers:
    - id: noc
      alertmanager:
        urls: ["http://127.0.0.1:9093/", "http://127.0.0.2:9093"]
        headers: {Authorization: "Bearer ${file:token}"}
        labels: {team: noc}
        resend: 30s
        resolve_after: 2m
    - id: chat
      webhook: {url: "${file:url}", secret: "${file:key}", template: chat.j2, content_type: text/plain, timeout: 5}
    - id: astreinte
      mail: {to: [Astreinte <astreinte@begles.example>], language: en}
  routes:
    - {receivers: [noc, chat], severities: [critical], delay: 2m}
    - {receivers: [astreinte], communes: [Bègles], contracts: [marche], during_maintenance: true, acknowledged: false}
"""


def files(text: str) -> dict[str, str | bytes]:
    return {"netmon.yml": text, **SECRETS}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, files(FILE)).alerts == AlertSettings(
        "https://supervision.example",
        (
            Receiver("noc", AlertmanagerTarget(
                ("http://127.0.0.1:9093", "http://127.0.0.2:9093"), (("Authorization", Secret("Bearer un jeton")),),
                {"team": "noc"}, MINUTE // 2, 2 * MINUTE, "", 10.0,
            )),
            Receiver("chat", WebhookTarget(
                Secret("https://chat.example/hooks/un-secret"), (), Secret("0123456789abcdef"), "{{ summary.fr }}",
                "text/plain", "", 5.0,
            )),
            Receiver("astreinte", MailTarget(("Astreinte <astreinte@begles.example>",), "en")),
        ),
        (
            Route(("noc", "chat"), (Severity.CRITICAL,), delay=2 * MINUTE),
            Route(("astreinte",), communes=("Bègles",), contracts=("marche",), during_maintenance=True,
                  acknowledged=False),
        ),
        2 * HOUR,
    )  # fmt: skip


def test_without_the_section_nobody_is_told_and_without_routes_everybody_of_everything(tmp_path: Path) -> None:
    head, _, rest = FILE.partition("alerts:\n")
    assert read(tmp_path, files(head)).alerts == AlertSettings(give_up=DAY)
    settings = read(tmp_path, files(f"{head}alerts:\n{rest.partition('  routes:')[0]}")).alerts
    assert settings.routes == (Route(("noc", "chat", "astreinte")),)


def mistakes() -> list[Mistake]:
    text = Path(__file__).with_name("mistakes_of_alerts.txt").read_text(encoding="utf-8")
    return [mistake(block.split("\n")) for block in text.strip().split("\n\n")]


@pytest.mark.parametrize("made", mistakes(), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place_and_no_secret(tmp_path: Path, made: Mistake) -> None:
    assert FILE.count(made.old) == 1
    found = problems(tmp_path, files(FILE.replace(made.old, made.new)))
    assert found == made.expected
    assert not any(secret in line for line in found for secret in ("jeton", "un-secret", "secrete", "court", "0123456"))
