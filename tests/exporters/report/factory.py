"""Reports made by hand, with figures that agree with their outages."""

import random
from collections.abc import Iterable, Sequence

from netmon.clock import HOUR, MINUTE, SECOND, Millis
from netmon.model import (
    Commune,
    CommuneReport,
    Figures,
    MaintenanceWindow,
    ObjectFigures,
    Outage,
    Partition,
    Period,
    Report,
    Share,
)

NOVEMBER = Period("2026-11", 1_793_487_600_000, 1_796_079_600_000, "Europe/Paris")
OCTOBER = Period("2026-10", 1_790_805_600_000, 1_793_487_600_000, "Europe/Paris")
"""With the end of summer time in it: 25 October, 31 days and one hour."""

BEGLES = Commune("Bègles", "33039", 31_831, (4, 5), "213300395")
LE_HAILLAN = Commune("Le Haillan", "33200", 11_955, (1, 3), "213302003")

POLICY = (
    ("maintenance", "excluded"),
    ("degraded", "up"),
    ("unreachable", "down"),
    ("unknown", "excluded"),
    ("no_data", "excluded"),
)

Span = tuple[Millis, Millis, str]
"""(start, end, reason)."""


def figures(
    object_id: str,
    period: Period = NOVEMBER,
    outages: Sequence[Span] = (),
    planned: Sequence[Span] = (),
    unseen: Millis = 0,
    resolution: Millis = 30 * SECOND,
) -> Figures:
    """Figures of an object up but for ``outages`` and ``planned`` ones, of which ``unseen`` was not watched."""
    length = period.end - period.start
    down = sum(end - start for start, end, _ in outages)
    works = sum(end - start for start, end, _ in planned)
    eligible = length - works - unseen
    found = [Outage(object_id, start, end, end - start, reason) for start, end, reason in outages]
    found += [Outage(object_id, start, end, 0, reason) for start, end, reason in planned]
    blur = len(outages) * resolution
    return Figures(
        partition=Partition(up=eligible - down, down=down, maintenance=works, no_data=unseen),
        eligible=eligible,
        unavailable=down,
        availability=Share(eligible - down, eligible),
        low=Share(max(0, eligible - down - blur), eligible),
        high=Share(min(eligible, eligible - down + blur), eligible),
        coverage=Share(eligible, length - works),
        outages=tuple(sorted(found, key=lambda outage: outage.start)),
    )


def together(parts: Iterable[Figures]) -> Figures:
    """Figures added up, weighted by time."""
    parts = list(parts)
    classes = Partition.__dataclass_fields__
    partition = Partition(**{name: sum(getattr(part.partition, name) for part in parts) for name in classes})

    def share(name: str) -> Share:
        return Share(sum(getattr(p, name).part for p in parts), sum(getattr(p, name).whole for p in parts))

    return Figures(
        partition=partition,
        eligible=sum(part.eligible for part in parts),
        unavailable=sum(part.unavailable for part in parts),
        availability=share("availability"),
        low=share("low"),
        high=share("high"),
        coverage=share("coverage"),
        outages=tuple(sorted((o for part in parts for o in part.outages), key=lambda outage: outage.start)),
    )


def commune(
    where: Commune,
    services: Sequence[ObjectFigures],
    sites: Sequence[ObjectFigures] = (),
    planned: Sequence[MaintenanceWindow] = (),
    objective: float | None = 0.995,
) -> CommuneReport:
    """A commune with the figures of its services taken together."""
    contract = "Contrat d'engagement" if objective is not None else ""
    whole = together(item.figures for item in services)
    return CommuneReport(where, objective, contract, whole, tuple(services), tuple(sites), tuple(planned))


def report(*communes: CommuneReport, period: Period = NOVEMBER, generated: Millis | None = None) -> Report:
    """A report of ``communes``, made an hour after the period."""
    names = {item.id: item.name for part in communes for item in (*part.services, *part.sites)}
    return Report(
        period=period,
        generated=period.end + HOUR if generated is None else generated,
        version="0.1.0",
        policy_name="contract",
        policy=POLICY,
        resolution=MINUTE,
        digest="5f" * 32,
        names=names,
        figures=together(part.figures for part in communes),
        communes=communes,
    )


