"""A daemon follows how full links are, and a kill loses one poll of it."""

import signal
import time
from pathlib import Path

from netmon import ber
from netmon.history import open_history
from netmon.model import LinkDay
from tests.collectors.snmp.agents import Agent, Data, Mib, oid, switch
from tests.daemon.daemon import configuration, daemon
from tests.peers.programs import wait_for

NODES = """\
credentials: {{lecture: {{version: 2c, community: "${{file:community}}"}}}}
snmp: {{credential: lecture}}
nodes:
  - {{id: core, site: mairie, role: core_router, address: "127.0.0.1:{agent}"}}
  - {{id: leaf, site: mairie, role: access_switch, address: "127.0.0.1:9", uplinks: [core], snmp: false}}
"""
OCTETS_A_SECOND = 1_000_000_000 // 8 * 9 // 10


class Busy(Mib):
    """A device whose first port receives nine tenths of a gigabit, since it was made."""

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.began = time.monotonic()

    def __call__(self, message: bytes) -> list[bytes]:
        passed = time.monotonic() - self.began
        self.data[oid("1.3.6.1.2.1.1.3.0")] = (ber.TIME_TICKS, ber.encode_integer(123_456 + int(passed * 100)))
        octets = 10**15 + int(passed * OCTETS_A_SECOND)
        self.data[(*oid("1.3.6.1.2.1.31.1.1.1.6"), 1)] = (ber.COUNTER64, ber.encode_integer(octets))
        return super().__call__(message)


def measured(directory: Path) -> list[LinkDay]:
    store = open_history(directory / "var" / "netmon.sqlite", read_only=True)
    days = [day for day in store.link_days("2000-01-01", "2999-12-31") if day.interface == "Gi1/0/1"]
    store.close()
    return days


def test_what_was_measured_is_there_after_a_kill(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("public")
    with Agent(Busy(switch(2))) as agent:
        file, port = configuration(tmp_path, NODES.format(agent=agent.port))
        with daemon(file, port) as process:
            wait_for(lambda: measured(tmp_path), 60)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    days = measured(tmp_path)
    assert {day.node for day in days} == {"core"}
    assert sum(day.measured for day in days) >= 5_000
    assert sum(day.over for day in days) > 0
