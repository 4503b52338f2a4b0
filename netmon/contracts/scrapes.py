"""Looks on a scraper's behalf: what ``/snmp`` and ``/probe`` ask of those who can look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from netmon.clock import Millis
from netmon.model import Observation, Reading
from netmon.probemodules import ProbeModule


@dataclass(frozen=True, slots=True)
class SnmpScrape:
    """What a scraper asks for through ``/snmp``, as it said it. ``auth`` empty: it named none.

    ``timeout`` is for everything together: resolving, waiting for the device's lane, all modules.
    """

    target: str
    modules: tuple[str, ...]
    auth: str
    context: str
    timeout: Millis


class SnmpScraper(Protocol):
    """Looks at a device because somebody asks now, not because it is due."""

    async def scrape(self, asked: SnmpScrape) -> Mapping[str, Reading]:
        """A reading of each module, in the order asked for. UP: it is complete; else ``detail`` says what is wrong.

        Raises:
            ScrapeRefusedError: the device is not asked: it is not one of ours, or a name is unknown.
        """


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What a scraper asks for through ``/probe``, as it said it.

    ``waits`` is how long it waits for the answer, None: it did not say. ``verbose`` asks for the steps.
    """

    target: str
    hostname: str = ""
    waits: Millis | None = None
    verbose: bool = False


class Prober(Protocol):
    """Looks at a target with a module of a module file because somebody asks now."""

    def modules(self) -> Sequence[str]:
        """The modules there are, by name."""

    def module(self, name: str) -> ProbeModule:
        """The module called so.

        Raises:
            ScrapeRefusedError: there is none, or it cannot be used here.
        """

    async def probe(self, module: ProbeModule, asked: ProbeRequest) -> Observation:
        """Look once. UP or DEGRADED is a success; UNKNOWN: we could not look.

        Raises:
            ScrapeRefusedError: the target is not asked: it makes no sense, or is not one of ours.
        """
