"""What can go wrong in the metropolis, and how each fault is told.

A fault lasts from ``start`` to ``end``; its effect is felt during ``active`` only (a flapping device comes and goes, a
UPS holds for a while after the power went). Who falls silent then follows from the topology.
"""

from dataclasses import dataclass
from enum import StrEnum

from netmon.clock import MINUTE, Millis
from netmon.model import MaintenanceWindow
from netmon.simulation.intervals import Span, Spans
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.seeded import Chance


class FaultKind(StrEnum):
    """The closed list of faults."""

    LINK_CUT = "link_cut"
    POWER_CUT = "power_cut"
    REBOOT = "reboot"
    WORKS = "works"
    FLAPPING = "flapping"
    SLOW_DEVICE = "slow_device"
    BLIP = "blip"
    HTTP_500 = "http_500"
    HANG = "hang"
    RESET = "reset"
    STOPPED = "stopped"
    WRONG_CONTENT = "wrong_content"
    SLOW_WEB = "slow_web"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_EXPIRES = "certificate_expires"


RESTARTING = frozenset({FaultKind.POWER_CUT, FaultKind.REBOOT, FaultKind.WORKS})
"""After these a device has booted anew."""

CERTIFICATE_WARNING: Millis = 14 * 24 * 60 * MINUTE
"""How long before its expiry a certificate is worth a warning: ``TlsSettings.min_days``."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the product's two languages."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``object`` is a device, a web check or (power) a site; ``peer`` the other end of a cut link.

    ``affects``: devices and web checks that are not as they should be while it is active. ``window``: the planned work
    this is, as it was announced.
    """

    id: str
    kind: FaultKind
    object: str
    start: Millis
    end: Millis
    text: Text
    active: tuple[Span, ...]
    affects: tuple[str, ...]
    peer: str = ""
    window: MaintenanceWindow | None = None


