"""Agents for the tests: an honest one, and every kind that is not; each a UDP socket and a thread of its own."""

import contextlib
import socket
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Self

from netmon import ber

Data = dict[tuple[int, ...], tuple[int, bytes]]
"""Object identifier to tag and contents."""


class Request:
    """A request as an agent reads it."""

    def __init__(self, message: bytes) -> None:
        _, start, end = ber.read_tlv(message)
        _, _, at = ber.read_tlv(message, start, end)
        _, community, at = ber.read_tlv(message, at, end)
        self.community = message[community:at]
        self.pdu, at, end = ber.read_tlv(message, at, end)
        numbers = []
        for _ in range(3):
            _, start, at = ber.read_tlv(message, at, end)
            numbers.append(ber.decode_integer(message[start:at]))
        self.id, self.first, self.second = numbers
        _, at, end = ber.read_tlv(message, at, end)
        self.names: list[tuple[int, ...]] = []
        while at < end:
            _, start, at = ber.read_tlv(message, at, end)
            _, start, stop = ber.read_tlv(message, start, at)
            self.names.append(ber.decode_oid(message[start:stop]))


Varbinds = list[tuple[tuple[int, ...], int, bytes]]


def varbind(name: tuple[int, ...], tag: int, content: bytes) -> bytes:
    return ber.encode_tlv(
        ber.SEQUENCE, ber.encode_tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(name)) + ber.encode_tlv(tag, content)
    )


def response(
    request: Request, varbinds: Varbinds, status: int = 0, *, index: int = 0, request_id: int | None = None
) -> bytes:
    """The message that answers ``request``."""
    return frame(request, b"".join(varbind(*one) for one in varbinds), status, index=index, request_id=request_id)


def frame(
    request: Request, varbinds: bytes, status: int = 0, *, index: int = 0, request_id: int | None = None
) -> bytes:
    """The message around encoded varbinds."""
    numbers = b"".join(
        ber.encode_tlv(ber.INTEGER, ber.encode_integer(number))
        for number in (request.id if request_id is None else request_id, status, index)
    )
    pdu = ber.encode_tlv(ber.RESPONSE, numbers + ber.encode_tlv(ber.SEQUENCE, varbinds))
    head = ber.encode_tlv(ber.INTEGER, b"\x01") + ber.encode_tlv(ber.OCTET_STRING, request.community)
    return ber.encode_tlv(ber.SEQUENCE, head + pdu)


