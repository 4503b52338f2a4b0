"""Asks the references before a target is believed not to answer; one round serves all polls that began before it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from prometheus_client import Gauge

from netmon.clock import SECOND, Clock, Millis
from netmon.model import Check, Observation
from netmon.state.vantage import Sight, answered, asked, is_unanswered, unseen, vote

log = logging.getLogger("netmon.vantage")

_PATIENCE: Millis = 5 * SECOND
"""The longest a reference is waited for."""


class Vantage:
    """Weighs observations. ``ask`` polls a reference now; ``up`` shows whether we see anything.

    Between asking and answer the polls that wait for it count as under way.
    """

    def __init__(
        self, references: Sequence[Check], ask: Callable[[Check], Awaitable[Observation]], up: Gauge, clock: Clock
    ) -> None:
        self._references = {check.id: replace(check, timeout=min(check.timeout, _PATIENCE)) for check in references}
        self._ask = ask
        self._up = up
        self._clock = clock
        self._sight = Sight()
        self._round: asyncio.Task[None] | None = None
        self._blind = False
        up.set(1)

    async def weigh(self, observation: Observation) -> Observation:
        """The observation, or what it becomes because we saw nothing."""
        if observation.check.id in self._references and vote(observation.reading):
            self._sight = answered(self._sight, observation.started)
            self._tell(blind=False)
        if not is_unanswered(observation.reading):
            return observation
        if await self._sees(observation.started):
            return observation
        return replace(observation, reading=unseen(observation.reading))

    async def stop(self) -> None:
        """Ask no more."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    async def _sees(self, since: Millis) -> bool:
        while (known := self._sight.since(since)) is None:
            if self._round is None or self._round.done():
                self._round = asyncio.create_task(self._ask_all(), name="vantage")
            await asyncio.shield(self._round)
        return known

    async def _ask_all(self) -> None:
        begun = self._clock.now()
        polls = {
            asyncio.create_task(self._look(check), name=f"vantage {check.id}") for check in self._references.values()
        }
        votes: list[bool | None] = []
        try:
            for poll in asyncio.as_completed(polls):
                votes.append(await poll)
                if votes[-1]:
                    break  # one is enough
        finally:
            for poll in polls:
                poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)
        self._sight = asked(self._sight, begun, votes)
        self._tell(blind=self._sight.since(begun) is False)

    async def _look(self, check: Check) -> bool | None:
        try:
            observation = await self._ask(check)
        except Exception:
            log.exception("the reference %s could not be asked by a fault of ours", check.id)
            return None
        seen = vote(observation.reading)
        if seen is None:
            log.warning("the reference %s is of no use: %s", check.id, observation.reading.detail)
        return seen

    def _tell(self, *, blind: bool) -> None:
        """Log and show a change."""
        if blind == self._blind:
            return
        self._blind = blind
        self._up.set(0 if blind else 1)
        names = ", ".join(self._references)
        if blind:
            log.error("none of the references answers (%s): what does not answer is unknown from now on", names)
        else:
            log.warning("a reference answers again (%s): outages are recorded again", names)
