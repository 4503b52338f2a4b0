"""Traps and informs made into polls: what is between the receiver in ``collectors.snmp`` and the poller."""

from collections.abc import Callable, Iterable

from collectors.snmp.traps import Notification, Sender, TrapReceiver
from netmon.clock import Clock
from netmon.conventions import TRAP_KINDS
from netmon.engine.prompt import PromptPolls
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Node
from netmon.settings import SnmpSettings, TrapSettings

_STARTS = {"coldStart": "cold", "warmStart": "warm"}
_OTHER = TRAP_KINDS[-1]


class Trapping:
    """Has the SNMP checks of a node polled at once when the node says that something happened.

    What it says is counted and changes no state; traps that not every agent knows are only counted.
    """

    def __init__(
        self,
        settings: TrapSettings,
        inventory: Inventory,
        poll: Callable[[Check], None],
        telemetry: Telemetry,
        clock: Clock,
    ) -> None:
        self._telemetry = telemetry
        self._polls = PromptPolls(poll, clock, settings.poll_gap)
        self._checks: dict[str, list[Check]] = {node: [] for node in inventory.nodes}
        for check in inventory.checks.values():
            if isinstance(check.settings, SnmpSettings) and check.node in self._checks:
                self._checks[check.node].append(check)
        senders = [sender for node in inventory.nodes.values() for sender in _senders(node, self._checks[node.id])]
        self.receiver = TrapReceiver(settings, senders, self._heard, self._dropped)

    async def start(self) -> None:
        """Listen.

        Raises:
            CollectError: the address cannot be listened on.
        """
        await self.receiver.start()

    async def stop(self) -> None:
        """Listen no more."""
        await self.receiver.stop()
        self._polls.stop()

    def _dropped(self, why: str) -> None:
        self._telemetry.traps_dropped.labels(why).inc()

    def _heard(self, notification: Notification) -> None:
        self._telemetry.traps.labels(notification.kind).inc()
        if notification.kind in _STARTS:
            for node in notification.nodes:
                self._telemetry.node_starts.labels(node, _STARTS[notification.kind]).inc()
        if notification.kind == _OTHER:
            return
        asked = self._polls.ask(check for node in notification.nodes for check in self._checks[node])
        self._telemetry.trap_polls.labels("polled" if asked else "merged").inc()


def _senders(node: Node, checks: Iterable[Check]) -> list[Sender]:
    """The node with each credential it is polled with; also a node that is not polled may be heard."""
    credentials = [check.settings.credential for check in checks if isinstance(check.settings, SnmpSettings)]
    return [Sender(node.id, node.address, credential) for credential in credentials or (None,)]
