"""What an SNMP engine is to the collector: one conversation with one agent, ``get`` and ``walk``."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from netmon.ber import encode_oid
from netmon.conventions import Reason
from netmon.settings import SnmpSettings

Value: TypeAlias = int | float | bytes | tuple[int, ...]
"""Of a varbind: integers and unsigned types, Opaque floats, octets (an IpAddress as such), object identifiers."""


class IpAddress(bytes):
    """The octets of an IpAddress: shown as an address whatever a module takes them for."""

    __slots__ = ()


Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""As sockets give it: of IPv4, or of IPv6 with flow and scope."""

Rows: TypeAlias = dict[bytes, Value]
"""A column: encoded index (the arcs behind the column's identifier, in base 128) to value, in the agent's order."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request or a column brought nothing: about the agent, never about us. ``detail`` is for people."""

    reason: Reason
    detail: str


class SnmpError(Exception):
    """A request failed for a reason of the agent's."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Limits:
    """What one poll takes from an agent at most, however much it sends."""

    rows: int = 100_000
    varbinds: int = 1_000_000
    octets: int = 64 * 1_048_576


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Column:
    """An object whose instances are walked. ``prefix`` is its encoded identifier, ``oid`` the same for people.

    ``repetitions``: at most so many rows by one request, 0 leaves it to the settings.
    """

    oid: str
    prefix: bytes
    repetitions: int = 0

    @classmethod
    def of(cls, oid: str) -> "Column":
        """The column of an identifier such as ``1.3.6.1.2.1.2.2.1.10``."""
        return cls(oid, encode_oid(oid))


@dataclass(slots=True)
class ColumnResult:
    """Rows of a column; with ``failure`` they are those that came before it."""

    rows: Rows
    failure: Failure | None = None


class Split(NamedTuple):
    """Rows of one column from one answer: encoded indexes and their values; ``ended`` when other objects follow.

    Tuples, because thousands are kept and Python's garbage collector need not look into those again and again.
    """

    indexes: tuple[bytes, ...]
    values: tuple[Value, ...]
    ended: bool


@dataclass(slots=True)
class Recollection:
    """What is kept of a check between polls to save work.

    ``rows`` are how many each column had. ``digests`` are those of the answers, in the order of the last walk, and
    ``splits`` what was read from the ones that came twice the same: most columns of a device hardly ever change.
    ``breadth`` is how many columns one GETNEXT may ask for, once an agent could not take as many as usual.
    """

    rows: dict[bytes, int] = field(default_factory=dict)
    digests: list[int] = field(default_factory=list)
    splits: list[Sequence[Split] | None] = field(default_factory=list)
    breadth: int | None = None
    _indexes: dict[tuple[bytes, ...], tuple[bytes, ...]] = field(default_factory=dict)
    """Columns of a table have the same rows: their indexes are kept once."""

    def recall(self, place: int, digest: int, decode: Callable[[], Sequence[Split]]) -> Sequence[Split]:
        """What the answer at ``place`` of the walk says; ``decode`` reads it unless it is the one of last time."""
        if place >= len(self.digests):
            self.digests.append(digest)
            self.splits.append(None)
            return decode()
        if self.digests[place] != digest:
            self.digests[place] = digest
            self.splits[place] = None
            return decode()
        known = self.splits[place]
        if known is None:
            known = self.splits[place] = [
                split._replace(indexes=self._indexes.setdefault(split.indexes, split.indexes)) for split in decode()
            ]
        return known

    def forget_answers(self) -> None:
        """Read every answer of the next walk anew."""
        self.digests.clear()
        self.splits.clear()
        self._indexes.clear()


class Stamp(NamedTuple):
    """What an SNMPv3 agent says of itself: snmpEngineID, snmpEngineBoots and snmpEngineTime in seconds (RFC 3411)."""

    engine_id: bytes
    boots: int
    time: int


class Pacing(Protocol):
    """How many rows to ask for at once, learned from what became of the requests before."""

    @property
    def size(self) -> int:
        """Rows to ask for by the next request."""

    def refused(self, asked: int) -> None:
        """The answer to a request for ``asked`` rows would have been too big."""

    def lost(self, asked: int) -> None:
        """No answer came in time to a request for ``asked`` rows."""

    def answered(self, asked: int) -> None:
        """An answer came to a request for ``asked`` rows."""


@dataclass(slots=True)
class Session:
    """One poll of one agent: where, with what patience, and what it has cost so far.

    ``address`` is the socket address replies must come from, unless ``any_source``. ``deadline`` and ``patience`` (one
    try) are seconds of the monotonic clock. ``log`` is None unless steps are asked for. ``stamp`` is that of the last
    answer over SNMPv3. ``pace`` is how many rows the agent is asked for at once; None: as many as the settings say.
    """

    address: Address
    settings: SnmpSettings
    deadline: float
    patience: float
    limits: Limits = DEFAULT_LIMITS
    memory: Recollection = field(default_factory=Recollection)
    log: list[str] | None = None
    any_source: bool = False
    sent: int = 0
    retried: int = 0
    varbinds: int = 0
    octets: int = 0
    stamp: Stamp | None = None
    pace: Pacing | None = None

    @property
    def agent(self) -> str:
        """``address:port`` for messages."""
        host = self.address[0]
        return f"[{host}]:{self.address[1]}" if ":" in host else f"{host}:{self.address[1]}"

    def take(self, octets: int, varbinds: int) -> Failure | None:
        """Count what an answer brought; a failure when the poll took more than its limits allow."""
        self.octets += octets
        self.varbinds += varbinds
        if self.octets > self.limits.octets or self.varbinds > self.limits.varbinds:
            return Failure(
                Reason.TOO_LARGE,
                f"{self.agent} sent {self.octets} octets, {self.varbinds} varbinds in one poll: more than we take",
            )
        return None

    def remaining(self) -> float:
        """Seconds left until the deadline; never negative."""
        return max(0.0, self.deadline - time.monotonic())


class Engine(Protocol):
    """Speaks SNMP. At most one request at a time to one address: the collector keeps the lanes."""

    async def start(self) -> None:
        """Open what polls share."""

    async def stop(self) -> None:
        """Close; safe without ``start``."""

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        """Values of the encoded object identifiers; those the agent does not have are left out.

        Raises:
            SnmpError: no usable answer.
            CollectError: we could not ask.
        """

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        """The columns one after another. After an agent fell silent the remaining ones carry the same failure.

        Raises:
            CollectError: we could not ask.
        """


def silence(session: Session, tries: int) -> Failure:
    """No answer at all within the tries."""
    times = "1 try" if tries == 1 else f"{tries} tries"
    same = "host down, filtered, agent stopped or wrong community look the same"
    return Failure(Reason.TIMEOUT, f"no answer from {session.agent} after {times}: {same}")


def unfinished(session: Session, what: str) -> Failure:
    """The agent answers, but the whole poll took too long."""
    return Failure(Reason.TIMEOUT, f"{session.agent} answers too slowly: time was up during {what}")


def loop_found(session: Session, column: Column, rows: int) -> Failure:
    """The agent repeats itself: following it would never end."""
    return Failure(Reason.OID_LOOP, f"{session.agent} repeats rows of {column.oid} after {rows}: walk abandoned")


def endless(session: Session, column: Column, rows: int) -> Failure:
    """More rows than any real table has."""
    return Failure(Reason.OID_LOOP, f"{session.agent} has no end to {column.oid}: walk abandoned after {rows} rows")


ERROR_STATUS = (
    "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
    "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed",
    "undoFailed", "authorizationError", "notWritable", "inconsistentName",
)  # fmt: skip
"""Names of error-status by number, RFC 3416, section 3."""

TOO_BIG = 1
NO_SUCH_NAME = 2


def refused(session: Session, status: int, what: str) -> Failure:
    """The agent answered with an error-status."""
    name = ERROR_STATUS[status] if 0 <= status < len(ERROR_STATUS) else "unknown error"
    return Failure(Reason.AGENT_ERROR, f"{session.agent} answered {name} ({status}) for {what}")
