"""SNMPv3 against agents that restart, forget, forge and never end: what the operator sees of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from collectors.snmp import usm
from collectors.snmp.contract import Stamp
from collectors.snmp.crypto import Keys
from collectors.snmp.engine import NetmonEngine
from collectors.snmp.reports import Report
from collectors.snmp.sealed import Sealed, encode_scoped
from netmon import ber
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import State
from netmon.settings import Secret, SnmpCredential
from tests.collectors.snmp.agents import Agent, Mib, Request, switch, varbind
from tests.collectors.snmp.asking import AUTH, PRIV, UPTIME, V3, get, outcome, session, with_engine
from tests.collectors.snmp.polling import check, poll, samples
from tests.collectors.snmp.usm_agent import UsmAgent, pdu

LEVELS = (
    replace(V3, auth_protocol=None, auth_password=None, priv_protocol=None, priv_password=None),
    replace(V3, priv_protocol=None, priv_password=None),
    V3,
    replace(V3, auth_protocol="SHA512", priv_protocol="AES256C"),
    replace(V3, auth_protocol="MD5", priv_protocol="DES"),
)
NO_AUTH, AUTH_ONLY = LEVELS[:2]


def honest(ports: int = 2) -> Callable[[Request], bytes]:
    mib = Mib(switch(ports))

    def varbinds(request: Request) -> bytes:
        if request.pdu == ber.GET_BULK_REQUEST:
            rows = [list(mib.following(name, request.second)) for name in request.names]
            found = [row[place] for place in range(request.second) for row in rows if place < len(row)]
        else:
            found = mib.varbinds(request)
        return b"".join(varbind(*one) for one in found)

    return varbinds


def agent(*credentials: SnmpCredential) -> UsmAgent:
    return UsmAgent(honest(), *(credentials or (V3,)))


def seen(answer: Callable[[bytes], list[bytes]], credential: SnmpCredential = V3, timeout: float = 0.8) -> str:
    """What one GET comes to, without the agent's address."""
    with Agent(answer) as served:
        asked = session(served.port, credential, timeout=timeout, retries=0)
        told = with_engine(lambda engine: outcome(engine, asked))
        return told.replace(f"127.0.0.1:{served.port}", "AGENT")


# --- How it should be


@pytest.mark.parametrize("credential", LEVELS, ids=lambda one: f"{one.auth_protocol} {one.priv_protocol}")
def test_every_level_is_asked_and_read(credential: SnmpCredential) -> None:
    ours = agent(credential)
    with Agent(ours) as served:
        asked = session(served.port, credential)
        assert get(asked) == {UPTIME: 123_456}
    assert ours.reports == [Report.UNKNOWN_ENGINE]
    assert asked.stamp == Stamp(ours.engine_id, 3, 5_000)
    assert (asked.sent, asked.retried, asked.varbinds) == (2, 0, 1)


def test_a_switch_over_v3_is_the_switch_over_v2c() -> None:
    with Agent(UsmAgent(honest(30), V3)) as sealed, Agent(Mib(switch(30))) as plain:
        over_v3, over_v2 = poll(check(sealed.port, credential=V3)), poll(check(plain.port))
    assert (over_v3.state, over_v3.reason) == (State.UP, Reason.OK)
    assert samples(over_v3) == samples(over_v2)
    assert (over_v3.engine_boots, over_v3.engine_time) == (3, 5_000)


def test_over_ipv6_too() -> None:
    try:
        served = Agent(agent(), "::1")
    except OSError:
        pytest.skip("needs IPv6 on the loopback interface")
    with served:
        assert get(session(served.port, host="::1")) == {UPTIME: 123_456}


def test_context_name_and_context_engine_reach_the_agent() -> None:
    ours = agent()
    with Agent(ours) as served:
        get(session(served.port, replace(V3, context="vlan-12")))
        get(session(served.port, replace(V3, context="é", context_engine_id=b"\x80\0\0\0\x01other")))
    assert ours.contexts == [(ours.engine_id, b"vlan-12"), (b"\x80\0\0\0\x01other", "é".encode())]


