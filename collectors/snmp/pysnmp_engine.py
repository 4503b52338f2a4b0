"""The reference engine: pysnmp, where an operator asks for it.

About a hundred times the work of ``engine.NetmonEngine``; slower devices and odd agents are where it earns its keep. It
checks request-ids, not source addresses.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.proto import errind, rfc1902, rfc1905
from pysnmp.smi.builder import MibBuilder
from pysnmp.smi.view import MibViewController

from collectors.snmp import contract
from collectors.snmp.adaptive import Pace
from collectors.snmp.codec import decode_value
from collectors.snmp.contract import Column, ColumnResult, Failure, IpAddress, Rows, Session, SnmpError, Value
from collectors.snmp.crypto import password_of
from collectors.snmp.reports import Report, refusal, refused_credential
from netmon.ber import OPAQUE, decode_oid, encode_oid, format_oid
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import SnmpCredential

_GET_NAMES = 24
_VarBind: TypeAlias = tuple[bytes, Any]

_AUTH: Final = {
    "MD5": hlapi.usmHMACMD5AuthProtocol,
    "SHA": hlapi.usmHMACSHAAuthProtocol,
    "SHA224": hlapi.usmHMAC128SHA224AuthProtocol,
    "SHA256": hlapi.usmHMAC192SHA256AuthProtocol,
    "SHA384": hlapi.usmHMAC256SHA384AuthProtocol,
    "SHA512": hlapi.usmHMAC384SHA512AuthProtocol,
}
_PRIV: Final = {
    "DES": hlapi.usmDESPrivProtocol,
    "AES": hlapi.usmAesCfb128Protocol,
    "AES192": hlapi.usmAesBlumenthalCfb192Protocol,
    "AES256": hlapi.usmAesBlumenthalCfb256Protocol,
    "AES192C": hlapi.usmAesCfb192Protocol,
    "AES256C": hlapi.usmAesCfb256Protocol,
}
_END = (rfc1905.EndOfMibView, rfc1905.NoSuchObject, rfc1905.NoSuchInstance)
_REFUSALS = (
    errind.AuthenticationError,
    errind.AuthenticationFailure,
    errind.UnknownCommunityName,
    errind.UnknownSecurityName,
)
_REPORTS: Final = {
    errind.DecryptionError: Report.DECRYPTION,
    errind.NotInTimeWindow: Report.NOT_IN_TIME_WINDOW,
    errind.UnknownEngineID: Report.UNKNOWN_ENGINE,
    errind.UnknownUserName: Report.UNKNOWN_USER,
    errind.UnsupportedSecurityLevel: Report.UNSUPPORTED_LEVEL,
    errind.WrongDigest: Report.WRONG_DIGEST,
}
_INTEGERS = (
    rfc1902.Integer32,
    rfc1902.Counter32,
    rfc1902.Gauge32,
    rfc1902.Unsigned32,
    rfc1902.TimeTicks,
    rfc1902.Counter64,
)


class PysnmpEngine:
    """``contract.Engine`` on pysnmp: one ``SnmpEngine`` for communities, and one for each user of SNMPv3.

    Users have their own because pysnmp knows a user by name alone, and two credentials may share a name.
    """

    def __init__(self) -> None:
        self._engines: dict[SnmpCredential | None, hlapi.SnmpEngine] = {}
        self._making = asyncio.Lock()
        self._targets: dict[tuple[object, ...], hlapi.UdpTransportTarget | hlapi.Udp6TransportTarget] = {}

    async def start(self) -> None:
        """Nothing: engines are made when a credential is first used."""

    async def stop(self) -> None:
        """Close the sockets of all engines."""
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()
        self._targets.clear()

    async def get(self, session: Session, oids: Sequence[bytes]) -> dict[bytes, Value]:
        """See ``contract.Engine.get``."""
        values: dict[bytes, Value] = {}
        names = list(oids)
        while names:
            batch = names[:_GET_NAMES]
            status, index, varbinds = await self._ask(session, "GET", hlapi.get_cmd, batch)
            if status == contract.NO_SUCH_NAME and 0 < index <= len(batch):
                del names[index - 1]  # v1 answers for all or for none: ask again without the one it lacks
                continue
            if status:
                raise SnmpError(contract.refused(session, status, "GET"))
            asked = frozenset(batch)
            _count(session, len(varbinds))
            values.update((name, got) for name, raw in varbinds if name in asked and (got := _value(raw)) is not None)
            del names[:_GET_NAMES]
        return values

    async def walk(self, session: Session, columns: Sequence[Column]) -> list[ColumnResult]:
        """See ``contract.Engine.walk``."""
        results: list[ColumnResult] = []
        silent: Failure | None = None
        for column in columns:
            result = ColumnResult({}, silent)
            if silent is None:
                try:
                    result.failure = await self._walk_column(session, column, result.rows)
                except SnmpError as error:
                    silent = result.failure = error.failure
            results.append(result)
        return results

    async def _walk_column(self, session: Session, column: Column, rows: Rows) -> Failure | None:
        last = b""
        while True:
            status, _, varbinds = await self._ask_next(session, column.prefix + last)
            if status == contract.NO_SUCH_NAME and session.settings.credential.version == "1":
                return None
            if status:
                return contract.refused(session, status, column.oid)
            if not varbinds:
                return Failure(
                    Reason.AGENT_ERROR, f"{session.agent} answered without a single varbind for {column.oid}"
                )
            for place, (name, raw) in enumerate(varbinds):
                if isinstance(raw, _END) or not name.startswith(column.prefix) or len(name) == len(column.prefix):
                    _count(session, place)
                    return None
                last = name[len(column.prefix) :]
                if last in rows:
                    return contract.loop_found(session, column, len(rows))
                value = _value(raw)
                rows[last] = b"" if value is None else value
            _count(session, len(varbinds))
            if len(rows) > session.limits.rows:
                return contract.endless(session, column, len(rows))

    async def _ask_next(self, session: Session, name: bytes) -> tuple[int, int, list[_VarBind]]:
        if session.settings.credential.version == "1":
            return await self._ask(session, "GETNEXT", hlapi.next_cmd, [name])
        pace = session.pace = session.pace or Pace(session.settings.max_repetitions)
        while True:
            asked = pace.size
            try:
                answer = await self._ask(session, "GETBULK", hlapi.bulk_cmd, [name], (0, asked))
            except SnmpError:
                pace.lost(asked)
                pace.lost(asked)  # pysnmp asked the same several times: that is no chance
                raise
            if answer[0] != contract.TOO_BIG or asked == 1:
                pace.answered(asked)
                return answer
            pace.refused(asked)

    async def _ask(
        self, session: Session, what: str, command: Any, names: Sequence[bytes], numbers: tuple[int, ...] = ()
    ) -> tuple[int, int, list[_VarBind]]:
        """One request with pysnmp's retries: error-status, error-index, and name and raw value of each varbind."""
        engine, auth, target = await self._prepare(session)
        begun = time.monotonic()
        objects = [hlapi.ObjectType(hlapi.ObjectIdentity(decode_oid(name))) for name in names]
        context = _context(session.settings.credential)
        session.sent += 1
        try:
            async with asyncio.timeout(session.remaining()):
                indication, status, index, varbinds = await command(
                    engine, auth, target, context, *numbers, *objects, lookupMib=False
                )
        except TimeoutError:
            raise SnmpError(_late(session, what)) from None
        except PySnmpError as error:
            raise CollectError(Reason.INTERNAL, f"pysnmp cannot ask {session.agent}: {error}") from error
        if indication is not None:
            raise SnmpError(_indicated(session, indication))
        found = [(encode_oid(tuple(name)), value) for name, value in varbinds]
        if session.log is not None:
            took = (time.monotonic() - begun) * 1000
            session.log.append(f"{what} {_names(names)} by pysnmp: {len(found)} varbinds, {took:.1f} ms")
        return int(status), int(index), found

    async def _prepare(self, session: Session) -> tuple[Any, Any, Any]:
        credential = session.settings.credential
        key = credential if credential.version == "3" else None
        auth = auth_data(credential)
        async with self._making:
            if key not in self._engines:
                # It reads its MIBs for longer than the loop may be held.
                self._engines[key] = await asyncio.to_thread(_make_engine)
        return self._engines[key], auth, await self._target(session)

    async def _target(self, session: Session) -> Any:
        key = (session.address, session.patience, session.settings.retries)
        if key not in self._targets:
            kind = hlapi.UdpTransportTarget if len(session.address) == 2 else hlapi.Udp6TransportTarget
            self._targets[key] = await kind.create(
                session.address[:2], timeout=session.patience, retries=session.settings.retries
            )
        return self._targets[key]


