"""Values of a simulated agent: either fixed, encoded once, or a function of the time, encoded when asked for."""

from collections.abc import Callable
from typing import TypeAlias

from netmon import ber
from netmon.clock import Millis

Oid: TypeAlias = tuple[int, ...]
Value: TypeAlias = "bytes | Callable[[Millis], bytes]"


def integer(value: int) -> bytes:
    """An INTEGER, tag and all."""
    return ber.encode_tlv(ber.INTEGER, ber.encode_integer(value))


def gauge(value: int) -> bytes:
    """A Gauge32, at most 2^32 - 1."""
    return ber.encode_tlv(ber.GAUGE32, ber.encode_integer(min(value, 2**32 - 1)))


def counter32(value: int) -> bytes:
    """A Counter32: wraps at 2^32."""
    return ber.encode_tlv(ber.COUNTER32, ber.encode_integer(value % 2**32))


def counter64(value: int) -> bytes:
    """A Counter64: wraps at 2^64."""
    return ber.encode_tlv(ber.COUNTER64, ber.encode_integer(value % 2**64))


def ticks(value: int) -> bytes:
    """TimeTicks."""
    return ber.encode_tlv(ber.TIME_TICKS, ber.encode_integer(value % 2**32))


def text(value: str) -> bytes:
    """An OCTET STRING of UTF-8."""
    return octets(value.encode())


def octets(value: bytes) -> bytes:
    """An OCTET STRING of just these."""
    return ber.encode_tlv(ber.OCTET_STRING, value)
