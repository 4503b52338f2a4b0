"""A series of requests to one agent: the next one goes out from the callback of the last reply.

An exchange is one state machine and one future: no task wakes up between two requests. How its questions become
messages, with a community or sealed, is its channel's business.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from collectors.snmp.contract import Failure, Session
from collectors.snmp.messages import VERSIONS, Reply, encode_message, encode_pdu
from collectors.snmp.transport import Request, Transport
from netmon.ber import decode_oid, format_oid
from netmon.conventions import Reason
from netmon.errors import CollectError

T = TypeVar("T")


class Question(NamedTuple):
    """A PDU to be asked (``messages.encode_pdu``), and what it is for people."""

    kind: int
    fields: tuple[int, int]
    names: Sequence[bytes]
    what: str


class Asker(Protocol):
    """Who gets the replies of a channel."""

    def settle(self, outcome: Reply | Failure) -> None:
        """The reply to the last question, or why there is none.

        Raises:
            BerError: it cannot be read; another one is then waited for.
        """

    def fail(self, error: Exception) -> None:
        """The question could not be asked, or a bug of ours was met."""

    def lost(self) -> Question | None:
        """A try brought no answer: what to ask instead; None: the same again."""


class Channel(Protocol):
    """Asks one question at a time for its ``asker``; ``request`` is the last message that went out."""

    request: Request | None
    asker: Asker

    def ask(self, question: Question) -> None:
        """Send it.

        Raises:
            CollectError: we could not.
        """

    def close(self) -> None:
        """Wait no longer, and let go of the last message."""


class CommunityChannel:
    """``Channel`` of v1 and v2c.

    Raises:
        CollectError: the credential has no community.
    """

    asker: Asker

    def __init__(self, transport: Transport, session: Session) -> None:
        credential = session.settings.credential
        if credential.community is None:
            raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no community")
        self.request: Request | None = None
        self._transport = transport
        self._session = session
        self._version = VERSIONS[credential.version]
        self._community = credential.community.reveal().encode()

    def ask(self, question: Question) -> None:
        """See ``Channel.ask``."""
        kind, fields, names, what = question
        request_id, asker = self._transport.new_id(), self.asker
        message = encode_message(self._version, self._community, encode_pdu(kind, request_id, fields, names))
        self.request = request = Request(
            self._session, request_id, self._version, message, what, asker.settle, asker.fail, self._again
        )
        self._transport.submit(request)

    def close(self) -> None:
        """See ``Channel.close``."""
        if self.request is not None:
            self._transport.cancel(self.request)
            self.request = None

    def _again(self, request: Request) -> None:
        question = self.asker.lost()
        if question is not None:
            pdu = encode_pdu(question.kind, request.id, question.fields, question.names)
            request.message = encode_message(self._version, self._community, pdu)
            request.what = question.what


class Exchange(Generic[T]):
    """The common part of GET and walks; ``_done`` is what awaits the end of all its requests.

    It ``run``s once. Then it lets go of all that holds it, an exception's traceback too: what goes in a circle would
    stay until the garbage collector looks at everything (``engine.garbage``), once a day.
    """

    def __init__(self, channel: Channel, session: Session) -> None:
        channel.asker = self
        self._channel = channel
        self._session = session
        self._done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def run(self) -> T:
        """Ask until there is a result.

        Raises:
            SnmpError: the agent's fault, where the exchange makes an exception of it.
            CollectError: we could not ask.
        """
        try:
            self._next()
            return await self._done
        finally:  # also when cancelled by the poller: nothing may stay on its way
            self._channel.close()
            del self._channel, self._done

    def _next(self) -> None:
        """Send the next request, or finish."""
        raise NotImplementedError

    def settle(self, outcome: Reply | Failure) -> None:
        """See ``Asker.settle``."""
        raise NotImplementedError

    def lost(self) -> Question | None:
        """See ``Asker.lost``."""
        return None

    def fail(self, error: Exception) -> None:
        """See ``Asker.fail``."""
        if not self._done.done():
            self._done.set_exception(error)

    def _finish(self, result: T) -> None:
        if not self._done.done():
            self._done.set_result(result)

    def _note(self, reply: Reply, varbinds: int) -> None:
        """One line of ``netmon probe``: what was asked, what came, how long it took."""
        request = self._channel.request
        if self._session.log is None or request is None:
            return
        took = (time.monotonic() - request.begun) * 1000
        tries = f", try {request.tries}" if request.tries > 1 else ""
        remark = f", error-status {reply.error_status}" if reply.error_status else ""
        sizes = f"{len(request.message)} octets out, {reply.octets} in, {varbinds} varbinds"
        self._session.log.append(f"{request.what}: {sizes}, {took:.1f} ms{tries}{remark}")


def named(names: Sequence[bytes]) -> str:
    """Encoded identifiers for people: the first, and how many more."""
    first = format_oid(decode_oid(names[0]))
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
