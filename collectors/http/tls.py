"""TLS: contexts made once per distinct setting, and the facts of certificates."""

import datetime as dt
import ssl
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import certifi
from cryptography import x509

from collectors.http.failures import check_ours, clean
from netmon.conventions import Reason
from netmon.errors import CollectError

_Signature: TypeAlias = tuple[int, int, int]
_DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True, slots=True)
class Certificate:
    """Facts of one certificate; ``not_after`` in seconds since the epoch."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_after: int

    @property
    def expiry(self) -> str:
        """``not_after`` for people."""
        return dt.datetime.fromtimestamp(self.not_after, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


class Contexts:
    """Shared ``SSLContext``s: reading the trust store costs ten times what a probe does.

    One per distinct CA file, made again when the file changes on disk, and one that verifies nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._verifying: dict[str, tuple[_Signature, ssl.SSLContext]] = {}
        self._blind: ssl.SSLContext | None = None

    def verifying(self, ca_file: str | None) -> ssl.SSLContext:
        """Trusts the certificates of ``ca_file`` (a file or a directory), or the system's.

        Raises:
            CollectError: they cannot be read.
        """
        path = ca_file or _system_store()
        try:
            status = Path(path).stat()
            signature = (status.st_mtime_ns, status.st_size, status.st_ino)
            with self._lock:
                known = self._verifying.get(path)
                if known is None or known[0] != signature:
                    known = self._verifying[path] = (signature, _verifying_context(path))
        except OSError as error:  # ssl.SSLError is one: the file holds no certificates
            check_ours(error)
            words = error.strerror if not isinstance(error, ssl.SSLError) else "no certificates in it"
            raise CollectError(Reason.CREDENTIAL, f"CA file {path}: {words}") from error
        return known[1]

    def blind(self) -> ssl.SSLContext:
        """Accepts any certificate."""
        with self._lock:
            if self._blind is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                context.set_alpn_protocols(["http/1.1"])
                self._blind = context
            return self._blind


def _system_store() -> str:
    """The file or directory OpenSSL was built to trust; certifi's where there is none, as on macOS."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or certifi.where()


def _verifying_context(path: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if Path(path).is_dir():
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    context.set_alpn_protocols(["http/1.1"])
    return context


def sent_chain(connection: ssl.SSLSocket) -> tuple[Certificate, ...]:
    """The certificates the server sent, its own first; those that cannot be read are left out."""
    read = (_certificate(der) for der in _sent_der(connection))
    return tuple(certificate for certificate in read if certificate is not None)


def _sent_der(connection: ssl.SSLSocket) -> list[bytes]:
    public = getattr(connection, "get_unverified_chain", None)  # Python 3.13
    if public is not None:
        return list(public())
    inner = getattr(getattr(connection, "_sslobj", None), "get_unverified_chain", None)  # 3.10 to 3.12
    if inner is not None:
        return [certificate.public_bytes(_DER) for certificate in inner() or ()]
    own = connection.getpeercert(binary_form=True)
    return [own] if own else []


@lru_cache(maxsize=1024)
def _certificate(der: bytes) -> Certificate | None:
    """Facts of a certificate, remembered: a server sends the same one poll after poll."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = _names(certificate)
        return Certificate(
            clean(certificate.subject.rfc4514_string()) or ", ".join(names),
            clean(certificate.issuer.rfc4514_string()),
            names,
            int(certificate.not_valid_after_utc.timestamp()),
        )
    except ValueError:
        return None


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = alternatives.get_values_for_type(x509.DNSName)
    return tuple(clean(name) for name in (*hosts, *map(str, alternatives.get_values_for_type(x509.IPAddress))))
