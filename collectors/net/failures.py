"""What went wrong, told apart by whose it is: the target's (``TargetError``) or ours (``CollectError``)."""

import errno
import os
import socket
import ssl

from netmon.conventions import Reason
from netmon.errors import CollectError

_OURS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM}
)
"""Errors of this host: no descriptor, no memory, no local port, a firewall of ours. They say nothing of the target."""

_DONE = {
    "resolve": "no answer from the resolver",
    "connect": "no TCP connection",
    "tls": "TLS handshake not finished",
    "processing": "no answer to the request",
    "transfer": "answer not complete",
}
_NAME_MISMATCH = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_LONGEST = 200


class TargetError(Exception):
    """The target failed: ``reason`` for the metrics, ``detail`` for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def clean(text: str, longest: int = _LONGEST) -> str:
    """Text from a target as one printable line of at most ``longest`` characters."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * longest])
    line = " ".join(shown.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def check_ours(error: BaseException) -> None:
    """Let pass what the target did.

    Raises:
        CollectError: ``error`` is this host's.
    """
    if isinstance(error, OSError) and error.errno in _OURS and not isinstance(error, ssl.SSLError):
        raise CollectError(Reason.NO_SOCKET, f"this host has none to give: {os.strerror(error.errno)}") from error


def failure(error: OSError, phase: str, seconds: float) -> TargetError:
    """What an ``error`` of the network or of TLS during ``phase`` says of the target.

    ``seconds`` is the timeout that was granted.

    Raises:
        CollectError: it says something of this host.
    """
    check_ours(error)
    if isinstance(error, TimeoutError):
        return _timeout(phase, seconds)
    if phase == "tls" or isinstance(error, ssl.SSLError):
        return _tls(error)
    return _network(error, phase)


def _network(error: OSError, phase: str) -> TargetError:
    if isinstance(error, socket.gaierror):
        return TargetError(Reason.RESOLVE_FAILED, clean(error.strerror or "the name cannot be resolved"))
    if isinstance(error, ConnectionRefusedError):
        return TargetError(Reason.CONNECT_REFUSED, "connection refused")
    if isinstance(error, ConnectionResetError) or (isinstance(error, ConnectionError) and phase != "connect"):
        # Also while connecting: whoever does not listen refuses, so this one had accepted and cut.
        return TargetError(Reason.RESET, f"{words_of(error)} during {phase}")
    return TargetError(Reason.CONNECT_FAILED, words_of(error))


def _timeout(phase: str, seconds: float) -> TargetError:
    reason = {"resolve": Reason.RESOLVE_FAILED, "connect": Reason.CONNECT_TIMEOUT}.get(phase, Reason.TIMEOUT)
    return TargetError(reason, f"{_DONE.get(phase, 'not finished')} within {seconds:g} s")


def _tls(error: OSError) -> TargetError:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = clean(error.verify_message)
        if error.verify_code == _EXPIRED:
            return TargetError(Reason.TLS_EXPIRED, words)
        if error.verify_code in _NAME_MISMATCH:
            return TargetError(Reason.TLS_NAME_MISMATCH, words)
        return TargetError(Reason.TLS_UNTRUSTED, words)
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return TargetError(Reason.TLS_HANDSHAKE, "connection closed during the TLS handshake")
    return TargetError(Reason.TLS_HANDSHAKE, f"TLS handshake failed: {words_of(error)}")


def words_of(error: BaseException) -> str:
    """An error as a few words for people."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno:
        return os.strerror(error.errno).lower()  # asyncio puts words of its own, with the address, into strerror
    if isinstance(error, OSError) and error.strerror:
        return clean(error.strerror).lower()
    return clean(str(error)) or type(error).__name__
