"""Did you mean …: the nearest valid name in a message."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, names: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the nearest of ``names``, or nothing when none is near."""
    found = get_close_matches(name, [known for known in names if known], n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
