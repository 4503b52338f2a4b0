"""Pings of this host, and of networks of our own where answers are forged, rights are missing and routers refuse."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.icmp import IcmpCollector
from collectors.icmp.channel import Channel, Echo, payload
from collectors.icmp.sockets import Way, open_socket
from netmon.errors import CollectError
from netmon.settings import AddressChoice, IcmpSettings
from tests.collectors.http.polling import attempt
from tests.collectors.icmp.apart import check, poll_all
from tests.collectors.icmp.routed import networks
from tests.peers.programs import PATH, need, wait_for

ROOT = Path(__file__).parents[3]
EVERYBODY = "0 2147483647"
NO_GROUP = "1 0"


def may_ping() -> bool:
    try:
        open_socket(Way(socket.AF_INET))[0].close()
    except CollectError:
        return False
    return True


pings = pytest.mark.skipif(not may_ping(), reason="needs the right to ping: root, or net.ipv4.ping_group_range")


def poll(settings: IcmpSettings, timeout: int = 2000) -> dict[str, Any]:
    return poll_all([(settings, timeout)])[0]


def apart(*polls: dict[str, Any], into: tuple[str, ...] = (), **options: Any) -> list[dict[str, Any]]:
    """The polls in a network of their own, or in the one that the command ``into`` enters."""
    if os.geteuid():
        pytest.skip("needs root, for a network of its own")
    need("ip", "iproute2")
    into = into or (need("unshare", "util-linux"), "--net")
    command = [*into, sys.executable, "-m", "tests.collectors.icmp.apart", json.dumps({"polls": polls, **options})]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": PATH}, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


# --- This host --------------------------------------------------------------------------------------------------------


@pings
@pytest.mark.parametrize(("host", "protocol"), [("127.0.0.1", 4), ("::1", 6), ("localhost", None)])
def test_a_host_that_answers_is_up_with_its_times(host: str, protocol: int | None) -> None:
    read = poll(IcmpSettings(host, count=3, gap=5))
    assert (read["state"], read["reason"], read["detail"]) == ("up", "ok", "")
    told = read["samples"]
    assert told["probe_success"] == 1
    assert told["probe_ip_protocol"] in ({protocol} if protocol else {4, 6})
    assert told["probe_ip_addr_hash"] > 0
    assert told["probe_icmp_reply_hop_limit"] == 64
    assert told["netmon_icmp_loss_ratio"] == 0
    least, mean, most = (told[f"netmon_icmp_rtt_seconds,{stat}"] for stat in ("min", "mean", "max"))
    assert 0 < least <= mean <= most < 2
    assert 0 <= told["netmon_icmp_rtt_seconds,jitter"] <= most - least
    assert told["probe_icmp_duration_seconds,rtt"] == mean
    assert told["probe_duration_seconds"] >= 0.01
    assert sum("answer to" in line for line in read["log"]) == 3


@pings
def test_one_request_has_no_jitter() -> None:
    told = poll(IcmpSettings("127.0.0.1"))["samples"]
    assert "netmon_icmp_rtt_seconds,mean" in told
    assert "netmon_icmp_rtt_seconds,jitter" not in told


@pings
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 56, 1472, 60_000])
@pytest.mark.parametrize("dont_fragment", [False, True])
def test_any_size_of_payload_comes_back(host: str, size: int, dont_fragment: bool) -> None:
    assert poll(IcmpSettings(host, payload=size, dont_fragment=dont_fragment))["state"] == "up"


@pings
def test_a_packet_too_large_for_any_network_is_told() -> None:
    read = poll(IcmpSettings("127.0.0.1", payload=65_527))
    assert (read["state"], read["reason"]) == ("down", "too_large")


@pings
def test_requests_leave_from_the_source_asked_for() -> None:
    read = poll(IcmpSettings("127.0.0.1", ttl=7, addresses=AddressChoice(source="127.0.0.9")))
    assert read["state"] == "up"


@pings
def test_a_source_that_is_not_ours_is_our_fault() -> None:
    read = poll(IcmpSettings("127.0.0.1", addresses=AddressChoice(source="192.0.2.200")))
    assert (read["state"], read["reason"]) == ("unknown", "no_socket")
    assert read["detail"] == "192.0.2.200 is no address of this host"


@pings
def test_a_name_without_an_address_of_the_family_wanted_is_not_resolved() -> None:
    choice = AddressChoice(preferred="ip6", fallback=False)
    read = poll(IcmpSettings("127.0.0.1", addresses=choice))
    assert (read["state"], read["reason"]) == ("down", "resolve_failed")


@pings
def test_more_than_slow_is_degraded() -> None:
    read = poll(IcmpSettings("127.0.0.1", slow=0))
    assert (read["state"], read["reason"]) == ("degraded", "slow")


@pings
def test_hundreds_of_hosts_at_once_share_one_socket() -> None:
    hosts = [f"127.0.{one // 250}.{one % 250 + 1}" for one in range(500)]
    reads = poll_all([(IcmpSettings(host, count=2, gap=20), 5000) for host in hosts])
    assert {read["state"] for read in reads} == {"up"}


@pings
def test_a_collector_that_may_do_no_more_is_overloaded_not_the_target() -> None:
    ping = IcmpSettings("127.0.0.1", count=20, gap=40)
    first, second = poll_all([(ping, 900), (ping, 200)], most=1)
    assert first["state"] == "up"
    assert (second["state"], second["reason"]) == ("unknown", "overload")


@pings
def test_a_stop_in_the_middle_of_a_poll_leaves_nothing_open() -> None:
    async def run() -> None:
        collector = IcmpCollector()
        await collector.start()
        going = asyncio.create_task(attempt(collector, check(IcmpSettings("127.0.0.1", count=50, gap=100), 6000)))
        await asyncio.sleep(0.05)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        await collector.stop()
        await collector.stop()

    asyncio.run(run())


@pings
def test_time_an_answer_waits_for_us_is_not_the_targets() -> None:
    async def run() -> float | None:
        channel = Channel.open(Way(socket.AF_INET))
        done = asyncio.Event()
        echo = Echo(("127.0.0.1", 0), payload(56), lambda _: done.set())
        channel.send(echo)
        time.sleep(0.3)  # noqa: ASYNC251  # the loop stands still
        await asyncio.wait_for(done.wait(), 2)
        channel.close()
        return echo.rtt

    rtt = asyncio.run(run())
    assert rtt is not None
    assert rtt < 0.25


# --- A network of our own ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"payload": 56}, {"payload": 1400, "dont_fragment": True, "ttl": 9}])
def test_nobody_pings_where_its_group_may(options: dict[str, Any]) -> None:
    hosts = [{"host": host, "count": 2, "gap": 5, **options} for host in ("127.0.0.1", "::1")]
    for read in apart(*hosts, groups=EVERYBODY, nobody=True):
        assert (read["state"], read["reason"]) == ("up", "ok")
        assert any("unprivileged" in line for line in read["log"])


def test_root_falls_back_to_a_raw_socket() -> None:
    (read,) = apart({"host": "127.0.0.1"}, groups=NO_GROUP)
    assert read["state"] == "up"
    assert any("raw" in line for line in read["log"])


def test_without_any_right_the_check_is_unknown_and_the_mend_is_told() -> None:
    for read in apart({"host": "127.0.0.1"}, {"host": "::1"}, groups=NO_GROUP, nobody=True):
        assert (read["state"], read["reason"]) == ("unknown", "permission")
        assert "net.ipv4.ping_group_range to '0 2147483647' (now 1 0)" in read["detail"]
        assert "CAP_NET_RAW" in read["detail"]


def test_without_a_route_it_is_us() -> None:
    for read in apart({"host": "192.0.2.1"}, {"host": "2001:db8::1"}):
        assert (read["state"], read["reason"]) == ("unknown", "no_socket")
        assert "this host has no route to" in read["detail"]


def test_an_address_without_a_route_gives_way_to_the_next() -> None:
    (read,) = apart({"host": "two.example"}, names={"two.example": ["2001:db8::1", "127.0.0.1"]})
    assert read["state"] == "up"
    assert read["samples"]["probe_ip_protocol"] == 4
    assert any("no route to 2001:db8::1: trying the next address" in line for line in read["log"])


@pytest.mark.parametrize("groups", [NO_GROUP, EVERYBODY], ids=["raw", "unprivileged"])
@pytest.mark.parametrize(
    ("forge", "state", "reason", "words"),
    [
        ("silence", "down", "timeout", "no answer to 2 echo requests within 0.3 s"),
        ("another id", "down", "timeout", "no answer"),
        ("another sequence", "down", "timeout", "no answer"),
        ("another source", "down", "timeout", "no answer"),
        ("another payload", "down", "garbage", "answers bring back other octets than were sent"),
        ("cut short", "down", "garbage", "answers bring back 20 octets, not the 56 that were sent"),
        ("twice", "up", "ok", ""),
        ("garbage first", "up", "ok", ""),
    ],
)
def test_only_the_answer_to_what_was_asked_counts(groups: str, forge: str, state: str, reason: str, words: str) -> None:
    (read,) = apart({"host": "127.0.0.5", "count": 2, "gap": 10, "timeout": 300}, groups=groups, forge=forge)
    assert (read["state"], read["reason"]) == (state, reason)
    assert words in read["detail"]
    assert read["samples"]["netmon_icmp_loss_ratio"] == (0 if state == "up" else 1)


def test_what_is_lost_is_told_and_degrades_beyond_what_is_tolerated() -> None:
    ping = {"host": "127.0.0.5", "count": 4, "gap": 10, "timeout": 300}
    strict, *_ = apart(ping, forge="every second")
    assert (strict["state"], strict["reason"]) == ("degraded", "packet_loss")
    assert strict["detail"] == "2 of 4 echo requests were not answered"
    assert strict["samples"]["netmon_icmp_loss_ratio"] == 0.5
    lenient, *_ = apart({**ping, "loss": 0.5}, forge="every second")
    assert lenient["state"] == "up"


# --- Routers on the way -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def routed() -> Iterator[tuple[str, ...]]:
    """How to enter the network on this side of the router."""
    with networks() as made:
        # Addresses derived from the link's are on probation for a moment.
        here = made.into("a")
        wait_for(lambda: apart({"host": "fd09:2::2", "timeout": 300}, into=here)[0]["state"] == "up")
        yield here


@pytest.mark.parametrize("groups", [NO_GROUP, EVERYBODY], ids=["raw", "unprivileged"])
def test_what_routers_say_is_the_reason(routed: tuple[str, ...], groups: str) -> None:
    four, six = "10.9.2.2", "fd09:2::2"
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"host": four}, "ok", ""),
        ({"host": six}, "ok", ""),
        ({"host": four, "ttl": 1}, "ttl_exceeded", "10.9.1.2 says: time to live exceeded in transit"),
        ({"host": six, "ttl": 1}, "ttl_exceeded", "fd09:1::2 says: hop limit exceeded in transit"),
        ({"host": "10.9.3.1"}, "host_unreachable", "10.9.1.2 says: network unreachable"),
        ({"host": "fd09:3::1"}, "host_unreachable", "fd09:1::2 says: no route to it"),
        ({"host": four, "payload": 1400}, "ok", ""),
        ({"host": six, "payload": 1400}, "ok", ""),
        ({"host": four, "payload": 1400, "dont_fragment": True}, "too_large", "which takes 1300 octets"),
        ({"host": six, "payload": 1400, "dont_fragment": True}, "too_large", "which takes 1300 octets"),
        ({"host": four, "payload": 4000, "dont_fragment": True}, "too_large", "larger than this host's network takes"),
    ]
    # Linux sends five errors at once, then one a second: both runs together want four, of those it limits.
    reads = apart(*(one for one, _, _ in cases), into=routed, groups=groups)
    told = [(read["reason"], words in read["detail"]) for read, (_, _, words) in zip(reads, cases, strict=True)]
    assert told == [(reason, True) for _, reason, _ in cases], reads
    assert reads[0]["samples"]["probe_icmp_reply_hop_limit"] == 63
