"""The collector: polls abreast on shared sockets, on the event loop."""

from collectors.icmp.channels import Channels
from collectors.icmp.probe import Probe
from collectors.net.deadline import Deadline
from collectors.net.names import Names
from collectors.net.places import Places
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import IcmpSettings


class IcmpCollector:
    """Pings, ``most`` hosts at the same time; those beyond wait, within their timeout."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._places = Places(most)
        self._names = Names()
        self._channels = Channels()

    async def start(self) -> None:
        """Nothing is opened yet: whether this host may ping shows when it is asked to."""
        self._places = Places(self._most)
        self._names.start()

    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        """Ping, within ``check.timeout``.

        Raises:
            CollectError: we could not look: no right to ping, no socket, no route, packets dropped by this host.
        """
        settings = check.settings
        if not isinstance(settings, IcmpSettings):
            raise CollectError(Reason.INTERNAL, "the check has no settings for the collector icmp")
        deadline = Deadline(check.timeout / SECOND)
        probe = Probe(settings, deadline, self._names, self._channels, verbose=verbose)
        return await self._places.run(deadline, probe.run)

    async def stop(self) -> None:
        """Close the sockets."""
        self._channels.close()
        self._names.stop()