def test_discovery_is_done_once_and_no_request_looks_like_another() -> None:
    ours = agent()
    with Agent(ours) as served:

        async def often(engine: NetmonEngine) -> None:
            for _ in range(5):
                await engine.get(session(served.port), [UPTIME])

        with_engine(often)
    assert ours.reports == [Report.UNKNOWN_ENGINE]
    asked = ours.opened[1:]
    assert len({one.salt for one in asked}) == len({one.request_id for one in asked}) == 5


def test_an_agent_that_does_not_tell_its_time_at_discovery_costs_one_report_more() -> None:
    ours = agent()
    ours.tells_its_time = False
    with Agent(ours) as served:
        assert get(session(served.port)) == {UPTIME: 123_456}
    assert ours.reports == [Report.UNKNOWN_ENGINE, Report.NOT_IN_TIME_WINDOW]


def test_verbose_tells_of_discovery_and_reports() -> None:
    ours, log = agent(), list[str]()
    ours.tells_its_time = False
    with Agent(ours) as served:
        get(session(served.port, log=log))
    assert log[0] == f"engine discovery: engine id {ours.engine_id.hex()}, boots 0, time 0 s"
    assert log[1].startswith("report to GET 1.3.6.1.2.1.1.3.0: usmStatsNotInTimeWindows, engine id")
    assert log[2].startswith("GET 1.3.6.1.2.1.1.3.0: ")
    assert not any("password" in line for line in log)


def test_agents_and_keys_that_are_not_used_make_room() -> None:
    known: usm.Bounded[int, str] = usm.Bounded(3)
    for key in (1, 2, 3):
        known.put(key, "kept")
    assert known.get(1) == "kept"
    known.put(4, "new")
    assert [known.get(key) for key in (1, 2, 3, 4)] == ["kept", None, "kept", "new"]
    known.drop(5)
    known.drop(1)
    assert len(known) == 2


def test_keys_are_localised_once_for_an_engine() -> None:
    shared = usm.Usm(kept=2)
    first = shared.keys(V3, b"\x80\0\0\0\x01")
    assert shared.keys(V3, b"\x80\0\0\0\x01") is first
    assert shared.keys(V3, b"\x80\0\0\0\x02") is not first
    assert shared.keys(AUTH_ONLY, b"\x80\0\0\0\x01") is not first


# --- What happens to agents


def after(change: Callable[[UsmAgent], None], *, polls: int = 1, timeout: float = 1.0) -> tuple[list[str], UsmAgent]:
    """A good poll, the change, and what the polls after it come to."""
    ours = agent()
    with Agent(ours) as served:

        async def twice(engine: NetmonEngine) -> list[str]:
            assert await outcome(engine, session(served.port)) == "ok"
            ours.reports.clear()
            change(ours)
            return [await outcome(engine, session(served.port, timeout=timeout, retries=1)) for _ in range(polls)]

        return with_engine(twice), ours


def rebooted(ours: UsmAgent) -> None:
    ours.boots, ours.time = ours.boots + 1, 7


def reset(ours: UsmAgent) -> None:
    ours.boots, ours.time = 1, 7


def clock_ahead(ours: UsmAgent) -> None:
    ours.time += 100_000


def clock_back(ours: UsmAgent) -> None:
    ours.time = 12


@pytest.mark.parametrize("change", [rebooted, reset, clock_ahead, clock_back])
def test_after_a_restart_or_a_clock_jump_the_very_next_poll_is_good(change: Callable[[UsmAgent], None]) -> None:
    told, ours = after(change, polls=2)
    assert told == ["ok", "ok"]
    assert ours.reports == [Report.NOT_IN_TIME_WINDOW]


def test_a_restart_during_a_walk_costs_a_report_and_no_row() -> None:
    ours = UsmAgent(honest(30), V3)
    judge = ours.refusal

    def refusal(sealed: Sealed) -> Report | None:
        if len(ours.seen) == 4 and ours.boots == 3:
            rebooted(ours)
        return judge(sealed)

    ours.refusal = refusal  # type: ignore[method-assign]
    with Agent(ours) as served:
        reading = poll(check(served.port, credential=V3))
    assert (reading.state, reading.reason) == (State.UP, Reason.OK)
    assert ours.reports == [Report.UNKNOWN_ENGINE, Report.NOT_IN_TIME_WINDOW]
    assert len(samples(reading)) > 30 * 10