class Agent:
    """Answers on a loopback port with what ``answer`` returns for each datagram."""

    def __init__(self, answer: Callable[[bytes], list[bytes]], host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.host, self.port = self.socket.getsockname()[:2]
        self.received: list[bytes] = []
        self.answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError), socket.socket(self.socket.family, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", (self.host, self.port))
        self._thread.join(5)
        self.socket.close()

    def _serve(self) -> None:
        while True:
            message, source = self.socket.recvfrom(65_535)
            if not message:
                return
            self.received.append(message)
            for answer in self.answer(message):
                self.send(answer, source)

    def send(self, answer: bytes, target: object) -> None:
        self.socket.sendto(answer, target)  # type: ignore[arg-type]


class Mib:
    """An honest agent's objects; ``varbinds`` answers a request, ``__call__`` gives the datagrams."""

    def __init__(self, data: Data, largest: int = 10_000) -> None:
        self.data = data
        self.names = sorted(data)
        self.largest = largest

    def __call__(self, message: bytes) -> list[bytes]:
        request = Request(message)
        return [response(request, self.varbinds(request))]

    def varbinds(self, request: Request) -> Varbinds:
        if request.pdu == ber.GET_REQUEST:
            return [(name, *self.data.get(name, (ber.NO_SUCH_OBJECT, b""))) for name in request.names]
        count = min(request.second, self.largest // len(request.names) or 1)
        if len(request.names) == 1:
            return list(self.following(request.names[0], count, short=True))
        # RFC 3416, 4.2.3: the names take turns, row after row.
        columns = [list(self.following(name, count)) for name in request.names]
        return [column[row] for row in range(count) for column in columns]

    def following(
        self, name: tuple[int, ...], count: int, *, short: bool = False
    ) -> Iterator[tuple[tuple[int, ...], int, bytes]]:
        """``count`` varbinds; ``short``: those that would repeat the end are left out."""
        at = bisect_right(self.names, name)
        for known in self.names[at : at + count]:
            yield (known, *self.data[known])
        beyond = at + count - len(self.names)
        for _ in range(min(beyond, 1) if short else beyond):
            yield (max(self.names[-1], name), ber.END_OF_MIB_VIEW, b"")


def oid(text: str) -> tuple[int, ...]:
    return ber.parse_oid(text)


COLUMNS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "1.3.6.1.2.1.31.1.1.1.18": (ber.OCTET_STRING, lambda port: f"liaison {port} é".encode()),
    "1.3.6.1.2.1.2.2.1.2": (ber.OCTET_STRING, lambda port: f"GigabitEthernet1/0/{port}".encode()),
    "1.3.6.1.2.1.31.1.1.1.1": (ber.OCTET_STRING, lambda port: f"Gi1/0/{port}".encode()),
    "1.3.6.1.2.1.2.2.1.7": (ber.INTEGER, lambda _: b"\x01"),
    "1.3.6.1.2.1.2.2.1.8": (ber.INTEGER, lambda port: b"\x01" if port % 5 else b"\x02"),
    "1.3.6.1.2.1.2.2.1.13": (ber.COUNTER32, lambda port: ber.encode_integer(port % 3)),
    "1.3.6.1.2.1.2.2.1.14": (ber.COUNTER32, lambda port: ber.encode_integer(port * 7)),
    "1.3.6.1.2.1.2.2.1.19": (ber.COUNTER32, lambda port: ber.encode_integer(port * 1009 % 2**32)),
    "1.3.6.1.2.1.2.2.1.20": (ber.COUNTER32, lambda _: b"\x00"),
    "1.3.6.1.2.1.31.1.1.1.6": (ber.COUNTER64, lambda port: ber.encode_integer(port * 987_654_321_987)),
    "1.3.6.1.2.1.31.1.1.1.7": (ber.COUNTER64, lambda port: ber.encode_integer(port * 654_321_987)),
    "1.3.6.1.2.1.31.1.1.1.9": (ber.COUNTER64, lambda port: ber.encode_integer(port * 4_321)),
    "1.3.6.1.2.1.31.1.1.1.10": (ber.COUNTER64, lambda port: ber.encode_integer(2**63 + port)),
    "1.3.6.1.2.1.31.1.1.1.11": (ber.COUNTER64, lambda port: ber.encode_integer(port * 54_321_987)),
    "1.3.6.1.2.1.31.1.1.1.13": (ber.COUNTER64, lambda port: ber.encode_integer(port * 321_987)),
    "1.3.6.1.2.1.31.1.1.1.15": (ber.GAUGE32, lambda _: ber.encode_integer(1000)),
}
"""Sixteen interface columns: type and value of a port."""


def switch(ports: int = 48) -> Data:
    """A switch: 16 interface columns, system and sysUpTime."""
    data: Data = {
        oid("1.3.6.1.2.1.1.1.0"): (ber.OCTET_STRING, b"a switch"),
        oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, ber.encode_integer(123_456)),
        oid("1.3.6.1.2.1.1.5.0"): (ber.OCTET_STRING, "accès-1".encode()),
    }
    # What follows the interfaces, so that no walk of theirs meets the end of everything.
    data[oid("1.3.6.1.2.1.31.1.5.0")] = (ber.TIME_TICKS, b"\x00")
    for column, (tag, value) in COLUMNS.items():
        for port in range(1, ports + 1):
            data[(*oid(column), port)] = (tag, value(port))
    return data
