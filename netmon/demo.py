"""The demonstration: a simulated metropolis with a past, then the daemon on it. Wiring, like ``netmon.app``."""

import errno
import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netmon.clock import DAY, HOUR, MINUTE, ManualClock, Millis
from netmon.config import Configuration, load
from netmon.engine.pipeline import Pipeline
from netmon.engine.replay import Gap, play
from netmon.errors import HostError
from netmon.history import Store, open_history
from netmon.model import MonitorEvent, ReportRun, Transition
from netmon.simulation import Child, Demo
from netmon.simulation.configuration import FOLDER, SCHEDULE
from netmon.simulation.handling import handled

Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, from 0 to 1."""

MARK = "simulation.log"
PORTS_TRIED = 50


@dataclass(frozen=True, slots=True)
class Prepared:
    """A demo that is ready for its daemon.

    ``polls`` of the past were played and made ``transitions``; ``kept``: a history was there already, none was played.
    ``moved`` is the web address asked for, where it was taken; ``displaced`` the devices and sites that had to move.
    """

    configuration: Configuration
    plan: Demo
    polls: int
    transitions: int
    kept: bool
    moved: str | None
    displaced: int


@contextmanager
def directory_for(data: Path | None) -> Iterator[Path]:
    """The demo's directory: ``data``, kept; or a new one, removed at the end.

    Raises:
        HostError: ``data`` holds something that is not a demo's, or cannot be used.
    """
    if data is None:
        made = Path(tempfile.mkdtemp(prefix="netmon-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        strangers = any(data.iterdir()) and not (data / MARK).exists()
    except OSError as error:
        raise HostError(f"{data}: cannot be used as the demo's directory ({error.strerror})") from error
    if strangers:
        raise HostError(f"{data}: not empty and not a demo's; name a new directory")
    yield data.resolve()


def free_address(host: str, port: int) -> int:
    """``port``, or the next one on ``host`` that nobody listens on.

    Raises:
        HostError: the address is not ours, or fifty ports in a row are taken.
    """
    for candidate in range(port, min(port + PORTS_TRIED, 65_536)) if port else (0,):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, candidate))
            except OSError as error:
                if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                    continue
                raise HostError(f"{host}:{candidate}: cannot be listened on ({error.strerror})") from error
            return int(trial.getsockname()[1])
    raise HostError(f"{host}:{port}: taken, and so are the {PORTS_TRIED - 1} ports after it")


@contextmanager
def prepare(
    directory: Path,
    plan: Demo,
    listen: tuple[str, int],
    language: str,
    *,
    on_fault: Callable[[dict[str, Any]], None],
    progress: Progress,
    alertmanager: str = "",
) -> Iterator[Prepared]:
    """Start the simulation and play the past; the agents and web sites stay up as long as the context.

    ``alertmanager`` is told of incidents; empty: nobody is.

    Raises:
        HostError, StoreError, ConfigError: what it takes is not to be had.
    """
    child = Child(plan, directory, on_fault=on_fault)
    try:
        child.start()
    except OSError as error:
        raise HostError(f"{directory}: cannot be used as the demo's directory ({error.strerror})") from error
    try:
        progress("simulation", 0.0)
        host, asked = listen
        port = free_address(host, asked)
        placement = child.ready()
        main = plan.write(directory, placement, listen=f"{host}:{port}", data_dir=directory / "var", language=language)
        _write_alerts(main.parent / FOLDER / "alerts.yml", alertmanager, f"http://{host}:{port}/")
        configuration = load(main)
        configuration.data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        kept = Path(configuration.history).exists()
        polls, transitions = (0, 0) if kept else play_past(configuration, plan, progress)
        moved = f"{host}:{asked}" if asked and port != asked else None
        yield Prepared(configuration, plan, polls, transitions, kept, moved, len(placement.moved))
    finally:
        child.stop()


def _write_alerts(file: Path, alertmanager: str, url: str) -> None:
    file.unlink(missing_ok=True)
    if alertmanager:
        target = {"urls": [alertmanager], "resend": "10s", "resolve_after": "1m"}
        section = {"url": url, "receivers": [{"id": "alertmanager", "alertmanager": target}]}
        file.write_text(f"alerts: {json.dumps(section)}\n", "utf-8")


def play_past(
    configuration: Configuration, plan: Demo, progress: Progress = lambda _what, _done: None
) -> tuple[int, int]:
    """Put the past into the history: polled, judged and recorded like the present, on a fast clock.

    Returns the polls done and the changes of state they made.
    """
    store = open_history(configuration.history)
    try:
        return _play_into(store, configuration, plan, progress)
    finally:
        store.close()


def _play_into(store: Store, configuration: Configuration, plan: Demo, progress: Progress) -> tuple[int, int]:
    clock, end = ManualClock(plan.start), plan.live_start
    windows = plan.world.maintenance(plan.start, end)
    store.record([MonitorEvent(plan.start, "started"), *windows]).result()
    pipeline = Pipeline(configuration.inventory, store, clock.now, windows)
    span = max(1, end - plan.start)
    polls = play(
        pipeline,
        store,
        plan.world,
        clock,
        end,
        gaps=stops(plan),
        progress=lambda now: progress("history", (now - plan.start) / span),
    )
    week = end - 7 * DAY
    known = ReportRun(SCHEDULE, week, week, "known", "")
    store.record([MonitorEvent(end, "stopped"), *handled(plan.script, end), known]).result()
    store.heartbeat(end).result()
    progress("history", 1.0)
    return polls, sum(1 for event in store.events(plan.start, end) if isinstance(event, Transition))


def stops(plan: Demo) -> tuple[Gap, ...]:
    """When the daemon of the past was not watching: half an hour for an upgrade, each thirty days, by night."""
    begun: list[Millis] = list(range(plan.live_start - 9 * DAY + 2 * HOUR, plan.start, -30 * DAY))
    return tuple((at, at + 30 * MINUTE) for at in reversed(begun) if at + 30 * MINUTE < plan.live_start)
