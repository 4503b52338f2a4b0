"""What people tell a running daemon: commands write it into the history, and the daemon reads it there.

So there is one way in, whether or not a daemon runs, on the machine or through the database; who may write is who may
write the history; and nothing that is told is without its record.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from netmon.engine.pipeline import Pipeline
from netmon.model import Attribution, IncidentStep, MaintenanceWindow

log = logging.getLogger("netmon.people")

LISTEN_SECONDS = 1.0


class Told(Protocol):
    """What was added to the history."""

    steps: list[IncidentStep]
    attributions: bool
    maintenance: bool


class News(Protocol):
    """Tells what was added to the history since it was asked last."""

    def read(self) -> Told: ...


class Facts(Protocol):
    """Where all that people told is."""

    def attributions(self) -> Iterable[Attribution]: ...
    def maintenance(self) -> Iterable[MaintenanceWindow]: ...


async def hear_people(facts: Facts, news: News, pipeline: Pipeline) -> None:
    """Take in what people told, a second later at most, for ever. A history that cannot be read is asked again."""
    silent = False
    while True:
        await asyncio.sleep(LISTEN_SECONDS)
        try:
            await _hear(facts, news, pipeline)
            silent = False
        except Exception as error:  # noqa: BLE001 - whatever the database says, the next time may be better
            if not silent:
                log.error("what people told cannot be read, trying on: %s", error)
            silent = True


async def _hear(facts: Facts, news: News, pipeline: Pipeline) -> None:
    told = await asyncio.to_thread(news.read)
    if told.attributions:
        pipeline.attribute(await asyncio.to_thread(facts.attributions))
    if told.maintenance:
        pipeline.set_windows(await asyncio.to_thread(facts.maintenance))
    if told.steps:
        pipeline.tell(told.steps)
