"""Probes that somebody asks for: what is between ``/probe`` and the collectors.

Names of modules become settings here, and the allow list is kept: collectors ask it about every address they are led
to, after each lookup and so at each redirect, and connect to no other.
"""

import dataclasses
import threading
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from netmon.clock import MINUTE, Clock, Millis, SystemClock
from netmon.config import Configuration
from netmon.contracts import Collector, ProbeRequest
from netmon.conventions import Reason
from netmon.engine.poller import look
from netmon.errors import ScrapeRefusedError
from netmon.inventory.allow import AllowList
from netmon.model import Check, Inventory, Observation, Reading, State
from netmon.probemodules import ProbeLibrary, ProbeModule, ProbeSettings, aim, host_of, is_address
from netmon.settings import HttpSettings

USUAL_WAIT: Millis = 2 * MINUTE
"""How long a probe may take where neither the scraper nor the module says, as in blackbox_exporter."""
LONGEST_WAIT: Millis = 10 * MINUTE
_LONGEST = 2048


class Probing:
    """``netmon.contracts.Prober`` on the daemon's collectors. Before ``open`` nothing is asked."""

    def __init__(
        self, inventory: Inventory, allowed: Iterable[str], modules: ProbeLibrary, clock: Clock | None = None
    ) -> None:
        self._allow = AllowList(inventory, allowed)
        self._modules = modules
        self._clock = clock or SystemClock()
        self._collectors: Mapping[str, Collector] = {}

    @classmethod
    def of(cls, configuration: Configuration, clock: Clock) -> "Probing":
        """As the configuration says."""
        allowed = configuration.web.probe_allow
        return cls(configuration.inventory, allowed, configuration.probe_modules, clock)

    def open(self, collectors: Mapping[str, Collector]) -> None:
        """From now on ask by ``collectors``, which run."""
        self._collectors = collectors

    def modules(self) -> Sequence[str]:
        """See ``netmon.contracts.Prober.modules``."""
        return sorted(name for name, module in self._modules.items() if module.settings is not None)

    def module(self, name: str) -> ProbeModule:
        """See ``netmon.contracts.Prober.module``."""
        found = self._modules.get(name)
        if found is None:
            raise ScrapeRefusedError(f'Unknown module "{_harmless(name)}"')
        if found.settings is None:
            raise ScrapeRefusedError(f'Module "{name}" cannot be used here: {found.refused}')
        return found

    async def probe(self, module: ProbeModule, asked: ProbeRequest) -> Observation:
        """See ``netmon.contracts.Prober.probe``."""
        if any(len(word) > _LONGEST or not word.isprintable() for word in (asked.target, asked.hostname)):
            raise ScrapeRefusedError("a parameter is too long or has characters that cannot be shown")
        try:
            settings = aim(module, asked.target, asked.hostname)
        except ValueError as error:
            raise ScrapeRefusedError(str(error)) from None
        host = host_of(settings)
        guard = self._guard(host, settings)
        addresses = dataclasses.replace(settings.addresses, guard=guard)
        check = _check(module, asked, dataclasses.replace(settings, addresses=addresses))
        collector = self._collectors.get(module.prober)
        if collector is None:
            starting = Reading(State.UNKNOWN, Reason.NOT_POLLED, "netmon is only just starting")
            return Observation(check, self._clock.now(), 0.0, starting)
        observation = await look(collector, check, self._clock, verbose=asked.verbose)
        self._refuse_strangers(observation, host, guard)
        return observation

    def _guard(self, host: str, settings: ProbeSettings) -> "_Guard":
        """Whoever is met from here on. An address is refused at once, and so is a name that only a proxy looks up."""
        known = self._allow.allows_name(host)
        proxied = isinstance(settings, HttpSettings) and settings.proxy is not None and settings.proxy.skip_resolve
        if not known and (proxied or is_address(host)) and not self._allow.allows_address(host):
            raise _stranger(host)
        return _Guard(self._allow)

    def _refuse_strangers(self, observation: Observation, host: str, guard: "_Guard") -> None:
        """What a stranger's name leads to is none of their business, that it leads nowhere included."""
        reading = observation.reading
        if reading.reason is Reason.FORBIDDEN:
            raise ScrapeRefusedError(
                f"{reading.detail}: it is neither in the inventory nor in web.probe_allow", forbidden=True
            )
        if reading.reason is Reason.RESOLVE_FAILED and not guard.passed and not self._allow.allows_name(host):
            raise ScrapeRefusedError(
                f"target '{host}' does not resolve to an address, and is not named by the inventory or web.probe_allow",
                forbidden=True,
            )


class _Guard:
    """Asks the allow list; ``passed`` once anybody was let through. Used from collectors' threads."""

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow
        self._passed = threading.Event()

    @property
    def passed(self) -> bool:
        return self._passed.is_set()

    def allows(self, host: str, address: str) -> bool:
        """See ``netmon.settings.AddressGuard``."""
        allowed = self._allow.allows_name(host) or self._allow.allows_address(address)
        if allowed:
            self._passed.set()
        return allowed


def _stranger(host: str) -> ScrapeRefusedError:
    return ScrapeRefusedError(
        f"target '{_harmless(host)}' is neither in the inventory nor in web.probe_allow", forbidden=True
    )


def _harmless(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:200])
    return shown.replace("\\", "\\\\").replace('"', '\\"')


def _check(module: ProbeModule, asked: ProbeRequest, settings: ProbeSettings) -> Check:
    """The shorter of what the module and the scraper allow, as there."""
    waits = asked.waits if asked.waits and asked.waits > 0 else None
    timeout = min(module.timeout or LONGEST_WAIT, waits or (module.timeout or USUAL_WAIT), LONGEST_WAIT)
    name = f"/probe?{quote(module.name)}&{quote(asked.target, safe=':/[]')}"
    return Check(name, "probe", module.prober, asked.target, "", "", "", (), MINUTE, timeout, 1, 1, settings)