def test_a_device_replaced_by_another_is_met_anew_in_the_same_poll() -> None:
    def replaced(ours: UsmAgent) -> None:
        ours.engine_id = b"\x80\0\0\0\x05another"
        ours.boots, ours.time = 1, 60

    told, ours = after(replaced)
    assert told == ["ok"]
    assert ours.reports == [Report.UNKNOWN_ENGINE]


def test_a_device_replaced_by_one_that_reports_nothing_is_met_anew_in_the_next_poll() -> None:
    def replaced(ours: UsmAgent) -> None:
        ours.engine_id = b"\x80\0\0\0\x05another"
        tell = ours.report

        def report(sealed: Sealed, refusal: Report, *, signed: bool | None = None) -> bytes:
            return b"" if sealed.stamp.engine_id else tell(sealed, refusal, signed=signed)

        ours.report = report  # type: ignore[method-assign]

    told, _ = after(replaced, polls=2, timeout=0.4)
    assert told[0].startswith("timeout: no answer from")
    assert told[1] == "ok"


def test_a_silent_device_stays_a_timeout_whatever_was_known_of_it() -> None:
    def down(ours: UsmAgent) -> None:
        ours.engine_id = b"\x80\0\0\0\x05another"
        ours.report = lambda *_, **__: b""  # type: ignore[method-assign]

    told, _ = after(down, polls=2, timeout=0.3)
    assert all("after 2 tries: host down, filtered, agent stopped or wrong" in line for line in told)


# --- Refused credentials


