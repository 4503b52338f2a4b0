"""Reports made by hand, with figures that agree with their outages."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.model import (
    Attribution,
    Budget,
    Capacity,
    Clock,
    Commune,
    CommuneReport,
    Contract,
    ContractReport,
    Correction,
    CorrectionEffect,
    DayCalendar,
    Exclusion,
    FamilyFigures,
    Figures,
    Guarantee,
    Handling,
    HoursException,
    IncidentOutcome,
    LinkLoad,
    MaintenanceWindow,
    ObjectFigures,
    ObjectiveOutcome,
    Outage,
    OutageNote,
    Partition,
    Party,
    PenaltyLine,
    Period,
    Proposal,
    RefusedWork,
    Report,
    Respect,
    Share,
    State,
    Stretch,
    YearlyInterruption,
)
from netmon.sla.stretches import months_until, period_before

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


CAPACITY = Capacity(
    80, 5, "2026-11-03", 2, Share(48 * DAY, 60 * DAY),
    (LinkLoad("sw-begles-2", "Te1/1/3", 10_000_000_000, 24 * DAY, 3 * DAY, 9_876),),
)  # fmt: skip
"""Two links followed from the third on, one of them loaded."""


def complete() -> Report:
    """``small`` with everything a report can tell: what the golden files show."""
    made = small()
    begles, haillan = made.communes
    cut = begles.services[0].figures.outages[0]
    note = OutageNote("portail", cut.start, (Party.OPERATOR,), ("INC-7",))
    return replace(
        made,
        communes=(
            replace(
                _told(begles),
                contracts=(commitment(begles), closed_at_night(begles)),
                budget=Budget(Fraction(43 * HOUR, 10), Fraction(5 * HOUR), Fraction(23, 10), None),
                notes=(note,),
                capacity=CAPACITY,
            ),
            replace(
                _told(haillan),
                contracts=(replace(commitment(haillan), incidents=(), exclusions=(), corrections=(), refused=()),),
                budget=Budget(Fraction(36 * HOUR, 10), Fraction(90 * SECOND), Fraction(1, 100), None),
            ),
        ),
        configuration="c0" * 32,
        capacity=CAPACITY,
        contracts=(commitment(begles), market(begles)),
        trend=months(Share(9_950, 10_000), None),
        before=period_before(NOVEMBER),
        previous=Share(99_700, 100_000),
        unsettled={"Contrat sans calendrier": "the calendar 'x' only speaks of days from 2020-01-01 to 2020-12-31"},
    )


def months(now: Share, objective: float | None, period: Period = NOVEMBER) -> tuple[Stretch, ...]:
    """Twelve months: eight not measured, one seen in part, one bad, one good, and ``now``."""
    names = months_until(period.end, period.timezone)
    unseen = [Stretch(month, Share(0, 0), Share(0, month.end - month.start), objective) for month in names[:8]]
    seen = [
        (Share(10_000, 10_000), Share(3, 10)),
        (Share(9_700, 10_000), Share(10, 10)),
        (Share(9_999, 10_000), Share(10, 10)),
    ]
    return (
        *unseen,
        *(
            Stretch(month, *shares, objective)
            for month, shares in zip(names[8:], [*seen, (now, Share(10, 10))], strict=True)
        ),
    )


def _told(part: CommuneReport) -> CommuneReport:
    families = sorted({item.family for item in part.services})
    groups = {name: [item for item in part.services if item.family == name] for name in families}
    figures_of = {name: together(item.figures for item in items) for name, items in groups.items()}
    return replace(
        part,
        services=tuple(replace(item, previous=Share(9_990 + n, 10_000)) for n, item in enumerate(part.services)),
        families=tuple(
            FamilyFigures(name, NOVEMBER, part.objective, len(groups[name]), figures_of[name]) for name in families
        ),
        public=(FamilyFigures("web", NOVEMBER, part.objective, len(groups["web"]), figures_of["web"]),),
        trend=months(part.figures.availability, part.objective),
        previous=Share(9_980, 10_000),
    )


def commitment(part: CommuneReport) -> ContractReport:
    """A commitment with a family of its own objective, an exclusion, a correction and refused works."""
    agreed = Contract(
        "Contrat d'engagement", "Contrat d'engagement", "Métropole", "communes", 0.995,
        hours="Mo-Fr 07:30-18:30; PH,SH off", objectives=(("wifi", 0.999),),
        school=DayCalendar("zone-a", "Vacances scolaires, zone A", ()),
        exceptions=(HoursException(DayCalendar("f", "Fermetures des mairies", ()), "off"),),
    )  # fmt: skip
    start = part.figures.outages[0].start if part.figures.outages else NOVEMBER.start
    off = HOUR + 12 * MINUTE
    counted = replace(
        part.figures,
        unavailable=max(0, part.figures.unavailable - off),
        availability=Share(
            min(part.figures.availability.part + off, part.figures.availability.whole), part.figures.availability.whole
        ),
        high=Share(part.figures.availability.whole, part.figures.availability.whole),
    )
    told = Attribution(
        "sw-begles-2", start, start + off, Party.COMMUNE, "", "N. Faure", "Coupure décidée par la mairie", start + DAY
    )
    corrected = Correction("portail", start, start + HOUR, State.UP, "A. Martin", "Page de test", start + 2 * DAY)
    window = MaintenanceWindow("*", start, start + HOUR, "Urgence", start - HOUR)
    outcomes = (
        ObjectiveOutcome("wifi", 0.999, part.figures, 0, False, certain=True),
        ObjectiveOutcome("", 0.995, counted, off, True, certain=True),
    )
    return ContractReport(
        contract=agreed, period=NOVEMBER, objects=2, figures=counted, excluded=off, objectives=outcomes,
        exclusions=(Exclusion(told, off),), refused=(RefusedWork(window, start, start + HOUR, "notice"),),
        incidents=(_incident(start),), gti=None, gtr=None, ims=(),
        corrections=(CorrectionEffect(corrected, Share(9_949, 10_000), Share(9_951, 10_000)),), proposals=(),
    )  # fmt: skip


def closed_at_night(part: CommuneReport) -> ContractReport:
    """A second commitment about nothing that was measured."""
    agreed = Contract(
        "ecoles", "Engagement pour les écoles", "Métropole", "communes", 0.99, families=("schools",), hours="24/7"
    )
    nothing = figures("x", unseen=NOVEMBER.end - NOVEMBER.start)
    outcome = ObjectiveOutcome("", 0.99, nothing, 0, None, certain=True)
    return ContractReport(agreed, NOVEMBER, 1, nothing, 0, (outcome,), (), (), (), None, None, (), (), ())


def market(part: CommuneReport) -> ContractReport:
    """A market with guarantees, one kept and one missed, a yearly limit passed and a proposal of penalties."""
    agreed = Contract(
        "marche", "Marché d'exploitation", "Opérateur", "Métropole", 0.999, kind="market", families=("web",),
        gti=Guarantee(HOUR), gtr=Guarantee(4 * HOUR), ims=3 * HOUR,
    )  # fmt: skip
    start = part.figures.outages[0].start
    lines = (
        PenaltyLine("started_hour", "INC-7", 2, Fraction(15_000), 30_000, (
            ("clock", "gtr"), ("notified", start + 5 * MINUTE), ("ended", start + 6 * HOUR), ("limit", 4 * HOUR),
            ("paused", 0), ("elapsed", 5 * HOUR + 55 * MINUTE), ("late", HOUR + 55 * MINUTE),
        )),
        PenaltyLine("tenth", "", 5, Fraction(50_000), 250_000, (
            ("objective", "0.999"), ("eligible", 30 * DAY), ("unavailable", 4 * HOUR), ("excluded", 0),
        ), certain=False),
        PenaltyLine("cap", "", 1, None, -230_000, (
            ("period_amount", 500_000), ("share", "1/10"), ("cap", 50_000),
        )),
    )  # fmt: skip
    outcome = ObjectiveOutcome("", 0.999, part.figures, 0, False, certain=False)
    return ContractReport(
        contract=agreed, period=NOVEMBER, objects=1, figures=part.figures, excluded=0, objectives=(outcome,),
        exclusions=(), refused=(), incidents=(_incident(start, clocked=True), _running(start)), gti=Respect(1, 0, 1),
        gtr=Respect(0, 1, 1), ims=(YearlyInterruption("portail", NOVEMBER.start, 5 * HOUR, 3 * HOUR),
                                   YearlyInterruption("wifi-ecoles", NOVEMBER.start, HOUR, 3 * HOUR)),
        corrections=(), proposals=(Proposal(NOVEMBER, True, lines, 50_000),),
    )  # fmt: skip


def _incident(start: Millis, *, clocked: bool = False) -> IncidentOutcome:
    handling = Handling(
        "INC-7", ("portail",), (), detected=start, notified=start + 5 * MINUTE, started=start + 40 * MINUTE,
        restored=start + 6 * HOUR,
    )  # fmt: skip
    gti = Clock(HOUR, 35 * MINUTE, start + HOUR + 5 * MINUTE, start + 40 * MINUTE)
    gtr = Clock(4 * HOUR, 5 * HOUR + 55 * MINUTE, start + 4 * HOUR + 5 * MINUTE, start + 6 * HOUR)
    return IncidentOutcome(handling, Party.OPERATOR, False, gti if clocked else None, gtr if clocked else None)


def _running(start: Millis) -> IncidentOutcome:
    handling = Handling("INC-8", ("wifi-ecoles",), (), detected=start + DAY, notified=start + DAY)
    clock = Clock(4 * HOUR, HOUR, start + DAY + 4 * HOUR, None)
    return IncidentOutcome(handling, None, True, None, clock)


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