def service(object_id: str, name: str, family: str, period: Period = NOVEMBER, **spans: object) -> ObjectFigures:
    """A service; keywords are those of ``figures``."""
    return ObjectFigures(object_id, name, "service", family, figures(object_id, period, **spans))  # type: ignore[arg-type]


def site(object_id: str, name: str, kind: str, period: Period = NOVEMBER, **spans: object) -> ObjectFigures:
    """A site; keywords are those of ``figures``."""
    return ObjectFigures(object_id, name, "site", kind, figures(object_id, period, **spans))  # type: ignore[arg-type]


def small() -> Report:
    """Two communes, the objective met in one: what the golden files show."""
    start = NOVEMBER.start
    cut = (start + 100 * HOUR, start + 103 * HOUR + 36 * MINUTE, "connect_timeout")
    blink = (start + 300 * HOUR, start + 300 * HOUR + 90_250, "status")
    works = (start + 500 * HOUR, start + 502 * HOUR, "timeout")
    begles = commune(
        BEGLES,
        [
            service("portail", "Portail des citoyens", "web", outages=[cut, blink]),
            service("wifi-ecoles", "Wi-Fi des écoles", "wifi", outages=[cut], planned=[works]),
        ],
        [site("begles-mairie", "Hôtel de ville", "town_hall", outages=[cut])],
        [MaintenanceWindow("wifi-ecoles", *works[:2], "Mise à jour du contrôleur", start)],
    )
    haillan = commune(
        LE_HAILLAN,
        [service("portail", "Portail des citoyens", "web", outages=[blink], unseen=12 * HOUR)],
        [site("haillan-mairie", "Mairie", "town_hall", unseen=12 * HOUR)],
    )
    return report(begles, haillan)


def metropole(communes: Sequence[Commune], seed: int = 1) -> Report:
    """A month of all ``communes``, with faults drawn from ``seed``."""
    draw = random.Random(seed)
    common = _spans(draw, 2)
    parts = []
    for place in communes:
        local = _spans(draw, draw.choice([0, 0, 1, 3, 6]))
        unseen = draw.choice([0, 0, 0, 0, 70 * HOUR]) if place.name != "Bordeaux" else 0
        services = [
            service("portail", "Portail des citoyens", "web", outages=common, unseen=unseen),
            service("billettique", "Billettique du tramway", "ticketing", unseen=unseen),
            *(
                service(f"{key}-{place.insee}", name, family, outages=local[: draw.randint(0, 6)], unseen=unseen)
                for key, name, family in (
                    ("reseau", "Réseau des bâtiments municipaux", "network"),
                    ("wifi", "Wi-Fi des écoles", "wifi"),
                    ("energie", "Supervision de l’énergie", "energy"),
                    ("concertation", "Plateforme de concertation", "consultation"),
                )
            ),
        ]
        sites = [
            site(f"{place.insee}-mairie", f"Hôtel de ville de {place.name}", "town_hall", outages=local[:2]),
            site(f"{place.insee}-ecole", "École Jean-Jaurès", "school", outages=local),
            site(f"{place.insee}-piscine", "Piscine municipale", "pool"),
        ]
        window = MaintenanceWindow("*", NOVEMBER.start + 480 * HOUR, NOVEMBER.start + 484 * HOUR, "Cœur de réseau", 0)
        parts.append(commune(place, services, sites, [window]))
    return report(*parts)


def _spans(draw: random.Random, count: int) -> list[Span]:
    """``count`` outages that do not touch."""
    slot = (NOVEMBER.end - NOVEMBER.start) // max(count, 1)
    spans = []
    for index in range(count):
        start = NOVEMBER.start + index * slot + draw.randrange(slot // 2)
        length = draw.choice([45 * SECOND, 4 * MINUTE, 22 * MINUTE, 3 * HOUR])
        spans.append((start, start + length, draw.choice(["timeout", "status", "connect_refused", "parent_down"])))
    return spans
