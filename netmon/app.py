"""The wiring: the one module that knows every part. Starts them in order, stops them in reverse."""

import asyncio
import contextlib
import dataclasses
import fcntl
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collectors import COLLECTORS
from collectors.http import HttpCollector
from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from exporters.prometheus import Exposition
from exporters.web.app import create_app
from exporters.web.server import WebServer
from exporters.web.snmp import SnmpEndpoint
from netmon.clock import SECOND, Clock, Millis, SystemClock
from netmon.config import Configuration
from netmon.contracts import Collector, SlaView
from netmon.engine import heart
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.errors import CollectError, HostError
from netmon.history import Store, open_history
from netmon.model import MaintenanceWindow
from netmon.scraping import SnmpScraping
from netmon.sla.period import month_of
from netmon.sla.views import build_views
from netmon.snmpmodules import Module, ModuleLibrary
from netmon.trapping import Trapping

log = logging.getLogger("netmon.app")

SWEEP: Millis = 5 * SECOND
SLA_REFRESH: Millis = 60 * SECOND
STOP_SECONDS = 4.0
"""Every part together has this long to stop; the history is closed whatever happens."""


def store_path(configuration: Configuration) -> Path:
    """Where the history of this configuration lives."""
    return configuration.data_dir / "netmon.sqlite"


def reports_path(configuration: Configuration) -> Path:
    """Where its reports are kept and served from."""
    return configuration.data_dir / "reports"


@contextlib.contextmanager
def data_directory(configuration: Configuration) -> Iterator[None]:
    """Make the data directory ours alone for as long as the context lasts.

    Raises:
        HostError: it cannot be made or written, or another netmon uses it.
    """
    directory = configuration.data_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "netmon.lock").open("a+")
    except OSError as error:
        raise HostError(f"{directory}: cannot be used as data directory ({error.strerror})") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise HostError(f"{directory}: another netmon (process {owner}) uses this data directory") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def make_collectors(
    http_threads: int, library: ModuleLibrary | None = None, *, wrap_large_counters: bool = True
) -> dict[str, Collector]:
    """One collector of each kind, not yet started. ``library``: SNMP modules besides the built-in ones."""
    own: dict[str, Collector] = {
        "http": HttpCollector(threads=http_threads),
        "snmp": SnmpCollector(snmp_modules(library), wrap_large_counters=wrap_large_counters),
    }
    return {name: own.get(name) or make() for name, make in COLLECTORS.items()}


def snmp_modules(library: ModuleLibrary | None) -> dict[str, Module]:
    """The built-in modules and those of module files, which come first where names are the same."""
    return {**MODULES, **(library.modules if library else {})}


