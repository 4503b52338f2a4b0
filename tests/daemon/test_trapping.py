"""From a trap to a poll: counted, limited, and without a word about state."""

import asyncio
import dataclasses
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Node, Role
from netmon.settings import Secret, SnmpCredential, SnmpSettings, TrapSettings
from netmon.trapping import Trapping
from tests.collectors.snmp.agents import Agent, Mib, switch
from tests.collectors.snmp.test_traps import GENERIC, notification
from tests.daemon.daemon import configuration, daemon, netmon
from tests.engine.small import check, inventory
from tests.peers.programs import free_port, wait_for

PUBLIC = SnmpCredential("lecture", "2c", Secret("public"))


def watched() -> Inventory:
    """Two polled nodes with addresses of their own, and one that is only known."""
    small = inventory()
    addresses = {"core": "127.0.0.2", "dist": "127.0.0.3", "acc1": "127.0.0.4"}
    nodes = {name: Node(name, name, "mairie", Role.OTHER, address, 161, ()) for name, address in addresses.items()}
    checks = {
        f"{name}/snmp": dataclasses.replace(
            check(name, (), node=name), settings=SnmpSettings(addresses[name], 161, PUBLIC)
        )
        for name in ("core", "dist")
    }
    return dataclasses.replace(small, nodes=nodes, checks=checks)


def test_a_trap_has_its_device_polled_at_once_and_a_row_of_them_twice() -> None:
    polled: list[str] = []
    telemetry = Telemetry()
    sent = [
        ("127.0.0.2", f"{GENERIC}.3"),
        ("127.0.0.2", f"{GENERIC}.4"),
        ("127.0.0.2", f"{GENERIC}.3"),
        ("127.0.0.3", f"{GENERIC}.1"),
        ("127.0.0.3", f"{GENERIC}.2"),
        ("127.0.0.3", "1.3.6.1.4.1.9.9.1"),
        ("127.0.0.9", f"{GENERIC}.3"),
    ]

    async def run() -> None:
        def poll(one: Check) -> None:
            polled.append(one.id)

        settings = TrapSettings(port=0, poll_gap=300)
        trapping = Trapping(settings, watched(), poll, telemetry, SystemClock())
        await trapping.start()
        for source, name in sent:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((source, 0))
                sock.sendto(notification(name), ("127.0.0.1", trapping.receiver.port))
        await asyncio.sleep(0.15)
        assert sorted(polled) == ["core/snmp", "dist/snmp"]
        await asyncio.sleep(0.35)
        await trapping.stop()

    asyncio.run(run())
    assert sorted(polled) == ["core/snmp", "core/snmp", "dist/snmp", "dist/snmp"]

    def value(name: str, **labels: str) -> float | None:
        return telemetry.registry.get_sample_value(name, labels)

    assert [value("netmon_traps_total", kind=kind) for kind in ("linkDown", "linkUp", "coldStart", "other")] == [
        2, 1, 1, 1,
    ]  # fmt: skip
    assert value("netmon_traps_dropped_total", why="unknown_sender") == 1
    assert value("netmon_trap_polls_total", outcome="polled") == 4
    assert value("netmon_trap_polls_total", outcome="merged") == 1
    assert value("netmon_node_starts_total", node="dist", kind="cold") == 1
    assert value("netmon_node_starts_total", node="dist", kind="warm") == 1


def test_a_node_that_is_not_polled_needs_a_credential_for_all_to_be_heard_and_leads_to_no_poll() -> None:
    telemetry = Telemetry()

    async def run(settings: TrapSettings) -> None:
        trapping = Trapping(settings, watched(), lambda _: None, telemetry, SystemClock())
        await trapping.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.4", 0))
            sock.sendto(notification(), ("127.0.0.1", trapping.receiver.port))
        await asyncio.sleep(0.1)
        await trapping.stop()

    asyncio.run(run(TrapSettings(port=0)))
    assert telemetry.registry.get_sample_value("netmon_traps_dropped_total", {"why": "credential"}) == 1
    asyncio.run(run(TrapSettings(port=0, credentials=(PUBLIC,))))
    assert telemetry.registry.get_sample_value("netmon_traps_total", {"kind": "coldStart"}) == 1


NODE = """\
credentials: {{lecture: {{version: 2c, community: "${{env:NETMON_TRAP_COMMUNITY}}"}}}}
snmp: {{credential: lecture, modules: [system]}}
traps: {{listen: "127.0.0.1:{traps}", poll_gap: 1s}}
nodes:
  - {{id: sw-1, site: mairie, role: access_switch, address: "127.0.0.1:{agent}", interval: 1h}}
"""


def test_a_daemon_polls_a_device_when_it_is_told_of_a_link_and_not_an_hour_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETMON_TRAP_COMMUNITY", "public")
    traps = free_port()
    with Agent(Mib(switch(2))) as agent:
        file, web = configuration(tmp_path, NODE.format(traps=traps, agent=agent.port))
        with daemon(file, web), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            before = len(agent.received)
            sock.bind(("127.0.0.1", 0))
            wait_for(lambda: _told(sock, traps) and len(agent.received) > before)
            with urllib.request.urlopen(f"http://127.0.0.1:{web}/metrics") as answer:
                page = answer.read().decode()
    assert 'netmon_traps_total{kind="linkDown"}' in page
    assert 'netmon_check_state{commune="Bègles",site="mairie",node="sw-1",check="snmp",state="up"} 1' in page
    assert 'netmon_traps_dropped_total{why="flood"} 0' in page


def _told(sock: socket.socket, port: int) -> bool:
    """Another linkDown, until one is heard: UDP promises nothing, and the daemon may still be opening its socket."""
    sock.sendto(notification(f"{GENERIC}.3"), ("127.0.0.1", port))
    time.sleep(0.2)
    return True


def test_an_address_for_traps_that_is_taken_ends_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETMON_TRAP_COMMUNITY", "public")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        file, _ = configuration(tmp_path, NODE.format(traps=port, agent=free_port()))
        ended = netmon("run", "-c", file)
    assert ended.returncode == 71
    assert f"cannot listen for traps on 127.0.0.1 port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr
