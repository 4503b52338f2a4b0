"""One poll of one agent: GET first, for it tells what may have changed, then the columns that must be read.

Columns that give labels go before those that are labelled, so that a poll cut short loses values rather than names.
Whoever falls silent, or refuses us, is not asked again.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import (
    Address,
    Column,
    ColumnResult,
    Engine,
    Failure,
    Recollection,
    Rows,
    Session,
    SnmpError,
    Value,
)
from collectors.snmp.families import Assembler
from collectors.snmp.filters import Filters
from collectors.snmp.interfaces import IF_ADMIN, InterfaceFilter
from collectors.snmp.lanes import Lane
from collectors.snmp.plan import UPTIME, Plan
from collectors.snmp.slow import FEW_ROWS, IF_TABLE_LAST_CHANGE, Signs, SlowColumns, Why
from collectors.snmp.told import Care
from netmon.ber import encode_oid
from netmon.conventions import Reason
from netmon.settings import SnmpSettings
from netmon.state.restarts import Age

ENGINE_BOOTS: Final = encode_oid("1.3.6.1.6.3.10.2.1.2.0")
ENGINE_TIME: Final = encode_oid("1.3.6.1.6.3.10.2.1.3.0")
"""snmpEngineBoots and snmpEngineTime, of SNMP-FRAMEWORK-MIB (RFC 3411); many agents lack them."""

_UNTRUSTED: Final = frozenset({Reason.OID_LOOP, Reason.TOO_LARGE, Reason.GARBAGE})
"""Failures of a walk after which the rows it had found are not worth keeping."""
_OF_ONE_COLUMN: Final = frozenset({Reason.OID_LOOP, Reason.AGENT_ERROR})
"""Failures that say nothing of the columns behind."""


@dataclass(slots=True)
class Memory:
    """What is kept of a check between polls.

    ``broken`` are the modules that did not come through by the last poll, ``lacks`` instances the agent does not have,
    not asked for again before ``lacks_until``.
    """

    address: Address
    settings: SnmpSettings
    plan: Plan
    assembler: Assembler
    slow: SlowColumns
    interfaces: InterfaceFilter
    pace: Pace
    lane: Lane
    care: Care
    filters: Filters
    broken: Collection[str] = ()
    recollection: Recollection = field(default_factory=Recollection)
    slow_recollection: Recollection = field(default_factory=Recollection)
    lacks: set[bytes] = field(default_factory=set)
    lacks_until: float = 0.0


@dataclass(slots=True)
class Findings:
    """What a poll brought: values of instances, and a result for each column of the plan, in its order.

    ``failure`` is that of the instances. ``rows`` are the columns worth showing.
    """

    values: Mapping[bytes, Value]
    failure: Failure | None
    results: Sequence[ColumnResult]
    rows: Mapping[bytes, Rows]
    age: Age | None

    def failures(self) -> frozenset[Reason]:
        """Why something is missing."""
        failures = (self.failure, *(result.failure for result in self.results))
        return frozenset(failure.reason for failure in failures if failure is not None)


async def look(engine: Engine, session: Session, memory: Memory) -> Findings:
    """Ask the agent.

    Raises:
        CollectError: we could not ask.
    """
    return await _Look(engine, session, memory).run()


class _Look:
    def __init__(self, engine: Engine, session: Session, memory: Memory) -> None:
        self._engine = engine
        self._session = session
        self._memory = memory
        self._slow = memory.slow
        self._results: dict[bytes, ColumnResult] = {}
        self._given_up: Failure | None = None

    async def run(self) -> Findings:
        values, failure = await self._get()
        age = self._age(values)
        if failure is not None and failure.reason is not Reason.AGENT_ERROR:
            self._given_up = failure
        await self._walk(self._signs(values, age))
        return Findings(values, failure, self._in_order(), self._rows(), age)

    # --- Instances

    async def _get(self) -> tuple[dict[bytes, Value], Failure | None]:
        wanted = self._memory.plan.instances
        besides = [name for name in self._besides() if name not in wanted]
        try:
            values = await self._engine.get(self._session, (*wanted, *besides))
        except SnmpError as error:
            if error.failure.reason is not Reason.AGENT_ERROR or not besides:
                return {}, error.failure
            self._memory.lacks.update(besides)
        else:
            self._memory.lacks.update(name for name in besides if name not in values)
            return values, None
        try:  # what nobody asked for must not cost what somebody did
            return await self._engine.get(self._session, wanted), None
        except SnmpError as error:
            return {}, error.failure

    def _besides(self) -> Iterable[bytes]:
        """What tells of restarts and of changed tables."""
        memory, now = self._memory, time.monotonic()
        if now >= memory.lacks_until:
            memory.lacks.clear()
            memory.lacks_until = now + memory.settings.refresh / 1000
        settings = memory.settings
        tells_itself = settings.credential.version == "3" and settings.engine == "netmon"
        names = [] if tells_itself else [ENGINE_BOOTS, ENGINE_TIME]
        if self._slow.wants_table_sign:
            names.append(IF_TABLE_LAST_CHANGE)
        return (name for name in names if name not in memory.lacks)

    def _age(self, values: Mapping[bytes, Value]) -> Age | None:
        uptime = values.get(UPTIME)
        if not isinstance(uptime, int):
            return None
        stamp = self._session.stamp
        if stamp is not None:
            return Age(uptime, stamp.boots, stamp.time)
        boots, seconds = values.get(ENGINE_BOOTS), values.get(ENGINE_TIME)
        return Age(uptime, _whole(boots), _whole(seconds))

    def _signs(self, values: Mapping[bytes, Value], age: Age | None) -> Signs:
        return Signs(age, _whole(values.get(IF_TABLE_LAST_CHANGE)))

    # --- Columns

    async def _walk(self, signs: Signs) -> None:
        if self._given_up is not None:
            every = (*self._slow.columns, *self._slow.fast)
            self._results = {column.prefix: ColumnResult({}, self._given_up) for column in every}
            return
        now = time.monotonic()
        why = self._slow.before_walk(now, self._memory.settings.refresh / 1000, signs)
        if why is not None:
            await self._read_slow(why)
        await self._read(self._slow.fast, self._memory.recollection)
        fast = self._worth_showing(self._slow.fast)
        if why is None and self._given_up is None:
            why = self._slow.after_walk(fast)
            if why is Why.LINK and len(self._slow.moved(fast)) <= FEW_ROWS:
                await self._read_links(self._slow.moved(fast))
            elif why is not None:
                await self._read_slow(why)
        if self._given_up is None:
            self._slow.settle(fast)

    async def _read_slow(self, why: Why) -> None:
        if self._session.log is not None:
            self._session.log.append(f"{len(self._slow.columns)} slow columns are read anew: {why.value}")
        await self._read(self._slow.columns, self._memory.slow_recollection)
        self._slow.take([self._results[column.prefix] for column in self._slow.columns], time.monotonic())

    async def _read_links(self, indexes: Sequence[bytes]) -> None:
        names = [column.prefix + index for column in self._slow.of_interfaces for index in indexes]
        try:
            values = await self._engine.get(self._session, names)
        except SnmpError:
            return  # they stay due
        self._slow.take_rows(values, indexes)

    async def _read(self, columns: Sequence[Column], recollection: Recollection) -> None:
        if not columns:
            return
        if self._given_up is not None:
            self._results.update((column.prefix, ColumnResult({}, self._given_up)) for column in columns)
            return
        self._session.memory = recollection
        results = await self._engine.walk(self._session, columns)
        self._results.update((column.prefix, result) for column, result in zip(columns, results, strict=True))
        last = results[-1].failure
        if last is not None and last.reason not in _OF_ONE_COLUMN:
            self._given_up = last
        for column in columns:
            self._remember(column, recollection)

    def _remember(self, column: Column, recollection: Recollection) -> None:
        """How long a column is, so that the next poll asks for just that."""
        result = self._results[column.prefix]
        if result.failure is None:
            recollection.rows[column.prefix] = len(result.rows)

    # --- What it comes to

    def _worth_showing(self, columns: Iterable[Column]) -> dict[bytes, Rows]:
        shown: dict[bytes, Rows] = {}
        for column in columns:
            result = self._results[column.prefix]
            if result.failure is None or (result.rows and result.failure.reason not in _UNTRUSTED):
                shown[column.prefix] = result.rows
        return shown

    def _in_order(self) -> list[ColumnResult]:
        """Results of the plan's columns; those that were not due stand as they were read."""
        known = self._slow.rows()
        return [
            self._results.get(column.prefix) or ColumnResult(known.get(column.prefix, {}))
            for column in self._memory.plan.columns
        ]

    def _rows(self) -> Mapping[bytes, Rows]:
        rows = {**self._slow.rows(), **self._worth_showing(self._slow.fast)}
        return self._memory.interfaces.apply(rows) if self._memory.interfaces.concerns else rows


def besides(interfaces: InterfaceFilter, plan: Plan) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The columns rules about interfaces need that no module asks for: slow ones and others."""
    known = {column.prefix for column in plan.columns}
    missing = [column for column in interfaces.columns if column.prefix not in known]
    return tuple(one for one in missing if one != IF_ADMIN), tuple(one for one in missing if one == IF_ADMIN)


def _whole(value: Value | None) -> int | None:
    return value if isinstance(value, int) else None
