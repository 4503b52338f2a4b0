"""An SNMPv3 agent for the tests that keeps RFC 3414, or breaks it as a test wants."""

from collections.abc import Callable

from collectors.snmp.contract import Stamp
from collectors.snmp.crypto import Keys, Salts, keys_for
from collectors.snmp.messages import V2C, encode_message, expect
from collectors.snmp.reports import _OIDS, Report
from collectors.snmp.sealed import (
    AUTH,
    PRIV,
    Sealed,
    blanked,
    clock_of,
    encode_scoped,
    encode_sealed,
    open_message,
)
from netmon import ber
from netmon.settings import SnmpCredential
from tests.collectors.snmp.agents import Request, varbind

Varbinds = Callable[[Request], bytes]
"""Encoded varbinds that answer a request."""


class UsmAgent:
    """``answer`` gives the datagrams for one; ``seen`` are the requests that were answered with varbinds.

    ``time`` stands still: tests move it.
    """

    def __init__(
        self, varbinds: Varbinds, *credentials: SnmpCredential, engine_id: bytes = b"\x80\0\0\0\x05test"
    ) -> None:
        self.varbinds = varbinds
        self.users = {one.username.encode(): one for one in credentials}
        self.engine_id = engine_id
        self.boots, self.time = 3, 5_000
        self.tells_its_time = True
        self.seen: list[Request] = []
        self.reports: list[Report] = []
        self.opened: list[Sealed] = []
        self.contexts: list[tuple[bytes, bytes]] = []
        self._salts = Salts()
        self._keys: dict[tuple[bytes, bytes], Keys] = {}

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.engine_id, self.boots, self.time)

    def __call__(self, message: bytes) -> list[bytes]:
        sealed = open_message(message)
        assert isinstance(sealed, Sealed)
        self.opened.append(sealed)
        refusal = self.refusal(sealed)
        if refusal is not None:
            return [report] if (report := self.report(sealed, refusal)) else []
        pdu = self.pdu(sealed)
        if pdu is None:
            return []  # as Net-SNMP does with what is garbage once decrypted
        request = Request(encode_message(V2C, b"", pdu))
        self.seen.append(request)
        return [self.response(sealed, self.varbinds(request), request.id)]

    def refusal(self, sealed: Sealed) -> Report | None:
        """What there is to say against a message, in the order of RFC 3414, section 3.2."""
        if sealed.stamp.engine_id != self.engine_id:
            return Report.UNKNOWN_ENGINE
        credential = self.users.get(sealed.user)
        if credential is None:
            return Report.UNKNOWN_USER
        keys = self.keys(credential)
        if sealed.flags != (AUTH if keys.authentication else 0) | (PRIV if keys.privacy else 0):
            return Report.UNSUPPORTED_LEVEL
        if keys.authentication is None:
            return None
        if not keys.authentication.verify(blanked(sealed), sealed.data[sealed.digest : sealed.digest_end]):
            return Report.WRONG_DIGEST
        late = sealed.stamp.boots != self.boots or abs(sealed.stamp.time - self.time) > 150
        return Report.NOT_IN_TIME_WINDOW if late else None

    def keys(self, credential: SnmpCredential) -> Keys:
        key = credential.username.encode(), self.engine_id
        if key not in self._keys:
            self._keys[key] = keys_for(credential, self.engine_id)
        return self._keys[key]

    def keys_of(self, sealed: Sealed) -> Keys:
        return self.keys(self.users[sealed.user])

    def pdu(self, sealed: Sealed) -> bytes | None:
        """The PDU inside; None: no such thing."""
        data = self.plain(sealed)
        try:
            _, at, end = expect(data, 0, len(data), ber.SEQUENCE)
            _, engine, at = expect(data, at, end, ber.OCTET_STRING)
            context_engine = data[engine:at]
            _, name, at = expect(data, at, end, ber.OCTET_STRING)
            ber.read_tlv(data, at, end)
        except ber.BerError:
            return None
        self.contexts.append((context_engine, data[name:at]))
        return data[at:end]

    def plain(self, sealed: Sealed) -> bytes:
        data = sealed.data[sealed.start : sealed.end]
        privacy = self.keys_of(sealed).privacy
        return privacy.decrypt(data, clock_of(sealed.stamp), sealed.salt) if privacy else data

    def response(self, sealed: Sealed, varbinds: bytes, request_id: int, status: int = 0, index: int = 0) -> bytes:
        """The answer to ``sealed``, protected like it."""
        scoped = encode_scoped(self.engine_id, b"", pdu(ber.RESPONSE, request_id, varbinds, status, index))
        return self.sealed(sealed, scoped)

    def sealed(self, sealed: Sealed, scoped: bytes, keys: Keys | None = None, stamp: Stamp | None = None) -> bytes:
        keys = self.keys_of(sealed) if keys is None else keys
        return encode_sealed(sealed.request_id, stamp or self.stamp, sealed.user, keys, self._salts(), scoped)

    def report(self, sealed: Sealed, refusal: Report, *, signed: bool | None = None) -> bytes:
        """Unsigned but for the one about time."""
        self.reports.append(refusal)
        counter = varbind((*ber.parse_oid(_OIDS[refusal]), 0), ber.COUNTER32, b"\x01")
        scoped = encode_scoped(self.engine_id, b"", pdu(ber.REPORT, 0, counter))
        signed = refusal is Report.NOT_IN_TIME_WINDOW if signed is None else signed
        keys = Keys(self.keys_of(sealed).authentication) if signed else Keys()
        stamp = self.stamp if signed or self.tells_its_time else Stamp(self.engine_id, 0, 0)
        return self.sealed(sealed, scoped, keys, stamp)


def pdu(kind: int, request_id: int, varbinds: bytes, status: int = 0, index: int = 0) -> bytes:
    numbers = b"".join(ber.encode_tlv(ber.INTEGER, ber.encode_integer(one)) for one in (request_id, status, index))
    return ber.encode_tlv(kind, numbers + ber.encode_tlv(ber.SEQUENCE, varbinds))
