"""One poll of one host: echo requests, their answers, the verdict."""

import asyncio
import socket
from collections import Counter

from collectors.icmp.channel import Channel, Echo, payload
from collectors.icmp.channels import Channels
from collectors.icmp.metrics import PHASES, Tally, families
from collectors.icmp.sockets import Way
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, failure
from collectors.net.metrics import address_families, outcome_families
from collectors.net.names import Names
from collectors.net.notes import Notes
from collectors.net.resolve import Address
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import IcmpSettings


def _nobody_waits(_: Echo) -> None:
    """The poll is over."""


class Probe:
    """One poll; ``run`` once, on the event loop."""

    def __init__(
        self, settings: IcmpSettings, deadline: Deadline, names: Names, channels: Channels, *, verbose: bool = False
    ) -> None:
        self._settings = settings
        self._deadline = deadline
        self._names = names
        self._channels = channels
        self._trace = Trace(PHASES)
        self._notes = Notes(self._trace, verbose=verbose)
        self._tally = Tally()
        self._address: Address | None = None
        self._changed = asyncio.Event()

    async def run(self) -> Reading:
        """Look, and say what was seen.

        Raises:
            CollectError: this host could not look.
        """
        try:
            await self._exchange()
            state, reason, detail = self._judge()
        except TargetError as error:
            state, reason, detail = State.DOWN, error.reason, error.detail
        elapsed = self._trace.elapsed
        self._notes.say(f"verdict: {state.value}" + (f", {reason.value}: {detail}" if detail else ""))
        told = (
            *outcome_families(elapsed, success=state is not State.DOWN),
            *address_families(self._address, self._trace.seconds["resolve"]),
            *families(self._tally, self._trace.seconds),
        )
        return Reading(state, reason, detail, told, log=self._notes.lines)

    async def _exchange(self) -> None:
        settings = self._settings
        self._trace.enter("resolve")
        try:
            found = await self._names.resolve(settings.host, 0, self._deadline, settings.addresses)
        except OSError as error:
            self._trace.leave()
            raise failure(error, "resolve", self._deadline.seconds) from error
        self._notes.say(f"resolved {settings.host}: " + ", ".join(str(target[0]) for _, target in found))
        for address in found:
            try:
                await self._exchange_with(address)
                break
            except CollectError as error:
                # The system may name an address first that this host has no way to.
                if address is found[-1] or self._tally.times or error.reason is not Reason.NO_SOCKET:
                    raise
                self._notes.say(f"{error.detail}: trying the next address")
                self._tally = Tally()

    async def _exchange_with(self, address: Address) -> None:
        settings = self._settings
        self._trace.enter("setup")
        self._address = address
        family, target = address
        way = Way(family, settings.ttl, settings.dont_fragment, settings.addresses.source)
        with self._channels.use(way) as channel:
            self._notes.say(f"sending {settings.count} × {settings.payload} octets from a {_kind(channel)} socket")
            self._trace.enter("rtt")
            lost_here = channel.lost
            try:
                await self._ping(channel, target)
            finally:
                self._trace.leave()
                for echo in self._tally.echoes:
                    channel.forget(echo)
                    echo.settled = _nobody_waits  # it would hold the probe that holds it
            self._own_losses(channel.lost - lost_here)

    async def _ping(self, channel: Channel, target: tuple[object, ...]) -> None:
        begun = asyncio.get_running_loop().time()
        for number in range(self._settings.count):
            if not await self._until(begun + number * self._settings.gap / SECOND):
                break
            echo = Echo(target, payload(self._settings.payload), self._settled)
            self._tally.echoes.append(echo)
            channel.send(echo)
        try:
            async with asyncio.timeout(self._deadline.left):
                while any(echo.rtt is None and echo.refusal is None for echo in self._tally.echoes):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            channel.drain()  # what came in while this host was busy came in

    async def _until(self, moment: float) -> bool:
        """Wait; False: time is up before."""
        wait = moment - asyncio.get_running_loop().time()
        if wait >= self._deadline.left:
            return False
        if wait > 0:
            await asyncio.sleep(wait)
        return True

    def _settled(self, echo: Echo) -> None:
        self._changed.set()
        if not self._notes.verbose:
            return
        number = self._tally.echoes.index(echo) + 1
        if echo.rtt is not None:
            self._notes.say(f"answer to {number} in {echo.rtt * 1000:.3f} ms, hop limit {echo.hop_limit}")
        elif echo.refusal is not None:
            self._notes.say(f"no answer to {number}: {echo.refusal.detail}")

    def _own_losses(self, dropped: int) -> None:
        """What this host dropped for want of room is no loss of the target's."""
        if dropped > 0 and self._tally.loss:
            raise CollectError(Reason.OVERLOAD, f"this host dropped {dropped} packets before netmon could read them")

    def _judge(self) -> tuple[State, Reason, str]:
        tally, settings = self._tally, self._settings
        if not tally.sent:
            raise TargetError(Reason.RESOLVE_FAILED, f"no answer from the resolver within {self._deadline.seconds:g} s")
        if not tally.times:
            raise self._silence()
        if tally.loss > settings.loss:
            lost = tally.sent - len(tally.times)
            return State.DEGRADED, Reason.PACKET_LOSS, f"{lost} of {tally.sent} echo requests were not answered"
        if settings.slow is not None and tally.mean * SECOND > settings.slow:
            words = f"round trip of {tally.mean * SECOND:.1f} ms, slower than {settings.slow} ms"
            return State.DEGRADED, Reason.SLOW, words
        return State.UP, Reason.OK, ""

    def _silence(self) -> TargetError:
        """Why nothing was answered: what routers said most often, else what came back wrong, else silence."""
        echoes = self._tally.echoes
        said = Counter(echo.refusal for echo in echoes if echo.refusal is not None)
        if said:
            refusal = said.most_common(1)[0][0]
            return TargetError(refusal.reason, refusal.detail)
        altered = next((echo.altered for echo in echoes if echo.altered is not None), None)
        if altered is not None:
            words = f"answers bring back {altered} octets, not the {self._settings.payload} that were sent"
            same = "answers bring back other octets than were sent"
            return TargetError(Reason.GARBAGE, same if altered == self._settings.payload else words)
        requests = "the echo request" if len(echoes) == 1 else f"{len(echoes)} echo requests"
        return TargetError(Reason.TIMEOUT, f"no answer to {requests} within {self._deadline.seconds:g} s")


def _kind(channel: Channel) -> str:
    kind = "raw" if channel.raw else "unprivileged"
    return f"{kind} IPv{6 if channel.way.family == socket.AF_INET6 else 4}"
