"""A real daemon behind a real router: a target's outage is recorded, its own is not."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netmon.history import open_history
from netmon.model import State, Transition
from tests.collectors.icmp.routed import Networks, networks
from tests.daemon.daemon import configuration
from tests.peers.programs import running, wait_for

CHECKS = """\
vantage: {references: [router, server]}
checks:
  - {id: router, commune: Bègles, icmp: {address: 10.9.1.2, count: 1}}
  - {id: server, commune: Bègles, icmp: {address: 10.9.2.2, count: 1}}
  - {id: target, commune: Bègles, icmp: {address: 10.9.2.3, count: 1}}
"""
ASK = "import sys, urllib.request as r; sys.stdout.write(r.urlopen(sys.argv[1], timeout=5).read().decode())"


@pytest.fixture
def net() -> Iterator[Networks]:
    with networks() as made:
        made.change("b", "addr", "add", "10.9.2.3/24", "dev", "v4")
        yield made


class Watched:
    """The daemon in netmon's network, asked from there."""

    def __init__(self, net: Networks, port: int) -> None:
        self._ask = [*net.into("a"), sys.executable, "-c", ASK]
        self._url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> str:
        done = subprocess.run([*self._ask, self._url + path], capture_output=True, text=True, check=False)
        return done.stdout

    def states(self) -> dict[str, str]:
        text = self.get("/api/v1/nodes")
        return {each["id"]: each["state"] for each in json.loads(text)["checks"]} if text else {}

    def monitor(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/api/v1/status"))["monitor"])

    def await_states(self, **expected: str) -> None:
        wait_for(lambda: {name: self.states().get(name) for name in expected} == expected)


@contextlib.contextmanager
def daemon(net: Networks, directory: Path) -> Iterator[Watched]:
    file, port = configuration(directory, CHECKS, 8730)
    command = [*net.into("a"), sys.executable, "-m", "netmon", "run", "-c", str(file)]
    with running(command, directory):
        yield Watched(net, port)


def test_a_targets_outage_is_recorded_and_our_own_is_not(net: Networks, tmp_path: Path) -> None:
    up = {"router": "up", "server": "up", "target": "up"}
    with daemon(net, tmp_path) as watched:
        watched.await_states(**up)
        net.change("b", "addr", "del", "10.9.2.3/24", "dev", "v4")
        watched.await_states(**{**up, "target": "down"})
        assert "netmon_vantage_up 1.0" in watched.get("/metrics")
        net.change("b", "addr", "add", "10.9.2.3/24", "dev", "v4")
        watched.await_states(**up)
        net.change("r", "link", "set", "v2", "down")
        watched.await_states(router="unknown", server="unknown", target="unknown")
        assert "netmon_vantage_up 0.0" in watched.get("/metrics")
        assert watched.monitor()["blind"] == 3
        net.change("r", "link", "set", "v2", "up")
        watched.await_states(**up)
        assert watched.monitor()["blind"] == 0
    store = open_history(tmp_path / "var" / "netmon.sqlite")
    try:
        changes = [event for event in store.events() if isinstance(event, Transition)]
    finally:
        store.close()
    assert [change.object for change in changes if change.new is State.DOWN] == ["target"]
    assert {change.object for change in changes if change.reason == "blind"} == set(up)
