"""Which part of the inventory a scrape asks for."""

from dataclasses import dataclass

from netmon.model import Check


@dataclass(frozen=True, slots=True)
class Selection:
    """Communes and nodes by name and id; empty: all. With both, what satisfies both.

    A selection holds series of what it names only. Series about the whole daemon come with a scrape of everything, or
    alone with ``daemon_only``: for who scrapes the rest in parts.
    """

    communes: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    daemon_only: bool = False

    @property
    def is_everything(self) -> bool:
        return not self.communes and not self.nodes and not self.daemon_only

    @property
    def tells_daemon(self) -> bool:
        """Whether series about the whole daemon belong to it."""
        return self.daemon_only or self.is_everything

    def takes(self, commune: str, node: str) -> bool:
        """Whether something of ``commune`` on ``node`` belongs to it."""
        if self.daemon_only:
            return False
        return (not self.communes or commune in self.communes) and (not self.nodes or node in self.nodes)

    def takes_check(self, check: Check) -> bool:
        """Whether the check belongs to it."""
        return self.takes(check.commune, check.node)


EVERYTHING = Selection()
