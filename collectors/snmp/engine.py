"""netmon's own SNMPv2c engine: one column per GETBULK, the next request sent from the callback of the last reply.

A walk is one state machine and one future: no task wakes up between two requests. Answers are cut into rows all at once
(``codec.split_column``), and those that say what they said at the last poll are not read again
(``contract.Recollection``).
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from collectors.snmp import codec, contract
from collectors.snmp.contract import Column, ColumnResult, Failure, Rows, Session, SnmpError, Split, Value
from collectors.snmp.transport import Request, Transport
from netmon.ber import END_OF_MIB_VIEW, BerError, decode_oid, format_oid
from netmon.conventions import Reason
from netmon.errors import CollectError

_GET_NAMES = 24
"""Identifiers in one GET: what fits 1472 octets with room for their values."""
_MAX_REPETITIONS = 2**31 - 1

T = TypeVar("T")


class NetmonEngine:
    """``contract.Engine`` for SNMPv2c on shared sockets."""

    def __init__(self) -> None:
        self._transport = Transport()

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            CollectError: none can be opened.
        """
        await self._transport.start()

    async def stop(self) -> None:
        """Close the sockets."""
        await self._transport.stop()

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        """See ``contract.Engine.get``."""
        return await _Get(self._transport, session, oids).run()

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        """See ``contract.Engine.walk``."""
        return await _Walk(self._transport, session, columns).run()


class _Exchange(Generic[T]):
    """A series of requests to one agent, the next sent when the last is settled; ``_done`` is their common future."""

    def __init__(self, transport: Transport, session: Session) -> None:
        self._transport = transport
        self._session = session
        self._community = _community(session)
        self._request: Request | None = None
        self._done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def run(self) -> T:
        try:
            self._next()
            return await self._done
        finally:  # cancelled by the poller: nothing may stay on its way
            if self._request is not None:
                self._transport.cancel(self._request)

    def _next(self) -> None:
        """Send the next request, or finish."""
        raise NotImplementedError

    def _settle(self, outcome: codec.Reply | Failure) -> None:
        raise NotImplementedError

    def _send(self, build: Callable[[int], bytes], what: str) -> None:
        request_id = self._transport.new_id()
        self._request = Request(self._session, request_id, build(request_id), what, self._settle, self._fail)
        self._transport.submit(self._request)

    def _finish(self, result: T) -> None:
        if not self._done.done():
            self._done.set_result(result)

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)

    def _note(self, octets: int, varbinds: int, remark: str = "") -> None:
        """One line of ``netmon probe``: what was asked, what came, how long it took."""
        request = self._request
        if self._session.log is None or request is None:
            return
        took = (time.monotonic() - request.begun) * 1000
        tries = f", try {request.tries}" if request.tries > 1 else ""
        line = f"{request.what}: {len(request.message)} octets out, {octets} in, {varbinds} varbinds, {took:.1f} ms"
        self._session.log.append(line + tries + remark)


class _Get(_Exchange[dict[bytes, Value]]):
    def __init__(self, transport: Transport, session: Session, oids: Sequence[bytes]) -> None:
        super().__init__(transport, session)
        self._values: dict[bytes, Value] = {}
        self._waiting = [list(oids[at : at + _GET_NAMES]) for at in range(0, len(oids), _GET_NAMES)]

    def _next(self) -> None:
        if not self._waiting:
            self._finish(self._values)
            return
        names = self._waiting[0]
        what = "GET" if self._session.log is None else f"GET {_names(names)}"
        self._send(lambda request_id: codec.encode_get(self._community, request_id, names), what)

    def _settle(self, outcome: codec.Reply | Failure) -> None:
        if isinstance(outcome, Failure):
            self._fail(SnmpError(outcome))
            return
        varbinds = list(codec.read_varbinds(outcome.data, outcome.start, outcome.end))
        self._note(len(outcome.data), len(varbinds), _remark(outcome.error_status))
        over = self._session.take(len(outcome.data), len(varbinds))
        names = self._waiting[0]
        if outcome.error_status == contract.TOO_BIG and len(names) > 1:
            half = len(names) // 2
            self._waiting[:1] = [names[:half], names[half:]]
        elif outcome.error_status:
            over = contract.refused(self._session, outcome.error_status, f"GET {_names(names)}")
        else:
            asked = frozenset(names)
            self._values.update((name, value) for name, _, value in varbinds if value is not None and name in asked)
            del self._waiting[0]
        if over is None:
            self._next()
        else:
            self._fail(SnmpError(over))


