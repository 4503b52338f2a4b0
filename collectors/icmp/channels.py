"""The sockets there are, by what their packets have in common."""

import contextlib
from collections.abc import Iterator

from collectors.icmp.channel import Channel
from collectors.icmp.sockets import Way
from netmon.conventions import Reason
from netmon.errors import CollectError

_MOST = 64


class Channels:
    """Channels opened when first needed; the one unused for longest gives way when there would be too many.

    None is opened before: a host that may not ping can do everything else, and when it may, nothing need be restarted.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._open: dict[Way, Channel] = {}
        self._users: dict[Way, int] = {}

    @contextlib.contextmanager
    def use(self, way: Way) -> Iterator[Channel]:
        """The channel for ``way``, which stays open for as long as the context lasts.

        Raises:
            CollectError: this host gives none, or all there may be are in use.
        """
        channel = self._open.pop(way, None)
        if channel is None:
            self._make_room()
            channel = Channel.open(way)
        self._open[way] = channel  # to the end: used last
        self._users[way] = self._users.get(way, 0) + 1
        try:
            yield channel
        finally:
            self._users[way] -= 1
            if not self._users[way]:
                del self._users[way]

    def close(self) -> None:
        """Close them all."""
        for channel in self._open.values():
            channel.close()
        self._open.clear()

    def _make_room(self) -> None:
        if len(self._open) < self._most:
            return
        unused = next((way for way in self._open if way not in self._users), None)
        if unused is None:
            raise CollectError(Reason.OVERLOAD, f"{self._most} sockets for ICMP are in use, each with other options")
        self._open.pop(unused).close()
