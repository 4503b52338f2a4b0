"""The collector ``snmp``: modules in, families and a verdict out."""

import asyncio
import dataclasses
import ipaddress
import socket
import time
from collections.abc import Mapping
from math import inf
from typing import cast
from weakref import WeakValueDictionary

from collectors.snmp.adaptive import Pace
from collectors.snmp.contract import DEFAULT_LIMITS, Address, Engine, Failure, Limits, Session
from collectors.snmp.engine import NetmonEngine
from collectors.snmp.families import Assembler
from collectors.snmp.filters import Filters
from collectors.snmp.interfaces import InterfaceFilter
from collectors.snmp.lanes import Allowance, Lanes
from collectors.snmp.lateness import Lateness
from collectors.snmp.modules import MODULES
from collectors.snmp.plan import Plan, plan
from collectors.snmp.poll import Memory, besides, look
from collectors.snmp.slow import SlowColumns
from collectors.snmp.told import Care, cost
from collectors.snmp.verdict import broken_modules, judge
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
from netmon.settings import SnmpSettings
from netmon.snmpmodules import Module

_MARGIN = 0.06
"""Seconds kept back from a check's timeout, so that we end the poll and say why before the poller does."""
_TOO_LATE = 0.25
"""Seconds our own loop may stand still before an agent's silence is not believed."""