class _Walk(_Exchange[list[ColumnResult]]):
    def __init__(self, transport: Transport, session: Session, columns: Sequence[Column]) -> None:
        super().__init__(transport, session)
        self._columns = columns
        self._results: list[ColumnResult] = []
        self._repetitions = max(1, min(session.settings.max_repetitions, _MAX_REPETITIONS))
        self._rows: Rows = {}
        self._last = b""
        self._answers = 0

    def _next(self) -> None:
        """Ask for what follows the last row; the reply answers with at most what the column had last time and one."""
        if len(self._results) == len(self._columns):
            self._finish(self._results)
            return
        session = self._session
        column = self._columns[len(self._results)]
        repetitions = self._repetitions
        left = session.memory.rows.get(column.prefix, -1) - len(self._rows)
        if 0 <= left < repetitions:
            # One more than we know of: it belongs to what follows, and proves the end of the column.
            repetitions = left + 1
        what = column.oid
        if session.log is not None:
            what = f"GETBULK {column.oid} max-repetitions {repetitions}"
        name = column.prefix + self._last
        self._send(lambda request_id: codec.encode_bulk(self._community, request_id, name, repetitions), what)

    def _settle(self, outcome: codec.Reply | Failure) -> None:
        if isinstance(outcome, Failure):
            self._give_up(outcome)
        elif outcome.error_status:
            self._refused(outcome)
        else:
            self._extend(outcome)

    def _extend(self, reply: codec.Reply) -> None:
        column = self._columns[len(self._results)]
        digest = hash((column.prefix, reply.data[reply.start : reply.end]))
        split = self._session.memory.recall(self._answers, digest, lambda: _decode(reply, column))
        self._answers += 1
        before = len(self._rows)
        if self._session.log is not None:
            self._note(len(reply.data), len(split.indexes))
        over = self._session.take(len(reply.data), len(split.indexes))
        self._rows.update(zip(split.indexes, split.values, strict=True))
        rows = len(self._rows)
        if rows - before != len(split.indexes):
            self._end_column(contract.loop_found(self._session, column, rows))
        elif rows > self._session.limits.rows:
            self._end_column(contract.endless(self._session, column, rows))
        elif over is not None:
            self._give_up(over)
        elif split.ended:
            self._end_column(None)
        elif rows == before:
            detail = f"{self._session.agent} answered without a single varbind for {column.oid}"
            self._end_column(Failure(Reason.AGENT_ERROR, detail))
        else:
            self._last = split.indexes[-1]
            self._next()

    def _refused(self, reply: codec.Reply) -> None:
        self._note(len(reply.data), 0, _remark(reply.error_status))
        self._session.take(len(reply.data), 0)
        if reply.error_status == contract.TOO_BIG and self._repetitions > 1:
            # It would not fit: half as many, also for the columns that follow.
            self._repetitions = max(1, self._repetitions // 2)
            self._next()
            return
        column = self._columns[len(self._results)]
        self._end_column(contract.refused(self._session, reply.error_status, column.oid))

    def _end_column(self, failure: Failure | None) -> None:
        self._results.append(ColumnResult(self._rows, failure))
        self._rows = {}
        self._last = b""
        self._next()

    def _give_up(self, failure: Failure) -> None:
        """The agent fell silent or sends too much: the columns not yet asked for share the failure."""
        self._results.append(ColumnResult(self._rows, failure))
        left = len(self._columns) - len(self._results)
        self._results.extend(ColumnResult({}, failure) for _ in range(left))
        self._finish(self._results)


def _decode(reply: codec.Reply, column: Column) -> Split:
    return codec.split_column(reply.data, reply.start, reply.end, column.prefix) or _read_column(reply, column)


def _read_column(reply: codec.Reply, column: Column) -> Split:
    """The rows of ``column`` at the beginning of the reply, read one after another.

    Raises:
        BerError: the reply cannot be read.
    """
    indexes: list[bytes] = []
    values: list[Value] = []
    for name, tag, value in codec.read_varbinds(reply.data, reply.start, reply.end):
        if tag == END_OF_MIB_VIEW or not name.startswith(column.prefix) or len(name) == len(column.prefix):
            return Split(indexes, values, ended=True)
        if tag in codec.EXCEPTION_TAGS:
            raise BerError("an exception of GET in the answer to GETBULK")
        indexes.append(name[len(column.prefix) :])
        values.append(b"" if value is None else value)
    return Split(indexes, values, ended=False)


def _community(session: Session) -> bytes:
    credential = session.settings.credential
    if credential.community is None:
        raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no community")
    return credential.community.reveal().encode()


def _remark(status: int) -> str:
    return f", error-status {status}" if status else ""


def _names(names: Sequence[bytes]) -> str:
    first = format_oid(decode_oid(names[0]))
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
