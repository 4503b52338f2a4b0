"""What is expected of an answer, and whether it is so."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from collectors.http.body import Body, text_of
from collectors.http.exchange import Answer, Facts
from collectors.net.deadline import Deadline
from collectors.net.failures import TargetError, clean
from collectors.net.matching import Matcher
from collectors.net.verdict import expires_soon
from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import ContentMatch, HeaderMatch, HttpSettings, Selector

_UNAVAILABLE = 503


@dataclass
class Judge:
    """Judges one answer by ``settings``; what it finds of patterns and expressions goes into ``facts``."""

    settings: HttpSettings
    answer: Answer
    body: Body
    facts: Facts
    matcher: Matcher
    deadline: Deadline
    say: Callable[[str], None]
    _text: str | None = field(default=None)

    @property
    def text(self) -> str:
        """The body as text."""
        if self._text is None:
            self._text = text_of(self.body.data, self.answer.headers)
        return self._text

    def maintenance(self) -> str | None:
        """How the answer says that its service is being maintained; None: it does not."""
        settings = self.settings
        retry = self.answer.headers.get("Retry-After")
        if settings.maintenance_status and self.answer.status == _UNAVAILABLE and retry is not None:
            return f"status {_UNAVAILABLE}, to be tried again after {clean(retry, 40)}"
        for pattern in settings.maintenance_regex:
            if self.matcher.found(pattern, self.text, self.deadline):
                return f"the page says {clean(pattern, 80)!r}"
        return None

    def expectations(self) -> None:
        """Everything that has to be so.

        Raises:
            TargetError: it is not.
            CollectError: it cannot be told.
        """
        self._status()
        self._version()
        self._scheme()
        self._headers()
        if not self.body.complete:
            raise TargetError(Reason.TOO_LARGE, f"the body is larger than {self.settings.max_bytes} bytes")
        self._patterns()
        self._json()
        self._content()

    def _status(self) -> None:
        status, expected = self.answer.status, self.settings.expected_status
        if status in expected or (not expected and 200 <= status < 300):
            return
        wanted = ", ".join(map(str, expected)) or "2xx"
        raise TargetError(Reason.STATUS, f"status {status}, expected {wanted}")

    def _version(self) -> None:
        expected = self.settings.expected_versions
        if expected and self.answer.version not in expected:
            raise TargetError(Reason.VERSION, f"answered in {self.answer.version}, expected {', '.join(expected)}")

    def _scheme(self) -> None:
        if self.facts.tls and self.settings.fail_if_tls:
            raise TargetError(Reason.SCHEME, "the last answer came over TLS")
        if not self.facts.tls and self.settings.fail_if_not_tls:
            raise TargetError(Reason.SCHEME, "the last answer did not come over TLS")

    def _headers(self) -> None:
        rules = [(rule, False) for rule in self.settings.header_not_matches]
        rules += [(rule, True) for rule in self.settings.header_matches]
        for rule, wanted in rules:
            words = self._header(rule, wanted)
            if words:
                self.facts.failed_by_regex = True
                raise TargetError(Reason.HEADER, f"the header {rule.header} {words}")

    def _header(self, rule: HeaderMatch, wanted: bool) -> str:
        """What is wrong with a header; empty: nothing."""
        values = self.answer.headers.get_all(rule.header) or ()
        if not values:
            return "" if rule.allow_missing else "is missing"
        found = any(self.matcher.found(rule.pattern, value, self.deadline) for value in values)
        if found == wanted:
            return ""
        return f"{'does not match' if wanted else 'matches'} {clean(rule.pattern, 80)!r}"

    def _patterns(self) -> None:
        patterns = [(pattern, False) for pattern in self.settings.body_not_regex]
        patterns += [(pattern, True) for pattern in self.settings.body_regex]
        for pattern, wanted in patterns:
            found = self.matcher.found(pattern, self.text, self.deadline)
            self.say(f"{'body_regex' if wanted else 'body_not_regex'} {'found' if found else 'not found'}")
            if found != wanted:
                self.facts.failed_by_regex = True
                words = "does not contain" if wanted else "contains"
                raise TargetError(Reason.BODY, f"the body {words} {clean(pattern, 80)!r}")

    def _json(self) -> None:
        expressions = ((self.settings.json_not_expression, False), (self.settings.json_expression, True))
        for expression, wanted in expressions:
            if expression is None:
                continue
            self.facts.failed_by_cel = True
            if self.matcher.holds(expression, self.text, self.deadline) != wanted:
                raise TargetError(Reason.BODY, f"{clean(expression, 80)!r} is {'false' if wanted else 'true'}")
            self.facts.failed_by_cel = False

    def _content(self) -> None:
        if self.body.size < self.settings.min_bytes:
            raise TargetError(
                Reason.BODY, f"the body has {self.body.size} bytes, expected at least {self.settings.min_bytes}"
            )
        for rule in self.settings.content:
            self._one_content(rule)

    def _one_content(self, rule: ContentMatch) -> None:
        name = described(rule.where)
        value = self.matcher.select(rule.where, self.text, self.deadline)
        self.say(f"{name} {'found' if value is not None else 'not found'}")
        if value is None:
            raise TargetError(Reason.BODY, f"nothing at {name}")
        if rule.pattern is not None and not self.matcher.found(rule.pattern, value, self.deadline):
            raise TargetError(Reason.BODY, f"{name} does not match {clean(rule.pattern, 80)!r}")

    def shades(self, took: float) -> tuple[State, Reason, str]:
        """Everything expected is there: is it there in good time, ``took`` seconds, and for long enough?"""
        slow = self.settings.slow
        if slow is not None and took * 1000 > slow:
            return State.DEGRADED, Reason.SLOW, f"took {took:.2f} s, slower than {slow / 1000:g} s"
        soon = expires_soon(self.settings.tls, self.facts.handshake)
        if soon:
            return State.DEGRADED, Reason.TLS_EXPIRES_SOON, soon
        return State.UP, Reason.OK, ""


def described(where: Selector) -> str:
    """A selector for people."""
    kinds = {"regex": "the pattern", "json": "the JSON path", "css": "the selector"}
    return f"{kinds[where.kind]} {clean(where.expression, 80)!r}"


def wants_body(settings: HttpSettings) -> bool:
    """Whether the body is looked into; else it is only counted."""
    return bool(settings.body_regex or settings.body_not_regex or settings.content or settings.maintenance_regex) or (
        settings.json_expression is not None or settings.json_not_expression is not None
    )


def last_modified(answer: Answer) -> int | None:
    """``Last-Modified`` in seconds since the epoch; None: it is missing, or no date."""
    text = answer.headers.get("Last-Modified")
    if text is None:
        return None
    try:
        found = parsedate_to_datetime(text)
        # GMT it is (RFC 9110, 5.6.7), also in the old form that does not say so; what says otherwise is no such date.
        return int(found.replace(tzinfo=dt.UTC).timestamp()) if found.utcoffset() in {None, dt.timedelta()} else None
    except (ValueError, OverflowError):
        return None
