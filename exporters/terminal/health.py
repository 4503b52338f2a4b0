"""The monitor itself: whether it watches, whether it keeps up, what it cannot see."""

import datetime as dt

from rich.text import Text

from exporters.terminal.layout import flow
from exporters.terminal.look import Look
from exporters.terminal.status import Monitor, Status, VitalsLine

LATE_SECONDS = 1.0
"""Polls that begin so late are told loudly."""
BLOCKED_SECONDS = 0.1
QUEUE = 100
"""So many transactions waiting: the history does not keep up."""
SILENT = dt.timedelta(minutes=2)
"""Without any result for so long, whoever answers does not watch; intervals are a minute at most as a rule."""
_HEARTBEAT = dt.timedelta(minutes=1)


def overdue(status: Status) -> dt.timedelta | None:
    """For how long a daemon that has something to poll has polled nothing; None: it does poll."""
    monitor = status.monitor
    if status.past is not None or not monitor.checks or monitor.pending == monitor.checks:
        return None
    last = max(filter(None, (monitor.last_run, monitor.started)))
    silent = status.generated - last
    return silent if silent > SILENT and monitor.stale else None


def health(look: Look, status: Status, width: int) -> list[Text]:
    """How the monitor is, as many parts a line as fit; what is not as it should be is bold."""
    monitor, now = status.monitor, status.generated
    parts = [Text(f"netmon {look.text(monitor.version)}")]
    if status.past is not None:
        parts.append(Text(look.ngettext("%(n)s check", "%(n)s checks", monitor.checks)))
        return flow(parts, width)
    parts.append(Text(look.gettext("watching for") + " " + look.lasted(now - monitor.started)))
    parts.append(Text(look.ngettext("%(n)s check", "%(n)s checks", monitor.checks)))
    if monitor.last_run is not None:
        parts.append(Text(look.gettext("last result %(time)s ago") % {"time": look.lasted(now - monitor.last_run)}))
    if monitor.vitals is not None:
        parts += _vitals(look, monitor.vitals, now)
    return flow([*parts, *_blindness(look, monitor)], width)


def _vitals(look: Look, vitals: VitalsLine, now: dt.datetime) -> list[Text]:
    parts = []
    if vitals.lag is not None:
        words = look.gettext("polls late by %(length)s at most") % {"length": _seconds(vitals.lag)}
        parts.append(Text(words, _style(vitals.lag > LATE_SECONDS)))
    if vitals.blocked is not None and vitals.blocked > BLOCKED_SECONDS:
        parts.append(Text(look.gettext("busy for %(length)s at a time") % {"length": _seconds(vitals.blocked)}, "bold"))
    parts.append(Text(look.gettext("queue %(n)s") % {"n": vitals.queue}, _style(vitals.queue > QUEUE)))
    words = look.gettext("overruns %(n)s") % {"n": vitals.overruns}
    parts.append(Text(words, _style(vitals.overruns > 0)))
    if vitals.missed:
        parts.append(Text(look.gettext("missed polls %(n)s") % {"n": vitals.missed}, "bold"))
    if vitals.heartbeat is not None:
        ago = now - vitals.heartbeat
        words = look.gettext("heartbeat %(time)s ago") % {"time": look.lasted(ago)}
        parts.append(Text(words, _style(ago > _HEARTBEAT)))
    return parts


def _blindness(look: Look, monitor: Monitor) -> list[Text]:
    parts = []
    if monitor.pending:
        parts.append(Text(look.ngettext("%(n)s not polled yet", "%(n)s not polled yet", monitor.pending)))
    if monitor.blind:
        cut_off = look.ngettext(
            "netmon itself is cut off: %(n)s check cannot be seen",
            "netmon itself is cut off: %(n)s checks cannot be seen",
            monitor.blind,
        )
        parts.append(Text(cut_off, "bold"))
    if monitor.stale:
        late = look.ngettext("%(n)s check without recent result", "%(n)s checks without recent result", monitor.stale)
        parts.append(Text(late, "bold"))
    return parts


def _seconds(length: float) -> str:
    if length == float("inf"):
        return "> 30 s"
    return f"{length * 1000:.0f} ms" if length < 1 else f"{length:.0f} s"


def _style(bad: bool) -> str:
    return "bold" if bad else ""
