"""One poll of one port: connect, perhaps TLS, perhaps a conversation, the verdict."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass

from collectors.net.connect import describe
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, clean, failure
from collectors.net.matching import Match
from collectors.net.metrics import address_families, outcome_families, tls_families
from collectors.net.names import Names
from collectors.net.notes import Notes
from collectors.net.resolve import Address
from collectors.net.searching import Searcher
from collectors.net.stream import Stream, open_stream
from collectors.net.tls import TlsFacts, learn
from collectors.net.verdict import expires_soon, explained
from collectors.tcp.conversation import Lines, expand
from collectors.tcp.metrics import PHASES, families
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Reading, State
from netmon.settings import QueryResponse, Secret, TcpSettings, TlsSettings

_LABEL = 200
"""Characters of a label's value that a target may choose."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the polls of a collector share."""

    names: Names
    contexts: Contexts
    searcher: Searcher


class Probe:
    """One poll; ``run`` once, on the event loop."""

    def __init__(self, settings: TcpSettings, deadline: Deadline, tools: Tools, *, verbose: bool = False) -> None:
        self._settings = settings
        self._deadline = deadline
        self._tools = tools
        self._trace = Trace(PHASES)
        secrets = [step.send for step in settings.query_response if isinstance(step.send, Secret)]
        self._notes = Notes(self._trace, verbose=verbose, secrets=secrets)
        self._addresses: list[Address] = []
        self._address: Address | None = None
        self._facts = TlsFacts()
        self._refused: ssl.SSLCertVerificationError | None = None
        self._awaited = ""
        self._labels: tuple[tuple[str, str], ...] = ()
        self._failed_by_regex = False

    async def run(self) -> Reading:
        """Look, and say what was seen.

        Raises:
            CollectError: this host could not look.
        """
        try:
            await self._within_deadline()
            state, reason, detail = self._judge()
        except TargetError as error:
            state, reason, detail = State.DOWN, error.reason, explained(error, self._facts)
        detail = self._notes.without_secrets(detail)
        self._notes.say(f"verdict: {state.value}" + (f", {reason.value}: {detail}" if detail else ""))
        told = (
            *outcome_families(self._took, success=state is not State.DOWN),
            *address_families(self._address, self._trace.seconds["resolve"]),
            *tls_families(self._facts),
            *families(self._trace.seconds, self._labels, failed_by_regex=self._failed_by_regex),
        )
        return Reading(state, reason, detail, told, log=self._notes.lines)

    @property
    def _took(self) -> float:
        return sum(self._trace.seconds.values())

    async def _within_deadline(self) -> None:
        seconds = self._deadline.seconds
        try:
            async with asyncio.timeout(self._deadline.left):
                await self._look()
        except OSError as error:
            phase = self._trace.phase
            self._trace.leave()
            if self._refused is None and isinstance(error, TimeoutError) and self._awaited:
                raise TargetError(Reason.TIMEOUT, f"{self._awaited} within {seconds:g} s") from error
            raise failure(self._refused or error, "tls" if self._refused else phase, seconds) from error
        finally:
            self._trace.leave()

    async def _look(self) -> None:
        settings = self._settings
        self._trace.enter("resolve")
        self._addresses = await self._tools.names.resolve(
            settings.host, settings.port, self._deadline, settings.addresses
        )
        self._address = self._addresses[0]
        self._notes.say(f"resolved {settings.host}: " + ", ".join(str(address[0]) for _, address in self._addresses))
        self._trace.enter("connect")
        stream, self._address = await open_stream(
            self._addresses, self._deadline, self._notes.say, settings.addresses.source
        )
        self._notes.say(f"connected to {describe(self._address[1])}")
        try:
            await self._talk(stream)
        except ssl.SSLCertVerificationError as error:
            self._refused = error
            self._trace.leave()
            await self._look_again()
            raise
        finally:
            stream.close()

    async def _talk(self, stream: Stream, *, blind: bool = False) -> None:
        """Everything said over ``stream``; ``blind``: only until TLS has begun, whoever answers."""
        settings = self._settings
        if settings.tls is not None:
            await self._secure(stream, settings.tls, blind=blind)
            if blind:
                return
        if not blind:
            self._trace.enter("processing")
        lines = Lines(stream)
        for number, step in enumerate(settings.query_response, 1):
            self._awaited = f"no line with {clean(step.expect, 80)!r}"
            await self._step(number, step, stream, lines)
            if step.starttls:
                await self._secure(stream, settings.starttls, blind=blind)
                if blind:
                    return
                self._trace.enter("processing")
                lines = Lines(stream)  # what came in the clear, before its time, is not the peer's to say

    async def _step(self, number: int, step: QueryResponse, stream: Stream, lines: Lines) -> None:
        send = step.send.reveal() if isinstance(step.send, Secret) else step.send
        if step.expect:
            match = await self._await_line(number, step, lines)
            send = expand(send, match)
            self._labels = (
                tuple((name, clean(expand(text, match), _LABEL)) for name, text in step.labels) or self._labels
            )
        self._awaited = "the peer does not take what is sent"
        if send:
            self._notes.say(f"step {number}: sending {clean(send)!r}")
            await stream.write(send.encode("utf-8", "surrogateescape") + b"\n")

    async def _await_line(self, number: int, step: QueryResponse, lines: Lines) -> Match:
        while (line := await lines.next()) is not None:
            self._notes.say(f"step {number}: line {clean(line)!r}")
            match = await self._tools.searcher.search(step.expect, line, self._deadline)
            if match is not None:
                return match
        self._failed_by_regex = True
        raise TargetError(Reason.RESPONSE, f"connection closed without a line with {clean(step.expect, 80)!r}")

    async def _secure(self, stream: Stream, settings: TlsSettings, *, blind: bool) -> None:
        contexts = self._tools.contexts
        context = contexts.blind(settings) if blind else contexts.get(settings)
        name = settings.server_name or self._settings.host.partition("%")[0]
        self._awaited = ""
        if not blind:
            self._trace.enter("tls")
        secured = await stream.secure(context, name.rstrip("."))
        for line in learn(secured, self._facts, verbose=self._notes.verbose):
            self._notes.say(line)

    async def _look_again(self) -> None:
        """The certificate could not be verified: come as far once more, unverified, for its facts alone."""
        if self._address is None:
            return
        with suppress(OSError, TargetError, CollectError):
            stream, _ = await open_stream(
                [self._address], self._deadline, self._notes.say, self._settings.addresses.source
            )
            try:
                await self._talk(stream, blind=True)
            finally:
                stream.close()

    def _judge(self) -> tuple[State, Reason, str]:
        """Everything expected is there: is it there in good time, and for long enough?"""
        settings = self._settings
        if settings.slow is not None and self._took * SECOND > settings.slow:
            words = f"took {self._took:.2f} s, slower than {settings.slow / SECOND:g} s"
            return State.DEGRADED, Reason.SLOW, words
        if soon := expires_soon(settings.tls or settings.starttls, self._facts):
            return State.DEGRADED, Reason.TLS_EXPIRES_SOON, soon
        return State.UP, Reason.OK, ""
