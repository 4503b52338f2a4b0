"""The collector ``snmp``: modules in, families and a verdict out."""

import asyncio
import dataclasses
import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from collectors.snmp.contract import (
    DEFAULT_LIMITS,
    Address,
    ColumnResult,
    Engine,
    Failure,
    Limits,
    Recollection,
    Rows,
    Session,
    SnmpError,
    Value,
)
from collectors.snmp.engine import NetmonEngine
from collectors.snmp.families import Assembler
from collectors.snmp.lanes import Lanes
from collectors.snmp.modules import MODULES
from collectors.snmp.plan import Plan, plan
from collectors.snmp.verdict import cost, judge
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading, State
from netmon.settings import SnmpSettings
from netmon.snmpmodules import Module

_MARGIN = 0.06
"""Seconds kept back from a check's timeout, so that we end the poll and say why before the poller does."""
_UNTRUSTED = frozenset({Reason.OID_LOOP, Reason.TOO_LARGE, Reason.GARBAGE})
"""Failures of a walk after which the rows it had found are not worth keeping."""


@dataclass(slots=True)
class _Memory:
    """What is kept of a check between polls."""

    modules: tuple[str, ...]
    plan: Plan
    assembler: Assembler
    recollection: Recollection = field(default_factory=Recollection)


class SnmpCollector:
    """``netmon.contracts.Collector`` for ``SnmpSettings``: v2c by netmon's engine, v1 and v3 by pysnmp.

    ``modules`` are those that settings may name.
    """

    def __init__(self, modules: Mapping[str, Module] = MODULES, limits: Limits = DEFAULT_LIMITS) -> None:
        self._modules = modules
        self._limits = limits
        self._own: Engine = NetmonEngine()
        self._pysnmp: Engine | None = None
        self._importing = asyncio.Lock()
        self._lanes = Lanes()
        self._memories: dict[str, _Memory] = {}

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            CollectError: none can be opened.
        """
        await self._own.start()

    async def stop(self) -> None:
        """Close the sockets; safe without ``start``."""
        await self._own.stop()
        if self._pysnmp is not None:
            await self._pysnmp.stop()

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Poll the check's modules once, within its timeout.

        Raises:
            CollectError: no socket, an unusable credential, an unknown module, or the agent's lane stayed taken.
        """
        begun = time.monotonic()
        settings = check.settings
        if not isinstance(settings, SnmpSettings):
            raise CollectError(Reason.INTERNAL, f"check {check.id} has no SNMP settings")
        deadline = begun + max(0.001 * check.timeout - _MARGIN, 0.0005 * check.timeout)
        address = await _resolve(settings, deadline)
        if isinstance(address, Failure):
            return Reading(State.DOWN, address.reason, address.detail)
        memory = self._memory(check, settings)
        patience = (deadline - begun) / (settings.retries + 1)
        log: list[str] | None = [_headline(settings, address)] if verbose else None
        session = Session(address, settings, deadline, patience, self._limits, memory.recollection, log)
        async with self._lanes.hold(address, session.remaining()):
            return await self._poll(session, memory, begun)

    async def _poll(self, session: Session, memory: _Memory, begun: float) -> Reading:
        settings = session.settings
        own = settings.engine == "netmon" and settings.credential.version == "2c"
        engine = self._own if own else await self._reference()
        values: dict[bytes, Value] = {}
        failure: Failure | None = None
        columns = memory.plan.columns
        try:
            values = await engine.get(session, memory.plan.instances)
        except SnmpError as error:
            failure = error.failure
        if failure is None or failure.reason is Reason.AGENT_ERROR:
            results = await engine.walk(session, columns) if columns else []
        else:  # whoever is silent, or refuses us, is not asked again
            results = [ColumnResult({}, failure) for _ in columns]
        walked = time.monotonic() - begun
        families = memory.assembler.assemble(values, _kept(memory, results))
        reading = judge(session, memory.plan, values, failure, results)
        ended = time.monotonic() - begun
        return dataclasses.replace(reading, families=families + cost(session, walked, ended))

    async def _reference(self) -> Engine:
        """The pysnmp engine, when first wanted: importing it takes time and memory few need."""
        async with self._importing:
            if self._pysnmp is None:
                self._pysnmp = await asyncio.to_thread(_import_pysnmp)
                await self._pysnmp.start()
            return self._pysnmp

    def _memory(self, check: Check, settings: SnmpSettings) -> _Memory:
        memory = self._memories.get(check.id)
        if memory is None or memory.modules != settings.modules:
            unknown = [name for name in settings.modules if name not in self._modules]
            if unknown:
                raise CollectError(Reason.INTERNAL, f"no SNMP module is called {', '.join(unknown)}")
            requests = plan(self._modules[name] for name in settings.modules)
            memory = self._memories[check.id] = _Memory(settings.modules, requests, Assembler(requests))
        return memory


def _import_pysnmp() -> Engine:
    from collectors.snmp.pysnmp_engine import PysnmpEngine  # noqa: PLC0415 - in a thread, see _reference

    return PysnmpEngine()


def _kept(memory: _Memory, results: Sequence[ColumnResult]) -> dict[bytes, Rows]:
    """The columns worth showing; remembers how long they are, so that the next poll asks for just that."""
    kept: dict[bytes, Rows] = {}
    for column, result in zip(memory.plan.columns, results, strict=True):
        if result.failure is None:
            kept[column.prefix] = result.rows
            memory.recollection.rows[column.prefix] = len(result.rows)
        elif result.rows and result.failure.reason not in _UNTRUSTED:
            kept[column.prefix] = result.rows
    return kept


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
    own = settings.engine == "netmon" and settings.credential.version == "2c"
    return (
        f"{settings.address} at {address[0]} port {address[1]}, SNMP {settings.credential.version} with credential "
        f"'{settings.credential.name}' by {'netmon' if own else 'pysnmp'}, modules {', '.join(settings.modules)}"
    )
