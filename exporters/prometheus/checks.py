"""The lines about one check, as fast as they can be made: many checks change between two scrapes."""

from functools import cache

from exporters.prometheus.text import format_value, label_block
from exporters.summary import ALIVE
from netmon.clock import SECOND
from netmon.contracts import CheckView
from netmon.conventions import Metric, Reason
from netmon.model import Number, State

STATES = ("up", "degraded", "down", "unreachable", "unknown", "maintenance")
COUNTED_FROM_ZERO = {
    "snmp": (Reason.TIMEOUT,),
    "http": (Reason.TIMEOUT, Reason.CONNECT_REFUSED, Reason.STATUS),
    "tcp": (Reason.TIMEOUT, Reason.CONNECT_REFUSED),
}
"""By collector, the reasons whose counter is there before the first failure; for other collectors it is ``timeout``.

All reasons for all checks would be thirty series each, nearly all of them 0 for ever.
"""

_STATE_LINES = b"".join(b'%b{%%b,state="%b"} %%d\n' % (Metric.CHECK_STATE.encode(), name.encode()) for name in STATES)
_FLAGS = {state: tuple(int(name == state) for name in STATES) for state in STATES}


def render_check(view: CheckView, block: bytes, *, stale: bool) -> tuple[bytes, ...]:
    """The lines of one check, one entry a family: state, up, duration, last success, last run, failures.

    ``block`` are its labels; ``stale``: its last poll is too old to be told as present.
    """
    last = view.last
    arguments = [each for flag in _FLAGS[_shown_state(view, stale)] for each in (block, flag)]
    up = None if stale else ALIVE.get(view.state)
    success = view.last_success
    return (
        _STATE_LINES % tuple(arguments),
        b"" if up is None else sample(Metric.CHECK_UP, block, up),
        b"" if stale or last is None else sample(Metric.CHECK_DURATION, block, last.duration),
        b"" if success is None else sample(Metric.CHECK_LAST_SUCCESS, block, success / SECOND),
        b"" if last is None else sample(Metric.CHECK_LAST_RUN, block, last.started / SECOND),
        _failures(view, block),
    )


def sample(name: Metric, block: bytes, value: Number) -> bytes:
    """One line."""
    return b"%b{%b} %b\n" % (_encoded(name), block, format_value(value) or b"NaN")


def _failures(view: CheckView, block: bytes) -> bytes:
    usual = COUNTED_FROM_ZERO.get(view.check.collector, (Reason.TIMEOUT,))
    counts: dict[str, int] = dict.fromkeys(usual, 0) | dict(view.failures)
    return b"".join([_reason_line(reason) % (block, count) for reason, count in counts.items()])


@cache
def _reason_line(reason: str) -> bytes:
    label = label_block(("reason",), (reason,)).replace(b"%", b"%%")
    return b"%b{%%b,%b} %%d\n" % (Metric.CHECK_FAILURES.encode(), label)


@cache
def _encoded(name: Metric) -> bytes:
    return name.encode()


def _shown_state(view: CheckView, stale: bool) -> str:
    if view.maintenance:
        return "maintenance"
    return "unknown" if stale or view.state is State.PENDING else view.state.value
