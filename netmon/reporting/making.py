"""What a report is made of, gathered once, and the report made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon import __version__
from netmon.clock import Millis, to_datetime
from netmon.config import Configuration
from netmon.contracts import Event
from netmon.model import Inventory, LinkDay, Period, Report
from netmon.past import events_of, facts_of, links_of
from netmon.reporting.inputs import input_lines, link_lines
from netmon.sla.capacity import with_capacity
from netmon.sla.contract.account import Facts
from netmon.sla.dossier import compile_report, reaches_back
from netmon.sla.period import zone_of
from netmon.sla.pertinent import facts_of_span, inventory_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """The past that a report of ``period`` made at ``now`` rests on: ``inventory`` and ``facts`` are what is about it,
    ``since`` is from when on events take part."""

    configuration: Configuration
    period: Period
    now: Millis
    inventory: Inventory
    events: Sequence[Event]
    facts: Facts
    since: Millis
    links: Sequence[LinkDay]

    def report(self, communes: Sequence[str] | None = None) -> Report:
        """The report of these communes, all when None."""
        report = compile_report(
            self.inventory,
            self.events,
            self.period,
            facts=self.facts,
            generated=self.now,
            version=__version__,
            communes=communes,
        )
        return with_capacity(report, self.inventory, self.links, self.configuration.reports.capacity.limit)

    def inputs(self) -> list[str]:
        """Everything that takes part, one line each: see ``inputs.input_lines``."""
        told = input_lines(self.inventory, self.events, self.facts, self.period, self.since, self.now)
        return [*told, *link_lines(self.links, self.configuration.reports.capacity.limit)]


def gather(configuration: Configuration, period: Period, now: Millis, made: Millis | None = None) -> Gathered:
    """Read the past of ``period`` as it is known at ``now``. ``made``: for a report that says it was made then.

    Raises:
        StoreError: no history, or none that can be read.
    """
    since = reaches_back(configuration.inventory, period)
    events = events_of(configuration, period, now, since)
    inventory = inventory_of(configuration.inventory, events, since, period.end)
    facts = facts_of_span(facts_of(configuration), since, period.end)
    links = [day for day in links_of(configuration, period) if day.node in inventory.nodes]
    return Gathered(configuration, period, now if made is None else made, inventory, events, facts, since, links)


def folder_of(period: Period) -> str:
    """The period's label, or its days where the label depends on when it was said (``last-month``, ``7d``)."""
    start, last = (to_datetime(at, zone_of(period.timezone)) for at in (period.start, period.end - 1))
    if period.label == "last-month":
        return f"{start:%Y-%m}"
    if period.label.endswith("d"):
        return f"{start:%Y-%m-%d}..{last:%Y-%m-%d}"
    return period.label
