"""Lengths of time on the command line: 90d, 36h, 60s."""

import re

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.errors import UsageError

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


def parse_duration(option: str, text: str) -> Millis:
    """A whole number with its unit (s, m, h, d, w).

    Raises:
        UsageError: it is not; names ``option``.
    """
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", text.strip())
    if not found:
        raise UsageError(f"{option}: {text!r} is not a length of time such as 60s, 36h or 90d")
    return int(found[1]) * _UNITS[found[2]]
