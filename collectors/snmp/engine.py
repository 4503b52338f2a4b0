"""netmon's own SNMP engine: GET, and walks of one column per GETBULK; ``abreast`` has those of several at once.

Answers are cut into rows all at once (``codec.split_column``), and those that say what they said at the last poll are
not read again (``contract.Recollection``).
"""

from collections.abc import Sequence

from collectors.snmp import codec, contract
from collectors.snmp.abreast import WalkAbreast
from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import Column, ColumnResult, Failure, Pacing, Rows, Session, SnmpError, Split, Value
from collectors.snmp.exchange import Channel, CommunityChannel, Exchange, Question, named
from collectors.snmp.messages import Reply
from collectors.snmp.transport import Transport
from collectors.snmp.usm import Usm
from collectors.snmp.usm_channel import UsmChannel
from netmon.ber import END_OF_MIB_VIEW, GET_BULK_REQUEST, GET_NEXT_REQUEST, GET_REQUEST, BerError
from netmon.conventions import Reason

_GET_NAMES = 24
"""Identifiers in one GET: what fits 1472 octets with room for their values."""


class NetmonEngine:
    """``contract.Engine`` on shared sockets."""

    def __init__(self) -> None:
        self._transport = Transport()
        self._usm = Usm()

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
        return await _Get(self._channel(session), session, oids).run()

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        """See ``contract.Engine.walk``."""
        channel, version = self._channel(session), session.settings.credential.version
        if version == "2c":
            return await _Walk(channel, session, columns).run()
        kind = GET_NEXT_REQUEST if version == "1" else GET_BULK_REQUEST
        return await WalkAbreast(channel, session, columns, kind).run()

    def _channel(self, session: Session) -> Channel:
        if session.settings.credential.version == "3":
            return UsmChannel(self._transport, session, self._usm)
        return CommunityChannel(self._transport, session)


class _Get(Exchange[dict[bytes, Value]]):
    def __init__(self, channel: Channel, session: Session, oids: Sequence[bytes]) -> None:
        super().__init__(channel, session)
        self._values: dict[bytes, Value] = {}
        self._waiting = [list(oids[at : at + _GET_NAMES]) for at in range(0, len(oids), _GET_NAMES)]

    def _next(self) -> None:
        if not self._waiting:
            self._finish(self._values)
            return
        names = self._waiting[0]
        what = "GET" if self._session.log is None else f"GET {named(names)}"
        self._channel.ask(Question(GET_REQUEST, (0, 0), names, what))

    def settle(self, outcome: Reply | Failure) -> None:
        """See ``exchange.Asker.settle``."""
        if isinstance(outcome, Failure):
            self.fail(SnmpError(outcome))
            return
        varbinds = list(codec.read_varbinds(outcome.data, outcome.start, outcome.end))
        self._note(outcome, len(varbinds))
        over = self._session.take(outcome.octets, len(varbinds))
        if outcome.error_status:
            over = over or self._refused(outcome)
        else:
            asked = frozenset(self._waiting[0])
            self._values.update((name, value) for name, _, value in varbinds if value is not None and name in asked)
            del self._waiting[0]
        if over is None:
            self._next()
        else:
            self.fail(SnmpError(over))

    def _refused(self, reply: Reply) -> Failure | None:
        """Ask again for less, where that may help."""
        names = self._waiting[0]
        lacks = reply.error_status == contract.NO_SUCH_NAME
        if lacks and 0 < reply.error_index <= len(names):
            del names[reply.error_index - 1]  # v1 answers for all or for none
        elif lacks and len(names) == 1:
            names.clear()
        elif len(names) > 1 and (lacks or reply.error_status == contract.TOO_BIG):
            half = len(names) // 2
            self._waiting[:1] = [names[:half], names[half:]]
        else:
            return contract.refused(self._session, reply.error_status, f"GET {named(names)}")
        if not self._waiting[0]:
            del self._waiting[0]
        return None


class _Walk(Exchange[list[ColumnResult]]):
    def __init__(self, channel: Channel, session: Session, columns: Sequence[Column]) -> None:
        super().__init__(channel, session)
        self._columns = columns
        self._results: list[ColumnResult] = []
        self._pace: Pacing = session.pace or Pace(session.settings.max_repetitions)
        self._asked = 0
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
        repetitions = self._pace.size
        if column.repetitions:
            repetitions = min(repetitions, column.repetitions)
        left = session.memory.rows.get(column.prefix, -1) - len(self._rows)
        if 0 <= left < repetitions:
            # One more than we know of: it belongs to what follows, and proves the end of the column.
            repetitions = left + 1
        self._asked = repetitions
        self._channel.ask(self._question(column))

    def _question(self, column: Column) -> Question:
        what = column.oid
        if self._session.log is not None:
            what = f"GETBULK {what} max-repetitions {self._asked}"
        return Question(GET_BULK_REQUEST, (0, self._asked), (column.prefix + self._last,), what)

    def lost(self) -> Question:
        """See ``exchange.Asker.lost``: a shorter answer may get through."""
        self._pace.lost(self._asked)
        self._asked = min(self._asked, self._pace.size)
        return self._question(self._columns[len(self._results)])

    def settle(self, outcome: Reply | Failure) -> None:
        """See ``exchange.Asker.settle``."""
        if isinstance(outcome, Failure):
            self._give_up(outcome)
        elif outcome.error_status:
            self._refused(outcome)
        else:
            self._extend(outcome)

    def _extend(self, reply: Reply) -> None:
        column = self._columns[len(self._results)]
        digest = hash((column.prefix, reply.data[reply.start : reply.end]))
        (split,) = self._session.memory.recall(self._answers, digest, lambda: (_decode(reply, column),))
        self._answers += 1
        self._pace.answered(self._asked)
        before = len(self._rows)
        self._note(reply, len(split.indexes))
        over = self._session.take(reply.octets, len(split.indexes))
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

    def _refused(self, reply: Reply) -> None:
        self._note(reply, 0)
        self._session.take(reply.octets, 0)
        if reply.error_status == contract.TOO_BIG and self._asked > 1:
            # It would not fit: half as many, also for the columns that follow.
            self._pace.refused(self._asked)
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


def _decode(reply: Reply, column: Column) -> Split:
    return codec.split_column(reply.data, reply.start, reply.end, column.prefix) or _read_column(reply, column)


def _read_column(reply: Reply, column: Column) -> Split:
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
