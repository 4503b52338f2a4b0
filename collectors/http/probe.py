"""One poll of one URL, from the first lookup to the verdict. It blocks: it runs in a worker thread."""

from collections.abc import Callable, Mapping

from collectors.http import proxy
from collectors.http.body import MOST_BYTES, Body
from collectors.http.cookies import Cookies
from collectors.http.exchange import Answer, Exchange, Tools, Watch
from collectors.http.failures import NETWORK_ERRORS, fail
from collectors.http.journey import Journey
from collectors.http.judge import Judge, last_modified, wants_body
from collectors.http.metrics import PHASES, families, step_families
from collectors.http.oauth import authorize
from collectors.http.request import REDIRECTS, first_request, next_request, redirect_target, secrets_of, shown, spelt
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError
from collectors.net.verdict import explained
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import HttpSettings, HttpStep, OAuth2

_UNAUTHORIZED = 401
_Verdict = tuple[State, Reason, str]


class Probe:
    """One poll; ``run`` once."""

    def __init__(self, settings: HttpSettings, deadline: Deadline, tools: Tools, *, verbose: bool = False) -> None:
        self._settings = settings
        self._deadline = deadline
        self._tools = tools
        self._trace = Trace(PHASES)
        self._log: list[str] = []
        self._say = _teller(self._log, self._trace) if verbose else _silent
        self._watch = Watch(deadline, self._trace, self._say, verbose)
        self._exchange = Exchange(self._watch, tools, settings)
        self._facts = self._exchange.facts
        self._journey = Journey(settings)
        self._cookies = Cookies()
        self._took = 0.0
        self._last_url = ""

    def run(self) -> Reading:
        """Look, and say what was seen.

        Raises:
            CollectError: this host could not look.
        """
        try:
            verdict = self._travel() if self._settings.steps else self._visit(self._settings)
        except TargetError as failure:
            verdict = State.DOWN, failure.reason, explained(failure, self._facts.handshake)
        finally:
            self._exchange.close()
        return self._reading(*self._journey.told(verdict))

    # --- Asking -------------------------------------------------------------------------------------------------------

    def _travel(self) -> _Verdict:
        """The steps, one after another; the first that is not up ends the journey."""
        worst: _Verdict = (State.UP, Reason.OK, "")
        for step in self._settings.steps:
            self._say(f"step {step.name}")
            self._exchange.take_up(step.settings)
            before, good = self._took, False
            try:
                verdict = self._journey.told(self._visit(step.settings, step))
                good = verdict[1] is not Reason.MAINTENANCE_SEEN
            finally:
                self._journey.ended(step, self._took - before, up=good)
            self._journey.at = None
            if not good:
                return verdict
            worst = verdict if worst[0] is State.UP else worst
        slow = self._settings.slow
        if worst[0] is State.UP and slow is not None and self._took * 1000 > slow:
            return State.DEGRADED, Reason.SLOW, f"took {self._took:.2f} s, slower than {slow / 1000:g} s"
        return worst

    def _visit(self, settings: HttpSettings, step: HttpStep | None = None) -> _Verdict:
        before = self._took
        if step is not None:
            settings = self._journey.begin(step, self._last_url)
        answer, body = self._timed(settings, self._journey.values, keep=step is not None and bool(step.extract))
        judge = Judge(settings, answer, body, self._facts, self._tools.matcher, self._deadline, self._say)
        said = judge.maintenance()
        if said is not None:
            return State.DEGRADED, Reason.MAINTENANCE_SEEN, said
        judge.expectations()
        if step is not None:
            self._journey.extract(step, lambda where: self._tools.matcher.select(where, judge.text, self._deadline))
        return judge.shades(self._took - before)

    def _timed(self, settings: HttpSettings, values: Mapping[str, str], *, keep: bool) -> tuple[Answer, Body]:
        """The exchange; its time goes into ``_took``, what we then spend on judging it does not."""
        begun = self._trace.elapsed
        try:
            return self._follow(settings, values, keep=keep)
        finally:
            self._trace.leave()
            self._took += self._trace.elapsed - begun

    def _follow(self, settings: HttpSettings, values: Mapping[str, str], *, keep: bool) -> tuple[Answer, Body]:
        request = first_request(settings, values)
        if isinstance(settings.auth, OAuth2):
            request = request.authorized(authorize(settings.auth, self._watch, self._tools))
        most, followed = settings.max_redirects, 0
        own_cookies = any(name.lower() == "cookie" for name, _ in settings.headers)
        while True:
            cookie = None if own_cookies else self._cookies.header(request.url)
            answer = self._exchange.send(request, () if cookie is None else (("Cookie", cookie),))
            self._last_url = answer.url
            self._cookies.keep(answer.url, answer.headers)
            location = answer.headers.get("Location") if answer.status in REDIRECTS else None
            self._facts.redirects += location is not None  # also one that is not followed, as the peer counts
            if location is None or not settings.follow_redirects:
                return answer, self._read(answer, settings, keep=keep)
            target = redirect_target(answer.url, location)
            if followed >= most:
                raise TargetError(Reason.REDIRECT_LOOP, f"more than {most} redirects, now to {shown(target)}")
            followed += 1
            self._say(f"redirected to {shown(target)}")
            request = next_request(request, answer.status, target)

    def _read(self, answer: Answer, settings: HttpSettings, *, keep: bool) -> Body:
        facts = self._facts
        facts.content_length = answer.length
        facts.last_modified = last_modified(answer)
        if answer.status == _UNAUTHORIZED and isinstance(settings.auth, OAuth2):
            self._tools.tokens.drop(settings.auth)
        body = Body(keep=keep or wants_body(settings))
        try:
            body.read(answer.raw, settings.max_bytes or MOST_BYTES, settings.compression)
        except NETWORK_ERRORS as error:
            fail(error, self._trace.phase, self._deadline.seconds)
        finally:
            facts.body_length = body.size
        self._say(f"body: {body.size} bytes{'' if body.complete else ', and there is more'}")
        return body

    # --- Telling ------------------------------------------------------------------------------------------------------

    def _reading(self, state: State, reason: Reason, detail: str) -> Reading:
        success = state is not State.DOWN
        self._say(f"verdict: {state.value}" + (f", {reason.value}: {detail}" if detail else ""))
        secrets = secrets_of(self._settings)
        more = [*proxy.spelt(self._settings.proxy), *self._journey.secrets]
        if more:
            secrets = (*spelt(more), *secrets)
        made = families(self._facts, self._trace.seconds, self._took, success=success)
        return Reading(
            state,
            reason,
            _without(detail, secrets),
            (*made, *step_families(self._journey.steps)),
            log=tuple(_without(line, secrets) for line in self._log),
        )


def _teller(log: list[str], trace: Trace) -> Callable[[str], None]:
    """What notes a line; not a method, for those it is given to would hold the probe that holds them."""
    return lambda line: log.append(f"{trace.elapsed * 1000:8.1f} ms  {line}")


def _silent(_: str) -> None:
    """Nobody reads."""


def _without(text: str, secrets: tuple[str, ...]) -> str:
    """``text`` without the secrets, should a server have sent one back."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
