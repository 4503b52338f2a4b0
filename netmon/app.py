"""The wiring: the one module that knows every part. Starts them in order, stops them in reverse."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial

from exporters.prometheus import Account, Exposition
from exporters.web.server import WebServer
from netmon.alerting import Alerting
from netmon.background import Background
from netmon.clock import HOUR, SECOND, Clock, Millis, SteadyClock, SystemClock
from netmon.config import Configuration
from netmon.contracts import Collector
from netmon.engine import heart, vitals
from netmon.engine.garbage import TEND, GarbageCare
from netmon.engine.loads import LinkLoads
from netmon.engine.people import hear_people
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.prompt import PromptPolls
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry, counted_messages
from netmon.engine.vitals import VitalSigns
from netmon.errors import CollectError, HostError
from netmon.history import Store, open_history
from netmon.history.news import News
from netmon.life import Life
from netmon.looking import make_collectors, snmp_modules
from netmon.model import Check
from netmon.probing import Probing
from netmon.reloading import Inheritance
from netmon.reporting.jobs import LOOK, ReportJobs
from netmon.running import RunningFigures
from netmon.scraping import SnmpScraping
from netmon.serving import Listeners, Served, follow_web_file, public_server, web_server
from netmon.takeup import follow_links, plan_ahead, renew, take_up
from netmon.trapping import Trapping

log = logging.getLogger("netmon.app")

SWEEP: Millis = 5 * SECOND
LOOK_AGAIN: Millis = SECOND
"""What stands before a target in doubt is looked at again at most so often."""
SLA_LOOK: Millis = 2 * SECOND
STOP_SECONDS = 4.0
"""All parts together have this long to stop; the history is closed whatever happens."""


@dataclass(frozen=True, slots=True)
class _Core:
    """What the other parts stand on. ``seen_until``: until when the history watched before this daemon."""

    telemetry: Telemetry
    store: Store
    clock: SteadyClock
    news: News
    pipeline: Pipeline
    exposition: Exposition
    loads: LinkLoads
    seen_until: Millis | None


class Daemon(Life):
    """All parts of one running netmon. ``ready`` is called with the web address once polls are planned."""

    def __init__(self, configuration: Configuration, clock: Clock | None = None) -> None:
        super().__init__(configuration)
        self._wall = clock or SystemClock()
        self._telemetry = Telemetry()
        self._account = Account(self._telemetry.registry)
        self._deadline: float | None = None
        self._vitals: VitalSigns | None = None

    async def run(self, ready: Callable[[str], None] = lambda _url: None) -> None:
        """As every life; what is logged from the first to the last moment is counted."""
        with counted_messages(self._telemetry):
            await super().run(ready)

    @contextlib.asynccontextmanager
    async def _parts(self) -> AsyncIterator[WebServer]:
        async with contextlib.AsyncExitStack() as stack:
            self._deadline = None
            core = await self._core(stack)
            served = self._served(core)
            listeners = Listeners()
            web = await self._serve(stack, served, listeners)
            collectors = await self._open_collectors(stack)
            follow_web_file(self.configuration, stack, web, core.telemetry)
            if self._inheritance is None:
                await asyncio.to_thread(heart.begin, core.store, core.clock.now())
            served.scraping.open(collectors["snmp"])
            served.probing.open(collectors)
            poller = self._schedule(stack, core, collectors, listeners)
            await self._await_traps(stack, poller, core.telemetry, core.clock)
            people = asyncio.create_task(hear_people(core.store, core.news, core.pipeline), name="news")
            stack.callback(people.cancel)
            self._tell_others(stack, core)
            yield web

    async def _core(self, stack: contextlib.AsyncExitStack) -> _Core:
        configuration, before, telemetry = self.configuration, self._inheritance, self._telemetry
        renew(telemetry, configuration)
        telemetry.reload.set_function(lambda: float(self._reloads.worked))
        store = await asyncio.to_thread(open_history, configuration.history)
        stack.push_async_callback(asyncio.to_thread, store.close)
        store.observe_writes(telemetry.store_write.observe)
        telemetry.store_queue.set_function(store.queue_length)
        clock = before.clock if before else SteadyClock(self._wall, await asyncio.to_thread(store.latest))
        news = await asyncio.to_thread(store.news)
        legacy = before.legacy if before else None
        pipeline, watched = await asyncio.to_thread(take_up, configuration, store, clock, legacy)
        seen_until = before.seen_until if before else watched
        exposition = Exposition(
            pipeline,
            telemetry.registry,
            wrap_large_counters=configuration.wrap_large_counters,
            limits=configuration.series_limits,
            account=self._account,
        )
        pipeline.listen(exposition, replay=True)
        loads = await asyncio.to_thread(follow_links, configuration, store, clock.now())
        pipeline.listen(loads)
        stack.callback(loads.stop)
        return _Core(telemetry, store, clock, news, pipeline, exposition, loads, seen_until)

    def _served(self, core: _Core) -> Served:
        return Served(
            core.pipeline,
            core.exposition,
            SnmpScraping.of(self.configuration, snmp_modules(self.configuration.snmp_modules), self._wall),
            Probing.of(self.configuration, self._wall),
            core.store,
            core.telemetry,
            self._wall,
            is_ready=lambda: self._ready,
            vitals=lambda: self._vitals.vitals() if self._vitals else None,
            reload=self.reload,
        )

    async def _serve(self, stack: contextlib.AsyncExitStack, served: Served, listeners: Listeners) -> WebServer:
        web = web_server(self.configuration, served)
        await listeners.start(web, self._inheritance)
        stack.push_async_callback(self._within, web.stop, "web")
        public = public_server(self.configuration, served.pipeline)
        if public is not None:
            await listeners.start(public, self._inheritance)
            stack.push_async_callback(self._within, public.stop, "the public pages")
        return web

    async def _end_between(self, left: Inheritance) -> None:
        store = await asyncio.to_thread(open_history, self.configuration.history)
        heart.end(store, left.clock.now())
        await asyncio.to_thread(store.close)

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
        core: _Core,
        collectors: Mapping[str, Collector],
        listeners: Listeners,
    ) -> Poller:
        checks, clock, pipeline = self.configuration.inventory.checks, core.clock, core.pipeline
        references = [checks[name] for name in self.configuration.vantage]
        poller = Poller(collectors, pipeline, core.telemetry, clock, references)
        prompt = PromptPolls(poller.start_now, clock, LOOK_AGAIN)
        pipeline.doubt(prompt.ask, asyncio.get_running_loop().call_soon)
        stack.callback(prompt.stop)
        beats = heart.Heart(core.store, pipeline, clock, self.configuration.heartbeat)
        if self._inheritance is not None:
            beats.take_over(self._inheritance.heart)
        self._estate = lambda: Inheritance(
            pipeline.legacy(), beats.left(), clock, core.seen_until, listeners.hand_over(), poller.running
        )

        def poll(check: Check, _due: Millis) -> None:
            beats.notice()
            poller.start(check)

        scheduler = Scheduler(checks.values(), poll, core.telemetry, self._wall)
        stack.callback(lambda: beats.stop() if self._inheritance is None else None)
        stack.push_async_callback(self._within, poller.stop, "the polls under way")
        stack.callback(scheduler.stop)
        scheduler.start()
        if self._inheritance is not None:
            for name in self._inheritance.owed(checks.values(), clock.now()):
                poller.start(checks[name])
        self._do_regularly(stack, core, scheduler, beats)
        return poller

    def _do_regularly(
        self, stack: contextlib.AsyncExitStack, core: _Core, scheduler: Scheduler, beats: heart.Heart
    ) -> None:
        def sweep() -> None:
            beats.notice()
            core.pipeline.sweep()
            core.loads.flush()

        scheduler.every(self.configuration.heartbeat, beats.beat)
        scheduler.every(SWEEP, sweep)
        self._vitals = VitalSigns(core.telemetry, core.clock.now, lambda: beats.last)
        scheduler.every(vitals.LOOK, self._vitals.look)
        if self.configuration.recurring:
            asked, store, clock = self.configuration, core.store, core.clock
            works = Background("planned works", lambda: plan_ahead(asked, store, clock.now()))
            stack.callback(works.join, 1.0)
            scheduler.every(HOUR, works.ask)
        garbage = GarbageCare()
        garbage.start()
        stack.callback(garbage.stop)
        scheduler.every(TEND, garbage.tend)
        figures = RunningFigures(self.configuration, core.store, core.pipeline, core.seen_until)
        stack.callback(figures.stop)
        scheduler.every(SLA_LOOK, figures.look)
        figures.look()
        reports = ReportJobs(self.configuration, core.store, self._wall, core.telemetry)
        stack.push_async_callback(asyncio.to_thread, reports.stop)
        scheduler.every(LOOK, reports.look)
        reports.look()
        watch = asyncio.create_task(heart.watch_loop(core.telemetry, self._wall), name="loop watch")
        stack.callback(watch.cancel)

    def _tell_others(self, stack: contextlib.AsyncExitStack, core: _Core) -> None:
        alerting = Alerting(self.configuration, core.store, core.pipeline, core.telemetry, self._wall.now)
        stack.push_async_callback(self._within, partial(asyncio.to_thread, alerting.stop), "alerts")
        task = asyncio.create_task(alerting.run(), name="alerts")
        stack.callback(task.cancel)

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
