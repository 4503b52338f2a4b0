"""The helper process of ``matching``: reads (seconds, pattern, text), answers y, n or e for not a pattern.

After a y come the places of the groups: how many, and where each begins and ends in the text, -1 where it took no
part. It runs on the standard library alone, and its own alarm ends it, search and all, when the seconds are over: also
when the daemon that asked is gone.
"""

import re
import signal
import struct
import sys

_HEADER = struct.Struct("!dII")


def main() -> None:
    """Answer until nobody asks any more."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while len(header := incoming.read(_HEADER.size)) == _HEADER.size:
        seconds, pattern_length, text_length = _HEADER.unpack(header)
        pattern = incoming.read(pattern_length).decode("utf-8", "surrogatepass")
        text = incoming.read(text_length).decode("utf-8", "surrogatepass")
        signal.setitimer(signal.ITIMER_REAL, seconds)
        answer = _search(pattern, text)
        signal.setitimer(signal.ITIMER_REAL, 0)
        outgoing.write(answer)
        outgoing.flush()


def _search(pattern: str, text: str) -> bytes:
    try:
        match = re.search(pattern, text)
    except (re.error, RecursionError, OverflowError):
        return b"e"
    if match is None:
        return b"n"
    places = [place for group in range(match.re.groups + 1) for place in match.span(group)]
    return b"y" + struct.pack(f"!H{len(places)}i", len(places), *places)


if __name__ == "__main__":
    main()
