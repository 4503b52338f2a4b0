"""A query and its answer over UDP, TCP or TLS, on the event loop.

What is not an answer to the query (another id or question, unreadable) does not end the wait for one: anybody may send
such datagrams. Over UDP the query is sent again when nothing came: a lost packet is not an outage. An answer that was
cut off is asked for again over TCP (RFC 7766).
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

from collectors.dns.messages import Answer, NotAnAnswerError, Query
from collectors.net.connect import describe, no_route
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, check_ours, failure
from collectors.net.notes import Notes
from collectors.net.resolve import Address
from collectors.net.stream import Stream, open_stream
from collectors.net.tls import TlsFacts, learn
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import DnsSettings, TlsSettings

_DATAGRAM = 65_535
_TRIES = 3
"""How often a query is sent over UDP to one address, in equal shares of its time."""


@dataclass(slots=True)
class Exchange:
    """One query of one poll; ``ask`` once. Failures of the network are raised as ``OSError``.

    ``securing``: a handshake was begun and not finished; ``refused``: because of the certificate. ``doubt`` is what
    came last that was no answer.
    """

    settings: DnsSettings
    query: Query
    deadline: Deadline
    trace: Trace
    notes: Notes
    contexts: Contexts
    address: Address | None = None
    facts: TlsFacts = field(default_factory=TlsFacts)
    securing: bool = False
    refused: ssl.SSLCertVerificationError | None = None
    doubt: NotAnAnswerError | None = None

    async def ask(self, addresses: Sequence[Address]) -> Answer:
        """The answer of the first address that gives one.

        Raises:
            OSError: none did.
            TargetError: what was answered is no answer.
            CollectError: this host could not ask.
        """
        if self.settings.transport == "tcp" or self.settings.tls is not None:
            return await self._over_tcp(addresses)
        answer = await self._over_udp(addresses)
        if answer is not None:
            return answer
        self.notes.say("the answer is cut off: asking again over TCP")
        try:
            return await self._over_tcp([self.address] if self.address else addresses)
        except OSError as error:
            told = failure(error, self.trace.phase, self.deadline.seconds)
            words = f"the answer over UDP was cut off, and over TCP: {told.detail}"
            raise TargetError(told.reason, words) from error

    # --- UDP ----------------------------------------------------------------------------------------------------------

    async def _over_udp(self, addresses: Sequence[Address]) -> Answer | None:
        error: OSError | None = None
        for index, address in enumerate(addresses):
            self.address = address
            self.trace.enter("connect")
            try:
                with self._datagram_socket(address) as sock:
                    self.trace.enter("request")
                    return await self._try(sock, self.deadline.remaining() / (len(addresses) - index))
            except OSError as failed:
                check_ours(failed)
                self.notes.say(f"no answer from {describe(address[1])}: {failed.strerror or 'timed out'}")
                error = failed
        if error is None:
            raise CollectError(Reason.INTERNAL, "there is no address to ask")
        try:
            raise error
        finally:
            del error  # it holds this frame

    def _datagram_socket(self, address: Address) -> socket.socket:
        """A socket of its own for each query: the port it leaves from is part of what nobody can guess (RFC 5452)."""
        family, target = address
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            if self.settings.addresses.source:
                sock.bind((self.settings.addresses.source, 0))
            sock.connect(target)  # sends nothing; from now on only what comes from there is let through
        except OSError as error:
            sock.close()
            if no_route(error, family, target):
                raise CollectError(Reason.NO_SOCKET, f"this host has no route to {target[0]}") from error
            raise
        return sock

    async def _try(self, sock: socket.socket, seconds: float) -> Answer | None:
        for number in range(1, _TRIES + 1):
            if number > 1:
                self.notes.say(f"no answer yet: asking again, try {number}")
            await asyncio.get_running_loop().sock_sendall(sock, self.query.wire)
            try:
                async with asyncio.timeout(seconds / _TRIES):
                    return await self._receive(sock)
            except TimeoutError:
                if number == _TRIES:
                    raise
        raise TimeoutError

    async def _receive(self, sock: socket.socket) -> Answer | None:
        while True:
            wire = await asyncio.get_running_loop().sock_recv(sock, _DATAGRAM)
            try:
                return self.query.read(wire)
            except NotAnAnswerError as error:
                self._doubt(error)
            await asyncio.sleep(0)  # a flood of them leaves the loop to others

    # --- TCP and TLS --------------------------------------------------------------------------------------------------

    async def _over_tcp(self, addresses: Sequence[Address]) -> Answer:
        self.trace.enter("connect")
        source = self.settings.addresses.source
        stream, self.address = await open_stream(addresses, self.deadline, self.notes.say, source)
        self.notes.say(f"connected to {describe(self.address[1])}")
        try:
            if self.settings.tls is not None:
                await self._secure(stream, self.settings.tls)
            self.trace.enter("request")
            await stream.write(len(self.query.wire).to_bytes(2, "big") + self.query.wire)
            return self._read(await self._message(stream))
        finally:
            stream.close()

    def _read(self, wire: bytes) -> Answer:
        try:
            answer = self.query.read(wire)
        except NotAnAnswerError as error:
            raise not_an_answer(error) from error
        if answer is None:
            raise not_an_answer(NotAnAnswerError("it is cut off"))
        return answer

    async def _message(self, stream: Stream) -> bytes:
        """One message, which its length goes before (RFC 1035, 4.2.2)."""
        came = bytearray()
        while len(came) < 2 or len(came) < 2 + int.from_bytes(came[:2], "big"):
            data = await stream.read()
            if not data:
                words = (
                    "the connection was closed before the answer was complete" if came else "closed without an answer"
                )
                raise TargetError(Reason.RESET, words)
            came += data
        return bytes(came[2 : 2 + int.from_bytes(came[:2], "big")])

    async def _secure(self, stream: Stream, settings: TlsSettings) -> None:
        self.securing = True
        try:
            await self._shake_hands(stream, self.contexts.get(settings), settings)
        except ssl.SSLCertVerificationError as error:
            self.refused = error
            await self._look_again(settings)
            raise
        self.securing = False

    async def _shake_hands(self, stream: Stream, context: ssl.SSLContext, settings: TlsSettings) -> None:
        name = settings.server_name or self.settings.host.partition("%")[0]
        secured = await stream.secure(context, name.rstrip("."))
        for line in learn(secured, self.facts, verbose=self.notes.verbose):
            self.notes.say(line)

    async def _look_again(self, settings: TlsSettings) -> None:
        """The certificate could not be verified: fetch it once more, unverified, for its facts alone."""
        if self.address is None:
            return
        try:
            source = self.settings.addresses.source
            stream, _ = await open_stream([self.address], self.deadline, self.notes.say, source)
            try:
                await self._shake_hands(stream, self.contexts.blind(settings), settings)
            finally:
                stream.close()
        except (OSError, CollectError) as error:
            self.notes.say(f"no second look at the certificate: {type(error).__name__}")

    def _doubt(self, error: NotAnAnswerError) -> None:
        self.doubt = error
        self.notes.say(f"something came that is no answer: {error}")


def not_an_answer(error: NotAnAnswerError) -> TargetError:
    """The failure of a server that answers, but not what it was asked."""
    reason = Reason.GARBAGE if error.garbage else Reason.PROTOCOL
    return TargetError(reason, f"no answer to the query, but something else: {error}")