SILENT = "which some agents do not tell"
REFUSALS = {
    "unknown user": (
        replace(V3, username="nobody"),
        "it has no user of that name (usmStatsUnknownUserNames)",
    ),
    "wrong authentication password": (
        replace(V3, auth_password=Secret("not the password")),
        "wrong authentication password, or not SHA for this user (usmStatsWrongDigests)",
    ),
    "wrong authentication protocol": (
        replace(V3, auth_protocol="SHA256"),
        "wrong authentication password, or not SHA256 for this user (usmStatsWrongDigests)",
    ),
    "wrong level": (
        AUTH_ONLY,
        "the user is not set up for authNoPriv (usmStatsUnsupportedSecLevels)",
    ),
    "wrong privacy password": (
        replace(V3, priv_password=Secret("not the password")),
        f"it answers engine discovery but no request: wrong privacy password or protocol or context, {SILENT}",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refused_credential_is_down_by_authentication_and_says_what_to_mend(what: str) -> None:
    credential, detail = REFUSALS[what]
    with Agent(agent()) as served:
        reading = poll(check(served.port, credential=credential, timeout=600))
        told = reading.detail.replace(f"127.0.0.1:{served.port}", "AGENT")
    assert (reading.state, reading.reason) == (State.DOWN, Reason.AUTHENTICATION)
    assert told == f"AGENT refuses the credential 'v3': {detail}"
    assert samples(reading) == {}
    assert "not the password" not in reading.detail


@pytest.mark.parametrize(
    ("report", "detail"),
    [
        (Report.DECRYPTION, "wrong privacy password, or not AES for this user (usmStatsDecryptionErrors)"),
        (Report.UNKNOWN_CONTEXT, "it has no context 'vlan-12' (snmpUnknownContexts)"),
        (Report.UNAVAILABLE_CONTEXT, "it has no context 'vlan-12' (snmpUnavailableContexts)"),
        (
            Report.UNKNOWN_MODEL,
            "it does not take messages of the user-based security model (snmpUnknownSecurityModels)",
        ),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_every_report_has_words_of_its_own(report: Report, detail: str, signed: bool) -> None:
    ours = agent()
    refuse = ours.refusal
    ours.refusal = lambda sealed: refuse(sealed) or report  # type: ignore[method-assign]
    tell = ours.report
    ours.report = lambda sealed, one: tell(sealed, one, signed=signed and one is report)  # type: ignore[method-assign, assignment]
    told = seen(ours, replace(V3, context="vlan-12"))
    assert told == f"authentication: AGENT refuses the credential 'v3': {detail}"


def test_a_credential_without_user_is_ours_to_mend() -> None:
    with pytest.raises(CollectError, match="has no username") as caught:
        get(session(1, replace(V3, username="")))
    assert caught.value.reason is Reason.CREDENTIAL


def test_two_credentials_do_not_disturb_each_other_at_one_agent() -> None:
    other = replace(V3, name="other", username="other", auth_password=Secret("another password"))
    ours = agent(V3, other)
    with Agent(ours) as served:

        async def both(engine: NetmonEngine) -> list[str]:
            wrong = replace(other, auth_password=AUTH)
            return [await outcome(engine, session(served.port, one)) for one in (V3, wrong, other, V3)]

        told = with_engine(both)
    assert [line.split(":")[0] for line in told] == ["ok", "authentication", "ok", "ok"]
    assert ours.reports == [Report.UNKNOWN_ENGINE, Report.WRONG_DIGEST]


# --- Agents without end


def test_discovery_that_never_ends_is_given_up() -> None:
    """A new engine id at every question."""
    ours = agent()

    def answer(message: bytes) -> list[bytes]:
        ours.engine_id += b"\x01"
        return ours(message)

    with Agent(answer) as served:
        asked = session(served.port)
        told = with_engine(lambda engine: outcome(engine, asked))
    assert "engine discovery never ends, it denies the engine id it told us (usmStatsUnknownEngineIDs)" in told
    assert told.startswith("authentication: ")
    assert asked.sent == 5


def test_an_agent_that_never_likes_our_time_is_given_up() -> None:
    ours = agent()
    refuse = ours.refusal
    ours.refusal = lambda sealed: refuse(sealed) or Report.NOT_IN_TIME_WINDOW  # type: ignore[method-assign]
    told = seen(ours)
    assert "however often we set our clock by its own, it finds it wrong (usmStatsNotInTimeWindows)" in told
    assert len(ours.reports) == 5


@pytest.mark.parametrize("engine_id", [b"", b"\x80" * 40], ids=["no engine id", "an impossible one"])
def test_discovery_answered_without_an_engine_id_is_garbage(engine_id: bytes) -> None:
    ours = agent()
    ours.engine_id = engine_id
    ours.refusal = lambda _: Report.UNKNOWN_ENGINE  # type: ignore[method-assign]
    assert seen(ours, timeout=0.3) == "garbage: 1 unreadable answer from AGENT, no readable one"


def test_a_response_to_discovery_is_garbage() -> None:
    ours = agent()

    def answer(message: bytes) -> list[bytes]:
        ours(message)
        scoped = encode_scoped(b"", b"", pdu(ber.RESPONSE, 1, b""))
        return [ours.sealed(ours.opened[-1], scoped, Keys())]

    assert seen(answer, timeout=0.3).startswith("garbage: ")


# --- Forged, replayed, broken


def but(change: Callable[[UsmAgent, Sealed, bytes], list[bytes]]) -> Callable[[bytes], list[bytes]]:
    """An agent whose answers to requests, discovery aside, are what ``change`` makes of them."""
    ours = agent()

    def answer(message: bytes) -> list[bytes]:
        (honestly,) = ours(message)
        sealed = ours.opened[-1]
        return change(ours, sealed, honestly) if sealed.stamp.engine_id else [honestly]

    return answer


def response(ours: UsmAgent) -> bytes:
    """The scoped PDU of an answer."""
    body = varbind(ber.decode_oid(UPTIME), ber.TIME_TICKS, b"\x07")
    return encode_scoped(ours.engine_id, b"", pdu(ber.RESPONSE, ours.seen[-1].id, body))


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


FORGERIES: dict[str, tuple[Callable[[UsmAgent, Sealed, bytes], bytes], str]] = {
    "in the clear": (
        lambda ours, sealed, _: ours.sealed(sealed, response(ours), Keys()),
        "it is less protected than the request was",
    ),
    "signed but not encrypted": (
        lambda ours, sealed, _: ours.sealed(sealed, response(ours), Keys(ours.keys_of(sealed).authentication)),
        "it is less protected than the request was",
    ),
    "altered in its cipher text": (
        lambda _, __, honestly: flipped(honestly, len(honestly) - 1),
        "its digest is not that of the credential",
    ),
    "altered in its digest": (
        lambda _, __, honestly: flipped(honestly, honestly.index(b"\x04\x0c") + 5),
        "its digest is not that of the credential",
    ),
    "from another engine": (
        lambda ours, sealed, _: ours.sealed(
            sealed, response(ours), ours.keys_of(sealed), Stamp(b"\x80\0\0\0\x05else", 3, 5_000)
        ),
        "it is signed by another engine, or for another user",
    ),
    "from long ago": (
        lambda ours, sealed, _: ours.sealed(sealed, response(ours), None, Stamp(ours.engine_id, 3, 4_800)),
        "its time is over",
    ),
    "from before the restart": (
        lambda ours, sealed, _: ours.sealed(sealed, response(ours), None, Stamp(ours.engine_id, 2, 9_000)),
        "its time is over",
    ),
    "the answer to another request": (
        lambda ours, sealed, _: ours.sealed(
            sealed, encode_scoped(ours.engine_id, b"", pdu(ber.RESPONSE, ours.seen[-1].id + 1, b""))
        ),
        "it answers another request inside than outside",
    ),
    "an unsigned report about time": (
        lambda ours, sealed, _: ours.report(sealed, Report.NOT_IN_TIME_WINDOW, signed=False),
        "an unsigned report that our time is wrong",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_answer_is_never_believed_and_told_of_when_no_other_comes(what: str) -> None:
    forge, doubt = FORGERIES[what]
    ours = agent()
    false = False

    def answer(message: bytes) -> list[bytes]:
        (honestly,) = ours(message)
        return [forge(ours, ours.opened[-1], honestly)] if false else [honestly]

    with Agent(answer) as served:

        async def attacked(engine: NetmonEngine) -> str:
            nonlocal false
            assert await outcome(engine, session(served.port)) == "ok"
            false = True
            return await outcome(engine, session(served.port, timeout=0.3, retries=0))

        told = with_engine(attacked)
    assert told.startswith(f"authentication: no answer from 127.0.0.1:{served.port} can be believed: {doubt}")


@pytest.mark.parametrize("what", [*FORGERIES, *Report])
def test_a_forged_answer_does_not_keep_the_true_one_from_being_taken(what: str) -> None:
    ours = agent()

    def answer(message: bytes) -> list[bytes]:
        (honestly,) = ours(message)
        sealed = ours.opened[-1]
        if not sealed.stamp.engine_id:
            return [honestly]
        if what in FORGERIES:
            return [FORGERIES[what][0](ours, sealed, honestly), honestly]
        forged = ours.sealed(sealed, encode_scoped(b"", b"", pdu(ber.REPORT, 0, b"")), Keys())
        return [ours.report(sealed, Report(what), signed=False), forged, honestly]

    assert seen(answer) == "ok"


def test_yesterdays_answer_is_not_todays() -> None:
    """An honest answer, sent again to the next request: its message id is not the one that is waited for."""
    ours, recorded = agent(), list[bytes]()

    def answer(message: bytes) -> list[bytes]:
        answers = ours(message)
        recorded.extend(answers)
        return answers if len(recorded) <= 2 else recorded[:2]

    with Agent(answer) as served:

        async def twice(engine: NetmonEngine) -> list[str]:
            return [await outcome(engine, session(served.port, timeout=0.3, retries=0)) for _ in range(2)]

        told = with_engine(twice)
    assert told[0] == "ok"
    assert told[1].startswith("timeout: no answer from")


def test_a_forged_engine_id_is_forgotten_after_the_poll() -> None:
    ours, forging = agent(), [False]

    def answer(message: bytes) -> list[bytes]:
        (honestly,) = ours(message)
        sealed = ours.opened[-1]
        if not forging[0]:
            return [honestly]
        false = Stamp(b"\x80\0\0\0\x05false", 9, 9)
        counter = varbind((1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0), ber.COUNTER32, b"\x01")
        return [ours.sealed(sealed, encode_scoped(b"", b"", pdu(ber.REPORT, 0, counter)), Keys(), false)]

    with Agent(answer) as served:

        async def attacked(engine: NetmonEngine) -> list[str]:
            told = [await outcome(engine, session(served.port))]
            forging[0] = True
            told.append(await outcome(engine, session(served.port)))
            forging[0] = False
            ours.reports.clear()
            return [*told, await outcome(engine, session(served.port))]

        told = with_engine(attacked)
    assert [line.split(":")[0] for line in told] == ["ok", "authentication", "ok"]
    assert ours.reports == []  # nothing had to be learned anew


def sealed_up(scoped: Callable[[UsmAgent, Sealed], bytes]) -> Callable[[UsmAgent, Sealed, bytes], list[bytes]]:
    return lambda ours, sealed, _: [ours.sealed(sealed, scoped(ours, sealed))]


BROKEN: dict[str, Callable[[UsmAgent, Sealed, bytes], list[bytes]]] = {
    "a truncated scoped PDU": sealed_up(lambda ours, sealed: response(ours)[:-3]),
    "garbage after decryption": sealed_up(lambda ours, sealed: b"\xde\xad\xbe\xef" * 9),
    "nothing after decryption": sealed_up(lambda ours, sealed: b""),
    "a request": sealed_up(lambda ours, _: encode_scoped(b"", b"", pdu(ber.GET_REQUEST, ours.seen[-1].id, b""))),
    "a value that is cut": sealed_up(
        lambda ours, _: encode_scoped(b"", b"", pdu(ber.RESPONSE, ours.seen[-1].id, b"\x30\x05\x06\x01\x2b\x02\x04"))
    ),
    "a report of nothing": sealed_up(lambda ours, _: encode_scoped(b"", b"", pdu(ber.REPORT, 0, b""))),
    "a truncated datagram": lambda _, __, honestly: [honestly[:-4]],
    "an answer over v2c": lambda _, sealed, __: [
        ber.encode_tlv(ber.SEQUENCE, b"\x02\x01\x01\x04\x06public" + pdu(ber.RESPONSE, sealed.request_id, b""))
    ],
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_garbage(what: str) -> None:
    assert seen(but(BROKEN[what]), timeout=0.3) == "garbage: 1 unreadable answer from AGENT, no readable one"


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_does_not_keep_the_answer_from_being_taken(what: str) -> None:
    change = BROKEN[what]
    assert seen(but(lambda ours, sealed, honestly: [*change(ours, sealed, honestly), honestly])) == "ok"


def test_a_v3_answer_to_a_v2c_question_is_not_taken() -> None:
    ours = agent()

    def answer(message: bytes) -> list[bytes]:
        plain = Sealed(b"", Request(message).id, 0, Stamp(b"", 0, 0), b"netmon", 0, 0, b"", 0, 0)
        body = varbind(ber.decode_oid(UPTIME), ber.TIME_TICKS, b"\x07")
        return [ours.sealed(plain, encode_scoped(b"", b"", pdu(ber.RESPONSE, plain.request_id, body)), Keys())]

    with Agent(answer) as served:
        reading = poll(check(served.port, timeout=300, retries=0))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.GARBAGE)


def test_a_cancelled_poll_leaves_nothing_behind() -> None:
    with Agent(lambda _: []) as served:

        async def cancelled(engine: NetmonEngine) -> int:
            task = asyncio.create_task(engine.get(session(served.port), [UPTIME]))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return len(engine._transport._pending)

        assert with_engine(cancelled) == 0


def test_lost_answers_are_asked_for_again_under_the_same_id() -> None:
    ours, lost = agent(), list[int]()

    def lossy(message: bytes) -> list[bytes]:
        answers = ours(message)
        if ours.opened[-1].request_id in lost:
            return answers
        lost.append(ours.opened[-1].request_id)
        return []

    with Agent(lossy) as served:
        asked = session(served.port, timeout=3, retries=9)
        assert get(asked) == {UPTIME: 123_456}
    assert (asked.sent, asked.retried) == (4, 2)
    assert len({one.request_id for one in ours.opened}) == 2


@pytest.mark.parametrize("what", REFUSALS)
def test_the_secrets_stay_out_of_every_line(what: str) -> None:
    log: list[str] = []
    with Agent(agent()) as served:
        asked = session(served.port, REFUSALS[what][0], timeout=0.5, log=log)
        log.append(with_engine(lambda engine: outcome(engine, asked)))
    assert not any(secret.reveal() in line for secret in (AUTH, PRIV) for line in log)
