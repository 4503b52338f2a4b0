"""Polls that somebody asks for: what is between ``/snmp`` and the SNMP collector.

Names become credentials and addresses here, and the allow list is kept. A device polled this way keeps what helps the
next poll (labels, answers, sizes) like any other check, for as long as somebody asks for it.
"""

import asyncio
import dataclasses
import ipaddress
import socket
import time
from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable
from urllib.parse import quote

from netmon.clock import MINUTE, SECOND, Clock, Millis, SystemClock
from netmon.config import Configuration
from netmon.contracts import Collector, SnmpScrape
from netmon.conventions import Reason
from netmon.engine.poller import look
from netmon.errors import ScrapeRefusedError
from netmon.inventory.allow import AllowList
from netmon.model import Check, Inventory, Node, Reading, State
from netmon.settings import Secret, SnmpCredential, SnmpSettings
from netmon.snmpmodules import Module

SNMP_PORT = 161
DEFAULT_AUTH = "public_v2"
"""What snmp_exporter takes where a scraper names no ``auth``."""
PUBLIC = SnmpCredential(DEFAULT_AUTH, "2c", Secret("public"))
IDLE_SECONDS = 900.0
"""After so long without being asked for, a device is forgotten."""
_LEAST: Millis = 20


@runtime_checkable
class Forgetful(Protocol):
    """A collector that keeps something of each check, and can let go of it."""

    def forget(self, check_id: str) -> None:
        """The check will not be polled again."""


class SnmpScraping:
    """``netmon.contracts.SnmpScraper`` on the daemon's SNMP collector.

    ``auths`` are those of module files, ``credentials`` those of the configuration; of the same name the former counts.
    Before ``open`` nothing is asked.
    """

    def __init__(
        self,
        inventory: Inventory,
        allowed: Iterable[str],
        modules: Mapping[str, Module],
        auths: Mapping[str, SnmpCredential],
        credentials: Mapping[str, SnmpCredential],
        clock: Clock | None = None,
    ) -> None:
        self._allow = AllowList(inventory, allowed)
        self._modules = modules
        self._credentials = {**credentials, **auths}
        self._clock = clock or SystemClock()
        self._collector: Collector | None = None
        self._settings = {
            check.node: check.settings
            for check in inventory.checks.values()
            if isinstance(check.settings, SnmpSettings)
        }
        self._asked: dict[str, float] = {}
        self._swept = time.monotonic()

    @classmethod
    def of(cls, configuration: Configuration, modules: Mapping[str, Module], clock: Clock) -> "SnmpScraping":
        """As the configuration says, with ``modules``."""
        allowed, auths = configuration.web.probe_allow, configuration.snmp_modules.auths
        return cls(configuration.inventory, allowed, modules, auths, configuration.credentials, clock)

    def open(self, collector: Collector) -> None:
        """From now on ask by ``collector``, which runs."""
        self._collector = collector

    async def scrape(self, asked: SnmpScrape) -> Mapping[str, Reading]:
        """See ``netmon.contracts.SnmpScraper.scrape``."""
        begun = self._clock.monotonic()
        host, port = split_target(asked.target)
        node = self._allow.node(host, port)
        credential = self._credential(asked, node)
        for name in asked.modules:
            if name not in self._modules:
                raise ScrapeRefusedError(f"Unknown module '{name}'")
        settings = self._base(node, credential)
        address = await self._address(node.address if node else host, host, asked.timeout / SECOND)
        port = port or (node.port if node else SNMP_PORT)
        settings = dataclasses.replace(settings, address=address, port=port)
        return await self._poll(asked, settings, begun)

    async def _poll(self, asked: SnmpScrape, settings: SnmpSettings, begun: float) -> Mapping[str, Reading]:
        readings: dict[str, Reading] = {}
        silent: Reading | None = None
        for name in asked.modules:
            left = asked.timeout - round((self._clock.monotonic() - begun) * SECOND)
            if silent is not None:  # whoever did not answer is not asked again
                readings[name] = silent
            elif self._collector is None:
                readings[name] = Reading(State.UNKNOWN, Reason.NOT_POLLED, "netmon is only just starting")
            elif left < _LEAST:
                readings[name] = Reading(State.UNKNOWN, Reason.OVERLOAD, "no time was left for it")
            else:
                check = _check(asked, name, self._of_module(settings, name), left)
                self._keep(check.id)
                readings[name] = (await look(self._collector, check, self._clock)).reading
                if readings[name].reason in {Reason.TIMEOUT, Reason.AUTHENTICATION, Reason.RESOLVE_FAILED}:
                    silent = Reading(readings[name].state, readings[name].reason, readings[name].detail)
        return readings

    def _credential(self, asked: SnmpScrape, node: Node | None) -> SnmpCredential:
        name = asked.auth or DEFAULT_AUTH
        credential = self._credentials.get(name)
        if credential is None and not asked.auth:
            own = self._settings.get(node.id) if node else None
            credential = own.credential if own else PUBLIC
        if credential is None:
            raise ScrapeRefusedError(f"Unknown auth '{name}'")
        return dataclasses.replace(credential, context=asked.context) if asked.context else credential

    def _base(self, node: Node | None, credential: SnmpCredential) -> SnmpSettings:
        """How the device is to be asked: as the inventory says, where it knows it; but every interface is shown."""
        own = self._settings.get(node.id) if node else None
        if own is not None:
            return dataclasses.replace(own, credential=credential, interfaces=())
        return SnmpSettings("", SNMP_PORT, credential)

    def _of_module(self, settings: SnmpSettings, name: str) -> SnmpSettings:
        """What a module says of retries and sizes counts more than what is usual here."""
        module = self._modules[name]
        return dataclasses.replace(
            settings,
            modules=(name,),
            retries=settings.retries if module.retries is None else module.retries,
            max_repetitions=module.max_repetitions or settings.max_repetitions,
        )

    async def _address(self, host: str, said: str, patience: float) -> str:
        """The one address that is checked and asked.

        Raises:
            ScrapeRefusedError: it may not be asked, or the name leads nowhere.
        """
        trusted = self._allow.allows_name(host)
        addresses = [host] if _is_address(host) else await _resolve(host, patience, known=trusted)
        for address in addresses:
            if trusted or self._allow.allows_address(address):
                return address
        leads = "" if addresses == [said] else f", which leads to {addresses[0]},"
        raise ScrapeRefusedError(
            f"target '{said}'{leads} is neither in the inventory nor in web.probe_allow", forbidden=True
        )

    def _keep(self, check_id: str) -> None:
        now = time.monotonic()
        self._asked[check_id] = now
        if now - self._swept < IDLE_SECONDS / 15:
            return
        self._swept = now
        for name in [name for name, last in self._asked.items() if now - last > IDLE_SECONDS]:
            del self._asked[name]
            if isinstance(self._collector, Forgetful):
                self._collector.forget(name)


