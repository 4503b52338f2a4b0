"""Planned works from elsewhere: iCalendar files (RFC 5545) and Alertmanager's silences, from a file or a URL."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from netmon.cli.foreign import MOST_BYTES, Asking
from netmon.clock import Millis, from_datetime, to_datetime
from netmon.conventions import CHECK_LABELS
from netmon.errors import UnavailableError, UsageError
from netmon.model import Inventory

MOST_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """One work as a source tells it; ``objects`` empty: it does not say what it is about."""

    uid: str
    objects: tuple[str, ...]
    start: Millis
    end: Millis
    text: str


def read_source(source: str) -> bytes:
    """The source's content, 32 MB at most.

    Raises:
        UnavailableError: it cannot be read.
    """
    if re.match(r"https?://", source):
        return Asking(follow=True).content(source)
    try:
        with Path(source).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnavailableError(f"{source}: cannot be read ({error.strerror})") from error
    if len(content) > MOST_BYTES:
        raise UnavailableError(f"{source}: larger than {MOST_BYTES} bytes")
    return content


def works_in(content: bytes, inventory: Inventory, zone: ZoneInfo, after: Millis, before: Millis) -> list[Told]:
    """The works that touch [after, before).

    Raises:
        UsageError: neither an iCalendar file nor silences, or too many works.
    """
    text = content.lstrip()
    found = _silences(text, inventory) if text[:1] in {b"[", b"{"} else _events(content, zone, after, before)
    told = [each for each in found if each.start < each.end and each.end > after and each.start < before]
    if len(told) > MOST_EVENTS:
        raise UsageError(f"more than {MOST_EVENTS} works: take a part of them")
    return told


# --- iCalendar --------------------------------------------------------------------------------------------------------


def _events(content: bytes, zone: ZoneInfo, after: Millis, before: Millis) -> Iterator[Told]:
    try:
        calendar = icalendar.Calendar.from_ical(content)
        found = recurring_ical_events.of(calendar).between(to_datetime(after, zone), to_datetime(before, zone))
    except Exception as error:
        raise UsageError(f"neither an iCalendar file nor silences as JSON ({error})") from error
    for event in found[: MOST_EVENTS + 1]:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        start, end = (_instant(event[key].dt, zone) for key in ("DTSTART", "DTEND"))
        began = _instant(event["RECURRENCE-ID"].dt, zone) if "RECURRENCE-ID" in event else start
        about = str(event.get("X-NETMON-OBJECT") or event.get("LOCATION") or "")
        objects = tuple(filter(None, (part.strip() for part in about.split(","))))
        yield Told(f"{event.get('UID', '')}/{began}", objects, start, end, _line(str(event.get("SUMMARY", ""))))


def _instant(moment: dt.date, zone: ZoneInfo) -> Millis:
    """A whole day begins at midnight; a time without zone is of ours."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(), zone)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


# --- Silences ---------------------------------------------------------------------------------------------------------


def _silences(content: bytes, inventory: Inventory) -> Iterator[Told]:
    try:
        silences = json.loads(content)
        for silence in silences if isinstance(silences, list) else [silences]:
            start, end = (from_datetime(dt.datetime.fromisoformat(silence[key])) for key in ("startsAt", "endsAt"))
            objects = tuple(_matched(silence["matchers"], inventory))
            text = _line(f"{silence.get('comment', '')} ({silence.get('createdBy', '')})")
            yield Told(str(silence["id"]), objects, start, end, text)
    except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
        raise UsageError(f"these are no silences of Alertmanager's API v2 ({error!r})") from error


def _matched(matchers: Iterable[Mapping[str, Any]], inventory: Inventory) -> Iterator[str]:
    """The checks whose labels all matchers match; one about other labels than a check's is about single alerts, and
    silences no work: nothing."""
    told = list(matchers)
    if not told or any(matcher["name"] not in CHECK_LABELS for matcher in told):
        return
    for check in inventory.checks.values():
        labels = dict(zip(CHECK_LABELS, check.labels, strict=True))
        if all(_matches(matcher, labels[matcher["name"]]) for matcher in told):
            yield check.id


def _matches(matcher: Mapping[str, Any], value: str) -> bool:
    pattern = matcher["value"] if matcher["isRegex"] else re.escape(matcher["value"])
    return (re.fullmatch(pattern, value) is not None) is bool(matcher.get("isEqual", True))


def _line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:1000]
