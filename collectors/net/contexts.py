"""``SSLContext``s, one per distinct setting: reading the trust store costs ten times what a probe does."""

import os
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import certifi

from collectors.net.failures import check_ours
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import TlsSettings

_Alpn: TypeAlias = tuple[str, ...]
_Signature: TypeAlias = tuple[tuple[int, int, int], ...]
_Key: TypeAlias = tuple[TlsSettings, _Alpn]

_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1, "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3,
}  # fmt: skip
_OLD = frozenset({"TLS10", "TLS11"})
_MOST = 512


class Contexts:
    """Contexts by settings, made again when a file they were made from changes on disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[_Key, tuple[_Signature, ssl.SSLContext]] = {}

    def get(self, settings: TlsSettings, alpn: _Alpn = ()) -> ssl.SSLContext:
        """The context for ``settings``; what only counts afterwards (name, days left) makes no other one.

        Raises:
            CollectError: a file cannot be read, or holds no certificate or no key.
        """
        settings = _essence(settings)
        signature = tuple(_signature(path, words) for words, path in _files(settings))
        with self._lock:
            known = self._made.get((settings, alpn))
            if known is None or known[0] != signature:
                if len(self._made) >= _MOST:
                    self._made.clear()
                known = self._made[settings, alpn] = (signature, _context(settings, alpn))
        return known[1]

    def blind(self, settings: TlsSettings, alpn: _Alpn = ()) -> ssl.SSLContext:
        """As ``get``, but accepts any certificate, for a look at its facts."""
        return self.get(replace(settings, verify=False), alpn)


@lru_cache(maxsize=_MOST)
def _essence(settings: TlsSettings) -> TlsSettings:
    return replace(settings, server_name=None, min_days=0)


@lru_cache(maxsize=_MOST)
def _files(settings: TlsSettings) -> tuple[tuple[str, str], ...]:
    """The files a context is made from, with what to call them."""
    files = []
    if settings.verify and settings.ca is None:
        files.append(("CA file", settings.ca_file or _system_store()))
    if settings.cert is None and settings.cert_file is not None:
        files.append(("certificate file", settings.cert_file))
    if settings.key is None and settings.key_file is not None:
        files.append(("key file", settings.key_file))
    return tuple(files)


def _signature(path: str, words: str) -> tuple[int, int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116  # for every poll: a Path takes longer to make than the answer
    except OSError as error:
        check_ours(error)
        raise CollectError(Reason.CREDENTIAL, f"{words} {path}: {error.strerror}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino


def _system_store() -> str:
    """The file or directory OpenSSL was built to trust; certifi's where there is none, as on macOS."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or certifi.where()


def _context(settings: TlsSettings, alpn: _Alpn) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False  # as browsers and Go: names stand in subjectAltName
    if alpn:
        context.set_alpn_protocols(list(alpn))
    _bound_versions(context, settings)
    if settings.verify:
        _trust(context, settings)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _identify(context, settings)
    return context


def _bound_versions(context: ssl.SSLContext, settings: TlsSettings) -> None:
    if settings.min_version in _OLD or settings.max_version in _OLD:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # OpenSSL's own level rules out what these versions sign with
    if settings.min_version is not None:
        context.minimum_version = _VERSIONS[settings.min_version]
    if settings.max_version is not None:
        context.maximum_version = _VERSIONS[settings.max_version]


def _trust(context: ssl.SSLContext, settings: TlsSettings) -> None:
    path = settings.ca_file or _system_store()
    if settings.ca is not None or settings.ca_file is not None:
        # As in Go, any certificate given is an anchor, also one that another authority signed.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        if settings.ca is not None:
            context.load_verify_locations(cadata=settings.ca)
        elif Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        check_ours(error)
        what = "the CA given inline" if settings.ca is not None else f"CA file {path}"
        raise CollectError(Reason.CREDENTIAL, f"{what}: {_unread(error)}") from error


def _unread(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
        return str(error.strerror)
    return "no certificates in it"


def _identify(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """Load the certificate we show, where there is one."""
    if settings.cert is None and settings.cert_file is None:
        return
    key = settings.key.reveal() if settings.key is not None else None
    try:
        with _as_file(settings.cert, settings.cert_file) as cert, _as_file(key, settings.key_file) as key_file:
            context.load_cert_chain(str(cert), key_file, password=_no_password)
    except (OSError, ValueError) as error:
        check_ours(error)
        name = settings.cert_file or "given inline"
        raise CollectError(Reason.CREDENTIAL, f"client certificate {name}: it or its key cannot be used") from error


def _no_password() -> str:
    """Instead of OpenSSL's question on the terminal, should a key be encrypted."""
    return ""


@contextmanager
def _as_file(text: str | None, path: str | None) -> Iterator[str | None]:
    """A path to ``text``, for as long as OpenSSL reads it; where the system can, it never touches a disk."""
    if text is None:
        yield path
        return
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("netmon-tls")
        try:
            os.write(descriptor, text.encode())
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    with tempfile.NamedTemporaryFile() as file:  # readable by us alone
        file.write(text.encode())
        file.flush()
        yield file.name
