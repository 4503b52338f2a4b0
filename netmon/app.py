"""The wiring: the one module that knows every part. Starts them in order, stops them in reverse."""

import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence

from collectors import COLLECTORS
from collectors.http import HttpCollector
from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from exporters.prometheus import Exposition
from exporters.web.app import create_app
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.probe import ProbeEndpoint
from exporters.web.server import WebServer
from exporters.web.snmp import SnmpEndpoint
from netmon.clock import HOUR, SECOND, Clock, Millis, SteadyClock, SystemClock
from netmon.config import Configuration
from netmon.contracts import Collector, Event, Fact
from netmon.engine import heart, planning
from netmon.engine.garbage import TEND, GarbageCare
from netmon.engine.people import hear_people
from netmon.engine.pipeline import Pipeline, no_longer_watched
from netmon.engine.poller import Poller
from netmon.engine.prompt import PromptPolls
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import MessageCounter, Telemetry
from netmon.errors import CollectError, ConfigError, HostError, StoreError
from netmon.history import Store, open_history
from netmon.model import Announcement, Check
from netmon.probing import Probing
from netmon.reloading import Inheritance, Reloads
from netmon.reporting.access import report_readers
from netmon.reporting.closing import reports_path
from netmon.reporting.jobs import LOOK, ReportJobs
from netmon.running import Availability, RunningFigures
from netmon.scraping import SnmpScraping
from netmon.snmpmodules import Module, ModuleLibrary
from netmon.state.works import windows_of
from netmon.supervision import Supervisor
from netmon.trapping import Trapping

log = logging.getLogger("netmon.app")

SWEEP: Millis = 5 * SECOND
LOOK_AGAIN: Millis = SECOND
"""What stands before a target in doubt is looked at again at most so often."""
SLA_LOOK: Millis = 2 * SECOND
STOP_SECONDS = 4.0
"""All parts together have this long to stop; the history is closed whatever happens."""


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


def _say_reloaded(url: str) -> None:
    log.info("reloaded: %s/", url)


