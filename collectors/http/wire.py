"""A connection on which nothing lasts beyond the deadline of the poll.

Timeouts of sockets bound one call; a server that sends a byte now and then passes them for ever. Here every single
read and write is given only what is left of the poll.
"""

import io
import socket

from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError
from netmon.conventions import Reason

_HEADER_BYTES = 256 * 1024
_BUFFER = 16 * 1024


class Wire:
    """A connected socket, plain or TLS, with as much of its interface as ``http.client`` uses.

    The first byte that comes in ends the phase ``processing``. Until ``headers_complete`` no more than 256 KiB come in.
    With ``ahead`` False nothing is read beyond the headers: what follows is another's.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline, trace: Trace, *, ahead: bool = True) -> None:
        self._socket = connection
        self._deadline = deadline
        self._trace = trace
        self._ahead = ahead
        self._allowance: int | None = _HEADER_BYTES

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """The stream answers are read from."""
        return io.BufferedReader(_Incoming(self), _BUFFER if self._ahead else 1)

    def sendall(self, data: bytes) -> None:
        """Send everything or raise."""
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(self._deadline.remaining())
            rest = rest[self._socket.send(rest) :]

    def receive_into(self, buffer: memoryview) -> int:
        """What has come in, at least a byte; 0 at the end."""
        self._socket.settimeout(self._deadline.remaining())
        count = self._socket.recv_into(buffer)
        if self._trace.phase == "processing" and count:
            self._trace.enter("transfer")
        if self._allowance is not None:
            self._allowance -= count
            if self._allowance < 0:
                raise TargetError(Reason.PROTOCOL, f"headers longer than {_HEADER_BYTES // 1024} KiB")
        return count

    def headers_complete(self) -> None:
        """From here on the reader of the body does the bounding."""
        self._allowance = None

    def hang_up(self) -> None:
        """Close."""
        self._socket.close()


class _Incoming(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer; BufferedReader gives this
        return self._wire.receive_into(buffer)
