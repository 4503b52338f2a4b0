"""Traps and informs: heard from nodes only, authenticated, limited, acknowledged; nothing else makes us poll."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable

import pytest

from collectors.snmp.traps import Bucket, Notification, Sender, TrapReceiver, peek
from netmon import ber
from netmon.conventions import TRAP_DROPS, Reason
from netmon.errors import CollectError
from netmon.settings import Secret, SnmpCredential, TrapSettings

PUBLIC = SnmpCredential("lecture", "2c", Secret("public"))
USER = SnmpCredential("privee", "3", None, "netmon", "SHA256", Secret("auth-pass-1"), "AES", Secret("priv-pass-1"))
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
GENERIC = "1.3.6.1.6.3.1.1.5"


def notification(
    name: str = f"{GENERIC}.1", community: bytes = b"public", pdu: int = ber.TRAP, request_id: int = 7
) -> bytes:
    """A v2c trap or inform."""
    numbers = b"".join(ber.encode_tlv(ber.INTEGER, ber.encode_integer(n)) for n in (request_id, 0, 0))
    varbinds = b"".join(
        ber.encode_tlv(ber.SEQUENCE, ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(oid)) + value)
        for oid, value in (
            ("1.3.6.1.2.1.1.3.0", ber.encode_tlv(ber.TIME_TICKS, b"\x05")),
            (TRAP_OID, ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(name))),
        )
    )
    body = ber.encode_tlv(pdu, numbers + ber.encode_tlv(ber.SEQUENCE, varbinds))
    head = ber.encode_tlv(ber.INTEGER, b"\x01") + ber.encode_tlv(ber.OCTET_STRING, community)
    return ber.encode_tlv(ber.SEQUENCE, head + body)


class Heard:
    """What a receiver said, in order."""

    def __init__(self) -> None:
        self.all: list[Notification] = []
        self.drops: list[str] = []
        self._more = asyncio.Event()

    def hear(self, notification: Notification) -> None:
        self.all.append(notification)
        self._more.set()

    def drop(self, why: str) -> None:
        self.drops.append(why)
        self._more.set()

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.all]

    async def enough(self, heard: int, drops: int = 0) -> None:
        await self.until(lambda: len(self.all) >= heard and len(self.drops) >= drops)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                self._more.clear()
                await self._more.wait()


Work = Callable[[int, Heard], Awaitable[None]]


def listening(
    work: Work, senders: tuple[Sender, ...] = (Sender("sw-1", "127.0.0.1", PUBLIC),), **settings: object
) -> Heard:
    """Run ``work`` while a receiver listens; what that heard."""

    async def run() -> Heard:
        heard = Heard()
        asked = TrapSettings(**{"port": 0, **settings})  # type: ignore[arg-type]
        receiver = TrapReceiver(asked, senders, heard.hear, heard.drop)
        await receiver.start()
        try:
            await work(receiver.port, heard)
        finally:
            await receiver.stop()
        return heard

    return asyncio.run(run())


def sending(*datagrams: bytes, source: str = "127.0.0.1", heard: int = 0, drops: int = 0) -> Work:
    async def work(port: int, told: Heard) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((source, 0))
            for datagram in datagrams:
                sock.sendto(datagram, ("127.0.0.1", port))
            await told.enough(heard, drops)

    return work


def test_the_five_kinds_are_told_apart_and_all_others_are_other() -> None:
    names = [f"{GENERIC}.{arc}" for arc in (1, 2, 3, 4, 5)] + ["1.3.6.1.4.1.9.9.43.2.0.1", f"{GENERIC}.6"]
    heard = listening(sending(*map(notification, names), heard=7))
    assert heard.kinds == ["coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "other", "other"]
    assert {one.nodes for one in heard.all} == {("sw-1",)}
    assert heard.drops == []


def test_an_unknown_sender_is_dropped_and_counted_whatever_it_sends() -> None:
    heard = listening(sending(notification(), b"noise", source="127.0.0.9", drops=2))
    assert (heard.all, heard.drops) == ([], ["unknown_sender"] * 2)


def test_a_wrong_community_is_dropped() -> None:
    heard = listening(sending(notification(community=b"private"), drops=1))
    assert (heard.all, heard.drops) == ([], ["credential"])


def test_what_is_no_notification_is_garbage() -> None:
    get = notification(pdu=ber.GET_REQUEST)
    datagrams = (b"", b"\x30", b"noise", b"\x30\x03\x02\x01\x07", notification()[:-4], get)
    heard = listening(sending(*datagrams, drops=6))
    assert (heard.all, heard.drops) == ([], ["garbage"] * 6)


def test_two_nodes_behind_one_address_are_both_named() -> None:
    senders = (Sender("a", "127.0.0.1", PUBLIC), Sender("b", "127.0.0.1"), Sender("c", "127.0.0.2"))
    assert [one.nodes for one in listening(sending(notification(), heard=1), senders).all] == [("a", "b")]


def test_a_node_known_by_name_is_found_by_its_address() -> None:
    senders = (Sender("a", "localhost", PUBLIC), Sender("b", "nowhere.invalid", PUBLIC))
    assert listening(sending(notification(), heard=1), senders).all[0].nodes == ("a",)


def test_a_credential_for_all_nodes_is_taken_beside_their_own() -> None:
    senders = (Sender("sw-1", "127.0.0.1", USER),)
    assert listening(sending(notification(), drops=1), senders).drops == ["credential"]
    assert listening(sending(notification(), heard=1), senders, credentials=(PUBLIC,)).kinds == ["coldStart"]


def test_a_flood_is_limited_counted_and_leaves_the_other_nodes_alone() -> None:
    senders = (Sender("loud", "127.0.0.2", PUBLIC), Sender("quiet", "127.0.0.3", PUBLIC))

    async def work(port: int, told: Heard) -> None:
        await sending(*[notification()] * 200, source="127.0.0.2", heard=6, drops=190)(port, told)
        await sending(notification(f"{GENERIC}.3"), source="127.0.0.3")(port, told)
        await told.until(lambda: ("quiet",) in {one.nodes for one in told.all})

    heard = listening(work, senders, per_second=3)
    assert set(heard.drops) == {"flood"}
    assert len(heard.all) + len(heard.drops) == 201


def test_an_inform_is_acknowledged_and_a_trap_is_not() -> None:
    async def work(port: int, told: Heard) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            sock.setblocking(False)
            sock.sendto(notification(), ("127.0.0.1", port))
            sock.sendto(notification(f"{GENERIC}.4", pdu=ber.INFORM_REQUEST, request_id=4711), ("127.0.0.1", port))
            async with asyncio.timeout(20):
                answer = await asyncio.get_running_loop().sock_recv(sock, 65_535)
            assert b"\xa2" in answer
            assert b"\x02\x02" + (4711).to_bytes(2) in answer
            await told.enough(2)
            with pytest.raises(BlockingIOError):
                sock.recv(65_535)

    assert listening(work).kinds == ["coldStart", "linkUp"]


def test_an_inform_that_is_not_taken_is_not_acknowledged() -> None:
    async def work(port: int, told: Heard) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            sock.sendto(notification(community=b"wrong", pdu=ber.INFORM_REQUEST), ("127.0.0.1", port))
            await told.enough(0, 1)
            sock.setblocking(False)
            with pytest.raises(BlockingIOError):
                sock.recv(65_535)

    assert listening(work).drops == ["credential"]


def test_an_address_that_cannot_be_listened_on_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(CollectError, match="cannot listen for traps on 127") as caught:
            listening(sending(), port=taken.getsockname()[1])
    assert caught.value.reason is Reason.NO_SOCKET


def test_stop_is_safe_without_start_and_twice() -> None:
    async def work() -> None:
        receiver = TrapReceiver(TrapSettings(port=0), (), print, print)
        await receiver.stop()
        await receiver.start()
        await receiver.stop()
        await receiver.stop()

    asyncio.run(work())


def test_every_truncation_of_an_envelope_is_refused_or_read_never_raised_through() -> None:
    whole = notification()
    for end in range(len(whole)):
        with pytest.raises(ber.BerError):
            peek(whole[:end])


def test_a_bucket_refills_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    bucket = Bucket(5)
    assert [bucket.take() for _ in range(12)] == [True] * 10 + [False] * 2
    now[0] += 0.4
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] += 3600
    assert sum(bucket.take() for _ in range(50)) == 10


# --- Net-SNMP's own senders


@pytest.fixture
def sender() -> Callable[..., Awaitable[int]]:
    """Runs snmptrap or snmpinform; its exit status is that of the acknowledgement."""

    async def run(program: str, *arguments: str) -> int:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"MIBS": "", "HOME": "/"}
        )
        return await process.wait()

    if shutil.which("snmptrap") is None:
        pytest.skip("needs snmptrap (Debian package snmp)")
    return run


V3 = ("-v3", "-u", "netmon", "-l", "authPriv", "-a", "SHA-256", "-A", "auth-pass-1", "-x", "AES", "-X", "priv-pass-1")
V3_OPEN = ("-v3", "-u", "netmon", "-l", "noAuthNoPriv")
V3_WRONG = (*V3[:8], "not-the-password", *V3[9:])
V1_TRAP = ("1.3.6.1.4.1.9", "127.0.0.1")
ENGINE = ("-e", "0x80001f8880000102030405")


@pytest.mark.peer
@pytest.mark.parametrize(
    ("credential", "program", "arguments", "heard", "drops"),
    [
        pytest.param(
            PUBLIC, "snmptrap", ("-v1", "-c", "public", "@", *V1_TRAP, "2", "0", "9"), ["linkDown"], [], id="v1"
        ),
        pytest.param(
            PUBLIC,
            "snmptrap",
            ("-v1", "-c", "public", "@", *V1_TRAP, "6", "17", "9"),
            ["other"],
            [],
            id="v1 enterprise",
        ),
        pytest.param(
            PUBLIC, "snmptrap", ("-v2c", "-c", "public", "@", "9", f"{GENERIC}.2"), ["warmStart"], [], id="v2c trap"
        ),
        pytest.param(
            PUBLIC, "snmpinform", ("-v2c", "-c", "public", "@", "9", f"{GENERIC}.4"), ["linkUp"], [], id="v2c inform"
        ),
        pytest.param(USER, "snmptrap", (*ENGINE, *V3, "@", "9", f"{GENERIC}.3"), ["linkDown"], [], id="v3 trap"),
        pytest.param(USER, "snmpinform", (*V3, "@", "9", f"{GENERIC}.1"), ["coldStart"], [], id="v3 inform"),
        pytest.param(
            USER, "snmptrap", (*ENGINE, *V3_WRONG, "@", "9", f"{GENERIC}.3"), [], ["credential"], id="v3 wrong password"
        ),
        pytest.param(
            USER, "snmptrap", (*ENGINE, *V3_OPEN, "@", "9", f"{GENERIC}.3"), [], ["credential"], id="v3 without proof"
        ),
    ],
)
def test_net_snmp_is_understood(
    sender: Callable[..., Awaitable[int]],
    credential: SnmpCredential,
    program: str,
    arguments: tuple[str, ...],
    heard: list[str],
    drops: list[str],
) -> None:
    async def work(port: int, told: Heard) -> None:
        target = [f"127.0.0.1:{port}" if word == "@" else word for word in arguments]
        assert await sender(program, "-t", "3", "-r", "1", *target) == 0
        await told.enough(len(heard), len(drops))

    told = listening(work, (Sender("sw-1", "127.0.0.1", credential),))
    assert (told.kinds, told.drops) == (heard, drops)
    assert set(told.drops) <= set(TRAP_DROPS)


@pytest.mark.peer
def test_two_nodes_with_the_same_user_and_different_passwords_are_both_heard(
    sender: Callable[..., Awaitable[int]],
) -> None:
    other = SnmpCredential("autre", "3", None, "netmon", "SHA256", Secret("auth-pass-2"), "AES", Secret("priv-pass-2"))
    senders = (Sender("one", "127.0.0.1", USER), Sender("two", "127.0.0.2", other))
    second = tuple(word.replace("-pass-1", "-pass-2") for word in V3)

    async def work(port: int, told: Heard) -> None:
        for _ in range(2):
            for source, user in (("127.0.0.1", V3), ("127.0.0.2", second)):
                where = ("--clientaddr=" + source, *user, f"127.0.0.1:{port}", "9", f"{GENERIC}.4")
                assert await sender("snmpinform", "-t", "3", "-r", "1", *where) == 0
        await told.enough(4)

    assert [one.nodes[0] for one in listening(work, senders).all] == ["one", "two", "one", "two"]
