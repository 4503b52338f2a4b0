"""The collector: polls abreast on the event loop, where a peer that hangs keeps a socket and nothing else."""

from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline
from collectors.net.names import Names
from collectors.net.places import Places
from collectors.net.searching import Searcher
from collectors.tcp.probe import Probe, Tools
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import TcpSettings


class TcpCollector:
    """Polls over TCP, ``most`` at the same time; those beyond wait, within their timeout."""

    def __init__(self, most: int = 400) -> None:
        self._most = most
        self._places = Places(most)
        self._tools = Tools(Names(), Contexts(), Searcher())

    async def start(self) -> None:
        """Make ready; sockets and threads are opened by the polls that need them."""
        self._places = Places(self._most)
        self._tools.names.start()
        self._tools.searcher.start()

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Poll once, within ``check.timeout``.

        Raises:
            CollectError: we could not look: no socket, no route, no secret, no CA file, an endless pattern.
        """
        settings = check.settings
        if not isinstance(settings, TcpSettings):
            raise CollectError(Reason.INTERNAL, "the check has no settings for the collector tcp")
        deadline = Deadline(check.timeout / SECOND)
        probe = Probe(settings, deadline, self._tools, verbose=verbose)
        return await self._places.run(deadline, probe.run)

    async def stop(self) -> None:
        """End threads and helpers."""
        self._tools.names.stop()
        self._tools.searcher.stop()
