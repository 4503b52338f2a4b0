"""What a poll leaves behind ends with it: what goes in a circle would stay until the garbage collector looks at
everything, once a day."""

import asyncio
import gc
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from collectors.dns import DnsCollector
from collectors.http import HttpCollector
from collectors.icmp import IcmpCollector
from collectors.snmp import SnmpCollector
from collectors.tcp import TcpCollector
from netmon.contracts import Collector
from netmon.model import Check
from netmon.settings import DnsSettings, HttpSettings, IcmpSettings, TcpSettings
from tests.collectors.dns import polling as dns
from tests.collectors.http import polling as http
from tests.collectors.http.servers import Server, answer, hang, redirect, with_body
from tests.collectors.icmp import apart as icmp
from tests.collectors.icmp.test_collector import pings
from tests.collectors.snmp import polling as snmp
from tests.collectors.snmp.agents import Agent, Mib, Request, switch, varbind
from tests.collectors.snmp.asking import V3
from tests.collectors.snmp.usm_agent import UsmAgent
from tests.collectors.tcp import talking as tcp

ROUNDS = 3


@pytest.fixture
def peers() -> Iterator[dict[str, int]]:
    """Ports: of what answers, what hangs, what is silent and what is closed."""
    with ExitStack() as opened:
        greeting = opened.enter_context(Server(answer(with_body(b"hello"))))
        elsewhere = opened.enter_context(Server(answer(redirect("/again"))))
        hanging = opened.enter_context(Server(hang))
        agent = opened.enter_context(Agent(Mib(switch(8))))
        sealed = opened.enter_context(Agent(UsmAgent(encoded, V3)))
        silent = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        silent.bind(("127.0.0.1", 0))
        closed = opened.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))  # and listens to nobody
        yield {
            "web": greeting.port,
            "redirect": elsewhere.port,
            "hang": hanging.port,
            "agent": agent.port,
            "agent3": sealed.port,
            "silent": silent.getsockname()[1],
            "closed": closed.getsockname()[1],
        }


def encoded(request: Request) -> bytes:
    return b"".join(varbind(*one) for one in Mib(switch(8)).varbinds(request))


def polls(ports: dict[str, int], kind: str, peer: str) -> tuple[Collector, Check]:
    short = 300
    if kind == "icmp":
        return IcmpCollector(), icmp.check(IcmpSettings("127.0.0.1"), short)
    port = ports[peer]
    if kind == "http":
        return HttpCollector(), http.check(HttpSettings(f"http://127.0.0.1:{port}/"), short)
    if kind == "tcp":
        return TcpCollector(), tcp.check(TcpSettings("127.0.0.1", port), short)
    if kind == "dns":
        return DnsCollector(), dns.check(DnsSettings("127.0.0.1", "example.org", port), short)
    credential = V3 if kind == "snmp3" else snmp.PUBLIC
    return SnmpCollector(), snmp.check(port, timeout=short, credential=credential)


@pytest.mark.parametrize(
    ("kind", "peer"),
    [
        ("http", "web"),
        ("http", "redirect"),
        ("http", "hang"),
        ("http", "closed"),
        ("tcp", "web"),
        ("tcp", "closed"),
        ("dns", "silent"),
        pytest.param("icmp", "this host", marks=pings),
        ("snmp", "agent"),
        ("snmp", "silent"),
        ("snmp3", "agent3"),
        ("snmp3", "silent"),
    ],
)
def test_a_poll_leaves_nothing_for_the_garbage_collector(peers: dict[str, int], kind: str, peer: str) -> None:
    async def run() -> Counter[str]:
        collector, check = polls(peers, kind, peer)
        await collector.start()
        try:
            await http.attempt(collector, check)  # what is made once
            gc.collect()
            gc.disable()
            gc.set_debug(gc.DEBUG_SAVEALL)
            for _ in range(ROUNDS):
                await http.attempt(collector, check)
            await asyncio.sleep(0.05)  # a worker's thread lets go a moment after its answer
            gc.collect()
            return Counter(type(one).__qualname__ for one in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.enable()
            gc.garbage.clear()
            await collector.stop()

    assert asyncio.run(run()) == Counter()
