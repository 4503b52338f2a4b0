"""Times on the wire to seconds since the epoch."""

from netmon.strptime import days_before

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP begins to count (RFC 5905, section 6), to 1970."""
_NTP_OCTETS = 8
_CIVIL_OCTETS = 8
_ZONED_OCTETS = 11
_MAX_ZONE = (24, 60)


def date_and_time(octets: bytes) -> int | None:
    """A DateAndTime (RFC 2579): UTC when it tells no zone; None when it is none. Tenths of a second are cut off.

    Months and days out of range run on into the next, as agents without a clock send them.
    """
    offset = 0
    if len(octets) == _ZONED_OCTETS:
        direction, hours, minutes = octets[8:]
        if direction not in b"+-" or (hours > _MAX_ZONE[0]) or (minutes > _MAX_ZONE[1]):
            return None
        offset = (hours * 3600 + minutes * 60) * (-1 if direction == ord("-") else 1)
    elif len(octets) != _CIVIL_OCTETS:
        return None
    month, day, hour, minute, second, tenths = octets[2:8]
    days = days_before(int.from_bytes(octets[:2], "big"), month, day)
    return days * 86400 + hour * 3600 + minute * 60 + second + tenths // 10 - offset


def ntp_timestamp(octets: bytes) -> int | None:
    """An NTP timestamp's seconds; None for fewer than eight octets. The fraction is cut off."""
    return int.from_bytes(octets[:4], "big") - _NTP_EPOCH if len(octets) >= _NTP_OCTETS else None
