"""Questions to the engine itself, below the collector."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeVar

from collectors.snmp.contract import Column, ColumnResult, Recollection, Session, SnmpError, Value
from collectors.snmp.engine import NetmonEngine
from netmon.ber import encode_oid
from netmon.settings import Secret, SnmpCredential, SnmpSettings

UPTIME = encode_oid("1.3.6.1.2.1.1.3.0")
V1 = SnmpCredential("lecture", "1", Secret("public"))
AUTH, PRIV = Secret("password-of-auth"), Secret("password-of-priv")
V3 = SnmpCredential("v3", "3", None, "netmon", "SHA", AUTH, "AES", PRIV)

T = TypeVar("T")


def session(
    port: int,
    credential: SnmpCredential = V3,
    *,
    host: str = "127.0.0.1",
    timeout: float = 2.0,
    retries: int = 1,
    repetitions: int = 25,
    memory: Recollection | None = None,
    log: list[str] | None = None,
) -> Session:
    settings = SnmpSettings(host, port, credential, (), retries=retries, max_repetitions=repetitions)
    address = (host, port, 0, 0) if ":" in host else (host, port)
    patience = timeout / (retries + 1)
    return Session(address, settings, time.monotonic() + timeout, patience, memory=memory or Recollection(), log=log)


def with_engine(work: Callable[[NetmonEngine], Coroutine[None, None, T]]) -> T:
    """Run ``work`` with a started engine and stop it after."""

    async def run() -> T:
        engine = NetmonEngine()
        await engine.start()
        try:
            return await work(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


def get(asked: Session, *names: bytes) -> dict[bytes, Value]:
    return with_engine(lambda engine: engine.get(asked, names or (UPTIME,)))


def walk(asked: Session, *columns: str) -> list[ColumnResult]:
    return with_engine(lambda engine: engine.walk(asked, [Column.of(column) for column in columns]))


async def outcome(engine: NetmonEngine, asked: Session, names: Sequence[bytes] = (UPTIME,)) -> str:
    """``ok``, or reason and detail of why there is none."""
    try:
        await engine.get(asked, names)
    except SnmpError as error:
        return f"{error.failure.reason}: {error.failure.detail}"
    return "ok"
