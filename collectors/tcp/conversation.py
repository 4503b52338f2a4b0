"""What is said over a connection: lines, within bounds, and templates that quote what was matched."""

import asyncio
import re
from typing import Final

from collectors.net.failures import TargetError
from collectors.net.matching import Match
from collectors.net.stream import Stream
from netmon.conventions import Reason

LINE_BYTES: Final = 64 * 1024
"""The longest line that is taken, as in blackbox_exporter (Go's ``bufio.Scanner``)."""
_ALL_BYTES: Final = 1024 * 1024
_ALL_LINES: Final = 10_000

_QUOTED = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,7}", re.ASCII)


class Lines:
    """Lines a peer sends, without their ends; the last one may lack its own.

    Octets that are no UTF-8 are kept as surrogates, so that what is quoted back is what came.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending = bytearray()
        self._ended = False
        self._bytes = self._lines = 0

    async def next(self) -> str | None:
        """The next line; None: the peer has ended the connection.

        Raises:
            TargetError: more came than anybody needs to find a line.
            OSError: the connection broke off.
        """
        searched = 0
        while (end := self._pending.find(b"\n", searched)) < 0:
            searched = len(self._pending)
            if searched > LINE_BYTES:
                raise TargetError(Reason.TOO_LARGE, f"a line longer than {LINE_BYTES // 1024} KiB")
            if self._ended or not await self._more():
                return self._last()
        return self._line(end)

    async def _more(self) -> bool:
        await asyncio.sleep(0)  # a peer that never stops leaves the loop to others
        data = await self._stream.read()
        self._ended = not data
        self._bytes += len(data)
        if self._bytes > _ALL_BYTES:
            raise TargetError(Reason.TOO_LARGE, f"more than {_ALL_BYTES // 1024} KiB, and the line expected not in it")
        self._pending += data
        return bool(data)

    def _line(self, end: int) -> str:
        self._lines += 1
        if self._lines > _ALL_LINES:
            raise TargetError(Reason.TOO_LARGE, f"more than {_ALL_LINES} lines, and the one expected not among them")
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")

    def _last(self) -> str | None:
        return self._line(len(self._pending)) if self._pending else None


def expand(template: str, match: Match) -> str:
    """``template`` with ``$1``, ``${1}`` and ``${name}`` replaced by what ``match`` found, ``$$`` by a dollar.

    As Go's ``Regexp.Expand``: a group that took no part or does not exist is empty, any other dollar is one.
    """

    def text(quoted: re.Match[str]) -> str:
        if quoted[1]:
            return "$"
        name = quoted[2] or quoted[3]
        group = int(name) if _NUMBER.fullmatch(name) else match.names.get(name, len(match.groups))
        return (match.groups[group] if group < len(match.groups) else None) or ""

    return _QUOTED.sub(text, template)
