"""Walks of several columns at once: each request asks for the next rows of all of them.

A packet costs as much as fifty varbinds, a sealed one (SNMPv3) more, so answers of several columns are cheaper; agents
cut those that would be too long (RFC 3416, 4.2.3) and are asked for the rest. SNMPv1 has no GETBULK: a row a request is
the best there is. Where an agent cannot answer for all, it is asked for fewer rows or columns at a time. Answers that
say what they said at the last poll are not read again (``contract.Recollection``).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.snmp import codec, contract
from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import Column, ColumnResult, Failure, Pacing, Session, Split, Value
from collectors.snmp.exchange import Channel, Exchange, Question
from collectors.snmp.messages import V1, Reply
from netmon.ber import END_OF_MIB_VIEW, GET_BULK_REQUEST, GET_NEXT_REQUEST, BerError
from netmon.conventions import Reason

_GET_NEXT_COLUMNS: Final = 12
"""Columns in one GETNEXT: names and values of a row fit what agents take."""
_BULK_COLUMNS: Final = 4
"""Columns of many rows in one GETBULK; of columns with few rows as many more as have no more varbinds together."""
_MOST_COLUMNS: Final = 16
_LOOKAHEAD: Final = 4
"""Columns past which another may be brought forward."""


@dataclass(slots=True, eq=False)
class _Track:
    """A column being walked; ``last`` is the index of its last row."""

    column: Column
    result: ColumnResult
    last: bytes = b""


class Walk(Exchange[list[ColumnResult]]):
    """``contract.Engine.walk`` by GETNEXT or GETBULK (``kind``)."""

    def __init__(self, channel: Channel, session: Session, columns: Sequence[Column], kind: int) -> None:
        super().__init__(channel, session)
        self._kind = kind
        self._pace: Pacing = session.pace or Pace(session.settings.max_repetitions)
        self._tracks = [_Track(column, ColumnResult({})) for column in columns]
        self._waiting: deque[list[_Track]] = deque(
            _cut(self._tracks, session.memory.breadth or _GET_NEXT_COLUMNS)
            if kind == GET_NEXT_REQUEST
            else self._grouped()
        )
        self._active: list[_Track] = []
        self._asked = 1
        self._answers = 0

    def _grouped(self) -> Iterator[list[_Track]]:
        expected = [self._expected(track) for track in self._tracks]
        for group in grouped([track.column for track in self._tracks], expected, self._pace.size):
            yield [self._tracks[place] for place in group]

    def _expected(self, track: _Track) -> int:
        """Rows to ask for: those known from the last poll and one that proves the end, or as many as may be."""
        known = self._session.memory.rows.get(track.column.prefix)
        most = min(self._pace.size, track.column.repetitions or self._pace.size)
        left = most if known is None else known - len(track.result.rows) + 1
        return min(left, most) if left > 0 else most

    def _next(self) -> None:
        if not self._active:
            if not self._waiting:
                self._finish([track.result for track in self._tracks])
                return
            self._active = self._waiting.popleft()
        self._asked = max(map(self._expected, self._active))
        caps = (track.column.repetitions for track in self._active if track.column.repetitions)
        self._asked = 1 if self._kind == GET_NEXT_REQUEST else min(self._asked, self._pace.size, *caps)
        self._channel.ask(self._question())

    def _question(self) -> Question:
        names = [track.column.prefix + track.last for track in self._active]
        bulk = self._kind == GET_BULK_REQUEST
        if self._session.log is None:
            what = self._active[0].column.oid + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        else:
            columns = ", ".join(track.column.oid for track in self._active)
            what = f"GETBULK {columns} max-repetitions {self._asked}" if bulk else f"GETNEXT {columns}"
        return Question(self._kind, (0, self._asked if bulk else 0), names, what)

    def lost(self) -> Question | None:
        """See ``exchange.Asker.lost``: a shorter answer may get through."""
        if self._kind == GET_NEXT_REQUEST:
            return None
        self._pace.lost(self._asked)
        self._asked = min(self._asked, self._pace.size)
        return self._question()

    def settle(self, outcome: Reply | Failure) -> None:
        """See ``exchange.Asker.settle``."""
        if isinstance(outcome, Failure):
            self._give_up(outcome)
            return
        over = self._refused(outcome) if outcome.error_status else self._extend(outcome)
        if over is None:
            self._next()
        else:
            self._give_up(over)

    def _extend(self, reply: Reply) -> Failure | None:
        prefixes = [track.column.prefix for track in self._active]
        digest = hash((*prefixes, reply.data[reply.start : reply.end]))
        splits = self._session.memory.recall(self._answers, digest, lambda: _decode(reply, prefixes))
        self._answers += 1
        self._pace.answered(self._asked)
        varbinds = sum(len(split.indexes) for split in splits)
        self._note(reply, varbinds)
        over = self._session.take(reply.octets, varbinds)
        if over is not None:
            return over
        if not varbinds and not any(split.ended for split in splits):
            detail = f"{self._session.agent} answered without a single varbind for {self._active[0].column.oid}"
            self._drop(self._active, Failure(Reason.AGENT_ERROR, detail))
            return None
        still = [track for track, split in zip(self._active, splits, strict=True) if self._grown(track, split)]
        self._active = still
        return None

    def _grown(self, track: _Track, split: Split) -> bool:
        """Add what came; whether the column goes on."""
        rows = track.result.rows
        before = len(rows)
        rows.update(zip(split.indexes, split.values, strict=True))
        if len(rows) - before != len(split.indexes):
            track.result.failure = contract.loop_found(self._session, track.column, len(rows))
        elif len(rows) > self._session.limits.rows:
            track.result.failure = contract.endless(self._session, track.column, len(rows))
        elif not split.ended:
            if split.indexes:
                track.last = split.indexes[-1]
            return True
        return False

    def _refused(self, reply: Reply) -> Failure | None:
        """An error-status: of one column where its index says so, else ask for fewer until it is clear which."""
        self._note(reply, 0)
        over = self._session.take(reply.octets, 0)
        active, status, place = self._active, reply.error_status, reply.error_index - 1
        if status == contract.TOO_BIG:
            self._shrink(reply)
        elif not 0 <= place < len(active) and len(active) > 1:
            self._halve()
        else:
            track = active[place] if 0 <= place < len(active) else active[0]
            at_end = status == contract.NO_SUCH_NAME and reply.version == V1
            self._drop([track], None if at_end else contract.refused(self._session, status, track.column.oid))
        return over

    def _shrink(self, reply: Reply) -> None:
        """The answer would not fit: fewer rows, then fewer columns, also of the groups that follow."""
        if self._asked > 1:
            self._pace.refused(self._asked)
        elif len(self._active) > 1:
            breadth = (len(self._active) + 1) // 2
            self._waiting = deque(part for group in (self._active, *self._waiting) for part in _cut(group, breadth))
            self._active = []
            self._session.memory.breadth = breadth
        else:
            track = self._active[0]
            self._drop([track], contract.refused(self._session, reply.error_status, track.column.oid))

    def _halve(self) -> None:
        for part in reversed(_cut(self._active, (len(self._active) + 1) // 2)):
            self._waiting.appendleft(part)
        self._active = []

    def _drop(self, tracks: Sequence[_Track], failure: Failure | None) -> None:
        for track in tracks:
            track.result.failure = failure
        self._active = [track for track in self._active if track not in tracks]

    def _give_up(self, failure: Failure) -> None:
        """The agent fell silent or sends too much: whatever is not complete shares the failure."""
        for track in (*self._active, *(track for group in self._waiting for track in group)):
            track.result.failure = failure
        self._finish([track.result for track in self._tracks])


def grouped(columns: Sequence[Column], expected: Sequence[int], repetitions: int) -> list[list[int]]:
    """Which columns, by their places, are asked for together by GETBULK: those of one table, nearly in their order.

    ``expected`` are the rows each will be asked for, ``repetitions`` the most a device is.
    """
    groups, waiting = [], list(range(len(columns)))
    while waiting:
        group = _group(columns, expected, waiting, _BULK_COLUMNS * repetitions)
        groups.append(group)
        waiting = [place for place in waiting if place not in group]
    return groups


def _group(columns: Sequence[Column], expected: Sequence[int], waiting: Sequence[int], varbinds: int) -> list[int]:
    """The first column, and those of its table that will have about as many rows, as far as ``varbinds`` go.

    A column is brought forward past few others: those that give labels stay ahead of those that want them.
    """
    first = waiting[0]
    entry, rows = columns[first].prefix[:-1], expected[first]
    group, passed = [first], 0
    for place in waiting[1:]:
        if columns[place].prefix[:-1] != entry or not rows <= 2 * expected[place] <= 4 * rows:
            passed += 1
            if passed > _LOOKAHEAD:
                break
            continue
        rows = max(rows, expected[place])
        if len(group) == _MOST_COLUMNS or (len(group) + 1) * rows > varbinds:
            break
        group.append(place)
    return group


def _cut(tracks: list[_Track], breadth: int) -> list[list[_Track]]:
    return [tracks[at : at + breadth] for at in range(0, len(tracks), breadth)]


def _decode(reply: Reply, prefixes: Sequence[bytes]) -> Sequence[Split]:
    return codec.split_columns(reply.data, reply.start, reply.end, prefixes) or _read_columns(reply, prefixes)


def _read_columns(reply: Reply, prefixes: Sequence[bytes]) -> Sequence[Split]:
    """The rows of each column, whose varbinds take turns, read one after another.

    Raises:
        BerError: the reply cannot be read.
    """
    indexes: list[list[bytes]] = [[] for _ in prefixes]
    values: list[list[Value]] = [[] for _ in prefixes]
    ended = [False] * len(prefixes)
    for number, (name, tag, value) in enumerate(codec.read_varbinds(reply.data, reply.start, reply.end)):
        place = number % len(prefixes)
        prefix = prefixes[place]
        if ended[place] or tag == END_OF_MIB_VIEW or not name.startswith(prefix) or len(name) == len(prefix):
            ended[place] = True
        elif tag in codec.EXCEPTION_TAGS:
            raise BerError("an exception of GET in the answer to a walk")
        else:
            indexes[place].append(name[len(prefix) :])
            values[place].append(b"" if value is None else value)
    return [Split(tuple(index), tuple(value), end) for index, value, end in zip(indexes, values, ended, strict=True)]
