"""What the store holds of a period, as the arithmetic of availability needs it."""

from dataclasses import replace

from netmon.clock import DAY, Millis
from netmon.config import Configuration
from netmon.contracts import Event
from netmon.history import Store, open_history
from netmon.model import LinkDay, MonitorEvent, Period
from netmon.sla.capacity import civil_days
from netmon.sla.contract.account import Facts
from netmon.sla.ledger import Ledger
from netmon.state.book import Book

_SILENT_BEATS = 3


def facts_of(configuration: Configuration) -> Facts:
    """What people recorded about incidents.

    Raises:
        StoreError: no history, or none that can be read.
    """
    store = open_history(configuration.history, read_only=True)
    try:
        book, told = Book(store.incident_steps()), store.attributions()
        attributions = (replace(each, incident=book.resolve(each.incident)) for each in told)
        return Facts(tuple(book.told()), tuple(attributions))
    finally:
        store.close()


def told(store: Store, start: Millis, end: Millis, known: Millis | None = None) -> list[Event]:
    """The events that fold [start, end); ``known``: of what people tell, what they had told by then.

    Raises:
        StoreError: the history cannot be read.
    """
    events = list(store.events(start, end, known=known))
    asleep = next((stop for stop in Ledger(events).stops if stop.start < start < stop.end), None)
    if asleep:  # what is dated inside a stop takes effect after it: what held before is told by an earlier change
        events = list(store.events(asleep.start, end, known=known))
    return events


def links_of(configuration: Configuration, period: Period) -> list[LinkDay]:
    """How full links were on the days of ``period``.

    Raises:
        StoreError: no history, or none that can be read.
    """
    store = open_history(configuration.history, read_only=True)
    try:
        return store.link_days(*civil_days(period))
    finally:
        store.close()


def events_of(configuration: Configuration, period: Period, now: Millis, since: Millis | None = None) -> list[Event]:
    """The events of ``period`` and of the day after it: what is first seen then may have happened within. ``since``:
    those from then on, where that is earlier.

    A daemon that neither beats nor said that it stopped is dead: from its last heartbeat on, nothing was watched.

    Raises:
        StoreError: no history, or none that can be read.
    """
    store = open_history(configuration.history, read_only=True)
    try:
        start = period.start if since is None else min(since, period.start)
        events = told(store, start, period.end + DAY)
        last, beat = store.last_monitor_event(), store.last_heartbeat()
    finally:
        store.close()
    if last is not None and last.state == "started":
        seen = max(last.at, beat or last.at)
        if now - seen > _SILENT_BEATS * configuration.heartbeat:
            events.append(MonitorEvent(seen, "stopped"))
    return events
