import asyncio
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from threading import Event, Thread
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import SnmpCollector
from netmon import ber
from netmon.clock import DAY, HOUR, MINUTE, SECOND, Clock, ManualClock, Millis
from netmon.model import Check, Reading, Role
from netmon.settings import Secret, SnmpCredential, SnmpSettings
from netmon.simulation.agents import Agent, Agents
from netmon.simulation.faults import Faults
from netmon.simulation.mib import Table, table_of
from netmon.simulation.placement import Ports, bind
from netmon.simulation.values import Oid, counter32, counter64, integer
from netmon.simulation.world import World

NOW: Millis = 1_790_000_000_000
WorldWith: TypeAlias = Callable[[Callable[[Faults], None], Millis], World]

_TABLE = Table({(1, 3, 6, 1, column, row): integer(10 * column + row) for column in (1, 2) for row in (1, 2, 3)})
_AGENT = Agent(_TABLE, b"public")


def _request(
    kind: int, *oids: Oid, first: int = 0, second: int = 0, community: bytes = b"public", version: int = 1
) -> bytes:
    def number(value: int) -> bytes:
        return ber.encode_tlv(ber.INTEGER, ber.encode_integer(value))

    bindings = b"".join(
        ber.encode_tlv(ber.SEQUENCE, ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(oid)) + b"\x05\x00")
        for oid in oids
    )
    pdu = number(7) + number(first) + number(second) + ber.encode_tlv(ber.SEQUENCE, bindings)
    return ber.encode_tlv(
        ber.SEQUENCE, number(version) + ber.encode_tlv(ber.OCTET_STRING, community) + ber.encode_tlv(kind, pdu)
    )


