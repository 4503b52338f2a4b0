"""The figures of contracts, kept up to date beside the polls: those of the current month, and the counters."""

import asyncio
import logging
import threading
from collections.abc import Sequence

from netmon.clock import DAY, MINUTE, Millis
from netmon.config import Configuration
from netmon.contracts import SlaCount, SlaCounted, SlaView
from netmon.engine.pipeline import Pipeline
from netmon.history import Store
from netmon.model import Period
from netmon.past import told
from netmon.sla.contract.account import Facts
from netmon.sla.contract.settle import needed_since
from netmon.sla.counters import Frontier, Sums, add, count, lag_of, months_until, row_of
from netmon.sla.figures import Part
from netmon.sla.period import month_of
from netmon.sla.views import build_views

log = logging.getLogger("netmon.app")


class Counters:
    """Adds the counters up from the history; what closed months came to is kept until their past is told differently.

    Blocks: for a thread.
    """

    def __init__(self, configuration: Configuration, store: Store) -> None:
        self._configuration, self._store = configuration, store
        self._closed: tuple[object, Sums] = None, {}
        self._before: Sums = {}
        self._lowered: dict[tuple[str, str], int] = {}

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
            self._closed = revision, add([self._month(each, each.end, facts) for each in months])
        return self._closed[1]

    def _month(self, month: Period, end: Millis, facts: Facts) -> Sums:
        inventory = self._configuration.inventory
        since = needed_since(inventory.contracts.values(), month, yearly=False)
        return count(inventory, told(self._store, since, month.end + DAY), facts, month, end)


class RunningFigures:
    """Folds the history again and again, off the loop.

    On a thread of its own that nobody waits for: a long fold does not hold up a stop. ``watched_until``: until when
    the daemon before this one watched, None before the first.
    """

    def __init__(
        self, configuration: Configuration, store: Store, pipeline: Pipeline, watched_until: Millis | None
    ) -> None:
        self._configuration = configuration
        self._store = store
        self._pipeline = pipeline
        checks = configuration.inventory.checks.values()
        settled = None if watched_until is None else watched_until - row_of(checks)
        self._frontier = Frontier(lag_of(checks), configuration.timezone, settled)
        self._counters = Counters(configuration, store)
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
