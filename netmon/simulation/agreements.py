"""The contracts of the metropolis: two commitments to its communes, two markets with operators."""

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

from netmon.clock import DAY, HOUR, Millis, from_datetime
from netmon.model import (
    Contract,
    Guarantee,
    HoursException,
    Party,
    Penalties,
    PenaltyRule,
    ScopeLine,
    WorksRules,
)
from netmon.simulation.calendars import CLOSURES, ZONE_A

_ZONE = ZoneInfo("Europe/Paris")


def _midnight(year: int, month: int, day: int) -> Millis:
    return from_datetime(dt.datetime(year, month, day, tzinfo=_ZONE))


CONTRACTS = (
    Contract(
        id="engagement-communes",
        name="Contrat d'engagement avec les communes",
        provider="Bordeaux Métropole",
        customer="communes",
        objective=0.995,
        objectives=(("ticketing", 0.999),),
        excluded=(Party.COMMUNE, Party.FORCE_MAJEURE),
    ),
    Contract(
        id="engagement-ecoles",
        name="Engagement de service pour les écoles",
        provider="Bordeaux Métropole",
        customer="communes",
        objective=0.99,
        families=("schools",),
        hours="Mo-Fr 07:30-18:30; PH,SH off",
        school=ZONE_A,
        exceptions=(HoursException(CLOSURES, "off"),),
        excluded=(Party.COMMUNE, Party.FORCE_MAJEURE),
    ),
    Contract(
        id="marche-operateur",
        name="Marché d'exploitation du réseau",
        kind="market",
        provider="Opérateur du réseau",
        customer="Bordeaux Métropole",
        start=_midnight(2024, 1, 1),
        end=_midnight(2028, 1, 1),
        objective=0.999,
        scope=(
            ScopeLine(families=("network",)),
            ScopeLine(families=("wifi",), start=_midnight(2026, 7, 1), text="Avenant 1 : Wi-Fi public"),
        ),
        works=WorksRules(notice=2 * DAY, cap=8 * HOUR, per="month"),
        excluded=(Party.METROPOLE, Party.COMMUNE, Party.THIRD_PARTY, Party.FORCE_MAJEURE),
        gti=Guarantee(HOUR),
        gtr=Guarantee(4 * HOUR),
        ims=13 * HOUR,
        penalties=Penalties(
            rules=(
                PenaltyRule("started_hour", amount=200_00),
                PenaltyRule("incident", amount=100_00, clock="gti"),
                PenaltyRule("tenth", amount=500_00),
            ),
            period_amount=48_000_00,
            cap=Fraction(1, 10),
            waiver=300_00,
        ),
    ),
    Contract(
        id="marche-hebergement",
        name="Marché d'hébergement des sites et portails",
        kind="market",
        provider="Hébergeur",
        customer="Bordeaux Métropole",
        objective=0.997,
        families=("web", "ticketing", "consultation"),
        hours="Mo-Fr 07:00-20:00; PH off",
        excluded=(Party.METROPOLE, Party.COMMUNE, Party.FORCE_MAJEURE),
        gtr=Guarantee(4 * HOUR),
        penalties=Penalties(
            rules=(
                PenaltyRule("started_day", share=Fraction(1, 1000), elapsed=True),
                PenaltyRule("objective", amount=1_000_00),
            ),
            period_amount=15_000_00,
            franchise=100_00,
            cap=Fraction(1, 10),
            waiver=300_00,
        ),
    ),
)
"""Amounts are cents. They are made up, as are the contracts."""