def split_target(target: str) -> tuple[str, int]:
    """Host and port (0: none said) of ``host``, ``host:port``, ``[v6]:port`` or ``v6``, with or without ``udp://``.

    Raises:
        ScrapeRefusedError: it is none of these.
    """
    scheme, separator, rest = target.partition("://")
    if separator and scheme not in {"udp", "udp4", "udp6"}:
        raise ScrapeRefusedError(f"target '{target}': only udp:// is spoken here")
    where = rest if separator else target
    if where.startswith("["):
        host, closed, tail = where[1:].partition("]")
        good = bool(closed) and (not tail or tail.startswith(":"))
        port = tail.removeprefix(":") if tail else None
    elif where.count(":") == 1:
        host, _, port = where.partition(":")
        good = True
    else:
        host, port, good = where, None, not (":" in where and not _is_address(where))
    if not good or not host or not (port is None or (port.isdecimal() and port.isascii() and 0 < int(port) < 65536)):
        raise ScrapeRefusedError(f"target '{target}' is not host, host:port or [IPv6]:port")
    return host, int(port or 0)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _resolve(host: str, patience: float, *, known: bool) -> list[str]:
    """Where a name leads. One that leads nowhere is forbidden like any other stranger unless it is ``known``."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError, UnicodeError):
        detail = f"target '{host}' does not resolve to an address"
        raise ScrapeRefusedError(detail, forbidden=not known) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _check(asked: SnmpScrape, module: str, settings: SnmpSettings, timeout: Millis) -> Check:
    said = (asked.target, module, asked.auth, asked.context)
    name = "/snmp?" + "&".join(quote(word, safe=":[]") for word in said)
    return Check(name, "snmp", "snmp", asked.target, "", "", "", (), MINUTE, timeout, 1, 1, settings)
