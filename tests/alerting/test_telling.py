"""Incidents told to a real web server and a real mail server: once, in order, and whatever happens meanwhile."""

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from exporters.alerts.shape import schema
from exporters.web.openapi import openapi_document
from netmon.alerting.couriers import LONGEST_WAIT, waiting_time
from netmon.cli import main
from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.model import IncidentStep, MaintenanceWindow, Step
from tests.alerting.scene import Scene
from tests.exporters.alerts.servers import Hook, hooked
from tests.exporters.mail.servers import Box, mail_server

DIST = ("dist", "acc", "portail")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as server:
        yield server


def to_hook(hook: Hook, more: str = "", rest: str = "") -> str:
    return f"  receivers: [{{id: hook, webhook: {{url: '{hook.url}/x'{more}}}}}]\n  url: https://netmon.example\n{rest}"


def events(hook: Hook) -> list[str]:
    for _, _, body in hook.got:
        jsonschema.validate(json.loads(body), schema())
    return [json.loads(body)["event"] for _, _, body in hook.got]


def test_one_root_cause_is_told_once_acknowledged_and_restored(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook, ", secret: '${file:signing}', headers: {X-Team: noc}"))
    scene.poll()
    scene.tell()
    assert hook.got == []
    scene.poll(DIST)
    incident = scene.incident("dist")
    scene.tell()
    scene.tell()
    assert events(hook) == ["opened"]
    path, headers, body = hook.got[0]
    told = json.loads(body)
    assert path == "/x"
    assert headers["x-team"] == "noc"
    assert headers["idempotency-key"] == told["key"]
    signed = headers["x-netmon-timestamp"].encode() + b"." + body
    mac = hmac.new(b"0123456789abcdef0123", signed, hashlib.sha256).hexdigest()
    assert headers["x-netmon-signature"] == f"sha256={mac}"
    assert 0 <= scene.clock.now() // 1000 - int(headers["x-netmon-timestamp"]) <= 10
    assert told["severity"] == "critical"
    assert told["url"] == f"https://netmon.example/#{incident}"
    assert told["incident"]["object"] == "dist"
    assert told["incident"]["takes"]["nodes"] == 1
    assert told["summary"]["en"] == "Down: dist, Bègles"
    assert "Takes along: 1 device, 1 target, 1 service." in told["description"]["en"]
    scene.say(Step.ACKNOWLEDGED, "dist", text="on site at 10")
    scene.tell()
    assert events(hook) == ["opened", "acknowledged"]
    assert "on site at 10" in json.loads(hook.got[1][2])["description"]["fr"]
    scene.poll()
    scene.tell()
    scene.tell(HOUR)
    assert events(hook) == ["opened", "acknowledged", "restored"]
    last = json.loads(hook.got[2][2])
    assert last["incident"]["ended"] is not None
    assert last["labels"] == told["labels"]
    assert len({headers["idempotency-key"] for _, headers, _ in hook.got}) == 3
    assert scene.metric("sent") == 3
    scene.close()


def test_a_restart_tells_nothing_twice_and_forgets_nothing(tmp_path: Path, hook: Hook) -> None:
    first = Scene(tmp_path, to_hook(hook))
    first.poll()
    first.poll(DIST)
    first.tell()
    first.close()
    second = Scene(tmp_path, to_hook(hook), now=first.clock.now())
    second.tell()
    second.poll(DIST)
    second.tell()
    assert events(hook) == ["opened"]
    second.poll()
    second.store.record([]).result()
    second.store.close()
    second.alerting.stop()  # it ended before it could tell
    third = Scene(tmp_path, to_hook(hook), now=second.clock.now())
    third.tell()
    third.tell()
    assert events(hook) == ["opened", "restored"]
    third.close()


