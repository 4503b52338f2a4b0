"""Where agents and web sites listen: addresses of their own, or ports of their own where only 127.0.0.1 exists."""

import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

from netmon.errors import HostError
from netmon.simulation.metropolis import Metropolis

Address: TypeAlias = tuple[str, int]

AGENT_PORT = 1161
HTTP_PORT = 8080
HTTPS_PORT = 8443
_TRIES = 200
_SHARED = "127.0.0.1"
_SHARED_PORTS = 20_000
"""First port where all share one address; below the range that systems give to clients."""


@dataclass(frozen=True)
class Placement:
    """The address of each device and of each web check. ``moved``: those that did not get the port they wanted."""

    nodes: Mapping[str, Address]
    endpoints: Mapping[str, Address]
    moved: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the line in which the child tells it."""
        return {"nodes": self.nodes, "endpoints": self.endpoints, "moved": self.moved}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "Placement":
        """Back from that line."""
        nodes = {id_: (host, port) for id_, (host, port) in raw["nodes"].items()}
        endpoints = {id_: (host, port) for id_, (host, port) in raw["endpoints"].items()}
        return Placement(nodes, endpoints, tuple(raw["moved"]))


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports wanted; 0: whichever is free. ``own_addresses`` False: everything on 127.0.0.1."""

    agent: int = AGENT_PORT
    http: int = HTTP_PORT
    https: int = HTTPS_PORT
    own_addresses: bool = True


def wanted(metropolis: Metropolis, ports: Ports | None = None) -> Placement:
    """Where all would listen on an idle machine: devices on 127.33.x.y (x: the commune), web sites on 127.34.x.y."""
    ports = ports or Ports()
    position = {commune.name: index for index, commune in enumerate(metropolis.communes, 1)}
    used: dict[int, int] = {}

    def host(network: int, group: int) -> str:
        key = network * 1000 + group
        used[key] = used.get(key, 0) + 1
        extra, last = divmod(used[key] - 1, 250)
        return f"127.{network}.{group + 50 * extra}.{last + 1}"

    nodes = {id_: (host(33, position[metropolis.commune_of(id_)]), ports.agent) for id_ in metropolis.devices}
    endpoints = {
        endpoint.id: (host(34, position[endpoint.commune]), ports.https if endpoint.secure else ports.http)
        for endpoint in metropolis.endpoints.values()
    }
    return Placement(nodes, endpoints)


@dataclass
class Sockets:
    """Bound sockets by id, not yet listening."""

    nodes: dict[str, socket.socket] = field(default_factory=dict)
    endpoints: dict[str, socket.socket] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)

    def placement(self) -> Placement:
        """Where they are bound."""
        return Placement(_names(self.nodes.items()), _names(self.endpoints.items()), tuple(self.moved))

    def close(self) -> None:
        """Give all of them back."""
        for opened in (*self.nodes.values(), *self.endpoints.values()):
            opened.close()


def bind(metropolis: Metropolis, ports: Ports | None = None) -> Sockets:
    """Bind everything: the wanted port or the next free one, on own addresses if this machine has them.

    Raises:
        HostError: too few files may be open, or no port is free.
    """
    ports = ports or Ports()
    if ports.own_addresses and _has_own_addresses():
        plan = wanted(metropolis, ports)
    else:
        plan = _on_one_address(wanted(metropolis, ports))
    sockets = Sockets()
    try:
        for id_, (host, port) in plan.nodes.items():
            sockets.nodes[id_] = _bind(socket.SOCK_DGRAM, host, port, id_, sockets.moved)
        for id_, (host, port) in plan.endpoints.items():
            sockets.endpoints[id_] = _bind(socket.SOCK_STREAM, host, port, id_, sockets.moved)
    except BaseException:
        sockets.close()
        raise
    return sockets


def bind_again(host: str, port: int) -> socket.socket:
    """A TCP socket at an address that was ours before.

    Raises:
        OSError: somebody else has it now.
    """
    return _tcp(host, port)


def _has_own_addresses() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.33.0.1", 0))
        except OSError:
            return False
    return True


def _on_one_address(plan: Placement) -> Placement:
    ports = count(_SHARED_PORTS)
    nodes, endpoints = (
        {id_: (_SHARED, port if asked else 0) for (id_, (_, asked)), port in zip(part.items(), ports, strict=False)}
        for part in (plan.nodes, plan.endpoints)
    )
    return Placement(nodes, endpoints)


def _bind(kind: int, host: str, port: int, id_: str, moved: list[str]) -> socket.socket:
    for attempt in range(_TRIES):
        try:
            opened = _udp(host, port + attempt) if kind == socket.SOCK_DGRAM else _tcp(host, port + attempt)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port:
                continue
            raise HostError(f"cannot listen on {host}:{port + attempt} for {id_}: {error.strerror}") from error
        if attempt:
            moved.append(id_)
        return opened
    raise HostError(f"no free port on {host} from {port} to {port + _TRIES - 1} for {id_}")


def _udp(host: str, port: int) -> socket.socket:
    return _bound(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), host, port)


def _tcp(host: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A site that was stopped comes back at once on its old address, whatever connections of it still linger.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return _bound(opened, host, port)


def _bound(opened: socket.socket, host: str, port: int) -> socket.socket:
    try:
        opened.setblocking(False)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def _names(sockets: Iterable[tuple[str, socket.socket]]) -> dict[str, Address]:
    names: dict[str, Address] = {}
    for id_, opened in sockets:
        host, port = opened.getsockname()
        names[id_] = (str(host), int(port))
    return names
