import json
import signal
import socket
import subprocess
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from netmon.clock import DAY, SystemClock
from netmon.errors import HostError
from netmon.simulation import Child, Demo
from netmon.simulation.placement import Ports, bind

_FREE = ("--agent-port", "0", "--http-port", "0", "--https-port", "0")


def _demo(scale: float = 0.1) -> Demo:
    now = SystemClock().now()
    return Demo(5, now - 10 * DAY, now, scale)


def test_the_child_comes_up_plays_the_same_script_tells_its_faults_and_stops_with_its_parent(tmp_path: Path) -> None:
    demo, told = _demo(1.0), Queue[dict[str, Any]]()
    child = Child(demo, tmp_path, on_fault=told.put, extra=_FREE)
    child.start()
    try:
        placement = child.ready()
        assert set(placement.nodes) == set(demo.metropolis.devices)
        assert set(placement.endpoints) == set(demo.metropolis.endpoints)
        assert (tmp_path / "demo-ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
        lines = [told.get(timeout=10) for _ in range(3)]
    finally:
        child.stop()
    assert not child.running
    known = {fault.id: fault for fault in demo.script.faults}
    for line in lines:
        fault = known[line["id"]]
        assert line["fault"] == "begins"
        assert (line["start"], line["text"]["fr"], tuple(line["affects"])) == (
            fault.start,
            fault.text.fr,
            fault.affects,
        )
    assert (tmp_path / "simulation.log").read_text() == ""


def _popen(demo: Demo, directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*demo.arguments(directory), *_FREE, "--one-address"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["SIGTERM", "end of standard input"])
def test_the_child_ends_well_when_it_is_told_to(how: str, tmp_path: Path) -> None:
    with _popen(_demo(), tmp_path) as process:
        assert process.stdin
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert {host for host, _ in ready["placement"]["nodes"].values()} == {"127.0.0.1"}
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(10) == 0


def test_a_child_that_cannot_write_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file where a directory should be")
    child = Child(_demo(), tmp_path, on_fault=lambda line: None, extra=_FREE)
    child.start()
    with pytest.raises(HostError, match=r"did not start: .*tls.*exists"):
        child.ready()
    child.stop()


def test_a_port_that_is_taken_is_passed_over_and_named() -> None:
    metropolis = _demo().metropolis
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        try:
            taken.bind(("127.33.7.1", 0))
        except OSError:
            pytest.skip("this system has no other loopback address than 127.0.0.1")
        port = taken.getsockname()[1]
        sockets = bind(metropolis, Ports(port, 0, 0))
        try:
            placement = sockets.placement()
        finally:
            sockets.close()
    first = next(id_ for id_, (host, _) in placement.nodes.items() if host == "127.33.7.1")
    assert placement.nodes[first][1] > port
    assert first in placement.moved
    others = [address for id_, address in placement.nodes.items() if id_ not in placement.moved]
    assert {address[1] for address in others} == {port}


def test_where_only_one_address_exists_everything_has_a_port_of_its_own() -> None:
    sockets = bind(_demo().metropolis, Ports(0, 0, 0, own_addresses=False))
    try:
        placement = sockets.placement()
    finally:
        sockets.close()
    assert {host for host, _ in (*placement.nodes.values(), *placement.endpoints.values())} == {"127.0.0.1"}
    assert len(set(placement.nodes.values())) == len(placement.nodes)
    assert len(set(placement.endpoints.values())) == len(placement.endpoints)
