"""One poll of one URL, from the first lookup to the verdict. It blocks: it runs in a worker thread."""

import time

import requests
from requests.cookies import RequestsCookieJar

from collectors.http.body import Body, read_body, text_of
from collectors.http.exchange import ProbeAdapter, Tools, Watch
from collectors.http.failures import NETWORK_ERRORS, fail
from collectors.http.metrics import PHASES, families
from collectors.http.request import first_request, next_request, redirect_target, secrets_of, shown
from collectors.net.deadline import Deadline, Trace
from collectors.net.failures import TargetError, clean
from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import HttpSettings

_DAY = 86_400


class Probe:
    """One poll; ``run`` once."""

    def __init__(self, settings: HttpSettings, deadline: Deadline, tools: Tools, *, verbose: bool = False) -> None:
        self._settings = settings
        self._deadline = deadline
        self._matcher = tools.matcher
        self._trace = Trace(PHASES)
        self._adapter = ProbeAdapter(Watch(deadline, self._trace, self._say, verbose), tools, settings)
        self._facts = self._adapter.facts
        self._took = 0.0
        self._verbose = verbose
        self._log: list[str] = []

    def run(self) -> Reading:
        """Look, and say what was seen.

        Raises:
            CollectError: this host could not look.
        """
        try:
            body, response = self._timed_exchange()
            state, reason, detail = self._judge(body, response)
        except TargetError as failure:
            state, reason, detail = State.DOWN, failure.reason, self._explain(failure)
        finally:
            self._adapter.close()
        return self._reading(state, reason, detail)

    def _timed_exchange(self) -> tuple[Body, requests.Response]:
        """The exchange; ``_took`` is its time, without what we then spend on judging it."""
        try:
            return self._exchange()
        finally:
            self._trace.leave()
            self._took = self._trace.elapsed

    def _exchange(self) -> tuple[Body, requests.Response]:
        request = first_request(self._settings)
        cookies = RequestsCookieJar()
        while True:
            response = self._adapter.send(request)
            self._say(f"answer: {response.status_code} {clean(response.reason or '', 60)}")
            target = redirect_target(response) if self._settings.follow_redirects else None
            if target is None:
                return self._read(response), response
            if self._facts.redirects >= self._settings.max_redirects:
                raise TargetError(
                    Reason.REDIRECT_LOOP, f"more than {self._settings.max_redirects} redirects, now to {shown(target)}"
                )
            self._facts.redirects += 1
            self._say(f"redirected to {shown(target)}")
            cookies.update(response.cookies)
            request = next_request(request, response, target, self._settings, cookies)

    def _read(self, response: requests.Response) -> Body:
        announced = response.headers.get("Content-Length", "")
        self._facts.content_length = int(announced) if announced.isdecimal() else -1
        try:
            body = read_body(response, self._settings.max_bytes)
        except NETWORK_ERRORS as error:
            fail(error, self._trace.phase, self._deadline.seconds)
        self._facts.body_length = len(body.data)
        self._say(f"body: {len(body.data)} bytes{'' if body.complete else ', and there is more'}")
        return body

    def _judge(self, body: Body, response: requests.Response) -> tuple[State, Reason, str]:
        self._judge_status(response.status_code)
        if not body.complete:
            raise TargetError(Reason.TOO_LARGE, f"the body is larger than {self._settings.max_bytes} bytes")
        self._judge_text(body, response)
        return self._judge_shades()

    def _judge_status(self, status: int) -> None:
        expected = self._settings.expected_status
        if status in expected or (not expected and 200 <= status < 300):
            return
        wanted = ", ".join(map(str, expected)) or "2xx"
        raise TargetError(Reason.STATUS, f"status {status}, expected {wanted}")

    def _judge_text(self, body: Body, response: requests.Response) -> None:
        patterns = [(pattern, True) for pattern in self._settings.body_regex]
        patterns += [(pattern, False) for pattern in self._settings.body_not_regex]
        for pattern, wanted in patterns:
            found = self._matcher.found(pattern, text_of(body.data, response), self._deadline)
            self._say(f"{'body_regex' if wanted else 'body_not_regex'} {'found' if found else 'not found'}")
            if found != wanted:
                self._facts.failed_by_regex = True
                words = "does not contain" if wanted else "contains"
                raise TargetError(Reason.BODY, f"the body {words} {clean(pattern, 80)!r}")

    def _judge_shades(self) -> tuple[State, Reason, str]:
        """Everything expected is there: is it there in good time, and for long enough?"""
        slow = self._settings.slow
        if slow is not None and self._took * 1000 > slow:
            return State.DEGRADED, Reason.SLOW, f"took {self._took:.2f} s, slower than {slow / 1000:g} s"
        tls = self._settings.tls
        first = self._facts.handshake.first_to_expire
        if tls.verify and first is not None:
            days = (first.not_after - time.time()) / _DAY
            if days < tls.min_days:
                words = f"certificate {first.subject} expires {first.expiry}, in {days:.1f} days"
                return State.DEGRADED, Reason.TLS_EXPIRES_SOON, words
        return State.UP, Reason.OK, ""

    def _explain(self, failure: TargetError) -> str:
        """The failure, with what is known of the certificate where it is about one."""
        if failure.reason in {Reason.TLS_EXPIRED, Reason.TLS_NAME_MISMATCH, Reason.TLS_UNTRUSTED}:
            # Expired may be any of the chain, a wrong or unknown name is the server's own.
            sent = self._facts.handshake.sent
            if failure.reason is Reason.TLS_EXPIRED:
                sent = tuple(sorted(sent, key=lambda certificate: certificate.not_after))
            for certificate in sent[:1]:
                names = ", ".join(certificate.names) or certificate.subject
                return clean(
                    f"{failure.detail}: certificate for {names}, issued by {certificate.issuer}, "
                    f"expires {certificate.expiry}"
                )
        return failure.detail

    def _reading(self, state: State, reason: Reason, detail: str) -> Reading:
        success = state is not State.DOWN
        self._say(f"verdict: {state.value}" + (f", {reason.value}: {detail}" if detail else ""))
        secrets = secrets_of(self._settings)
        return Reading(
            state,
            reason,
            _without(detail, secrets),
            families(self._facts, self._trace.seconds, self._took, success=success),
            log=tuple(_without(line, secrets) for line in self._log),
        )

    def _say(self, line: str) -> None:
        if self._verbose:
            self._log.append(f"{self._trace.elapsed * 1000:8.1f} ms  {line}")


def _without(text: str, secrets: tuple[str, ...]) -> str:
    """``text`` without the secrets, should a server have sent one back."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
