"""Modules of a file on agents that answer: filters, rows got one by one, several columns of one poll, odd sources."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.snmp import SnmpCollector
from netmon.config.snmpyml import ModuleFiles
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.snmpmodules import Module
from tests.collectors.snmp.agents import Agent, Mib, Request, oid, switch
from tests.collectors.snmp.polling import check, samples

FILE = """\
modules:
  filtered:
    walk: [1.3.6.1.2.1.2.2.1.14, 1.3.6.1.2.1.31.1.1.1.1]
    get: [1.3.6.1.2.1.1.5.0]
    filters:
    - oid: 1.3.6.1.2.1.2.2.1.8
      targets: [1.3.6.1.2.1.2.2.1.14]
      values: ["^2$"]
    metrics: &metrics
    - {name: sysName, oid: 1.3.6.1.2.1.1.5, type: DisplayString, help: h}
    - name: ifInErrors
      oid: 1.3.6.1.2.1.2.2.1.14
      type: counter
      help: h
      indexes: [{labelname: ifIndex, type: gauge}]
      lookups: [{labels: [ifIndex], labelname: ifName, oid: 1.3.6.1.2.1.31.1.1.1.1, type: DisplayString}]
  got:
    get: [1.3.6.1.2.1.2.2.1.14.7, 1.3.6.1.2.1.2.2.1.14.99, 1.3.6.1.2.1.31.1.1.1.1.7]
    metrics: *metrics
  chosen:
    walk: [1.3.6.1.2.1.2.2, 1.3.6.1.2.1.31]
    filters: {static: [{targets: [1.3.6.1.2.1.2.2.1.14], indices: ["3"]}]}
    metrics: *metrics
  elsewhere:
    get: [1.3.6.1.2.1.1.5.0]
    use_unconnected_udp_socket: true
    metrics: *metrics
  hasty:
    get: [1.3.6.1.2.1.1.5.0]
    timeout: 40ms
    metrics: *metrics
"""


@pytest.fixture(name="modules")
def _modules(tmp_path: Path) -> dict[str, Module]:
    file = tmp_path / "snmp.yml"
    file.write_text(FILE)
    files = ModuleFiles()
    files.read(file, "snmp.yml")
    assert files.problems == []
    return dict(files.library.modules)


def polls(modules: dict[str, Module], port: int, module: str, times: int = 1) -> list[Reading]:
    async def run() -> list[Reading]:
        collector = SnmpCollector(modules)
        await collector.start()
        try:
            return [await collector.collect(check(port, modules=(module,))) for _ in range(times)]
        finally:
            await collector.stop()

    return asyncio.run(run())


def test_a_filter_chooses_rows(modules: dict[str, Module]) -> None:
    with Agent(Mib(switch(20))) as agent:
        readings = polls(modules, agent.port, "filtered", times=2)
        asked = [name for message in agent.received for name in Request(message).names]
    for reading in readings:
        assert reading.state is State.UP
        assert samples(reading) == {
            ("sysName", (("sysName", "accès-1"),)): 1,
            **{("ifInErrors", (("ifIndex", str(p)), ("ifName", f"Gi1/0/{p}"))): p * 7 for p in (5, 10, 15, 20)},
        }
    assert oid("1.3.6.1.2.1.2.2.1.14") not in asked  # few rows: they are got, the column is not walked
    assert oid("1.3.6.1.2.1.2.2.1.14.5") in asked


def test_rows_got_one_by_one_have_their_labels(modules: dict[str, Module]) -> None:
    with Agent(Mib(switch(20))) as agent:
        (reading,) = polls(modules, agent.port, "got")
    assert samples(reading) == {("ifInErrors", (("ifIndex", "7"), ("ifName", "Gi1/0/7"))): 49}


def test_static_filters_ask_for_their_rows(modules: dict[str, Module]) -> None:
    with Agent(Mib(switch(20))) as agent:
        (reading,) = polls(modules, agent.port, "chosen")
    assert samples(reading) == {("ifInErrors", (("ifIndex", "3"), ("ifName", "Gi1/0/3"))): 21}


@contextlib.contextmanager
def answering_from_elsewhere() -> Iterator[Agent]:
    """An agent with two addresses that sends its answers from the other one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))

        class Elsewhere(Agent):
            def send(self, answer: bytes, target: object) -> None:
                other.sendto(answer, target)  # type: ignore[arg-type]

        with Elsewhere(Mib(switch(2))) as agent:
            yield agent


@pytest.mark.parametrize(("module", "state"), [("elsewhere", State.UP), ("got", State.DOWN)])
def test_an_answer_from_another_address_is_taken_only_where_the_module_says_so(
    modules: dict[str, Module], module: str, state: State
) -> None:
    with answering_from_elsewhere() as agent:
        (reading,) = polls(modules, agent.port, module)
    assert reading.state is state


@pytest.mark.parametrize(("module", "state"), [("hasty", State.DOWN), ("elsewhere", State.UP)])
def test_a_modules_timeout_bounds_each_try(modules: dict[str, Module], module: str, state: State) -> None:
    mib = Mib(switch(2))

    def late(message: bytes) -> list[bytes]:
        time.sleep(0.4)
        return mib(message)

    with Agent(late) as agent:
        (reading,) = polls(modules, agent.port, module)
    assert reading.state is state
    assert reading.reason is (Reason.TIMEOUT if state is State.DOWN else Reason.OK)