class _NoCompiler:
    """Stands where pysnmp would put one that reads MIB files, or fetches them, in the middle of a poll."""

    def compile(self, *_: object, **__: object) -> dict[str, object]:
        """Nothing."""
        return {}


def _make_engine() -> Any:
    engine = hlapi.SnmpEngine()
    mibs = MibBuilder()
    mibs.set_mib_compiler(_NoCompiler(), os.devnull)
    engine.cache["mibViewController"] = MibViewController(mibs)
    return engine


def auth_data(credential: SnmpCredential) -> Any:
    """pysnmp's view of a credential.

    Raises:
        CollectError: something is missing from it.
    """
    if credential.version != "3":
        if credential.community is None:
            raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no community")
        return hlapi.CommunityData(credential.community.reveal(), mpModel=0 if credential.version == "1" else 1)
    if not credential.username:
        raise CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' has no username")
    keys: dict[str, Any] = {}
    if credential.auth_protocol is not None:
        keys |= {
            "authProtocol": _AUTH[credential.auth_protocol],
            "authKey": password_of(credential, "auth", credential.auth_password),
        }
    if credential.priv_protocol is not None:
        keys |= {
            "privProtocol": _PRIV[credential.priv_protocol],
            "privKey": password_of(credential, "priv", credential.priv_password),
        }
    return hlapi.UsmUserData(credential.username, **keys)  # noqa: S509 - the operator decides what the device can


