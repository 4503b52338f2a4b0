"""The figures of contracts, kept up to date beside the polls: those of the current month, and the counters."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from netmon.clock import DAY, MINUTE, Clock, Millis
from netmon.config import Configuration
from netmon.contracts import SlaCount, SlaCounted, SlaView
from netmon.engine.pipeline import Pipeline
from netmon.errors import UsageError
from netmon.history import Store
from netmon.l10n import Formats
from netmon.model import Period
from netmon.past import events_of, facts_of, told
from netmon.sla.availability import availability_document
from netmon.sla.contract.account import Facts
from netmon.sla.contract.settle import needed_since
from netmon.sla.counters import (
    Frontier,
    Sums,
    add,
    count,
    known_by,
    lag_of,
    months_until,
    row_of,
    settled_when,
    shown_until,
)
from netmon.sla.figures import Part
from netmon.sla.period import month_of, parse_period
from netmon.sla.views import build_views

log = logging.getLogger("netmon.app")

LIVES = 200
"""So many starts and stops are looked back at for what daemons before this one may have shown."""
LONGEST: Millis = 367 * DAY
"""The longest period anybody may ask for over HTTP: a year, with its longer days."""


class Counters:
    """Adds the counters up from the history; what the months before came to is kept until something is told of them.

    ``before``: what this process showed last, under another configuration.
    Blocks: for a thread.
    """

    def __init__(self, configuration: Configuration, store: Store, before: SlaCounted | None = None) -> None:
        self._configuration, self._store = configuration, store
        self._closed: tuple[object, Sums] = None, {}
        known = {(each.contract, each.commune): each for each in before.counts} if before else {}
        self._before: Sums = {key: Part(each.eligible, each.unavailable) for key, each in known.items()}
        self._lowered = {key: each.lowered for key, each in known.items()}

    def until(self, frontier: Millis, facts: Facts) -> SlaCounted:
        """All counters as of ``frontier``."""
        month = month_of(frontier, self._configuration.timezone)
        total = add([self._months_before(month, facts), self._month(month, frontier, facts)])
        for key in total | self._before:
            now, before = total.get(key, Part()), self._before.get(key, Part())
            lower = now.eligible < before.eligible or now.unavailable < before.unavailable
            self._lowered[key] = self._lowered.get(key, 0) + lower
        self._before = total
        return SlaCounted(
            frontier,
            tuple(
                SlaCount(*key, part.eligible, part.unavailable, self._lowered[key])
                for key, part in sorted(total.items())
            ),
        )

    def _months_before(self, month: Period, facts: Facts) -> Sums:
        revision = self._store.revision(month.start)
        if self._closed[0] != revision:
            first = self._store.first()
            months = months_until(month.start if first is None else first, month.start, month.timezone)
            self._closed = revision, add(self._month(each, month.start, facts) for each in months)
        return self._closed[1]

    def _month(self, month: Period, frontier: Millis, facts: Facts) -> Sums:
        """What is known of the month; under a contract settled since, what was known when it was."""
        inventory = self._configuration.inventory
        since = needed_since(inventory.contracts.values(), month, yearly=False)
        return add(
            count(
                replace(inventory, contracts={each.id: each for each in contracts}),
                told(self._store, since, month.end + DAY, known),
                known_by(facts, known),
                month,
                min(month.end, frontier),
            )
            for known, contracts in settled_when(inventory.contracts.values(), month, frontier).items()
        )


class Availability:
    """Figures of any period, for whoever asks over HTTP. Blocks: for a thread."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        self._configuration, self._clock = configuration, clock
        self._formats = Formats(configuration.language, configuration.timezone)

    def __call__(self, label: str) -> Mapping[str, object]:
        """The document of the period ``label`` says; without one, of the current month.

        Raises:
            UsageError: it says none, or one that is too long to be folded while somebody waits.
            StoreError: the history cannot be read.
        """
        now, zone = self._clock.now(), self._configuration.timezone
        period = parse_period(label, zone, now) if label else month_of(now, zone)
        if period.end - period.start > LONGEST:
            raise UsageError(f"'{label}' is too long to be asked for here: expected a year at most")
        inventory = self._configuration.inventory
        since = needed_since(inventory.contracts.values(), period, yearly=False)
        events = events_of(self._configuration, period, now, since)
        facts = facts_of(self._configuration)
        return availability_document(inventory, events, facts, period, now, self._formats.iso)


class RunningFigures:
    """Folds the history again and again, off the loop.

    On a thread of its own that nobody waits for: a long fold does not hold up a stop. ``watched_until``: until when
    the daemon before this one watched, None before the first. What the parts before a reload showed goes on from there.
    """

    def __init__(
        self, configuration: Configuration, store: Store, pipeline: Pipeline, watched_until: Millis | None
    ) -> None:
        self._configuration = configuration
        self._store = store
        self._pipeline = pipeline
        before = pipeline.sla_counted()
        self._frontier = _frontier(configuration, store, before, watched_until)
        self._counters = Counters(configuration, store, before)
        self._done: tuple[Millis, Millis] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False

    def look(self) -> None:
        """Begin a new computation when a minute is over, or the counters may go on; unless one is under way."""
        if self._thread is not None and self._thread.is_alive():
            return
        now = self._pipeline.now()
        frontier = self._frontier.at(now, self._pipeline.watching_since)
        if self._done != (now // MINUTE, frontier):
            self._done = now // MINUTE, frontier
            asked = asyncio.get_running_loop(), now, frontier
            self._thread = threading.Thread(target=self._compute, args=asked, name="netmon-sla", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """What one under way still finds is of no use any more."""
        self._stopped = True

    def _compute(self, loop: asyncio.AbstractEventLoop, now: Millis, frontier: Millis) -> None:
        try:
            facts = Facts(attributions=tuple(self._store.attributions()))
            views, counted = self._views(now, facts), self._counters.until(frontier, facts)
            if not self._stopped:
                loop.call_soon_threadsafe(self._show, views, counted)
        except Exception:
            if not self._stopped:
                log.exception("the running figures could not be computed: those of before stand")

    def _show(self, views: Sequence[SlaView], counted: SlaCounted) -> None:
        self._pipeline.set_sla(views)
        self._pipeline.set_sla_counted(counted)

    def _views(self, now: Millis, facts: Facts) -> Sequence[SlaView]:
        zone = self._configuration.timezone
        inventory, month = self._configuration.inventory, month_of(now, zone)
        events = told(self._store, needed_since(inventory.contracts.values(), month, yearly=False), now)
        return build_views(inventory, events, now=now, timezone=zone, facts=facts)


def _frontier(
    configuration: Configuration, store: Store, before: SlaCounted | None, watched_until: Millis | None
) -> Frontier:
    """Where the one stood that showed ``before``; else that of daemons which watched until then."""
    checks, zone = configuration.inventory.checks.values(), configuration.timezone
    lag, row = lag_of(checks), row_of(checks)
    if before is not None:
        return Frontier(lag, zone, before.until)
    if watched_until is None:
        return Frontier(lag, zone, None)
    shown = shown_until(store.monitor_events(LIVES), watched_until, lag, row, zone)
    return Frontier(lag, zone, watched_until - row, shown)
