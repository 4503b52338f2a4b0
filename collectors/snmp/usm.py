"""What is known of SNMPv3 agents and users: clocks, keys, salts (RFC 3414, section 2). The channels share it."""

import time
from collections import OrderedDict
from typing import Generic, TypeVar

from collectors.snmp.contract import Stamp
from collectors.snmp.crypto import Keys, Salts, keys_for
from netmon.settings import SnmpCredential

_WINDOW = 150
"""Seconds, RFC 3414, section 2.2.3."""
_KEPT = 16_384
"""Agents, and keys, that are remembered; beyond, the ones not used for longest are forgotten."""
_MAX_TIME = 2**31 - 1

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A mapping of at most ``size`` items; the one not used for longest makes room."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: K) -> V | None:
        """The item of ``key``, which is thereby used."""
        item = self._items.get(key)
        if item is not None:
            self._items.move_to_end(key)
        return item

    def put(self, key: K, item: V) -> None:
        """Keep ``item``."""
        self._items[key] = item
        self._items.move_to_end(key)
        if len(self._items) > self._size:
            self._items.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget the item of ``key``, if there is one."""
        self._items.pop(key, None)


class Agent:
    """An authoritative engine, with its clock as far as we know it."""

    __slots__ = ("_at", "_stamp", "latest")

    def __init__(self, stamp: Stamp) -> None:
        self.set(stamp)

    @property
    def engine_id(self) -> bytes:
        """Its snmpEngineID."""
        return self._stamp.engine_id

    def set(self, stamp: Stamp) -> None:
        """Take over its clock."""
        self._stamp = stamp
        self._at = time.monotonic()

    def now(self) -> Stamp:
        """What its clock shows at this moment."""
        elapsed = int(time.monotonic() - self._at)
        return self._stamp._replace(time=min(self._stamp.time + elapsed, _MAX_TIME)) if elapsed else self._stamp

    def hear(self, stamp: Stamp) -> bool:
        """Follow the clock of a signed answer; False when the answer is older than the window allows."""
        ours = self.now()
        if stamp.boots < ours.boots or (stamp.boots == ours.boots and stamp.time < ours.time - _WINDOW):
            return False
        if stamp.boots > self._stamp.boots or stamp.time > self._stamp.time:
            self.set(stamp)
        return True


class Usm:
    """What channels share: the agents that have proved who they are, keys, and salts."""

    def __init__(self, kept: int = _KEPT) -> None:
        self.agents: Bounded[object, Agent] = Bounded(kept)
        self.salts = Salts()
        self._keys: Bounded[tuple[SnmpCredential, bytes], Keys] = Bounded(kept)

    def keys(self, credential: SnmpCredential, engine_id: bytes) -> Keys:
        """The credential's keys for an engine, localised once.

        Raises:
            CollectError: see ``crypto.keys_for``.
        """
        known = self._keys.get((credential, engine_id))
        if known is None:
            known = keys_for(credential, engine_id)
            self._keys.put((credential, engine_id), known)
        return known