class SnmpCollector:
    """``netmon.contracts.Collector`` for ``SnmpSettings``.

    ``modules`` are those that settings may name. ``wrap_large_counters``: numbers that a module scales start again at 0
    from 2^53 on.
    """

    def __init__(
        self,
        modules: Mapping[str, Module] = MODULES,
        limits: Limits = DEFAULT_LIMITS,
        *,
        wrap_large_counters: bool = True,
    ) -> None:
        self._modules = modules
        self._wrap = wrap_large_counters
        self._limits = limits
        self._own: Engine = NetmonEngine()
        self._pysnmp: Engine | None = None
        self._importing = asyncio.Lock()
        self._lanes = Lanes()
        self._paces: WeakValueDictionary[Address, Pace] = WeakValueDictionary()
        self._lateness = Lateness()
        self._memories: dict[str, Memory] = {}
        self._plans: WeakValueDictionary[tuple[str, ...], Plan] = WeakValueDictionary()

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            CollectError: none can be opened.
        """
        await self._own.start()

    async def stop(self) -> None:
        """Close the sockets; safe without ``start``."""
        self._lateness.stop()
        await self._own.stop()
        if self._pysnmp is not None:
            await self._pysnmp.stop()

    def forget(self, check_id: str) -> None:
        """The check will not be polled again: let go of what was kept of it."""
        self._memories.pop(check_id, None)

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Poll the check's modules once, within its timeout.

        Raises:
            CollectError: no socket, an unusable credential, an unknown module, the agent's lane stayed taken or its
                budget is used up, or we ourselves were too late to tell silence from an answer.
        """
        begun = time.monotonic()
        settings = check.settings
        if not isinstance(settings, SnmpSettings):
            raise CollectError(Reason.INTERNAL, f"check {check.id} has no SNMP settings")
        deadline = begun + max(0.001 * check.timeout - _MARGIN, 0.0005 * check.timeout)
        address = await _resolve(settings, deadline)
        if isinstance(address, Failure):
            return Reading(State.DOWN, address.reason, address.detail)
        memory = self._memory(check, settings, address)
        patience = min((deadline - begun) / (settings.retries + 1), memory.plan.timeout or inf)
        log: list[str] | None = [_headline(settings, address)] if verbose else None
        session = Session(address, settings, deadline, patience, self._limits, memory.recollection, log)
        session.pace, session.any_source = memory.pace, memory.plan.any_source
        allowance = _allowance(check, settings)
        size = memory.pace.size
        self._lateness.begin()
        try:
            async with memory.lane.turn(allowance, session.remaining()) as left:
                session.deadline = min(deadline, time.monotonic() + left)
                reading = await self._poll(session, memory, begun)
        finally:
            self._lateness.end()
        if verbose and size != memory.pace.size:
            changed = f"max-repetitions {size} becomes {memory.pace.size} for the next requests"
            reading = dataclasses.replace(reading, log=(*reading.log, changed))
        care = memory.care.families(memory, allowance)
        return dataclasses.replace(reading, families=(*reading.families, *care))

    async def _poll(self, session: Session, memory: Memory, begun: float) -> Reading:
        engine = self._own if session.settings.engine == "netmon" else await self._reference()
        asked = time.monotonic()
        found = await look(memory.filters.through(engine), session, memory)
        walked = time.monotonic() - begun
        reading = judge(session, memory.plan, found.values, found.failure, found.results)
        if reading.state is not State.UP:
            self._excuse(found.failures(), session, asked)
        families = memory.assembler.assemble(found.values, found.rows)
        origins = () if session.log is None else tuple(memory.assembler.origins(found.values, found.rows))
        memory.broken = broken_modules(memory.plan, found.failure, found.results)
        ended = time.monotonic() - begun
        age = found.age
        return dataclasses.replace(
            reading,
            families=families + cost(session, walked, ended),
            engine_boots=age.boots if age else None,
            engine_time=age.engine_time if age else None,
            origins=origins,
        )

    def _excuse(self, failures: frozenset[Reason], session: Session, since: float) -> None:
        """Silence while we ourselves did not listen is no silence of the agent's.

        Raises:
            CollectError: so it was.
        """
        late = self._lateness.worst(since)
        if Reason.TIMEOUT in failures and late > max(_TOO_LATE, session.patience / 2):
            detail = f"netmon stood still for {late:.1f} s while it waited for {session.agent}: nothing can be said"
            raise CollectError(Reason.OVERLOAD, detail)

    async def _reference(self) -> Engine:
        """The pysnmp engine, when first wanted: importing it takes time and memory few need."""
        async with self._importing:
            if self._pysnmp is None:
                self._pysnmp = await asyncio.to_thread(_import_pysnmp)
                await self._pysnmp.start()
            return self._pysnmp

    def _memory(self, check: Check, settings: SnmpSettings, address: Address) -> Memory:
        memory = self._memories.get(check.id)
        if memory is None or (memory.settings is not settings and memory.settings != settings):
            memory = self._memories[check.id] = self._new_memory(settings, address)
        if memory.address != address:  # the name leads elsewhere now: what was known may be another device's
            memory = self._memories[check.id] = self._new_memory(settings, address)
        return memory

    def _new_memory(self, settings: SnmpSettings, address: Address) -> Memory:
        unknown = [name for name in settings.modules if name not in self._modules]
        if unknown:
            raise CollectError(Reason.INTERNAL, f"no SNMP module is called {', '.join(unknown)}")
        modules = [self._modules[name] for name in settings.modules]
        requests = self._plans.get(settings.modules)
        if requests is None:  # devices of a kind share it
            requests = self._plans[settings.modules] = plan(modules)
        interfaces = InterfaceFilter(settings.interfaces, requests)
        slow = SlowColumns(requests, modules, besides(interfaces, requests))
        pace = self._paces.get(address)
        if pace is None:
            pace = self._paces[address] = Pace(settings.max_repetitions)
        pace.limit(settings.max_repetitions)
        lane = self._lanes.of(address)
        return Memory(
            address, settings, requests, Assembler(requests, wrap=self._wrap), slow, interfaces, pace, lane,
            Care(requests), Filters(requests.rules),
        )  # fmt: skip


def _import_pysnmp() -> Engine:
    from collectors.snmp.pysnmp_engine import PysnmpEngine  # noqa: PLC0415 - in a thread, see _reference

    return PysnmpEngine()


def _allowance(check: Check, settings: SnmpSettings) -> Allowance:
    budget = None if settings.budget is None else 0.001 * settings.budget
    return Allowance(0.001 * check.interval, budget, settings.parallel)


async def _resolve(settings: SnmpSettings, deadline: float) -> Address | Failure:
    """The socket address to send to, as replies will show it."""
    host, port = settings.address, settings.port
    try:
        if ipaddress.ip_address(host).version == 4:
            return host, port
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError, UnicodeError):
        return Failure(Reason.RESOLVE_FAILED, f"the name '{host}' does not resolve to an address")
    return cast("Address", found[0][4])


def _headline(settings: SnmpSettings, address: Address) -> str:
    return (
        f"{settings.address} at {address[0]} port {address[1]}, SNMP {settings.credential.version} with credential "
        f"'{settings.credential.name}' by {settings.engine}, modules {', '.join(settings.modules)}"
    )