def test_a_stop_waits_for_the_answer_to_a_delivery_under_way_which_is_then_not_made_again(
    tmp_path: Path, hook: Hook
) -> None:
    first = Scene(tmp_path, to_hook(hook))
    first.poll()
    first.poll(DIST)
    hook.answering.clear()
    first.clock.advance(MINUTE)
    asyncio.run(first.alerting.look())
    while not hook.got:
        time.sleep(0.01)
    stopping = threading.Thread(target=first.close)
    stopping.start()
    hook.answering.set()
    stopping.join(30)
    second = Scene(tmp_path, to_hook(hook), now=first.clock.now())
    second.tell(10 * MINUTE)
    assert events(hook) == ["opened"]
    assert second.states() == [("opened", "sent")]
    second.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from netmon.history.notices import Notices
from tests.alerting.scene import Scene

point, directory, alerts = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
queue, update = Notices.queue, Notices.update
if point == "before queueing": Notices.queue = die
if point == "queued": Notices.queue = lambda self, items: (queue(self, items), die())
if point == "delivered": Notices.update = die
if point == "noted": Notices.update = lambda self, item: (update(self, item), die())
scene = Scene(Path(directory), alerts)
scene.poll()
scene.poll(("dist", "acc", "portail"))
scene.tell()
"""


@pytest.mark.parametrize(("point", "times"), [("before queueing", 1), ("queued", 1), ("delivered", 2), ("noted", 1)])
def test_killed_at_any_moment_it_is_told_at_least_once_and_twice_only_with_the_same_key(
    tmp_path: Path, hook: Hook, point: str, times: int
) -> None:
    alerts = to_hook(hook)
    command = [sys.executable, "-c", KILLED, point, str(tmp_path), alerts]
    assert subprocess.run(command, timeout=60, check=False).returncode == -9
    scene = Scene(tmp_path, alerts)
    scene.clock.advance(10 * MINUTE)
    scene.poll(DIST)
    scene.tell()
    scene.tell()
    assert events(hook) == ["opened"] * times
    assert len({headers["idempotency-key"] for _, headers, _ in hook.got}) == 1
    scene.close()


def test_what_waited_until_the_end_is_told_with_the_end(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    hook.always = (503, {}, b"away")
    scene.poll()
    scene.poll(DIST)
    scene.tell()
    scene.say(Step.ACKNOWLEDGED, "dist")
    scene.tell(3 * HOUR)
    assert scene.states() == [("opened", "waiting"), ("acknowledged", "waiting")]
    hook.got.clear()
    hook.always = (200, {}, b"")
    scene.poll()
    hook.always = (503, {}, b"away")
    scene.tell()
    hook.always = (200, {}, b"")
    scene.tell(LONGEST_WAIT * 2)
    assert scene.states() == [("opened", "merged"), ("acknowledged", "merged"), ("restored", "sent")]
    assert events(hook)[-1] == "restored"
    scene.close()


def test_events_of_an_incident_arrive_in_order_and_one_that_fails_holds_up_no_other_incident(
    tmp_path: Path, hook: Hook
) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    hook.answers = [(500, {}, b"only this once")]
    scene.poll(DIST)
    scene.say(Step.ACKNOWLEDGED, "dist")
    scene.tell(0)
    scene.poll((*DIST, "other"))
    scene.tell()
    scene.tell(LONGEST_WAIT * 2)
    scene.tell(LONGEST_WAIT * 2)
    told = [(json.loads(body)["event"], json.loads(body)["incident"]["object"]) for _, _, body in hook.got[1:]]
    assert sorted(told) == [("acknowledged", "dist"), ("opened", "dist"), ("opened", "other")]
    assert told.index(("opened", "dist")) < told.index(("acknowledged", "dist"))
    scene.close()


def test_what_no_receiver_takes_is_given_up_kept_and_can_be_tried_again(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook, rest="  give_up_after: 1h\n"))
    hook.always = (400, {}, b"what is this?")
    scene.poll()
    scene.poll(DIST)
    scene.tell()
    assert scene.states() == [("opened", "dead")]
    hook.always = (500, {}, b"out of order")
    scene.poll((*DIST, "other"))
    for _ in range(30):
        scene.tell(LONGEST_WAIT)
    dead = scene.store.notices.all(("dead",))
    assert dead[0].said.startswith("400 Bad Request what is this?")
    assert dead[1].said.startswith("tried ")
    assert (scene.metric("dead"), scene.metric("sent")) == (2, 0)
    assert scene.telemetry.registry.get_sample_value("netmon_notices_given_up", {"receiver": "hook"}) == 2
    hook.always = (200, {}, b"")
    assert main(["incidents", "notices", "-c", str(scene.file), "--retry", str(dead[0].id)]) == 0
    scene.clock.set(max(scene.clock.now(), scene.store.notices.all()[0].next))
    scene.tell()
    assert sorted(state for _, state in scene.states()) == ["dead", "sent"]
    scene.close()


def test_when_a_receiver_answers_again_nothing_waits_on(tmp_path: Path) -> None:
    with hooked() as hook:
        alerts = to_hook(hook)
        port = int(hook.url.rpartition(":")[2])
    scene = Scene(tmp_path, alerts)
    scene.poll()
    scene.poll(DIST)
    for _ in range(8):
        scene.tell(LONGEST_WAIT)
    waiting = scene.notices()[0]
    assert waiting.state == "waiting"
    assert waiting.attempts > 5
    with hooked(port=port) as hook:
        scene.poll((*DIST, "other"), times=2)
        scene.store.notices.update(replace(waiting, next=scene.clock.now() + DAY))
        scene.poll((*DIST, "other"))
        scene.tell()
        scene.tell()
        assert [json.loads(body)["incident"]["object"] for _, _, body in hook.got] == ["other", "dist"]
    scene.close()


def test_waiting_times_grow_to_a_limit_and_are_spread() -> None:
    tries = [[waiting_time(attempts) for _ in range(50)] for attempts in range(1, 40)]
    assert all(3 * SECOND < wait < 7 * SECOND for wait in tries[0])
    assert all(wait <= LONGEST_WAIT * 1.25 for waits in tries for wait in waits)
    assert all(len(set(waits)) > 10 for waits in tries)


def test_planned_work_keeps_an_incident_back_until_it_ends(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    now = scene.clock.now()
    scene.pipeline.set_windows([MaintenanceWindow("dist", now, now + HOUR, "firmware", now)])
    scene.poll(DIST)
    scene.tell()
    assert hook.got == []
    scene.poll(DIST, times=61)
    scene.tell()
    assert events(hook) == ["opened"]
    scene.close()


def test_an_incident_shorter_than_the_delay_is_not_told_at_all(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook, rest="  routes: [{receivers: [hook], delay: 10m}]\n"))
    scene.poll()
    scene.poll(DIST)
    scene.tell()
    scene.poll()
    scene.tell(HOUR)
    assert hook.got == []
    scene.poll(("other",))
    scene.tell()
    assert hook.got == []
    scene.tell(8 * MINUTE)
    assert events(hook) == ["opened"]
    scene.close()


@pytest.mark.parametrize(
    ("route", "told"),
    [
        ("severities: [critical]", ["dist"]),
        ("severities: [major, minor]", ["other"]),
        ("communes: [Ambès]", ["dist", "other"]),
        ("communes: [Bègles]", ["dist"]),
        ("contracts: [marche]", ["dist"]),
    ],
)
def test_routes_choose(tmp_path: Path, hook: Hook, route: str, told: list[str]) -> None:
    scene = Scene(tmp_path, to_hook(hook, rest=f"  routes: [{{receivers: [hook], {route}}}]\n"))
    scene.poll()
    scene.tell()
    scene.poll((*DIST, "other"))
    scene.tell()
    assert sorted(json.loads(body)["incident"]["object"] for _, _, body in hook.got) == told
    scene.close()


def test_an_incident_that_becomes_part_of_another_is_told_as_that(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    scene.poll(("other",))
    scene.poll((*DIST, "other"))
    scene.tell()
    gone, into = scene.incident("other"), scene.incident("dist")
    now = scene.clock.now()
    step = IncidentStep(gone, Step.MERGED, now, "other", "", "Zoé", into, now)
    scene.store.record([step]).result()
    scene.pipeline.tell([step])
    scene.tell()
    told = json.loads(hook.got[-1][2])
    assert (told["event"], told["incident"]["id"], told["incident"]["merged_into"]) == ("merged", gone, into)
    assert told["description"]["en"] == f"It is part of {into}."
    scene.poll()
    scene.tell()
    assert events(hook) == ["opened", "opened", "merged", "restored"]
    scene.close()


def test_one_that_people_merged_and_split_again_is_told_again(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    scene.poll((*DIST, "other"))
    gone, into, now = scene.incident("other"), scene.incident("dist"), scene.clock.now()
    scene.tell()
    for step in (
        IncidentStep(gone, Step.MERGED, now, "other", "", "Zoé", into, now),
        IncidentStep(into, Step.SPLIT, now, "other", "", "Zoé", gone, now + 1),
    ):
        scene.store.record([step]).result()
        scene.pipeline.tell([step])
        scene.tell()
    scene.close()
    again = Scene(tmp_path, to_hook(hook), now=scene.clock.now())
    again.poll(DIST)
    again.tell()
    told = [json.loads(body) for _, _, body in hook.got]
    assert [each["event"] for each in told if each["incident"]["id"] == gone] == [
        "opened", "merged", "opened", "restored"]  # fmt: skip
    assert len({each["key"] for each in told}) == len(told)
    again.close()


def test_one_that_grows_graver_is_told_so_once(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    scene.poll(("other/snmp",))
    scene.tell()
    first = json.loads(hook.got[0][2])
    assert (first["severity"], first["summary"]["en"]) == ("minor", "Degraded: other/snmp, Ambès")
    scene.poll(("other",))
    scene.tell()
    scene.tell()
    assert events(hook) == ["opened", "raised"]
    told = json.loads(hook.got[1][2])
    assert told["incident"]["id"] == first["incident"]["id"]
    assert (told["severity"], told["labels"]["severity"]) == ("major", "major")
    assert told["replaced_labels"] == first["labels"]
    scene.poll()
    scene.tell()
    assert json.loads(hook.got[2][2])["labels"] == told["labels"]
    scene.close()


def test_a_template_makes_the_body_and_one_that_fails_is_said(tmp_path: Path, hook: Hook) -> None:
    (tmp_path / "chat.j2").write_text('{"text": {{ (summary.fr ~ " " ~ url) | tojson }}}', "utf-8")
    (tmp_path / "bad.j2").write_text("{{ nothing.here }}", "utf-8")
    with hooked() as other:
        scene = Scene(
            tmp_path,
            f"  receivers:\n    - {{id: hook, webhook: {{url: '{hook.url}', template: chat.j2}}}}\n"
            f"    - {{id: bad, webhook: {{url: '{other.url}', template: bad.j2, content_type: text/plain}}}}\n",
        )
        scene.poll()
        scene.poll(DIST)
        scene.tell()
        assert json.loads(hook.got[0][2]) == {"text": "En panne\N{NO-BREAK SPACE}: dist, Bègles "}
        assert other.got == []
        (dead,) = scene.store.notices.all(("dead",))
        assert dead.receiver == "bad"
        assert dead.said == "the template fails: 'nothing' is undefined"
        scene.close()


MAIL = """
mail: {{server: "localhost:{port}", tls: none, sender: "netmon@supervision.example"}}
"""


def test_mails_are_written_in_the_language_of_the_mailbox_and_belong_together(tmp_path: Path) -> None:
    box = Box()
    with mail_server(box) as server:
        scene = Scene(
            tmp_path,
            "  url: https://netmon.example\n  receivers:\n"
            "    - {id: astreinte, mail: {to: [a@begles.example, 'Zoé <z@begles.example>']}}\n"
            "    - {id: english, mail: {to: [e@begles.example], language: en}}\n",
            more=MAIL.format(port=server.port),
        )
        scene.poll()
        scene.poll(DIST)
        incident = scene.incident("dist")
        scene.tell()
        scene.poll()
        scene.tell()
        scene.close()
    by_address = {address: [m for to, m in box.got if to == address] for address, _ in box.got}
    assert {address: len(mails) for address, mails in by_address.items()} == {
        "a@begles.example": 2, "z@begles.example": 2, "e@begles.example": 2}  # fmt: skip
    french, restored = by_address["a@begles.example"]
    assert french["Subject"] == "[netmon] En panne\N{NO-BREAK SPACE}: dist, Bègles [critique]"
    assert restored["Subject"] == "[netmon] Rétabli\N{NO-BREAK SPACE}: dist, Bègles [critique]"
    assert french["References"] == restored["References"]
    assert french["Message-ID"] != restored["Message-ID"]
    text = by_address["e@begles.example"][0].get_content()
    assert "Down: dist, Bègles" in text
    assert f"https://netmon.example/#{incident}" in text
    assert "inhabitants concerned" in text


def test_a_mailbox_that_is_refused_is_given_up_and_the_others_get_theirs(tmp_path: Path) -> None:
    box = Box()
    box.refuse["gone@begles.example"] = "550 no such user"
    with mail_server(box) as server:
        scene = Scene(
            tmp_path,
            "  receivers: [{id: m, mail: {to: [gone@begles.example, here@begles.example]}}]\n",
            more=MAIL.format(port=server.port),
        )
        scene.poll()
        scene.poll(DIST)
        scene.tell()
        assert [(n.address, n.state) for n in scene.notices()] == [
            ("gone@begles.example", "dead"), ("here@begles.example", "sent")]  # fmt: skip
        scene.close()


def test_a_receiver_that_left_the_configuration_gets_nothing_and_it_is_said(tmp_path: Path, hook: Hook) -> None:
    first = Scene(tmp_path, to_hook(hook))
    hook.always = (503, {}, b"")
    first.poll()
    first.poll(DIST)
    first.tell()
    first.close()
    second = Scene(tmp_path, "  receivers: []\n", now=first.clock.now())
    (dead,) = second.notices()
    assert (dead.state, dead.said) == ("dead", "this receiver is no longer in the configuration")
    second.close()


def test_what_ended_long_ago_is_forgotten_and_what_is_open_is_not(tmp_path: Path, hook: Hook) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    scene.poll((*DIST, "other"))
    scene.tell()
    scene.poll(("other",))
    scene.tell()
    assert len(scene.notices()) == 3
    assert scene.store.notices.forget(scene.clock.now() + DAY) == 2
    assert [json.loads(notice.content)["incident"]["object"] for notice in scene.notices()] == ["other"]
    scene.close()


def test_the_schema_of_the_documents_is_current() -> None:
    kept = json.loads((Path(__file__).parents[2] / "docs" / "notice.schema.json").read_text("utf-8"))
    assert kept == schema(), "bring it up to date: make docs"


def test_the_command_shows_what_waits_and_what_was_given_up(
    tmp_path: Path, hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(tmp_path, to_hook(hook))
    scene.poll()
    command = ["incidents", "notices", "-c", str(scene.file), "--lang", "en"]
    assert main(command) == 0
    assert capsys.readouterr().out == "No notice waits, and none was given up.\n"
    hook.answers = [(400, {}, b"what is this?")]
    scene.poll((*DIST, "other"))
    scene.tell()
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "given up" in out
    assert "400" in out
    assert main([*command, "--json", "--all"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert sorted(each["state"] for each in found["notices"]) == ["dead", "sent"]
    jsonschema.validate(found, openapi_document(["/api/v1/notices"])["components"]["schemas"]["Notices"])
    assert main([*command, "--retry", "99"]) == 69
    scene.close()
