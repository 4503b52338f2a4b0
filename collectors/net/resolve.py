"""Name lookups that end with the poll, and which of the addresses found are asked.

The C library's resolver cannot be told to stop, so a lookup runs in a thread of its own that is left behind when the
poll ends first. How many may be left behind is bounded; addresses need no thread.
"""

import ipaddress
import socket
import threading
from queue import Empty, SimpleQueue
from typing import TypeAlias

from collectors.net.deadline import Deadline
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AddressChoice, AddressGuard

Address: TypeAlias = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""A family and what ``socket.connect`` wants for it."""

_Answer: TypeAlias = list[Address] | OSError

_ANY = AddressChoice()
_FAMILIES = {"ip4": socket.AF_INET, "ip6": socket.AF_INET6}


class Resolver:
    """Looks names up, at most ``limit`` at once, nothing remembered: an outage of the name service is to be seen."""

    def __init__(self, limit: int = 32) -> None:
        self._limit = limit
        self._slots = threading.BoundedSemaphore(limit)

    def resolve(self, host: str, port: int, deadline: Deadline, choice: AddressChoice = _ANY) -> list[Address]:
        """Addresses of ``host`` to be tried in turn: of any family as the system prefers them, or the one chosen.

        Raises:
            socket.gaierror: no such name, or none of the family asked for, or the resolver failed.
            TimeoutError: no answer before the deadline.
            CollectError: too many lookups hang already, or the addresses may not be asked.
        """
        found = self._all(host, port, deadline)
        if choice.guard is not None:
            found = _allowed(found, host, choice.guard)
        return _chosen(found, choice)

    def _all(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        try:
            return _lookup(host, port, socket.AI_NUMERICHOST)
        except UnicodeError as error:  # the idna codec: an empty or overlong label
            raise socket.gaierror(socket.EAI_NONAME, "not a valid host name") from error
        except socket.gaierror:
            pass  # a name
        answer = self._ask(host, port, deadline)
        try:
            if isinstance(answer, OSError):
                raise answer
            return answer
        finally:
            del answer  # an error holds this frame

    def _ask(self, host: str, port: int, deadline: Deadline) -> _Answer:
        if not self._slots.acquire(blocking=False):
            raise CollectError(Reason.OVERLOAD, f"{self._limit} name lookups still wait for this host's resolver")
        answers: SimpleQueue[_Answer] = SimpleQueue()
        deadline.on_abort(lambda: answers.put(TimeoutError("aborted")))
        try:
            threading.Thread(target=self._work, args=(host, port, answers), name="netmon-resolve", daemon=True).start()
        except RuntimeError as error:
            self._slots.release()
            raise CollectError(Reason.OVERLOAD, "this host has no thread to give for a name lookup") from error
        try:
            return answers.get(timeout=deadline.remaining())
        except Empty:
            raise TimeoutError from None

    def _work(self, host: str, port: int, answers: "SimpleQueue[_Answer]") -> None:
        try:
            answers.put(_lookup(host, port, 0))
        except OSError as error:
            answers.put(error)
        finally:
            self._slots.release()


def _lookup(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in found]


def _allowed(found: list[Address], host: str, guard: AddressGuard) -> list[Address]:
    allowed = [address for address in found if guard.allows(host, str(address[1][0]))]
    if not allowed:
        leads = f"{host} leads to {found[0][1][0]}" if host != found[0][1][0] else host
        raise CollectError(Reason.FORBIDDEN, f"{leads}, which may not be asked")
    return allowed


def _chosen(found: list[Address], choice: AddressChoice) -> list[Address]:
    """With a preferred family one address, the first of it, as blackbox_exporter does; without, all."""
    if choice.source:
        own = socket.AF_INET6 if ":" in choice.source else socket.AF_INET
        found = [address for address in found if address[0] == own]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"no address that can be asked from {choice.source}")
    if choice.preferred is None:
        return found
    wanted = _FAMILIES[choice.preferred]
    for address in found:
        if address[0] == wanted:
            return [address]
    if not choice.fallback:
        raise socket.gaierror(socket.EAI_NONAME, f"no address of the family {choice.preferred}")
    return found[:1]


def ip_protocol(address: Address) -> int:
    """4 or 6, the value of ``probe_ip_protocol``."""
    return 6 if address[0] == socket.AF_INET6 else 4


def ip_hash(address: Address) -> int:
    """The value of ``probe_ip_addr_hash``: 32-bit FNV-1a over the octets of the address."""
    value = 0x811C9DC5
    for octet in ipaddress.ip_address(str(address[1][0]).partition("%")[0]).packed:
        value = (value ^ octet) * 0x01000193 & 0xFFFFFFFF
    return value
