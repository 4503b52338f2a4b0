"""What a Prometheus remembers of ``probe_success`` or ``up``: samples become states, gaps become no data.

Raw samples are asked for (``probe_success[6h]`` as an instant query, https://prometheus.io/docs/prometheus/latest/
querying/api/#instant-queries), not steps of a range query: a step shows the last sample of up to five minutes before
it, which would move every change and hide gaps. Zero is down, any other number up. A change lies between the last
sample of the old state and the first of the new: that is its ``earliest``. After a gap nothing is known of what was.
"""

import base64
import json
import math
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netmon.clock import HOUR, MINUTE, SECOND, Millis
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.errors import UnavailableError, UsageError
from netmon.model import State, Transition

CHUNK = 6 * HOUR
_SHORTEST_CHUNK = MINUTE
_MOST_BYTES = 64 << 20
_TIMEOUT_SECONDS = 60
_TOO_MANY = frozenset({422, 503})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a server: samples of ``selector`` in [start, end).

    ``name`` says what an object is called, with labels in braces. A series silent for longer than ``gap`` is no data
    from where its next sample was due. ``token`` is a bearer token.
    """

    url: str
    selector: str
    start: Millis
    end: Millis
    name: str = "{instance}"
    gap: Millis = 5 * MINUTE
    token: str = field(default="", repr=False)


def read_prometheus(asked: Asked) -> Iterator[Event]:
    """The events of all series, chunk by chunk.

    Raises:
        UsageError: no such label, two series of one name, a selector the server does not understand.
        UnavailableError: the server does not answer, or not as a Prometheus.
    """
    known: dict[str, _Series] = {}
    at, chunk = asked.start, CHUNK
    while at < asked.end:
        until = min(at + chunk, asked.end)
        answer = _ask(asked, at, until)
        if answer is None:
            if chunk <= _SHORTEST_CHUNK:
                raise UnavailableError(f"{_shown(asked.url)}: a minute of '{asked.selector}' is more than it answers")
            chunk //= 2
            continue
        seen: dict[str, str] = {}
        for series in answer:
            name, labels = _named(asked.name, series["metric"]), json.dumps(series["metric"], sort_keys=True)
            if seen.setdefault(name, labels) != labels:
                raise UsageError(f"two series are called '{name}': name more labels than {asked.name} does")
            line = known.setdefault(name, _Series(name, asked.gap))
            for stamp, value in series.get("values", ()):
                instant = round(float(stamp) * SECOND)
                if at <= instant < until:
                    yield from line.sample(instant, float(value))
        at = until
    for line in known.values():
        yield from line.end(asked.end)


@dataclass(slots=True)
class _Series:
    """One object as its samples go by. ``spacing`` is the shortest time between two of them."""

    name: str
    gap: Millis
    state: State = State.PENDING
    last: Millis | None = None
    spacing: Millis = 0

    def sample(self, at: Millis, value: float) -> Iterator[Event]:
        """One sample more."""
        if self.last is not None:
            if at <= self.last:
                return
            if at - self.last > self.gap:
                yield from self._lost(at)
            else:
                self.spacing = min(self.spacing or self.gap, at - self.last)
        state = State.PENDING if math.isnan(value) else State.UP if value else State.DOWN
        if state is not self.state:
            earliest = at if self.state is State.PENDING or self.last is None else self.last
            yield self._change(at, earliest, state)
        self.last = at

    def end(self, at: Millis) -> Iterator[Event]:
        """Nothing is asked for after ``at``."""
        yield from self._lost(at)

    def _lost(self, before: Millis) -> Iterator[Event]:
        if self.last is not None and self.state is not State.PENDING:
            due = min(self.last + (self.spacing or self.gap), before)
            yield self._change(due, due, State.PENDING)

    def _change(self, at: Millis, earliest: Millis, state: State) -> Event:
        old, self.state = self.state, state
        reason = Reason.OK if state is State.UP else Reason.OTHER
        return Transition(self.name, at, earliest, old, state, reason, at)


def _ask(asked: Asked, start: Millis, end: Millis) -> list[dict[str, Any]] | None:
    """The series of [start, end); None: more samples than the server, or we, take at once."""
    asking = {"query": f"{asked.selector}[{end - start}ms]", "time": f"{(end - 1) / SECOND:.3f}"}
    request = _request(asked.url, asking, asked.token)
    shown = _shown(asked.url)
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            body = answer.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        _refuse(error, shown)
        return None
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{shown}: no answer ({getattr(error, 'reason', None) or error})") from error
    return None if len(body) > _MOST_BYTES else _series(body, shown)


def _series(body: bytes, shown: str) -> list[dict[str, Any]]:
    try:
        data = json.loads(body)["data"]
        kind, found = data["resultType"], data["result"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnavailableError(f"{shown}: does not answer as a Prometheus") from error
    if kind != "matrix" or not isinstance(found, list):
        raise UsageError(f"{shown}: answers with a {kind}: expected a plain selector, such as probe_success{{job=…}}")
    return found


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a token is for the server it was given for."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Straight)


def _refuse(error: urllib.error.HTTPError, shown: str) -> None:
    """Raise what the server said; nothing: it was asked for too much at once."""
    try:
        said = str(json.loads(error.read(4096)).get("error", ""))
    except (ValueError, AttributeError, OSError):
        said = ""
    if error.code in _TOO_MANY and ("too many samples" in said or "too long" in said or not said):
        return
    if error.code == 400:
        raise UsageError(f"{shown}: {said or 'the query was refused'}") from error
    raise UnavailableError(f"{shown}: HTTP {error.code} {said or error.reason}") from error


def _request(url: str, asking: Mapping[str, str], token: str) -> urllib.request.Request:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"'{_shown(url)}' is no address of a Prometheus: expected http:// or https://")
    path = f"{parts.path.rstrip('/')}/api/v1/query"
    host = parts.netloc.rpartition("@")[2]
    request = urllib.request.Request(  # noqa: S310 - the scheme is one of two
        urllib.parse.urlunsplit((parts.scheme, host, path, "", "")),
        urllib.parse.urlencode(asking).encode(),
        {"Accept": "application/json"},
    )
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    elif parts.username is not None:
        user = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")
    return request


def _shown(url: str) -> str:
    """The address without what authorises."""
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _named(template: str, labels: object) -> str:
    known = labels if isinstance(labels, dict) else {}

    def value(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise UsageError(f"a series has no label '{found[1]}': it has {', '.join(sorted(known))}")
        return str(known[found[1]])

    return re.sub(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", value, template)