class Daemon:
    """All parts of one running netmon. ``ready`` is called with the web address once polls are planned."""

    def __init__(self, configuration: Configuration, clock: Clock | None = None) -> None:
        self.configuration = configuration
        self._clock = clock or SystemClock()
        self._stopping = asyncio.Event()
        self._ready = False

    async def run(self, ready: Callable[[str], None] = lambda _url: None) -> None:
        """Watch until told to stop by ``stop``, SIGTERM or SIGINT.

        Raises:
            HostError, StoreError: what the daemon needs is not to be had.
        """
        with data_directory(self.configuration):
            async with self._parts() as web:
                self._ready = True
                ready(web.url)
                await self._stopping.wait()
                self._ready = False

    def stop(self) -> None:
        """Make ``run`` end."""
        self._stopping.set()

    @contextlib.asynccontextmanager
    async def _parts(self) -> AsyncIterator[WebServer]:
        async with contextlib.AsyncExitStack() as stack:
            self._catch_signals(stack)
            telemetry = Telemetry()
            telemetry.reload.set(1)
            store = await asyncio.to_thread(open_history, store_path(self.configuration))
            stack.push_async_callback(asyncio.to_thread, store.close)
            store.observe_writes(telemetry.store_write.observe)
            telemetry.store_queue.set_function(store.queue_length)
            pipeline = await asyncio.to_thread(self._take_up, store)
            wrap = self.configuration.wrap_large_counters
            exposition = Exposition(pipeline, telemetry.registry, wrap_large_counters=wrap)
            pipeline.listen(exposition)
            scraping = self._scraping()
            web = await self._serve(stack, pipeline, exposition, scraping)
            collectors = await self._open_collectors(stack)
            scraping.open(collectors["snmp"])
            poller = self._schedule(stack, store, pipeline, collectors, telemetry)
            await self._await_traps(stack, poller, telemetry)
            yield web

    def _catch_signals(self, stack: contextlib.AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
            stack.callback(loop.remove_signal_handler, number)

    def _take_up(self, store: Store) -> Pipeline:
        """What the history knows, taken up where the daemon before this one left it."""
        until = heart.begin(store, self._clock.now())
        stored = [event for event in store.events() if isinstance(event, MaintenanceWindow)]
        known = {(window.object, window.start, window.end, window.text) for window in stored}
        now = self._clock.now()
        new = [
            dataclasses.replace(window, recorded=now)
            for window in self.configuration.maintenance
            if (window.object, window.start, window.end, window.text) not in known
        ]
        if new:
            store.record(new).result()
        pipeline = Pipeline(self.configuration.inventory, store, self._clock.now, [*stored, *new])
        pipeline.restore(store.states(), until)
        return pipeline

    def _scraping(self) -> SnmpScraping:
        configuration, library = self.configuration, self.configuration.snmp_modules
        return SnmpScraping(
            configuration.inventory, configuration.web.probe_allow, snmp_modules(library), library.auths,
            configuration.credentials, self._clock,
        )  # fmt: skip

    async def _serve(
        self, stack: contextlib.AsyncExitStack, pipeline: Pipeline, exposition: Exposition, scraping: SnmpScraping
    ) -> WebServer:
        configuration = self.configuration
        app = create_app(
            pipeline,
            exposition,
            reports_path(configuration),
            configuration.language,
            timezone=configuration.timezone,
            is_ready=lambda: self._ready,
            snmp=SnmpEndpoint(
                scraping, configuration.web.timeout_offset, wrap_large_counters=configuration.wrap_large_counters
            ),
        )
        web = WebServer(configuration.web.host, configuration.web.port, app)
        await web.start()
        stack.push_async_callback(_within, web.stop, "web")
        return web

    async def _open_collectors(self, stack: contextlib.AsyncExitStack) -> Mapping[str, Collector]:
        configuration = self.configuration
        collectors = make_collectors(
            configuration.http_threads,
            configuration.snmp_modules,
            wrap_large_counters=configuration.wrap_large_counters,
        )
        for name, collector in collectors.items():
            try:
                await collector.start()
            except CollectError as error:
                raise HostError(f"the {name} collector cannot start: {error.detail}") from error
            stack.push_async_callback(_within, collector.stop, name)
        return collectors

    def _schedule(
        self,
        stack: contextlib.AsyncExitStack,
        store: Store,
        pipeline: Pipeline,
        collectors: Mapping[str, Collector],
        telemetry: Telemetry,
    ) -> Poller:
        checks = self.configuration.inventory.checks.values()
        poller = Poller(collectors, pipeline, telemetry, self._clock)
        beats = heart.Heart(store, pipeline, self._clock, self.configuration.heartbeat)
        scheduler = Scheduler(checks, poller.start, telemetry, self._clock)
        figures = _RunningFigures(self.configuration, store, pipeline)
        stack.callback(beats.stop)
        stack.push_async_callback(poller.stop)
        stack.callback(figures.stop)
        stack.callback(scheduler.stop)
        scheduler.start()
        scheduler.every(self.configuration.heartbeat, beats.beat)
        scheduler.every(SWEEP, pipeline.sweep)
        scheduler.every(SLA_REFRESH, figures.refresh)
        figures.refresh()
        watch = asyncio.create_task(heart.watch_loop(telemetry, self._clock), name="loop watch")
        stack.callback(watch.cancel)
        return poller

    async def _await_traps(self, stack: contextlib.AsyncExitStack, poller: Poller, telemetry: Telemetry) -> None:
        configuration = self.configuration
        if configuration.traps is None:
            return
        trapping = Trapping(configuration.traps, configuration.inventory, poller.start_now, telemetry, self._clock)
        try:
            await trapping.start()
        except CollectError as error:
            raise HostError(error.detail) from error
        stack.push_async_callback(_within, trapping.stop, "traps")


async def _within(stop: Callable[[], Coroutine[object, object, None]], name: str) -> None:
    try:
        await asyncio.wait_for(stop(), STOP_SECONDS)
    except TimeoutError:
        log.warning("%s did not stop in time and was left", name)


class _RunningFigures:
    """The current month's figures, folded from the history again and again, off the loop."""

    def __init__(self, configuration: Configuration, store: Store, pipeline: Pipeline) -> None:
        self._configuration = configuration
        self._store = store
        self._pipeline = pipeline
        self._pool = ThreadPoolExecutor(1, "netmon-sla")
        self._task: asyncio.Task[None] | None = None

    def refresh(self) -> None:
        """Begin a new computation, unless one is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._compute(), name="running figures")

    def stop(self) -> None:
        """Begin no more; one under way ends by itself."""
        if self._task is not None:
            self._task.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _compute(self) -> None:
        loop = asyncio.get_running_loop()
        self._pipeline.set_sla(await loop.run_in_executor(self._pool, self._fold, self._pipeline.now()))

    def _fold(self, now: Millis) -> Sequence[SlaView]:
        zone = self._configuration.timezone
        events = self._store.events(month_of(now, zone).start, now)
        return build_views(self._configuration.inventory, events, now=now, timezone=zone)
