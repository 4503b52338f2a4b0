"""The collector: polls abreast on the event loop, where a server that is silent keeps a socket and nothing else."""

from collectors.dns.probe import Probe
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from collectors.net.names import Names
from collectors.net.places import Places
from collectors.net.searching import Searcher
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import DnsSettings


class DnsCollector:
    """Asks name servers, ``most`` at the same time; those beyond wait, within their timeout."""

    def __init__(self, most: int = 400) -> None:
        self._most = most
        self._places = Places(most)
        self._names = Names()
        self._contexts = Contexts()
        self._searcher = Searcher()

    async def start(self) -> None:
        """Make ready; sockets and threads are opened by the polls that need them."""
        self._places = Places(self._most)
        self._names.start()
        self._searcher.start()

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Ask once, within ``check.timeout``.

        Raises:
            CollectError: we could not look: no socket, no route, no CA file, an endless pattern, a query that is none.
        """
        settings = check.settings
        if not isinstance(settings, DnsSettings):
            raise CollectError(Reason.INTERNAL, "the check has no settings for the collector dns")
        deadline = Deadline(check.timeout / SECOND)
        probe = Probe(settings, deadline, self._names, self._contexts, self._searcher, verbose=verbose)
        return await self._places.run(deadline, probe.run)

    async def stop(self) -> None:
        """End threads and helpers."""
        self._names.stop()
        self._searcher.stop()
