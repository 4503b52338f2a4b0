"""The current month's figures, kept up to date beside the polls."""

import asyncio
import logging
import threading
from collections.abc import Sequence

from netmon.clock import Millis
from netmon.config import Configuration
from netmon.contracts import SlaView
from netmon.engine.pipeline import Pipeline
from netmon.history import Store
from netmon.sla.contract.account import Facts
from netmon.sla.contract.settle import needed_since
from netmon.sla.period import month_of
from netmon.sla.views import build_views

log = logging.getLogger("netmon.app")


class RunningFigures:
    """The current month's figures, folded from the history again and again, off the loop.

    On a thread of its own that nobody waits for: a long fold does not hold up a stop.
    """

    def __init__(self, configuration: Configuration, store: Store, pipeline: Pipeline) -> None:
        self._configuration = configuration
        self._store = store
        self._pipeline = pipeline
        self._thread: threading.Thread | None = None
        self._stopped = False

    def refresh(self) -> None:
        """Begin a new computation, unless one is under way."""
        if self._thread is None or not self._thread.is_alive():
            asked = asyncio.get_running_loop(), self._pipeline.now()
            self._thread = threading.Thread(target=self._compute, args=asked, name="netmon-sla", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """What one under way still finds is of no use any more."""
        self._stopped = True

    def _compute(self, loop: asyncio.AbstractEventLoop, now: Millis) -> None:
        try:
            views = self._fold(now)
            if not self._stopped:
                loop.call_soon_threadsafe(self._pipeline.set_sla, views)
        except Exception:
            if not self._stopped:
                log.exception("the running figures could not be computed: those of before stand")

    def _fold(self, now: Millis) -> Sequence[SlaView]:
        zone = self._configuration.timezone
        inventory, month = self._configuration.inventory, month_of(now, zone)
        events = self._store.events(needed_since(inventory.contracts.values(), month, yearly=False), now)
        facts = Facts(attributions=tuple(self._store.attributions()))
        return build_views(inventory, events, now=now, timezone=zone, facts=facts)
