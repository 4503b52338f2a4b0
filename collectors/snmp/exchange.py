"""A series of requests to one agent: the next one goes out from the callback of the last reply.

An exchange is one state machine and one future: no task wakes up between two requests. How its questions become
messages, with a community or sealed, is its channel's business.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from collectors.snmp.contract import Failure, Session
from collectors.snmp.messages import VERSIONS, Reply, encode_message, encode_pdu
from collectors.snmp.sealed import Sealed
from collectors.snmp.transport import Request, Transport
from netmon.ber import BerError, decode_oid, format_oid
from netmon.conventions import Reason
from netmon.errors import CollectError

T = TypeVar("T")


class Question(NamedTuple):
    """A PDU to be asked (``messages.encode_pdu``), what it is for people, and who gets the reply.

    ``settle`` may raise ``BerError`` for a reply it cannot read; another one is then waited for. ``lost`` is told when
    a try brought no answer, and gives ``fields`` and ``what`` for the next one.
    """

    kind: int
    fields: tuple[int, int]
    names: Sequence[bytes]
    what: str
    settle: Callable[[Reply | Failure], None]
    fail: Callable[[Exception], None]
    lost: Callable[[], tuple[tuple[int, int], str]] | None = None


class Channel(Protocol):
    """Asks one question at a time; ``request`` is the last message that went out."""

    request: Request | None

    def ask(self, question: Question) -> None:
        """Send it.

        Raises:
            CollectError: we could not.
        """

    def cancel(self) -> None:
        """Wait no longer."""


class CommunityChannel:
    """``Channel`` of v1 and v2c.

    Raises:
        CollectError: the credential has no community.
    """

    def __init__(self, transport: Transport, session: Session) -> None:
        credential = session.settings.credential
        if credential.community is None:
            raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no community")
        self.request: Request | None = None
        self._transport = transport
        self._session = session
        self._version = VERSIONS[credential.version]
        self._community = credential.community.reveal().encode()
        self._question: Question | None = None

    def ask(self, question: Question) -> None:
        """See ``Channel.ask``."""
        request_id = self._transport.new_id()
        self._question = question
        self.request = Request(
            self._session, request_id, self._version, self._message(question, request_id, question.fields),
            question.what, self._settle, question.fail, self._again if question.lost else None,
        )  # fmt: skip
        self._transport.submit(self.request)

    def cancel(self) -> None:
        """See ``Channel.cancel``."""
        if self.request is not None:
            self._transport.cancel(self.request)

    def _message(self, question: Question, request_id: int, fields: tuple[int, int]) -> bytes:
        return encode_message(
            self._version, self._community, encode_pdu(question.kind, request_id, fields, question.names)
        )

    def _again(self) -> bytes:
        question, request = self._question, self.request
        if question is None or request is None or question.lost is None:
            return b""
        fields, request.what = question.lost()
        return self._message(question, request.id, fields)

    def _settle(self, outcome: Reply | Sealed | Failure) -> None:
        if isinstance(outcome, Sealed):
            raise BerError("a sealed answer to an open question")
        if self._question is not None:
            self._question.settle(outcome)


class Exchange(Generic[T]):
    """The common part of GET and walks; ``_done`` is what awaits the end of all its requests."""

    def __init__(self, channel: Channel, session: Session) -> None:
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
        finally:  # cancelled by the poller: nothing may stay on its way
            self._channel.cancel()

    def _next(self) -> None:
        """Send the next request, or finish."""
        raise NotImplementedError

    def _settle(self, outcome: Reply | Failure) -> None:
        raise NotImplementedError

    def _ask(
        self,
        kind: int,
        fields: tuple[int, int],
        names: Sequence[bytes],
        what: str,
        lost: Callable[[], tuple[tuple[int, int], str]] | None = None,
    ) -> None:
        self._channel.ask(Question(kind, fields, names, what, self._settle, self._fail, lost))

    def _finish(self, result: T) -> None:
        if not self._done.done():
            self._done.set_result(result)

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)

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