class Daemon:
    """All parts of one running netmon. ``ready`` is called with the web address once polls are planned."""

    def __init__(self, configuration: Configuration, clock: Clock | None = None) -> None:
        self.configuration = configuration
        self._wall = clock or SystemClock()
        self._stopping = asyncio.Event()
        self._deadline: float | None = None
        self._ready = False
        self._seen_until: Millis | None = None
        self._reloads = Reloads(configuration)
        self._inheritance: Inheritance | None = None
        self._estate: Callable[[WebServer], Inheritance] | None = None
        self._reloading: asyncio.Task[None] | None = None

    async def run(self, ready: Callable[[str], None] = lambda _url: None) -> None:
        """Watch until told to stop by ``stop``, SIGTERM or SIGINT.

        Raises:
            HostError, StoreError: what the daemon needs is not to be had.
        """
        with data_directory(self.configuration), Supervisor() as supervisor, contextlib.ExitStack() as stack:
            self._catch_signals(stack)
            while not self._stopping.is_set():
                try:
                    await self._live(ready, supervisor)
                except (HostError, StoreError) as error:
                    before = self._reloads.give_back()
                    if before is None:
                        raise
                    log.error("reload: %s; the configuration before goes on", error)
                    self.configuration = before
                ready = _say_reloaded

    async def _live(self, ready: Callable[[str], None], supervisor: Supervisor) -> None:
        """Under one configuration, until another one is to take its place."""
        self._deadline = None
        async with self._parts() as web:
            self._reloads.started()
            self._inheritance = None
            self._ready = True
            ready(web.url)
            supervisor.ready(web.url)
            await self._reloads.wait(self._stopping)
            self._ready = False
            supervisor.leaving(reloading=not self._stopping.is_set())
            if not self._stopping.is_set() and self._estate is not None:
                self._inheritance = self._estate(web)
        self.configuration, self._estate = self._reloads.take(), None
        gc.collect()  # the parts before, which hold each other, before what lives is left alone again

    def stop(self) -> None:
        """Make ``run`` end."""
        self._stopping.set()

    async def reload(self) -> None:
        """Read the configuration anew and watch what it says from now on; nothing that is known is lost.

        Returns when it is known to be right, before it holds.

        Raises:
            ConfigError: it is wrong, or changes what a running daemon cannot: everything stays as it is.
        """
        await self._reloads.ask()

    @contextlib.asynccontextmanager
    async def _parts(self) -> AsyncIterator[WebServer]:
        async with contextlib.AsyncExitStack() as stack:
            before = self._inheritance
            telemetry = Telemetry()
            telemetry.reload.set_function(lambda: float(self._reloads.worked))
            self._count_messages(stack, telemetry)
            store = await asyncio.to_thread(open_history, self.configuration.history)
            stack.push_async_callback(asyncio.to_thread, store.close)
            store.observe_writes(telemetry.store_write.observe)
            telemetry.store_queue.set_function(store.queue_length)
            clock = before.clock if before else SteadyClock(self._wall, await asyncio.to_thread(store.latest))
            news = await asyncio.to_thread(store.news)
            pipeline = await asyncio.to_thread(self._take_up, store, clock)
            wrap = self.configuration.wrap_large_counters
            exposition = Exposition(pipeline, telemetry.registry, wrap_large_counters=wrap)
            pipeline.listen(exposition, replay=True)
            modules = snmp_modules(self.configuration.snmp_modules)
            scraping = SnmpScraping.of(self.configuration, modules, self._wall)
            probing = Probing.of(self.configuration, self._wall)
            web = await self._serve(stack, pipeline, exposition, scraping, probing)
            collectors = await self._open_collectors(stack)
            if before is None:
                await asyncio.to_thread(heart.begin, store, clock.now())
            scraping.open(collectors["snmp"])
            probing.open(collectors)
            poller = self._schedule(stack, store, pipeline, collectors, telemetry, clock)
            await self._await_traps(stack, poller, telemetry, clock)
            people = asyncio.create_task(hear_people(store, news, pipeline), name="news")
            stack.callback(people.cancel)
            yield web

    def _catch_signals(self, stack: contextlib.ExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number, act in ((signal.SIGTERM, self.stop), (signal.SIGINT, self.stop), (signal.SIGHUP, self._hang_up)):
            loop.add_signal_handler(number, act)
            stack.callback(loop.remove_signal_handler, number)

    def _hang_up(self) -> None:
        self._reloading = asyncio.get_running_loop().create_task(self._reload_or_say(), name="reload")

    async def _reload_or_say(self) -> None:
        try:
            await self.reload()
        except ConfigError as error:
            log.error("reload refused, the configuration before goes on:\n%s", error)

    def _count_messages(self, stack: contextlib.AsyncExitStack, telemetry: Telemetry) -> None:
        counter = MessageCounter(telemetry)
        ours = logging.getLogger("netmon")
        ours.addHandler(counter)
        stack.callback(ours.removeHandler, counter)

    def _take_up(self, store: Store, clock: Clock) -> Pipeline:
        """What the history knows, taken up where the daemon before this one left it."""
        now, inventory = clock.now(), self.configuration.inventory
        states, known = store.states(), store.announcements()
        works = self._works(known, now)
        news: list[Event | Fact] = [*works]
        windows = windows_of([*known, *works])
        until = self._seen_until = heart.watched_until(store)
        until = now if until is None else until
        news += no_longer_watched(states, inventory, until, now)
        if news:
            store.record(news).result()
        pipeline = Pipeline(inventory, store, clock.now, windows, self.configuration.timezone)
        pipeline.attribute(store.attributions())
        left = self._inheritance.legacy if self._inheritance else None
        pipeline.restore(states, until, store.incident_steps(), left)
        return pipeline

    def _works(self, known: Sequence[Announcement], now: Millis) -> list[Announcement]:
        """What the configuration plans and the history does not know, and what it plans no more."""
        asked = self.configuration
        return planning.announce(asked.maintenance, asked.recurring, asked.timezone, known, now)

    async def _serve(
        self,
        stack: contextlib.AsyncExitStack,
        pipeline: Pipeline,
        exposition: Exposition,
        scraping: SnmpScraping,
        probing: Probing,
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
            probe=ProbeEndpoint(probing, configuration.web.timeout_offset),
            readers=report_readers(configuration),
            availability=AvailabilityEndpoint(Availability(configuration, self._wall)),
            reload=self.reload,
        )
        web = WebServer(configuration.web.host, configuration.web.port, app)
        if self._inheritance is not None:
            web.listener = self._inheritance.take_listener(configuration.web)
        await web.start()
        stack.push_async_callback(self._within, web.stop, "web")
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
            stack.push_async_callback(self._within, collector.stop, name)
        return collectors

    def _schedule(
        self,
        stack: contextlib.AsyncExitStack,
        store: Store,
        pipeline: Pipeline,
        collectors: Mapping[str, Collector],
        telemetry: Telemetry,
        clock: SteadyClock,
    ) -> Poller:
        checks = self.configuration.inventory.checks
        references = [checks[name] for name in self.configuration.vantage]
        poller = Poller(collectors, pipeline, telemetry, clock, references)
        prompt = PromptPolls(poller.start_now, clock, LOOK_AGAIN)
        pipeline.doubt(prompt.ask)
        stack.callback(prompt.stop)
        beats = heart.Heart(store, pipeline, clock, self.configuration.heartbeat)
        if self._inheritance is not None:
            beats.take_over(self._inheritance.heart)
        asked = self.configuration.web
        self._estate = lambda web: Inheritance(
            pipeline.legacy(), beats.left(), clock, asked, web.hand_over(), poller.running
        )

        def poll(check: Check, _due: Millis) -> None:
            beats.notice()
            poller.start(check)

        def sweep() -> None:
            beats.notice()
            pipeline.sweep()

        scheduler = Scheduler(self.configuration.inventory.checks.values(), poll, telemetry, self._wall)
        figures = RunningFigures(self.configuration, store, pipeline, self._seen_until)
        stack.callback(lambda: beats.stop() if self._stopping.is_set() else None)
        stack.push_async_callback(self._within, poller.stop, "the polls under way")
        stack.callback(figures.stop)
        stack.callback(scheduler.stop)
        scheduler.start()
        if self._inheritance is not None:
            for name in self._inheritance.owed(checks.values(), clock.now()):
                poller.start(checks[name])
        scheduler.every(self.configuration.heartbeat, beats.beat)
        scheduler.every(SWEEP, sweep)
        scheduler.every(HOUR, lambda: self._plan_ahead(store, clock.now()))
        garbage = GarbageCare()
        garbage.start()
        stack.callback(garbage.stop)
        scheduler.every(TEND, garbage.tend)
        scheduler.every(SLA_LOOK, figures.look)
        figures.look()
        reports = ReportJobs(self.configuration, store, self._wall, telemetry)
        stack.push_async_callback(asyncio.to_thread, reports.stop)
        scheduler.every(LOOK, reports.look)
        reports.look()
        watch = asyncio.create_task(heart.watch_loop(telemetry, self._wall), name="loop watch")
        stack.callback(watch.cancel)
        return poller

    def _plan_ahead(self, store: Store, now: Millis) -> None:
        """Announce recurring works that come nearer; whoever hears people hears of them."""

        def announce() -> None:
            works = self._works(store.announcements(), now)
            if works:
                store.record(works)

        if self.configuration.recurring:
            threading.Thread(target=announce, name="netmon-works", daemon=True).start()

    async def _await_traps(
        self, stack: contextlib.AsyncExitStack, poller: Poller, telemetry: Telemetry, clock: Clock
    ) -> None:
        configuration = self.configuration
        if configuration.traps is None:
            return
        trapping = Trapping(configuration.traps, configuration.inventory, poller.start_now, telemetry, clock)
        try:
            await trapping.start()
        except CollectError as error:
            raise HostError(error.detail) from error
        stack.push_async_callback(self._within, trapping.stop, "traps")

    async def _within(self, stop: Callable[[], Coroutine[object, object, None]], name: str) -> None:
        """Stop a part in what is left of the time that all have together."""
        now = self._wall.monotonic()
        self._deadline = self._deadline or now + STOP_SECONDS
        try:
            await asyncio.wait_for(stop(), max(0.1, self._deadline - now))
        except TimeoutError:
            log.warning("%s did not stop in time and was left", name)
