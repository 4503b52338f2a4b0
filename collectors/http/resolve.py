"""Name lookups that end with the poll.

The C library's resolver cannot be told to stop, so a lookup runs in a thread of its own that is left behind when the
poll ends first. How many may be left behind is bounded; addresses need no thread.
"""

import socket
import threading
from queue import Empty, SimpleQueue
from typing import TypeAlias

from collectors.http.deadline import Deadline
from netmon.conventions import Reason
from netmon.errors import CollectError

Address: TypeAlias = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""A family and what ``socket.connect`` wants for it."""

_Answer: TypeAlias = list[Address] | OSError


class Resolver:
    """Looks names up, at most ``limit`` at once, nothing remembered: an outage of the name service is to be seen."""

    def __init__(self, limit: int = 32) -> None:
        self._limit = limit
        self._slots = threading.BoundedSemaphore(limit)

    def resolve(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        """Addresses of ``host`` in the order the system prefers them.

        Raises:
            socket.gaierror: no such name, or the resolver failed.
            TimeoutError: no answer before the deadline.
            CollectError: too many lookups hang already.
        """
        try:
            return _lookup(host, port, socket.AI_NUMERICHOST)
        except UnicodeError as error:  # the idna codec: an empty or overlong label
            raise socket.gaierror(socket.EAI_NONAME, "not a valid host name") from error
        except socket.gaierror:
            pass  # a name
        answer = self._ask(host, port, deadline)
        if isinstance(answer, OSError):
            raise answer
        return answer

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