def _context(credential: SnmpCredential) -> Any:
    engine_id = rfc1902.OctetString(credential.context_engine_id) if credential.context_engine_id else None
    return hlapi.ContextData(contextEngineId=engine_id, contextName=credential.context.encode())


def _indicated(session: Session, indication: errind.ErrorIndication) -> Failure:
    """pysnmp's error indication in our words.

    Raises:
        CollectError: it is about us.
    """
    if isinstance(indication, errind.RequestTimedOut):
        return _late(session, "a request")
    if isinstance(indication, (errind.UnsupportedAuthProtocol, errind.UnsupportedPrivProtocol, errind.EncryptionError)):
        raise CollectError(Reason.CREDENTIAL, f"this host cannot speak the credential's protocols: {indication}")
    report = _REPORTS.get(type(indication))
    if report is not None:
        return refusal(session, report)
    if isinstance(indication, _REFUSALS):
        return refused_credential(session, str(indication))
    return Failure(Reason.AGENT_ERROR, f"{session.agent}: {indication}")


def _count(session: Session, varbinds: int) -> None:
    over = session.take(0, varbinds)
    if over is not None:
        raise SnmpError(over)


def _late(session: Session, what: str) -> Failure:
    if session.varbinds and not session.remaining():
        return contract.unfinished(session, what)
    return contract.silence(session, session.settings.retries + 1)


def _value(raw: Any) -> Value | None:
    if isinstance(raw, _END):
        return None
    if isinstance(raw, _INTEGERS):
        return int(raw)
    if isinstance(raw, rfc1902.ObjectIdentifier):
        return tuple(raw)
    if isinstance(raw, rfc1902.Opaque):
        return decode_value(OPAQUE, bytes(raw))
    if isinstance(raw, rfc1902.IpAddress):
        return IpAddress(bytes(raw))
    return bytes(raw) if isinstance(raw, rfc1902.OctetString) else None


def _names(names: Sequence[bytes]) -> str:
    first = format_oid(decode_oid(names[0]))
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
