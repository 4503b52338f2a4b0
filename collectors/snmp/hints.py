"""Octets shown by a DISPLAY-HINT (RFC 2579, section 3.1), with upper-case hexadecimal digits as snmp_exporter has."""

import functools
import re
from dataclasses import dataclass

_SPECIFICATION = re.compile(rb"(?:(\*)(\d+)([dxoat])([^\d*])?([^\d*])?|(\d+)([dxoat])([^\d*])?)", re.DOTALL)
_WIDEST_NUMBER = 8


@dataclass(frozen=True, slots=True)
class _Specification:
    """``repeated``: the first octet says how often. ``take`` octets become one piece, in ``form``."""

    repeated: bool
    take: int
    form: bytes
    separator: bytes
    terminator: bytes

    @property
    def consumes(self) -> bool:
        return self.repeated or self.take > 0


def apply_hint(hint: str, octets: bytes) -> bytes | None:
    """``octets`` as ``hint`` says; None when there are none, or it says nothing that can be followed."""
    specifications = _parse(hint)
    if not octets or not specifications:
        return None
    out = bytearray()
    at, turn = 0, 0
    while at < len(octets):
        specification = specifications[min(turn, len(specifications) - 1)]
        if turn >= len(specifications) and not specification.consumes:
            return None
        following = _apply(specification, octets, at, out)
        if following is None:
            return None
        at, turn = following, turn + 1
    return bytes(out)


@functools.lru_cache(maxsize=256)
def _parse(hint: str) -> tuple[_Specification, ...]:
    """The specifications of a hint; none at all when it is malformed anywhere."""
    text = hint.encode()
    found: list[_Specification] = []
    at = 0
    while at < len(text):
        match = _SPECIFICATION.match(text, at)
        if match is None:
            return ()
        star = match[1] is not None
        take, form, separator = match.group(2, 3, 4) if star else match.group(6, 7, 8)
        found.append(_Specification(star, int(take or b"0"), form or b"", separator or b"", match[5] or b""))
        at = match.end()
    return tuple(found)


def _apply(specification: _Specification, octets: bytes, at: int, out: bytearray) -> int | None:
    """Append what one specification makes of the octets from ``at`` on; returns where the next one begins."""
    times = 1
    if specification.repeated:
        times = octets[at]
        at += 1
    for turn in range(times):
        if at >= len(octets):
            break
        piece = octets[at : at + specification.take]
        shown = _shown(specification.form, piece)
        if shown is None:
            return None
        out += shown
        at += len(piece)
        last = bool(specification.terminator) and turn == times - 1
        if at < len(octets) and not last:
            out += specification.separator
    if at < len(octets):
        out += specification.terminator
    return at


def _shown(form: bytes, piece: bytes) -> bytes | None:
    if form in b"at":
        return piece
    if form == b"x":
        return piece.hex().upper().encode()
    if len(piece) > _WIDEST_NUMBER:
        return None
    number = int.from_bytes(piece, "big")
    return b"%d" % number if form == b"d" else b"%o" % number
