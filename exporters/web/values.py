"""What all documents of ``/api/v1`` share: their version, and how a time is written."""

from typing import Any, TypeAlias

from netmon.clock import Millis, to_datetime

SCHEMA_VERSION = 1

Document: TypeAlias = dict[str, Any]


def moment(instant: Millis | None) -> str | None:
    """The instant as RFC 3339 in UTC, to the millisecond."""
    if instant is None:
        return None
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")
