"""Networks of our own, three in a row: netmon's, a router, and one behind it. Needs root and Debian's iproute2."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.peers.programs import need

SETUP = """
set -e
for n in a r b; do ip netns add $1$n; ip -n $1$n link set lo up; done
ip link add v1 netns $1a type veth peer name v2 netns $1r
ip link add v3 netns $1r type veth peer name v4 netns $1b
ip -n $1a addr add 10.9.1.1/24 dev v1; ip -n $1r addr add 10.9.1.2/24 dev v2
ip -n $1r addr add 10.9.2.1/24 dev v3; ip -n $1b addr add 10.9.2.2/24 dev v4
ip -n $1a addr add fd09:1::1/64 dev v1 nodad; ip -n $1r addr add fd09:1::2/64 dev v2 nodad
ip -n $1r addr add fd09:2::1/64 dev v3 nodad; ip -n $1b addr add fd09:2::2/64 dev v4 nodad
ip -n $1a link set v1 up; ip -n $1r link set v2 up; ip -n $1r link set v3 up; ip -n $1b link set v4 up
ip -n $1r link set v3 mtu 1300; ip -n $1b link set v4 mtu 1300
ip -n $1a route add default via 10.9.1.2; ip -n $1b route add default via 10.9.2.1
ip -n $1a route add default via fd09:1::2; ip -n $1b route add default via fd09:2::1
ip netns exec $1r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
"""
"""The link behind the router is narrow."""


@dataclass(frozen=True)
class Networks:
    """``a`` is netmon's, ``r`` the router's (10.9.1.2, fd09:1::2), ``b`` the one behind it (10.9.2.2, fd09:2::2)."""

    ip: str
    name: str

    def into(self, network: str) -> tuple[str, ...]:
        """The command that runs another in a network."""
        return (self.ip, "netns", "exec", f"{self.name}{network}")

    def change(self, network: str, *words: str) -> None:
        """``ip`` in a network."""
        subprocess.run([self.ip, "-n", f"{self.name}{network}", *words], check=True, capture_output=True)


@contextlib.contextmanager
def networks() -> Iterator[Networks]:
    """They are there for as long as the context lasts."""
    if os.geteuid():
        pytest.skip("needs root, for networks of its own")
    made = Networks(need("ip", "iproute2"), f"netmon{os.getpid()}")
    try:
        done = subprocess.run(["sh", "-c", SETUP, "sh", made.name], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs network namespaces: {done.stderr.strip()}")
        yield made
    finally:
        for network in "arb":
            subprocess.run([made.ip, "netns", "del", f"{made.name}{network}"], capture_output=True, check=False)
