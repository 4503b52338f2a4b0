"""Traps and informs read by pysnmp: what it is told comes back as a kind, and informs are acknowledged.

Only messages whose envelope was found good come here (``traps.peek``): reading one takes pysnmp milliseconds.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902

from collectors.snmp.pysnmp_engine import auth_data
from netmon.conventions import TRAP_KINDS
from netmon.settings import SnmpCredential

_TRAP_OID: Final = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_GENERIC: Final = (1, 3, 6, 1, 6, 3, 1, 1, 5)
*_KINDS, _OTHER = TRAP_KINDS
"""The generic ones stand in the order of the last arcs of their names, from 1 (RFC 3418, RFC 2863)."""

MAX_USERS = 4_096
"""Users known at once, each with one sender's engine; the one not heard for longest makes room."""

Send = Callable[[bytes, tuple[Any, ...]], None]


class NotificationReader:
    """One pysnmp engine without a socket of its own: ``read`` is given messages, ``send`` takes acknowledgements."""

    def __init__(self, send: Send) -> None:
        self._engine = SnmpEngine()
        self._outlet = _Outlet(send)
        self._engine.register_transport_dispatcher(self._outlet)
        self._communities: set[bytes] = set()
        self._users: OrderedDict[tuple[bytes, str], SnmpCredential] = OrderedDict()
        self._kind: str | None = None
        ntfrcv.NotificationReceiver(self._engine, self._received)

    def close(self) -> None:
        """Let go of pysnmp's engine."""
        self._engine.unregister_transport_dispatcher()

    def read(
        self, data: bytes, source: tuple[Any, ...], credential: SnmpCredential | None, engine_id: bytes
    ) -> str | None:
        """The kind of notification ``data`` is, acknowledged where it asks for that; None: it is none, or not genuine.

        ``credential`` is the one its envelope names; without one it is the discovery that comes before an inform.
        ``engine_id`` is that of the envelope (v3).
        """
        self._kind = None
        self._outlet.handle_timer_tick(time.time())
        try:
            self._introduce(credential, engine_id)
            kind = udp if len(source) == 2 else udp6
            address = (udp.UdpTransportAddress if len(source) == 2 else udp6.Udp6TransportAddress)(source)
            self._engine.message_dispatcher.receive_message(self._engine, kind.DOMAIN_NAME, address, data)
        except PySnmpError:
            return None
        return self._kind

    def _introduce(self, credential: SnmpCredential | None, engine_id: bytes) -> None:
        if credential is None:
            return
        if credential.version == "3":
            self._introduce_user(credential, engine_id)
        elif credential.community is not None:
            community = credential.community.reveal().encode()
            if community not in self._communities:
                self._communities.add(community)
                config.add_v1_system(self._engine, f"community-{len(self._communities)}", community)

    def _introduce_user(self, credential: SnmpCredential, engine_id: bytes) -> None:
        """Users are known by name and engine: the sender's for traps, ours for informs; names may be shared."""
        key = engine_id, credential.username
        if self._users.get(key) == credential:
            self._users.move_to_end(key)
            return
        user = auth_data(credential)
        config.add_v3_user(
            self._engine, credential.username, user.authentication_protocol, user.authentication_key,
            user.privacy_protocol, user.privacy_key, securityEngineId=rfc1902.OctetString(engine_id),
        )  # fmt: skip
        self._users[key] = credential
        if len(self._users) > MAX_USERS:
            (old_engine, old_name), _ = self._users.popitem(last=False)
            config.delete_v3_user(self._engine, old_name, securityEngineId=rfc1902.OctetString(old_engine))

    def _received(self, *told: Any) -> None:
        """pysnmp's callback: engine, reference, context engine, context, varbinds, extra."""
        varbinds = told[4]
        name = next((tuple(value) for oid, value in varbinds if tuple(oid) == _TRAP_OID), ())
        generic = len(name) == len(_GENERIC) + 1 and name[:-1] == _GENERIC and 1 <= name[-1] <= len(_KINDS)
        self._kind = _KINDS[name[-1] - 1] if generic else _OTHER


class _Outlet(AbstractTransportDispatcher):  # type: ignore[misc]
    """What pysnmp takes for its transport: acknowledgements leave through our socket."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    def send_message(self, outgoing_message: bytes, _transport_domain: Any, transport_address: Any) -> None:
        self._send(bytes(outgoing_message), tuple(transport_address))
