"""Times of documents."""

import datetime as dt


def moment(text: str) -> dt.datetime:
    """The instant that RFC 3339 text names."""
    return dt.datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> dt.datetime | None:
    """The same, where there may be none."""
    return None if text is None else moment(text)
