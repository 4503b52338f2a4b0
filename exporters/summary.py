"""Figures that several exporters tell alike."""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence

from netmon.clock import Millis
from netmon.contracts import CheckView, IncidentView, NodeView, ServiceView, SlaCounted, SlaView, Snapshot
from netmon.conventions import Reason
from netmon.model import MaintenanceWindow, Neighbour, Observation, State

STALE_INTERVALS = 3
"""After this many intervals without an observation, what it said is no longer told."""

_AT_ONCE = 50
_MOST_TURNS = 1_000
"""Where things change faster than that, what is left is made at once."""

ALIVE = {State.UP: 1, State.DEGRADED: 1, State.DOWN: 0, State.UNREACHABLE: 0}
"""Whether an object works; states that are not here tell neither."""


class Moment:
    """A snapshot as of one moment: what is looked at several times is computed once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.inventory = snapshot.inventory
        self.started = snapshot.started
        self.version = snapshot.version
        self.planned = snapshot.planned
        self._now = snapshot.now()
        self._checks = snapshot.checks()
        self._nodes = snapshot.nodes()
        self._services = snapshot.services()
        self._maintenance = snapshot.maintenance()
        self._sla = snapshot.sla()
        self._sla_counted = snapshot.sla_counted()
        self._incidents = snapshot.incidents()
        self._neighbours = snapshot.neighbours()

    def now(self) -> Millis:
        return self._now

    def checks(self) -> Mapping[str, CheckView]:
        return self._checks

    def nodes(self) -> Mapping[str, NodeView]:
        return self._nodes

    def services(self) -> Mapping[str, ServiceView]:
        return self._services

    def maintenance(self) -> Sequence[MaintenanceWindow]:
        return self._maintenance

    def sla(self) -> Sequence[SlaView]:
        return self._sla

    def sla_counted(self) -> SlaCounted | None:
        return self._sla_counted

    def incidents(self) -> Sequence[IncidentView]:
        return self._incidents

    def neighbours(self) -> Mapping[str, Sequence[Neighbour]]:
        return self._neighbours

    def freshen(self, most: int) -> bool:  # noqa: ARG002 - it stays as it is
        return True


async def freshened(snapshot: Snapshot) -> None:
    """Have the snapshot make the views that are no longer good, a few at a time: after a storm all are."""
    for _ in range(_MOST_TURNS):
        if snapshot.freshen(_AT_ONCE):
            return
        await others_first()


async def others_first() -> None:
    """Let the loop do what else is due: timers come after what was ready before them."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def is_stale(last: Observation | None, now: Millis) -> bool:
    """Whether the check's last observation is too old to be told as present."""
    return last is not None and now - last.started > STALE_INTERVALS * last.check.interval


def is_blind(view: CheckView) -> bool:
    """Whether the check is unknown because netmon itself was cut off."""
    return view.state is State.UNKNOWN and view.reason == Reason.BLIND


def services_by_commune(snapshot: Snapshot) -> dict[str, list[ServiceView]]:
    """The services of each commune; ``*`` among a service's communes stands for all of them."""
    inventory = snapshot.inventory
    members: dict[str, list[ServiceView]] = {name: [] for name in inventory.communes}
    for view in snapshot.services().values():
        service = inventory.services.get(view.id)
        communes = service.communes if service else ()
        for name in members if "*" in communes else communes:
            if name in members:
                members[name].append(view)
    return members


def shared_services(snapshot: Snapshot) -> set[str]:
    """Ids of the services that every commune has a part in, where there are several communes."""
    inventory = snapshot.inventory
    everyone = set(inventory.communes)
    return {
        service.id
        for service in inventory.services.values()
        if len(everyone) > 1 and ("*" in service.communes or everyone <= set(service.communes))
    }


def up_ratio(views: Sequence[ServiceView | NodeView]) -> float | None:
    """Share of ``views`` that work, among those known and not in maintenance; None when there are none."""
    known = [ALIVE[view.state] for view in views if view.state in ALIVE and not view.maintenance]
    return sum(known) / len(known) if known else None


def printable(text: str) -> str:
    """``text`` on one line without control characters or what turns the direction of writing round."""
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def plain(text: str) -> str:
    """``text`` as people sort and compare names: no accents, no capitals, spaces for hyphens and apostrophes."""
    letters = (each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return "".join(" " if each in "-'’_" else each for each in letters)
