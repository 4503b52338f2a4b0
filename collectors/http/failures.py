"""What an HTTP exchange may raise, in netmon's words."""

import http.client
import zlib
from typing import NoReturn

from collectors.net.failures import TargetError, check_ours, clean, failure
from netmon.conventions import Reason

NETWORK_ERRORS = (
    OSError,
    UnicodeError,
    http.client.HTTPException,
    zlib.error,
)
"""Everything an exchange with a target may raise: the target's doing, unless ``check_ours`` says otherwise."""


def fail(error: BaseException, phase: str, seconds: float) -> NoReturn:
    """Turn what an exchange raised during ``phase`` into the words netmon has for it.

    ``seconds`` is the timeout that was granted.

    Raises:
        TargetError: the target did it.
        CollectError: this host did.
    """
    check_ours(error)
    raise _failure(error, phase, seconds) from error


def _failure(error: BaseException, phase: str, seconds: float) -> TargetError:
    if isinstance(error, http.client.RemoteDisconnected):
        return TargetError(Reason.RESET, "connection closed without an answer")
    if isinstance(error, OSError):
        return failure(error, phase, seconds)
    return TargetError(Reason.PROTOCOL, _protocol(error))


def _protocol(error: BaseException) -> str:
    if isinstance(error, http.client.BadStatusLine):
        return f"not an HTTP answer: {clean(str(error).strip(chr(39)), 60)!r}"
    if isinstance(error, http.client.IncompleteRead):
        missing = f", {error.expected} bytes short" if error.expected else ""
        return f"the body ended early{missing}"
    if isinstance(error, zlib.error):
        return "the body cannot be decompressed"
    return f"not valid HTTP: {clean(str(error), 120) or type(error).__name__}"
