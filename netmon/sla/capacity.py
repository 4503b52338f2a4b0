"""How full links were over a report's period: from the roll-up by day to the links a report warns of."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from netmon.clock import Millis, to_datetime
from netmon.model import Capacity, Inventory, LinkDay, LinkLoad, Period, Report, Share
from netmon.sla.assess import Assessment
from netmon.sla.ledger import Ledger
from netmon.sla.period import zone_of
from netmon.sla.policy import parse_policy
from netmon.sla.report import objects_of


def civil_days(period: Period) -> tuple[str, str]:
    """The first and the last civil day that the period touches, as the roll-up names them."""
    zone = zone_of(period.timezone)
    first, last = (to_datetime(at, zone).date().isoformat() for at in (period.start, period.end - 1))
    return first, last


def with_capacity(report: Report, inventory: Inventory, days: Sequence[LinkDay], limit: int) -> Report:
    """The report with what ``days``, those of its period, tell of links: of all, and for each commune of the devices
    that its part rests on. ``limit``: percent of the time measured that a link may be loaded."""
    if not days:
        return report
    period = report.period
    until = max(period.start, min(period.end, report.generated))
    assessment = Assessment(inventory, Ledger(), period, until, parse_policy(report.policy_name))
    told = "\n".join([report.digest, str(limit), *map(repr, days)])
    nodes = {part.commune.insee: objects_of(assessment, part.commune) for part in report.communes}
    return replace(
        report,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        capacity=capacity_of(days, set().union(*nodes.values()), until - period.start, limit),
        communes=tuple(
            replace(part, capacity=capacity_of(days, nodes[part.commune.insee], until - period.start, limit))
            for part in report.communes
        ),
    )


def capacity_of(days: Iterable[LinkDay], nodes: Collection[str], length: Millis, limit: int) -> Capacity | None:
    """What is known of the links of ``nodes`` over a period of this length; None: nothing.

    Days measured with another threshold than the latest are not known.
    """
    mine = [day for day in days if day.node in nodes]
    if not mine:
        return None
    threshold = max(mine, key=lambda day: day.day).threshold
    links: dict[tuple[str, str], LinkLoad] = {}
    for day in sorted((each for each in mine if each.threshold == threshold), key=lambda each: each.day):
        link = links.get((day.node, day.interface), LinkLoad(day.node, day.interface, 0, 0, 0, 0))
        links[day.node, day.interface] = replace(
            link, speed=day.speed, measured=link.measured + day.measured, over=link.over + day.over,
            peak=max(link.peak, day.peak),
        )  # fmt: skip
    loaded = [link for link in links.values() if link.over * 100 > limit * link.measured]
    measured = sum(min(link.measured, length) for link in links.values())
    return Capacity(
        threshold,
        limit,
        min(day.day for day in mine if day.threshold == threshold),
        len(links),
        Share(measured, len(links) * length),
        tuple(sorted(loaded, key=lambda link: (-link.over / link.measured, link.node, link.interface))),
    )
