"""The daemon's life: one directory of its own, signals, one configuration after the other until it is told to stop."""

import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator

from exporters.web.server import WebServer
from netmon.config import Configuration
from netmon.errors import ConfigError, HostError, StoreError
from netmon.reloading import Inheritance, Reloads
from netmon.supervision import Supervisor

log = logging.getLogger("netmon.app")


@contextlib.contextmanager
def data_directory(configuration: Configuration) -> Iterator[None]:
    """Make the data directory ours alone for as long as the context lasts.

    Raises:
        HostError: it cannot be made or written, or another netmon uses it.
    """
    directory = configuration.data_dir
    try:
        directory.mkdir(mode=0o750, parents=True, exist_ok=True)
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


def _say_reloaded(url: str) -> None:
    log.info("reloaded: %s/", url)


class Life:
    """What a daemon does around its parts, which ``_parts`` starts and stops."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._stopping = asyncio.Event()
        self._ready = False
        self._reloads = Reloads(configuration)
        self._inheritance: Inheritance | None = None
        self._estate: Callable[[], Inheritance] | None = None
        self._reloading: asyncio.Task[None] | None = None

    def _parts(self) -> contextlib.AbstractAsyncContextManager[WebServer]:
        raise NotImplementedError

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
            if self._inheritance is not None:
                await self._end_between(self._inheritance)
                self._inheritance.close()

    async def _end_between(self, left: Inheritance) -> None:
        """Record that watching ends: told to stop when some parts had stopped and the next had not begun."""
        raise NotImplementedError

    async def _live(self, ready: Callable[[str], None], supervisor: Supervisor) -> None:
        """Under one configuration, until another one is to take its place."""
        async with self._parts() as web:
            self._reloads.started()
            if self._inheritance is not None:
                self._inheritance.close()
                self._inheritance = None
            self._ready = True
            ready(web.url)
            supervisor.ready(web.url)
            await self._reloads.wait(self._stopping)
            self._ready = False
            supervisor.leaving(reloading=not self._stopping.is_set())
            if not self._stopping.is_set() and self._estate is not None:
                self._inheritance = self._estate()
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
