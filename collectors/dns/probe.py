"""One poll of one name server: a query, its answer, the verdict."""

import asyncio

from collectors.dns.exchange import Exchange, not_an_answer
from collectors.dns.messages import Answer, Query
from collectors.dns.metrics import PHASES, families
from collectors.dns.rules import Validator
from collectors.net.contexts import Contexts
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, failure
from collectors.net.metrics import address_families, outcome_families, tls_families
from collectors.net.names import Names
from collectors.net.notes import Notes
from collectors.net.searching import Searcher
from collectors.net.verdict import expires_soon, explained
from netmon.clock import SECOND
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import DnsSettings

_PORT, _TLS_PORT = 53, 853
_USUAL = ("NOERROR",)


class Probe:
    """One poll; ``run`` once, on the event loop."""

    def __init__(
        self, settings: DnsSettings, deadline: Deadline, names: Names, contexts: Contexts, searcher: Searcher, *,
        verbose: bool = False,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._deadline = deadline
        self._names = names
        self._validator = Validator(searcher, deadline)
        self._trace = Trace(PHASES)
        self._notes = Notes(self._trace, verbose=verbose)
        self._exchange = Exchange(settings, Query(settings), deadline, self._trace, self._notes, contexts)
        self._answer: Answer | None = None

    async def run(self) -> Reading:
        """Look, and say what was seen.

        Raises:
            CollectError: this host could not look.
        """
        exchange = self._exchange
        try:
            self._answer = await self._within_deadline()
            state, reason, detail = await self._judge(self._answer)
        except TargetError as error:
            state, reason, detail = State.DOWN, error.reason, explained(error, exchange.facts)
        self._notes.say(f"verdict: {state.value}" + (f", {reason.value}: {detail}" if detail else ""))
        seconds = self._trace.seconds
        told = (
            *outcome_families(self._took, success=state is not State.DOWN),
            *address_families(exchange.address, seconds["resolve"]),
            *tls_families(exchange.facts),
            *families(self._answer, seconds, serial=self._settings.query_type == "SOA"),
        )
        return Reading(state, reason, detail, told, log=self._notes.lines)

    @property
    def _took(self) -> float:
        return sum(self._trace.seconds.values())

    async def _within_deadline(self) -> Answer:
        exchange = self._exchange
        try:
            async with asyncio.timeout(self._deadline.left):
                return await self._ask()
        except OSError as error:
            if exchange.refused is None and isinstance(error, TimeoutError) and exchange.doubt is not None:
                raise not_an_answer(exchange.doubt) from error
            raise failure(exchange.refused or error, self._phase, self._deadline.seconds) from error
        finally:
            self._trace.leave()

    @property
    def _phase(self) -> str:
        """The phase that runs, as ``failure`` calls it."""
        if self._exchange.securing:
            return "tls"
        return "processing" if self._trace.phase == "request" else self._trace.phase

    async def _ask(self) -> Answer:
        settings = self._settings
        self._trace.enter("resolve")
        port = settings.port or (_TLS_PORT if settings.tls is not None else _PORT)
        addresses = await self._names.resolve(settings.host, port, self._deadline, settings.addresses)
        self._exchange.address = addresses[0]
        self._notes.say(f"resolved {settings.host}: " + ", ".join(str(address[0]) for _, address in addresses))
        self._notes.say(f"asking for {settings.query} {settings.query_class} {settings.query_type}")
        return await self._exchange.ask(addresses)

    async def _judge(self, answer: Answer) -> tuple[State, Reason, str]:
        settings = self._settings
        self._notes.say(f"answer: {answer.rcode}")
        if answer.rcode not in (settings.rcodes or _USUAL):
            wanted = ", ".join(settings.rcodes or _USUAL)
            raise TargetError(Reason.RCODE, f"the server answers {answer.rcode}, expected {wanted}")
        for section, records, rules in (
            ("answer", answer.answer, settings.answer),
            ("authority", answer.authority, settings.authority),
            ("additional", answer.additional, settings.additional),
        ):
            for record in records:
                self._notes.say(f"{section}: " + record.replace("\t", " "))
            await self._validator.check(section, records, rules)
        return self._judge_shades()

    def _judge_shades(self) -> tuple[State, Reason, str]:
        """Everything expected is there: is it there in good time, and for long enough?"""
        settings = self._settings
        if settings.slow is not None and self._took * SECOND > settings.slow:
            words = f"took {self._took:.2f} s, slower than {settings.slow / SECOND:g} s"
            return State.DEGRADED, Reason.SLOW, words
        if settings.tls is not None and (soon := expires_soon(settings.tls, self._exchange.facts)):
            return State.DEGRADED, Reason.TLS_EXPIRES_SOON, soon
        return State.UP, Reason.OK, ""
