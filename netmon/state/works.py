"""Planned works as they were announced, changed and ended: which windows hold. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from netmon.clock import Millis
from netmon.model import Announcement, MaintenanceWindow
from netmon.state.recurrence import Recurrence

FOREVER: Millis = 10**30
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Span = tuple[Millis, Millis]


def windows_of(announcements: Iterable[Announcement]) -> list[MaintenanceWindow]:
    """The windows that hold. Of several announcements of one work on one object the last holds.

    What of it was announced before keeps that time of notice: an early end changes none, and what is added is announced
    when it is added. An announcement without a work is one of its own.
    """
    works: dict[tuple[str, ...], list[Announcement]] = {}
    for place, each in enumerate(announcements):
        key = (each.window, each.object) if each.window else ("", str(place))
        works.setdefault(key, []).append(each)
    return [window for told in works.values() for window in _windows(told)]


def latest(announcements: Iterable[Announcement]) -> dict[tuple[str, str], Announcement]:
    """The last announcement of each work on each object."""
    found: dict[tuple[str, str], Announcement] = {}
    for each in announcements:
        known = found.get((each.window, each.object))
        if known is None or each.recorded >= known.recorded:
            found[each.window, each.object] = each
    return found


def revised(
    prefix: str, wanted: Iterable[Announcement], known: Iterable[Announcement], now: Millis
) -> list[Announcement]:
    """What has to be announced so that the works whose names begin with ``prefix`` are those of ``wanted``.

    What is not wanted any more ends now, or never begins; what is over stays as it was.
    """
    held = latest(each for each in known if each.window.startswith(prefix))
    plain = {(each.object, each.start, each.end, each.text) for each in known if not each.window}
    news: list[Announcement] = []
    kept: set[tuple[str, str]] = set()
    for each in wanted:
        key = each.window, each.object
        kept.add(key)
        told = held.get(key)
        same = told is not None and (told.start, told.end, told.text) == (each.start, each.end, each.text)
        if not same and (each.object, each.start, each.end, each.text) not in plain:
            news.append(replace(each, recorded=now))
    news += [ended(told, now) for key, told in held.items() if key not in kept and is_open(told, now)]
    return news


def ended(told: Announcement, now: Millis, at: Millis | None = None) -> Announcement:
    """The announcement that the work ends at ``at`` (default: now); before it began, it is called off."""
    return replace(told, end=max(told.start, now if at is None else at), recorded=now)


def is_open(told: Announcement, now: Millis) -> bool:
    """Whether it goes on, or is still to come."""
    return told.end is None or told.end > max(now, told.start)


def occurrences(
    name: str, works: Recurrence, told: Announcement, after: Millis, before: Millis
) -> Iterator[Announcement]:
    """``told`` for each occurrence that touches [after, before), named ``name/START``."""
    for start, end in works.between(after, before):
        yield replace(told, window=f"{name}/{start // 1000}", start=start, end=end)


def short_name(prefix: str, *parts: object) -> str:
    """``MW-K7QX2M``: the same for the same parts."""
    digest = int.from_bytes(hashlib.sha256("\n".join(map(str, parts)).encode()).digest()[:4])
    return prefix + "".join(_LETTERS[digest >> shift & 31] for shift in range(25, -1, -5))


def _windows(told: list[Announcement]) -> Iterator[MaintenanceWindow]:
    """The last span, in pieces by when each was first announced."""
    ordered = sorted(told, key=lambda each: each.recorded)
    last = ordered[-1]
    left: list[Span] = [(last.start, FOREVER if last.end is None else last.end)]
    for each in ordered:
        span = (each.start, FOREVER if each.end is None else each.end)
        rest: list[Span] = []
        for start, end in left:
            first, stop = max(start, span[0]), min(end, span[1])
            if first >= stop:
                rest.append((start, end))
                continue
            yield MaintenanceWindow(last.object, first, None if stop == FOREVER else stop, last.text, each.recorded)
            rest += [piece for piece in ((start, first), (stop, end)) if piece[0] < piece[1]]
        left = rest
