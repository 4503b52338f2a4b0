"""An event log of any size, read line by line straight into a ledger: no list of events, and little work a line.

Almost all lines of a large log are states in plain form; those are decoded by ``msgspec`` against one type. Whatever
is not exactly that (another kind, an unknown key, a key twice, anything wrong) goes to ``eventlog.event_of``, which
decides and finds the words. So both ways read the same language; a property test holds them equal.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from netmon.clock import SECOND
from netmon.errors import UsageError
from netmon.model import State
from netmon.sla.eventlog import RefusedError, event_of, refusal
from netmon.sla.instant import EARLIEST, LATEST, instant_of
from netmon.sla.ledger import EVERYTHING, Ledger
from netmon.sla.timeline import code_of

_Seconds = Annotated[int, msgspec.Meta(ge=EARLIEST, le=LATEST)]
_Name = Annotated[str, msgspec.Meta(min_length=1)]
_KEYS_NEEDED = 4


class _StateLine(msgspec.Struct, tag_field="kind", tag="state", forbid_unknown_fields=True, gc=False):
    object: _Name
    t: _Seconds | str
    state: Literal["up", "degraded", "down", "unreachable", "unknown", "pending"]
    earliest: _Seconds | str | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_StateLine).decode
_CODES = {state.value: code_of(state) for state in State}


def read_ledger(lines: Iterable[bytes], name: str = "") -> Ledger:
    """Read an event log; empty lines are skipped. ``name`` is the file's, for messages.

    Raises:
        UsageError: the first line that is no event, with its number and what was expected.
    """
    ledger, reasons = Ledger(), dict[str, str]()
    for number, line in enumerate(lines, start=1):
        if _plain(ledger, line, reasons):
            continue
        try:
            event = event_of(line, number)
        except RefusedError as refused:
            raise UsageError(refusal(name, number, refused)) from refused
        if event is not None:
            ledger.add(event)
    return ledger


def _plain(ledger: Ledger, line: bytes, reasons: dict[str, str]) -> bool:
    """Tell the ledger the state in ``line``; False: it is not plain enough, and nothing was told."""
    try:
        told = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    keys, reason = _KEYS_NEEDED, ""
    at = told.t * SECOND if isinstance(told.t, int) else instant_of(told.t)
    earliest = at
    if told.earliest is not msgspec.UNSET:
        keys += 1
        earliest = told.earliest * SECOND if isinstance(told.earliest, int) else instant_of(told.earliest)
    if told.reason is not msgspec.UNSET:
        keys += 1
        reason = reasons.setdefault(told.reason, told.reason)
    if at is None or earliest is None or earliest > at or told.object == EVERYTHING or line.count(b'":') != keys:
        return False
    ledger.change(told.object, at, earliest, _CODES[told.state], reason)
    return True
