"""Mails of closed reports: to whom, once, whatever happens to the server, the network or us."""

import dataclasses
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.mail import Server
from netmon.cli import main
from netmon.clock import DAY, HOUR, MINUTE, ManualClock
from netmon.config import Configuration, load
from netmon.errors import StoreError
from netmon.history import Store, open_history
from netmon.history.post import MOST_WAITING
from netmon.model import Letter, Mail
from netmon.reporting.mailing import LONGEST_WAIT, Mailing, queue_mails
from tests.cli.october import OCTOBER, make_october
from tests.exporters.mail.servers import Box, free_port, mail_server

NOW = OCTOBER + 40 * DAY
MAIL = """
mail:
  server: localhost:{port}
  tls: none
  sender: Supervision <netmon@netmon.example>
  timeout: 5
  give_up_after: 1d
  recipients:
    - {{to: [mairie@begles.example], cc: [dsi@begles.example], bcc: [archive@netmon.example], communes: [Bègles],
       attach: [html, json]}}
    - {{to: [maire@haillan.example], communes: [Le Haillan], language: en, only_if_breached: true}}
    - {{to: [comite@metropole.example], attach: [html, csv]}}
    - {{to: [jamais@metropole.example], schedules: [hebdo]}}
reports:
  url: https://supervision.example/reports/
  schedules: [{{id: hebdo, every: week}}]
"""


class Out:
    """What came of tries."""

    def __init__(self, configuration: Configuration, store: Store, server: Server) -> None:
        assert configuration.mail
        self.clock = ManualClock(NOW)
        self.outcomes: list[str] = []
        settings = replace(configuration.mail, host=server.host, port=server.port, timeout=server.timeout)
        self.mailing = Mailing(configuration, settings, store, self.outcomes.append)

    def round(self, wait: int = 0) -> list[str]:
        self.clock.advance(wait)
        self.outcomes.clear()
        self.mailing.round(self.clock.now, lambda: False)
        return self.outcomes


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration with a closed October, of which no mail was queued."""
    path = make_october(tmp_path_factory.mktemp("closed"))
    path.write_text(path.read_text("utf-8") + MAIL.format(port=9), "utf-8")
    assert main(["report", "-c", str(path), "--period", "2026-10", "--close", "--format", "html,csv,json"]) == 0
    return path


@pytest.fixture
def store(closed: Path) -> Iterator[Store]:
    opened = open_history(closed.parent / "data" / "netmon.sqlite")
    with opened._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM post")
    yield opened
    opened.close()


@pytest.fixture
def configuration(closed: Path) -> Configuration:
    return load(closed)


def queue(configuration: Configuration, store: Store) -> int:
    return queue_mails(configuration, store, store.editions("2026-10")[-1], NOW)


def addresses(box: Box) -> list[str]:
    return sorted(address for address, _ in box.got)


EVERYBODY = [
    "archive@netmon.example", "comite@metropole.example", "dsi@begles.example", "maire@haillan.example",
    "mairie@begles.example",
]  # fmt: skip


def test_everybody_gets_what_is_theirs_and_nobody_sees_the_blind_copies(configuration, store):
    box = Box()
    assert queue(configuration, store) == len(EVERYBODY)
    with mail_server(box) as server:
        assert Out(configuration, store, server).round() == ["sent"] * len(EVERYBODY)
    assert addresses(box) == EVERYBODY
    by_address = dict(box.got)
    begles = by_address["archive@netmon.example"]
    assert (begles["To"], begles["Cc"], begles["Bcc"]) == ("mairie@begles.example", "dsi@begles.example", None)
    assert not any(b"archive@" in content for content in box.raw)
    assert [part.get_filename() for part in begles.iter_attachments()] == [
        "2026-10-v1-33039-begles.html", "2026-10-v1-report.json",
    ]  # fmt: skip
    assert b"Le Haillan" not in begles.as_bytes()
    whole = by_address["comite@metropole.example"]
    names = [str(part.get_filename()) for part in whole.iter_attachments()]
    assert "2026-10-v1-index.html" in names
    assert "2026-10-v1-services.csv" in names
    assert not any("33039" in name for name in names)
    english = by_address["maire@haillan.example"]
    assert english["Subject"] == "Availability report: Le Haillan, October 2026"
    body = english.get_body()
    assert body is not None
    assert "was missed" in body.get_content()
    assert (
        "https://supervision.example/reports/2026-10/v1/en/33200-le-haillan/33200-le-haillan.html" in body.get_content()
    )
    assert len({message["Message-ID"] for _, message in box.got}) == len(EVERYBODY)


def test_queueing_again_mails_nothing_twice(configuration, store):
    box = Box()
    queue(configuration, store)
    assert queue(configuration, store) == 0
    with mail_server(box) as server:
        out = Out(configuration, store, server)
        out.round()
        assert queue(configuration, store) == 0
        assert out.round(DAY) == []
    assert addresses(box) == EVERYBODY


def test_who_wants_only_breaches_hears_of_nothing_else(configuration, store):
    edition = store.editions("2026-10")[-1]
    told = json.loads(edition.manifest)
    for part in told["communes"]:
        part["breached"] = False
    kept = queue_mails(configuration, store, replace(edition, manifest=json.dumps(told)), NOW)
    assert kept == len(EVERYBODY) - 1
    assert "maire@haillan.example" not in [mail.address for mail in store.post.all()]


def test_what_is_refused_for_now_waits_longer_each_time_and_is_sent_in_the_end(configuration, store, caplog):
    box = Box()
    box.refuse["mairie@begles.example"] = "450 4.2.1 boite pleine"
    queue(configuration, store)
    with mail_server(box) as server:
        out = Out(configuration, store, server)
        assert sorted(out.round()) == ["retry", *["sent"] * 4]
        assert out.round() == []
        assert out.round(MINUTE) == ["retry"]
        assert out.round(MINUTE) == []
        assert out.round(MINUTE) == ["retry"]
        (waiting,) = store.post.all()
        assert (waiting.attempts, waiting.said) == (3, "450 4.2.1 boite pleine")
        box.refuse.clear()
        assert out.round(HOUR) == ["sent"]
    assert addresses(box) == EVERYBODY
    assert "tried again in 60 s: 450 4.2.1 boite pleine" in caplog.text


def test_what_is_refused_for_ever_is_given_up_at_once_and_shown(configuration, store, closed, capsys):
    box = Box()
    box.refuse["mairie@begles.example"] = "550 5.1.1 pas de telle adresse"
    queue(configuration, store)
    with mail_server(box) as server:
        out = Out(configuration, store, server)
        assert sorted(out.round()) == ["dead", *["sent"] * 4]
        assert main(["report", "mails", "-c", str(closed)]) == 0
        said = re.sub(r"\s+", " ", capsys.readouterr().out)
        assert "abandonné" in said
        assert "550 5.1.1" in said
        assert main(["report", "mails", "-c", str(closed), "--json"]) == 0
        (dead,) = json.loads(capsys.readouterr().out)["mails"]
        assert (dead["state"], dead["address"]) == ("dead", "mairie@begles.example")
        box.refuse.clear()
        assert main(["report", "mails", "-c", str(closed), "--retry", "99999999"]) == 69
        assert main(["report", "mails", "-c", str(closed), "--retry", str(dead["id"])]) == 0
        (again,) = store.post.all()
        assert again.queued != dead["queued"]  # the time to give up begins anew, by the clock of the machine
        out.clock.set(NOW + 3650 * DAY)
        assert out.round() == ["sent"]
    assert addresses(box) == EVERYBODY


def test_a_server_that_is_down_is_asked_once_a_round_and_given_up_on_in_the_end(configuration, store):
    queue(configuration, store)
    out = Out(configuration, store, Server("127.0.0.1", free_port(), "none", "", None, None, 1.0))
    assert out.round() == ["retry"] * 5
    assert {mail.attempts for mail in store.post.all()} == {1}
    rounds = 0
    while store.post.counts().get("waiting"):
        out.round(LONGEST_WAIT)
        rounds += 1
        assert rounds < 30
    assert store.post.counts() == {"dead": 5}
    assert all("Connection refused" in mail.said for mail in store.post.all())
    assert 10 < rounds < 14  # a day


def test_mails_survive_a_restart(configuration, store, closed):
    queue(configuration, store)
    store.close()
    box = Box()
    again = open_history(closed.parent / "data" / "netmon.sqlite")
    with mail_server(box) as server:
        out = Out(configuration, again, server)
        out.mailing.begin(NOW)
        out.round()
    again.close()
    assert addresses(box) == EVERYBODY


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from netmon.clock import SystemClock
from netmon.config import load
from netmon.history import open_history
from netmon.reporting.mailing import Mailing

configuration = load(Path(sys.argv[1]))
store = open_history(configuration.history)
settings = replace(configuration.mail, host="localhost", port=int(sys.argv[2]), timeout=30)
mailing = Mailing(configuration, settings, store, lambda outcome: os.kill(os.getpid(), signal.SIGKILL))
if sys.argv[3] == "before it is noted":
    update = store.post.update
    store.post.update = lambda mail: os.kill(os.getpid(), signal.SIGKILL) if mail.state == "sent" else update(mail)
mailing.begin(SystemClock().now())
mailing.round(SystemClock().now, lambda: False)
"""