class Faults:
    """Makes faults of one metropolis, numbering them with ``prefix``."""

    def __init__(self, metropolis: Metropolis, chance: Chance, prefix: str) -> None:
        self._metropolis = metropolis
        self._chance = chance
        self._prefix = prefix
        self.made: list[Fault] = []

    def link_cut(self, lower: str, upper: str, start: Millis, length: Millis) -> None:
        """The link between two devices carries nothing."""
        affects = self._metropolis.affected(frozenset(), frozenset({(lower, upper)}))
        place = self._place(lower)
        text = Text(f"Lien coupé entre {lower} et {upper} ({place})", f"Link cut between {lower} and {upper} ({place})")
        if not affects:
            text = Text(f"{text.fr} ; le secours tient", f"{text.en}; the other path holds")
        self._add(FaultKind.LINK_CUT, lower, start, start + length, text, affects, peer=upper)

    def power_cut(self, site: str, start: Millis, length: Millis, battery: Millis) -> None:
        """The site loses mains for ``length``; what stands there is off once ``battery`` is over (0: it has none)."""
        name = self._metropolis.sites[site].name
        off = (start + battery, start + length)
        text = Text(f"Coupure d'électricité : {name}", f"Power cut: {name}")
        if battery:
            hold = max(1, round(min(battery, length) / MINUTE))
            text = Text(f"{text.fr} ; l'onduleur tient {hold} min", f"{text.en}; the battery holds for {hold} min")
        affects = self._metropolis.affected(frozenset(self._metropolis.at_site[site])) if off[0] < off[1] else ()
        self._add(FaultKind.POWER_CUT, site, start, start + length, text, affects, active=(off,))

    def reboot(self, device: str, start: Millis, length: Millis) -> None:
        """The device restarts by itself."""
        text = Text(f"Redémarrage inopiné de {device}", f"Unexpected restart of {device}")
        self._device(FaultKind.REBOOT, device, start, length, text)

    def flapping(self, device: str, start: Millis, length: Millis, beat: Millis) -> None:
        """The device comes and goes, about every ``beat``."""
        active: list[Span] = []
        at = start
        while at < start + length:
            gone = int(beat * self._chance.between(0.7, 1.3)) // 1000 * 1000
            active.append((at, min(at + gone, start + length)))
            at += gone + int(beat * self._chance.between(0.7, 1.3)) // 1000 * 1000
        text = Text(f"{device} instable : va et vient", f"{device} is unstable: it comes and goes")
        affects = self._metropolis.affected(frozenset({device}))
        self._add(FaultKind.FLAPPING, device, start, active[-1][1], text, affects, active=tuple(active))

    def slow_device(self, device: str, start: Millis, length: Millis) -> None:
        """The device answers, but later than anyone waits."""
        text = Text(f"{device} répond avec retard", f"{device} answers late")
        self._add(FaultKind.SLOW_DEVICE, device, start, start + length, text, (device,))

    def blip(self, object_: str, start: Millis, length: Millis) -> None:
        """One lost poll: must not become an outage."""
        text = Text(f"Micro-coupure de {object_}", f"Blip of {object_}")
        self._add(FaultKind.BLIP, object_, start, start + length, text, (object_,))

    def web(self, kind: FaultKind, check: str, start: Millis, length: Millis) -> None:
        """The web server misbehaves in one of the ways of ``kind``."""
        name = self._metropolis.endpoints[check].name
        fr, en = _WEB_TEXTS[kind]
        self._add(kind, check, start, start + length, Text(f"{name} {fr}", f"{name} {en}"), (check,))

    def works(self, object_: str, window: Span, off: Span, recorded: Millis) -> None:
        """Planned work, announced at ``recorded`` for ``window``; the device or web site is away during ``off``."""
        web = self._metropolis.endpoints.get(object_)
        what = Text(*self._chance.pick(_WEB_WORKS if web else _WORKS))
        title = web.name if web else object_
        text = Text(f"{what.fr} : {title}", f"{what.en}: {title}")
        affects = (object_,) if web else self._metropolis.affected(frozenset({object_}))
        told = MaintenanceWindow(object_, *window, what.fr, recorded)
        end = max(window[1], off[1])
        self._add(FaultKind.WORKS, object_, window[0], end, text, affects, active=(off,), window=told)

    def _device(self, kind: FaultKind, device: str, start: Millis, length: Millis, text: Text) -> None:
        affects = self._metropolis.affected(frozenset({device}))
        self._add(kind, device, start, start + length, text, affects)

    def _place(self, device: str) -> str:
        return self._metropolis.sites[self._metropolis.devices[device].site].name

    def _add(
        self,
        kind: FaultKind,
        object_: str,
        start: Millis,
        end: Millis,
        text: Text,
        affects: tuple[str, ...],
        *,
        active: tuple[Span, ...] | None = None,
        peer: str = "",
        window: MaintenanceWindow | None = None,
    ) -> None:
        spans = tuple(Spans(((start, end),) if active is None else active))
        number = f"{self._prefix}{len(self.made) + 1:04d}"
        self.made.append(Fault(number, kind, object_, start, end, text, spans, affects, peer, window))


_WEB_TEXTS = {
    FaultKind.HTTP_500: ("répond par des erreurs 500", "answers with 500 errors"),
    FaultKind.HANG: ("accepte les connexions mais ne répond plus", "accepts connections but no longer answers"),
    FaultKind.RESET: ("coupe les connexions", "resets connections"),
    FaultKind.STOPPED: ("est arrêté : connexions refusées", "is stopped: connections refused"),
    FaultKind.WRONG_CONTENT: ("affiche une page qui n'est pas la sienne", "shows a page that is not its own"),
    FaultKind.SLOW_WEB: ("est lent", "is slow"),
    FaultKind.CERTIFICATE_EXPIRED: ("présente un certificat expiré", "presents an expired certificate"),
    FaultKind.CERTIFICATE_EXPIRES: ("a un certificat qui expire bientôt", "has a certificate about to expire"),
}
_WORKS = (
    ("Mise à jour du micrologiciel", "Firmware update"),
    ("Remplacement d'une alimentation", "Replacement of a power supply"),
    ("Recâblage de la baie", "Rewiring of the rack"),
)
_WEB_WORKS = (
    ("Mise à jour du site", "Update of the web site"),
    ("Migration de la base de données", "Migration of the database"),
)
