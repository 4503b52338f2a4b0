"""The calendars of the example: school holidays of zone A as published, and closures that are made up."""

import datetime as dt

from netmon.model import DayCalendar


def _days(*spans: str) -> tuple[tuple[dt.date, dt.date], ...]:
    found = []
    for span in spans:
        first, _, last = span.partition("..")
        found.append((dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)))
    return tuple(found)


ZONE_A = DayCalendar(
    id="vacances-zone-a",
    name="Vacances scolaires, zone A (Bordeaux)",
    days=_days(
        "2025-01-01..2025-01-05", "2025-02-22..2025-03-09", "2025-04-19..2025-05-04", "2025-05-30..2025-05-31",
        "2025-07-05..2025-08-31", "2025-10-18..2025-11-02", "2025-12-20..2026-01-04", "2026-02-07..2026-02-22",
        "2026-04-04..2026-04-19", "2026-05-15..2026-05-16", "2026-07-04..2026-08-31", "2026-10-17..2026-11-01",
        "2026-12-19..2027-01-03", "2027-02-13..2027-02-28", "2027-04-10..2027-04-25", "2027-05-07..2027-05-08",
        "2027-07-03..2027-08-31",
    ),
    start=dt.date(2025, 1, 1),
    end=dt.date(2027, 8, 31),
    source="Ministère de l'Éducation nationale, jeu de données fr-en-calendrier-scolaire (data.education.gouv.fr)",
)  # fmt: skip
"""A holiday lasts from the Saturday after the last lessons to the day before they resume; with the two days after
Ascension that the calendars of 2024-2025, 2025-2026 and 2026-2027 give to all zones."""

CLOSURES = DayCalendar(
    id="fermetures-mairies",
    name="Fermetures exceptionnelles des mairies",
    days=_days("2025-12-26", "2026-07-13", "2026-12-24", "2026-12-31"),
)