@pytest.mark.parametrize("moment", ["before it is noted", "after it is noted"])
def test_netmon_killed_while_it_mails_sends_nothing_twice_and_names_what_it_does_not_know(
    configuration, store, closed, moment
):
    queue(configuration, store)
    box = Box()
    with mail_server(box) as server:
        command = [sys.executable, "-c", KILLED, str(closed), str(server.port), moment]
        killed = subprocess.run(command, capture_output=True, check=False, timeout=60)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert len(box.got) == 1
        out = Out(configuration, store, server)
        out.mailing.begin(NOW)
        unsure = store.post.all(("dead",))
        out.round()
    assert addresses(box) == EVERYBODY
    assert len(unsure) == (1 if moment == "before it is noted" else 0)
    assert all(mail.address == box.got[0][0] and "may have arrived" in mail.said for mail in unsure)


def test_documents_that_are_gone_are_a_dead_letter_not_a_broken_round(configuration, store, closed):
    page = closed.parent / "data/reports/2026-10/v1/fr/33039-begles/33039-begles.html"
    content = page.read_bytes()
    queue(configuration, store)
    box = Box()
    try:
        page.write_bytes(content + b"<!-- altered -->")
        with mail_server(box) as server:
            assert sorted(Out(configuration, store, server).round()) == ["dead"] * 3 + ["sent"] * 2
    finally:
        page.write_bytes(content)
    assert all("is not what was stored" in mail.said for mail in store.post.all(("dead",)))


def test_the_queue_is_bounded(store):
    letter = Letter("2026-10", "v1", "", "fr", ("a@b.example",), (), ())
    mails = [Mail(0, f"<{n}@x>", "a@b.example", letter, "waiting", 0, 0, 0, "", None) for n in range(MOST_WAITING + 1)]
    with pytest.raises(StoreError, match="more than 10000 mails would wait"):
        store.post.queue(mails)
    assert store.post.counts() == {}
    assert store.post.queue(mails[:3]) == 3
    assert [dataclasses.asdict(mail)["message_id"] for mail in store.post.due(0, 2)] == ["<0@x>", "<1@x>"]
