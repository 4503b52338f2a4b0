"""How far a server is trusted over TLS, and what we show of ourselves."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings.secret import Secret

TlsVersion: TypeAlias = Literal["TLS10", "TLS11", "TLS12", "TLS13"]


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """``ca_file`` and ``ca`` (PEM) None: the system's trust store. Fewer than ``min_days`` left before
    expiry: DEGRADED.

    ``cert_file`` or ``cert`` (PEM) with ``key_file`` or ``key`` are the certificate we show. ``server_name`` None: the
    host asked. The versions bound what is offered; None: the library's own bounds.
    """

    verify: bool = True
    ca_file: str | None = None
    server_name: str | None = None
    min_days: int = 14
    ca: str | None = None
    cert_file: str | None = None
    cert: str | None = None
    key_file: str | None = None
    key: Secret | None = None
    min_version: TlsVersion | None = None
    max_version: TlsVersion | None = None
