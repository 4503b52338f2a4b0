"""The sections `reports` and `mail` as written, as read, and what is said when they are wrong."""

import base64
from pathlib import Path

import pytest

from netmon.clock import DAY
from netmon.reportplan import MailRecipient, MailSettings, ReportAccount, ReportSchedule, ReportSettings
from netmon.settings import Secret
from tests.config.good import problems, read
from tests.config.test_errors import Mistake, mistake

HASH = "$2y$05$" + "abcdefghijklmnopqrstuv" + "./ABCDEFGHIJKLMNOPQRSTUVWXYZ012"
KEY = base64.b64encode(bytes(range(32))).decode()
SECRETS = {"hash": HASH + "\n", "key": KEY + "\n", "password": "un secret\n", "plain": "mot de passe\n"}
FILE = """\
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
reports:
  url: https://supervision.example/reports/
  signing_key: ${file:key}
  schedules:
    - {id: mensuel, close: true, formats: [html, pdf]}
    - {id: hebdo, every: week, on: monday, at: 07:30, communes: [Bègles], mail: false}
  accounts:
    - {user: begles, password: "${file:hash}", communes: [Bègles]}
    - {user: tout, password: "${file:hash}", communes: "*"}
mail:
  server: smtp.example:587
  tls: starttls
  user: ${file:password}
  password: ${file:password}
  sender: Supervision <netmon@netmon.example>
  recipients:
    - {to: [Mairie de Bègles <mairie@begles.example>], bcc: [dsi@begles.example], communes: [Bègles], attach: [pdf]}
    - {to: [comite@metropole.example], schedules: [mensuel], language: en, only_if_breached: true}
"""


def files(text: str) -> dict[str, str]:
    return {"netmon.yml": text, **SECRETS}


def test_everything_is_read_as_it_is_written(tmp_path: Path) -> None:
    told = read(tmp_path, files(FILE))
    assert told.reports == ReportSettings(
        (
            ReportSchedule("mensuel", "month", "first-working-day", 360, ("html", "pdf"), None, True, True),
            ReportSchedule("hebdo", "week", "monday", 450, ("html", "csv", "json"), ("Bègles",), False, False),
        ),
        (
            ReportAccount("begles", Secret(HASH), ("Bègles",)),
            ReportAccount("tout", Secret(HASH), None),
        ),
        Secret(KEY),
        "https://supervision.example/reports",
    )
    secret = Secret("un secret")
    assert told.mail == MailSettings(
        "smtp.example", 587, "starttls", "", secret, secret, "Supervision <netmon@netmon.example>", "", 60.0,
        10 << 20, 3 * DAY,
        (
            MailRecipient(
                ("Mairie de Bègles <mairie@begles.example>",), (), ("dsi@begles.example",), ("Bègles",), (), ("pdf",),
                "fr", False,
            ),
            MailRecipient(("comite@metropole.example",), (), (), (), ("mensuel",), (), "en", True),
        ),
    )  # fmt: skip


def test_without_the_sections_nothing_is_made_and_nothing_mailed(tmp_path: Path) -> None:
    told = read(tmp_path, files(FILE[: FILE.index("reports:")]))
    assert (told.reports, told.mail) == (ReportSettings(), None)


def mistakes() -> list[Mistake]:
    blocks = Path(__file__).with_name("mistakes_of_delivery.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [mistake(block.split("\n")) for block in blocks]


@pytest.mark.parametrize("made", mistakes(), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place_and_no_secret(tmp_path: Path, made: Mistake) -> None:
    assert FILE.count(made.old) == 1
    found = problems(tmp_path, files(FILE.replace(made.old, made.new)))
    assert found == made.expected
    assert not any("mot de passe" in line or HASH in line for line in found)