def _parts(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    while start < end:
        tag, inner, start = ber.read_tlv(data, start, end)
        yield tag, inner, start


def _read(answer: bytes | None) -> tuple[int, list[tuple[Oid, int, bytes]]]:
    """The error status, and (name, tag, contents) of each binding."""
    assert answer is not None
    _, start, end = ber.read_tlv(answer)
    _version, _community, (tag, start, end) = _parts(answer, start, end)
    assert tag == ber.RESPONSE
    number, status, _index, (_, start, end) = _parts(answer, start, end)
    assert answer[number[1] : number[2]] == b"\x07"
    bindings = []
    for _, first, last in _parts(answer, start, end):
        name, value = _parts(answer, first, last)
        bindings.append((ber.decode_oid(answer[name[1] : name[2]]), value[0], answer[value[1] : value[2]]))
    return ber.decode_integer(answer[status[1] : status[2]]), bindings


def test_get_answers_each_name_and_says_which_are_missing() -> None:
    request = _request(ber.GET_REQUEST, (1, 3, 6, 1, 1, 2), (1, 3, 6, 1, 1, 9), (1, 3, 6, 1, 7, 0))
    status, bindings = _read(_AGENT.answer(request, NOW))
    assert status == 0
    assert [tag for _, tag, _ in bindings] == [ber.INTEGER, ber.NO_SUCH_INSTANCE, ber.NO_SUCH_OBJECT]
    assert bindings[0][2] == b"\x0c"


def test_getnext_walks_the_table_in_order_to_its_end() -> None:
    at: Oid = (1, 3)
    walked = []
    while True:
        _, ((name, tag, value),) = _read(_AGENT.answer(_request(ber.GET_NEXT_REQUEST, at), NOW))
        if tag == ber.END_OF_MIB_VIEW:
            break
        walked.append(value[0])
        at = name
    assert walked == [11, 12, 13, 21, 22, 23]


def test_getbulk_repeats_by_rows_and_stops_when_everything_has_ended() -> None:
    request = _request(ber.GET_BULK_REQUEST, (1, 3), (1, 3, 6, 1, 1), (1, 3, 6, 1, 2, 2), first=1, second=50)
    _, bindings = _read(_AGENT.answer(request, NOW))
    assert bindings[0][2] == b"\x0b"
    assert [(tag, value[:1]) for _, tag, value in bindings[1:5]] == [
        (ber.INTEGER, b"\x0b"),
        (ber.INTEGER, b"\x17"),
        (ber.INTEGER, b"\x0c"),
        (ber.END_OF_MIB_VIEW, b""),
    ]
    assert len(bindings) == 1 + 2 * 7


def test_an_answer_keeps_to_the_size_of_the_agent() -> None:
    big = Table({(1, 3, 6, 1, 1, row): ber.encode_tlv(ber.OCTET_STRING, b"x" * 90) for row in range(100)})
    agent = Agent(big, b"public", 1400)
    answer = agent.answer(_request(ber.GET_BULK_REQUEST, (1, 3), second=100), NOW)
    assert answer is not None
    assert 1200 < len(answer) <= 1400
    names = [(1, 3, 6, 1, 1, row) for row in range(40)]
    status, bindings = _read(agent.answer(_request(ber.GET_REQUEST, *names), NOW))
    assert (status, bindings) == (1, [])


def test_a_set_is_refused_as_not_writable() -> None:
    assert _read(_AGENT.answer(_request(ber.SET_REQUEST, (1, 3, 6, 1, 1, 1)), NOW))[0] == 17


@pytest.mark.parametrize(
    "request_",
    [_request(ber.GET_REQUEST, (1, 3), community=b"other"), _request(ber.GET_REQUEST, (1, 3), version=0), b""],
)
def test_a_wrong_community_or_version_gets_no_answer(request_: bytes) -> None:
    assert _AGENT.answer(request_, NOW) is None


@given(st.binary(max_size=80), st.integers(0, 60))
def test_garbage_is_answered_with_silence_or_a_response_but_never_an_error(noise: bytes, at: int) -> None:
    request = _request(ber.GET_BULK_REQUEST, (1, 3), second=3)
    for data in (noise, request[:at], request[:at] + noise + request[at + len(noise) :]):
        answer = _AGENT.answer(data, NOW)
        assert answer is None or answer[0] == ber.SEQUENCE


def test_counters_wrap_at_their_width() -> None:
    assert counter32(2**32 + 5) == counter32(5)
    assert counter64(2**64 + 5) == counter64(5)
    assert counter32(2**32 - 1) == bytes((ber.COUNTER32, 5, 0, 255, 255, 255, 255))


def test_all_counters_of_a_device_only_grow_until_it_boots_anew(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.reboot("sw-ambes-1", NOW + HOUR, MINUTE), NOW)
    table = table_of(world, world.metropolis.devices["sw-ambes-1"])
    wide = [p for p in range(len(table)) if table.value(p, NOW)[0] == ber.COUNTER64]
    assert len(wide) == 8 * 24

    def read(at: Millis) -> list[int]:
        return [int.from_bytes(table.value(position, at)[2:], "big") for position in wide]

    readings = [read(NOW + at) for at in (0, 1, SECOND, MINUTE, 30 * MINUTE)]
    for earlier, later in pairwise(readings):
        assert all(one <= two for one, two in zip(earlier, later, strict=True))
    assert sum(readings[-1]) > sum(readings[0])
    assert sum(read(NOW + HOUR + 2 * MINUTE)) < sum(readings[0]) / 100


def test_a_cut_link_is_down_at_both_ends(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.link_cut("core-lac-1", "core-lac-2", NOW, HOUR), NOW)
    for device in ("core-lac-1", "core-lac-2"):
        table = table_of(world, world.metropolis.devices[device])
        states = {
            at: [table.value(p, at) for p in range(len(table)) if table.name(p)[2:-1].endswith(b"\x02\x02\x01\x08")]
            for at in (NOW - 1, NOW)
        }
        assert states[NOW].count(integer(2)) == states[NOW - 1].count(integer(2)) + 1


def test_a_cut_link_has_no_light_at_both_ends(world_with: WorldWith) -> None:
    world = world_with(lambda faults: faults.link_cut("core-lac-1", "core-lac-2", NOW, HOUR), NOW)
    for device in ("core-lac-1", "core-lac-2"):
        dark = [_sensor_states(world, device, at).count(integer(2)) for at in (NOW - 1, NOW)]
        assert dark == [0, 1]


def _sensor_states(world: World, device: str, at: Millis) -> list[bytes]:
    """entPhySensorOperStatus of every sensor (RFC 3433)."""
    table = table_of(world, world.metropolis.devices[device])
    states = []
    position = table.after((1, 3, 6, 1, 2, 1, 99, 1, 1, 1, 5))
    while position < len(table):
        states.append(table.value(position, at))
        position += 1
    return states


def test_a_switch_feeds_as_much_power_as_its_ports_take(world_with: WorldWith) -> None:
    world = world_with(lambda faults: None, NOW)
    for device in world.metropolis.of_role(Role.ACCESS_SWITCH):
        table = table_of(world, device)
        taken = table.value(table.find((1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1, 4, 1)) or 0, NOW)
        given = table.value(table.find((1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1, 2, 1)) or 0, NOW)
        fed = [table.value(table.find((1, 3, 6, 1, 2, 1, 105, 1, 1, 1, 6, 1, port)) or 0, NOW)
               for port in range(1, device.ports + 1)]  # fmt: skip
        assert (int.from_bytes(taken[2:], "big") > 0) == (integer(3) in fed)
        assert int.from_bytes(taken[2:], "big") <= int.from_bytes(given[2:], "big")


def test_routers_tell_by_lldp_what_is_at_the_other_end_of_each_link(world_with: WorldWith) -> None:
    world = world_with(lambda faults: None, NOW)
    links = world.metropolis.links
    ends = {}
    for device in (*world.metropolis.of_role(Role.CORE_ROUTER), *world.metropolis.of_role(Role.DISTRIBUTION_ROUTER)):
        table = table_of(world, device)
        for port in range(1, sum(device.id in link for link in links) + 1):
            there, name = (_told(table, (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, column, 0, port, 1)) for column in (9, 7))
            ends[device.id, there] = _told(table, (1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3, port)), name
    routers = {device for device, _ in ends}
    assert ends.keys() == {ends for link in links for ends in (link, link[::-1]) if ends[0] in routers}
    for (here, there), (ours, theirs) in ends.items():
        assert there not in routers or ends[there, here] == (theirs, ours)


def _told(table: Table, oid: Oid) -> str:
    return table.value(table.find(oid) or 0, NOW)[2:].decode()


# --- over the wire ----------------------------------------------------------------------------------------------------


def _check(host: str, port: int, timeout: Millis) -> Check:
    credential = SnmpCredential("lecture", "2c", Secret("secret"))
    settings = SnmpSettings(host, port, credential, modules=("system", "if_mib"), retries=1)
    return Check("d/snmp", "snmp", "snmp", host, "", "", "d", (), 10 * SECOND, timeout, 2, 1, settings)


async def _polled(world: World, clock: Clock, devices: list[str], patience: Millis) -> dict[str, Reading]:
    sockets = bind(world.metropolis, Ports(0, 0, 0))
    agents, collector = Agents(world, sockets.nodes, "secret", clock), SnmpCollector()
    await agents.start()
    await collector.start()
    try:
        places = sockets.placement().nodes
        readings = await asyncio.gather(*(collector.collect(_check(*places[id_], patience)) for id_ in devices))
        return dict(zip(devices, readings, strict=True))
    finally:
        await collector.stop()
        await agents.stop()
        sockets.close()


def test_the_real_collector_sees_what_the_world_says(world_with: WorldWith) -> None:
    def write(faults: Faults) -> None:
        faults.reboot("sw-ambes-1", NOW - MINUTE, HOUR)
        faults.slow_device("sw-begles-1", NOW - MINUTE, HOUR)
        faults.reboot("sw-bouliac-1", NOW - MINUTE, 30 * SECOND)

    world = world_with(write, NOW)
    devices = ["sw-ambes-1", "sw-ambes-2", "sw-begles-1", "sw-bouliac-1", "core-lac-1", "ups-nord-1"]
    readings = asyncio.run(_polled(world, ManualClock(NOW), devices, 700))
    for device in devices:
        told = world.look(f"{device}/snmp", NOW)
        seen = readings[device]
        assert (seen.state, seen.reason, seen.uptime) == (told.state, told.reason, told.uptime), device
    assert readings["sw-bouliac-1"].uptime == 3000
    assert {family.name for family in readings["core-lac-1"].families} >= {"ifHCInOctets", "ifOperStatus", "sysUpTime"}


@contextmanager
def _served(world: World, device: str) -> Iterator[tuple[str, int]]:
    """The agent of one device on a thread of its own, at a free port."""
    sockets = bind(world.metropolis, Ports(0, 0, 0))
    address = sockets.placement().nodes[device]
    up, done = Event(), Event()

    async def serve() -> None:
        agents = Agents(world, sockets.nodes, "secret", ManualClock(NOW))
        await agents.start()
        up.set()
        await asyncio.to_thread(done.wait)
        await agents.stop()

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert up.wait(10)
        yield address
    finally:
        done.set()
        thread.join()
        sockets.close()


@pytest.mark.peer
@pytest.mark.parametrize("program", ["snmpwalk", "snmpbulkwalk"])
def test_net_snmp_walks_a_switch_from_end_to_end(program: str, world_with: WorldWith) -> None:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is missing: Debian's package snmp")
    world = world_with(lambda faults: None, NOW)
    table = table_of(world, world.metropolis.devices["sw-ambes-2"])
    with _served(world, "sw-ambes-2") as (host, port):
        command = [path, "-v2c", "-c", "secret", "-On", "-t2", "-Cc", f"{host}:{port}", ".1.3"]
        walked = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    values = [line for line in walked.splitlines() if line.startswith(".1.3") and "No more variables" not in line]
    assert len(values) == len(table)
    assert '.1.3.6.1.2.1.1.5.0 = STRING: "sw-ambes-2"' in values


def test_a_wrong_community_is_met_with_silence_on_the_wire(world_with: WorldWith) -> None:
    world = world_with(lambda faults: None, NOW - DAY)
    with (
        _served(world, "core-lac-1") as address,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker,
    ):
        asker.connect(address)
        asker.send(_request(ber.GET_NEXT_REQUEST, (1, 3), community=b"public"))
        asker.send(_request(ber.GET_NEXT_REQUEST, (1, 3), community=b"secret"))
        asker.settimeout(5)
        assert _read(asker.recv(9000))[0] == 0
        asker.setblocking(False)
        with pytest.raises(BlockingIOError):
            asker.recv(9000)
