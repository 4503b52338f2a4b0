"""Couriers: one for each address, on a thread of its own, so that one that hangs holds up no other."""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from netmon.alerting.senders import AlertmanagerSender, Sender, SendError
from netmon.clock import MINUTE, SECOND, Millis
from netmon.history import Store
from netmon.model import Notice

log = logging.getLogger("netmon.alerts")

MOST_AT_ONCE = 100
FIRST_WAIT: Millis = 5 * SECOND
LONGEST_WAIT: Millis = 5 * MINUTE
_JITTER = 0.25

Firing = Callable[[], Sequence[dict[str, Any]]]
"""Makes the documents of what is firing now."""


class Courier:
    """Delivers what waits for ``address`` of ``receiver``. ``settled`` is told each outcome: sent, retry or dead.

    At least once: what was delivered and not noted as such before netmon ended is delivered again, with the same key.
    """

    def __init__(
        self,
        receiver: str,
        address: str,
        sender: Sender,
        store: Store,
        give_up: Millis,
        settled: Callable[[str, str], None],
        stopping: threading.Event,
    ) -> None:
        self.receiver, self.address, self._sender = receiver, address, sender
        self._store, self._give_up, self._settled, self._stopping = store, give_up, settled, stopping
        self._away = False

    def repeat(self, firing: Firing, now: Millis) -> None:
        """Tell an Alertmanager all that is firing."""
        if not isinstance(self._sender, AlertmanagerSender):
            return
        try:
            self._sender.fire(firing(), now)
        except SendError as error:
            self._note_away(error.said)
        else:
            self._note_back(now)

    def round(self, clock: Callable[[], Millis]) -> int:
        """Try everything that is due; how many were tried.

        Raises:
            StoreError: what waits cannot be read or written.
        """
        tried = 0
        while notices := self._store.notices.due_at(self.receiver, self.address, clock(), MOST_AT_ONCE):
            for place, notice in enumerate(notices):
                if self._stopping.is_set():
                    return tried
                tried += 1
                error = self._try(notice, clock)
                if error is not None and error.away:
                    for waiting in notices[place + 1 :]:
                        self._put_off(waiting, error, clock())
                    return tried
        return tried

    def _try(self, notice: Notice, clock: Callable[[], Millis]) -> SendError | None:
        """Try one; what went wrong."""
        notice = replace(notice, attempts=notice.attempts + 1)
        try:
            said = self._sender.send(notice, clock())
        except SendError as error:
            self._put_off(notice, error, clock())
            if error.away:
                self._note_away(error.said)
            return error
        self._store.notices.update(replace(notice, state="sent", said=said, settled=clock()))
        log.info("%s: %s told to %s", notice.incident, notice.event.value, self.receiver)
        self._settled(self.receiver, "sent")
        self._note_back(clock())
        return None

    def _put_off(self, notice: Notice, error: SendError, now: Millis) -> None:
        if error.permanent or now - notice.queued >= self._give_up:
            tried = f"tried {notice.attempts} times, at last: " if not error.permanent else ""
            dead = replace(notice, state="dead", said=tried + error.said, settled=now)
            self._store.notices.update(dead, if_waiting=True)
            log.error(
                "%s: %s could not be told to %s: %s (netmon incidents notices)",
                notice.incident, notice.event.value, self.receiver, error.said,
            )  # fmt: skip
            self._settled(self.receiver, "dead")
            return
        wait = max(error.wait, waiting_time(notice.attempts))
        self._store.notices.update(replace(notice, said=error.said, next=now + wait), if_waiting=True)
        self._settled(self.receiver, "retry")

    def _note_away(self, said: str) -> None:
        if not self._away:
            log.warning("%s does not take notices, trying on: %s", self.receiver, said)
        self._away = True

    def _note_back(self, now: Millis) -> None:
        if self._away:
            self._away = False
            log.warning("%s takes notices again", self.receiver)
            self._store.notices.hurry(self.receiver, self.address, now)


def waiting_time(attempts: int) -> Millis:
    """How long until the next try: doubled each time, up to five minutes, and never the same for all."""
    wait = min(LONGEST_WAIT, FIRST_WAIT << min(max(0, attempts - 1), 20))
    return int(wait * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311 - spreads load, hides nothing
