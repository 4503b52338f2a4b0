"""Another configuration for a daemon that runs: read, compared, and taken up where the parts before left off."""

import asyncio
import logging
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from netmon.clock import Millis, SteadyClock
from netmon.config import ConfigError, Configuration, load
from netmon.engine.pipeline import Legacy
from netmon.engine.spread import due_between
from netmon.errors import Problem
from netmon.model import Check, Inventory

log = logging.getLogger("netmon.app")

PARTS = ("communes", "sites", "nodes", "services", "checks", "contracts")
"""Of an inventory, what is compared by id."""

FIXED = ("data_dir", "history")
"""What a running daemon cannot change: it holds the one, and knows the other's past."""

_OWN = ("inventory", "source", "files", "notes")


@dataclass(slots=True)
class Inheritance:
    """What the parts before leave to those that take their place at once."""

    legacy: Legacy
    heart: tuple[Millis, bool]
    clock: SteadyClock
    seen_until: Millis | None
    listeners: Mapping[tuple[str, int], socket.socket]
    polled: frozenset[str]

    def owed(self, checks: Iterable[Check], now: Millis) -> Iterator[str]:
        """The checks that were being polled, or were due since, and are not any more."""
        since = self.heart[0]
        for check in checks:
            if check.id in self.polled or any(due_between(check, since, now)):
                yield check.id

    def listener(self, host: str, port: int) -> socket.socket | None:
        """A socket that listens there as the configuration says it, if one was left."""
        left = self.listeners.get((host, port))
        return left.dup() if left is not None else None

    def close(self) -> None:
        """Give up what nobody needs any more: listeners of addresses that are asked for no longer."""
        for left in self.listeners.values():
            left.close()


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """What a reload would do to one thing: ``added``, ``removed`` or ``changed``."""

    part: str
    id: str
    change: str
    what: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f": {', '.join(self.what)}" if self.what else ""
        return f"{self.change} {self.part} {self.id}{what}".rstrip()


class Reloads:
    """Asks for and hands over configurations, one at a time. ``worked``: whether the last reload did."""

    def __init__(self, running: Configuration) -> None:
        self.worked = True
        self._running = running
        self._next: Configuration | None = None
        self._before: Configuration | None = None
        self._asked = asyncio.Event()
        self._turn = asyncio.Lock()

    async def ask(self) -> None:
        """Read the files; what is right is taken up by whoever waits.

        Raises:
            ConfigError: they are wrong; nothing is changed.
        """
        async with self._turn:
            try:
                found = await asyncio.to_thread(load, self._running.source)
                self._refuse_fixed(found)
            except ConfigError:
                self.worked = False
                raise
            self._next = found
            self._asked.set()

    async def wait(self, stopping: asyncio.Event) -> None:
        """Until a configuration waits to be taken up, or the daemon is to stop."""
        waits = [asyncio.create_task(event.wait()) for event in (self._asked, stopping)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def take(self) -> Configuration:
        """The configuration to run from now on."""
        self._asked.clear()
        if self._next is not None:
            for difference in differences(self._running, self._next):
                log.info("reload: %s", difference)
            self._before, self._running, self._next = self._running, self._next, None
            self.worked = True
        return self._running

    def give_back(self) -> Configuration | None:
        """The configuration before, as this one could not be started; None: there is none, or it failed as well."""
        before, self._before = self._before, None
        if before is not None:
            self._running, self.worked = before, False
        return before

    def started(self) -> None:
        """The configuration runs: there is no way back."""
        self._before = None

    def _refuse_fixed(self, found: Configuration) -> None:
        problems = [
            Problem(str(found.source), 1, 1, "store" if name == "history" else name,
                    "cannot change while netmon runs: restart it")
            for name in FIXED
            if getattr(found, name) != getattr(self._running, name)
        ]  # fmt: skip
        if problems:
            raise ConfigError(problems)


def differences(old: Configuration, new: Configuration) -> Iterator[Difference]:
    """What the new configuration adds, removes and changes, in the order of the inventory, then the settings."""
    for part in PARTS:
        yield from _by_id(part, old.inventory, new.inventory)
    changed = [
        field.name
        for field in fields(Configuration)
        if field.name not in _OWN and getattr(old, field.name) != getattr(new, field.name)
    ]
    changed += ["store"] if old.store != new.store else []
    for name in dict.fromkeys(changed):
        restart = name in FIXED or name == "store"
        yield Difference("setting", name, "changed", ("needs a restart",) if restart else ())


def _by_id(part: str, old: Inventory, new: Inventory) -> Iterator[Difference]:
    before, after = getattr(old, part), getattr(new, part)
    kind = part.removesuffix("s")
    yield from (Difference(kind, name, "removed") for name in before if name not in after)
    for name, value in after.items():
        if name not in before:
            yield Difference(kind, name, "added")
        elif what := tuple(_changed(before[name], value)):
            yield Difference(kind, name, "changed", what)


def _changed(old: object, new: object) -> Iterator[str]:
    """The names of the fields that differ: settings are compared too, whose values may be secret."""
    if is_dataclass(old) and is_dataclass(new):
        yield from (field.name for field in fields(old) if getattr(old, field.name) != getattr(new, field.name, None))
