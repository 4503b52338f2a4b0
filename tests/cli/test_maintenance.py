"""``netmon maintenance`` on a history: announced, listed, ended, imported."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR, SystemClock, to_datetime
from netmon.config import load
from netmon.history import open_history
from netmon.model import MaintenanceWindow
from tests.cli.fallen import CONFIGURATION

SAID = ["-m", "fibre", "--author", "A. Martin"]


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "community").write_text("secret")
    (tmp_path / "data").mkdir()
    open_history(load(tmp_path / "netmon.yml").history).close()
    return ["-c", str(tmp_path / "netmon.yml")]


def windows(config: list[str]) -> list[MaintenanceWindow]:
    store = open_history(load(Path(config[1])).history, read_only=True)
    found = store.maintenance()
    store.close()
    return found


def listed(config: list[str], capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["maintenance", "list", "--json", *more, *config]) == 0
    return list(json.loads(capsys.readouterr().out)["maintenance"])


def test_works_are_announced_listed_and_ended_early(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maintenance", "add", "dist", "Ambès", "--for", "2h", *SAID, *config]) == 0
    [one] = listed(config, capsys)
    assert (one["objects"], one["state"], one["author"], one["text"]) == (
        ["dist", "Ambès"], "open", "A. Martin", "fibre")  # fmt: skip
    assert {window.end - window.start for window in windows(config) if window.end} == {2 * HOUR}
    assert main(["maintenance", "end", one["name"], *config]) == 0
    assert listed(config, capsys) == []
    [over] = listed(config, capsys, "--all")
    assert over["state"] == "over"
    assert over["announced"] == one["announced"]
    assert {window.recorded for window in windows(config)} == {window.start for window in windows(config)}
    assert main(["maintenance", "list", "--all", "--lang", "fr", *config]) == 0
    assert "terminé" in capsys.readouterr().out


def test_works_to_come_are_called_off(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["maintenance", "add", "dist", "--from", "2099-01-01 22:00", "--to", "2099-01-02 02:00", *SAID, *config])
        == 0
    )
    [one] = listed(config, capsys)
    assert (one["state"], one["from"]) == ("planned", "2099-01-01T22:00:00+01:00")
    assert main(["maintenance", "end", one["name"], *config]) == 0
    assert windows(config) == []
    assert main(["maintenance", "end", one["name"], *config]) == 69


def test_a_series_keeps_to_the_wall_clock_and_ends_as_one(
    config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = to_datetime(SystemClock().now() + DAY).date()
    span = ["--from", f"{tomorrow} 22:00", "--for", "4h", "--rrule", "FREQ=WEEKLY"]
    assert main(["maintenance", "add", "dist", *span, *SAID, *config]) == 0
    found = windows(config)
    assert len(found) in {57, 58}
    zone = dt.timezone(dt.timedelta(hours=1))
    assert {to_datetime(window.start, zone).hour for window in found} == {22, 21}
    name = listed(config, capsys)[0]["name"].partition("/")[0]
    assert main(["maintenance", "end", name, *config]) == 0
    assert windows(config) == []


def test_works_on_a_link_or_with_what_is_behind(config: list[str]) -> None:
    assert main(["maintenance", "add", "--link", "acc:dist", "--for", "1h", *SAID, *config]) == 0
    assert {window.object for window in windows(config)} == {"acc"}
    assert main(["maintenance", "add", "dist", "--behind", "--for", "1h", *SAID, *config]) == 0
    assert [window.object for window in windows(config)][1:] == ["dist", "acc"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["add", "dits", "--for", "1h", *SAID], 64, "did you mean 'dist'?"),
        (["add", "--for", "1h", *SAID], 64, "expected at least one object"),
        (["add", "dist", "--link", "acc:core", *SAID], 64, "is no link"),
        (["add", "dist", "--for", "1h", "--to", "2099-01-01 00:00", *SAID], 64, "expected one of them"),
        (["add", "dist", "--from", "2099-01-02 00:00", "--to", "2099-01-01 00:00", *SAID], 64, "later than --from"),
        (["add", "dist", "--rrule", "FREQ=DAILY", *SAID], 64, "how long it takes each time"),
        (["add", "dist", "--for", "1h", "--rrule", "FREQ=HOURLY", *SAID], 64, "expected a rule"),
        (["add", "dist", "--for", "1h", "-m", " "], 64, "expected what is done"),
        (["end", "MW-NOTHING"], 69, "there are no works"),
        (["import", "nothing.ics"], 69, "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], code: int, message: str, config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["maintenance", *words, *config]) == code
    assert message in capsys.readouterr().err
    assert windows(config) == []


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//FR
BEGIN:VEVENT
UID:a@example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Paris:{start}T220000
DTEND;TZID=Europe/Paris:{start}T235900
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Mise à jour
LOCATION:dist
END:VEVENT
BEGIN:VEVENT
UID:b@example
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:{start}
SUMMARY:Coupure
X-NETMON-OBJECT:mairie, acc
END:VEVENT
BEGIN:VEVENT
UID:c@example
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:{start}
SUMMARY:Réunion
LOCATION:Salle 3
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_imported_and_brought_up_to_date(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = to_datetime(SystemClock().now() + 2 * DAY).strftime("%Y%m%d")
    file = tmp_path / "works.ics"
    file.write_text(CALENDAR.format(start=start).replace("\n", "\r\n"), "utf-8")
    assert main(["maintenance", "import", str(file), "--dry-run", *config]) == 0
    assert windows(config) == []
    assert main(["maintenance", "import", str(file), *config]) == 0
    told = capsys.readouterr()
    assert "left out: 'Réunion' (no object is called 'Salle 3')" in told.err
    assert [window.object for window in windows(config)].count("dist") == 3
    whole_day = next(window for window in windows(config) if window.object == "mairie")
    assert (whole_day.end or 0) - whole_day.start == DAY
    first = windows(config)
    assert main(["maintenance", "import", str(file), *config]) == 0
    assert windows(config) == first
    file.write_text(CALENDAR.format(start=start).replace("COUNT=3", "COUNT=1").replace("\n", "\r\n"), "utf-8")
    assert main(["maintenance", "import", str(file), *config]) == 0
    assert [window.object for window in windows(config)].count("dist") == 1


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    servers: list[HTTPServer] = []

    def start(content: bytes) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/api/v2/silences"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def silence(uid: str, **labels: str) -> dict[str, Any]:
    now = SystemClock().now()
    matchers = [
        {"name": name, "value": value.lstrip("~"), "isRegex": value.startswith("~"), "isEqual": True}
        for name, value in labels.items()
    ]
    span = {
        "startsAt": to_datetime(now).isoformat().replace("+00:00", "Z"),
        "endsAt": to_datetime(now + HOUR).isoformat(),
    }
    return {
        "id": uid,
        "matchers": matchers,
        **span,
        "comment": "fibre",
        "createdBy": "noc",
        "status": {"state": "active"},
    }


def test_silences_of_alertmanager_are_works_on_what_they_match(
    config: list[str], serve: Callable[[bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    silences = [
        silence("1", node="dist"), silence("2", commune="Ambès", check="~snmp|icmp"), silence("3", alertname="Slow"),
    ]  # fmt: skip
    assert main(["maintenance", "import", serve(json.dumps(silences).encode()), *config]) == 0
    assert sorted(window.object for window in windows(config)) == ["acc/snmp", "dist/snmp", "other/snmp"]
    assert "left out: 'fibre (noc)' (it does not say what it is about)" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"BEGIN:VCALENDAR\r\nnonsense", b"[{}]", b"\x00\x01", b'{"a": 1}', b"[1]", b""])
def test_what_is_neither_is_refused(content: bytes, config: list[str], serve: Callable[[bytes], str]) -> None:
    assert main(["maintenance", "import", serve(content), *config]) == 64
    assert windows(config) == []
