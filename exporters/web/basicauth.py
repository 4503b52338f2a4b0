"""Basic authentication (RFC 7617) against bcrypt hashes, for whatever part of the listener wants to know who asks.

A hash takes a tenth of a second to check, on purpose: one is checked at a time, as exporter-toolkit does, so that a
flood of wrong passwords costs one core at most. Only so many wait, and who was right once is remembered, by a keyed
digest, until the process ends. A user nobody knows takes as long as one whose password is wrong.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import bcrypt

_MOST_WAITING = 50
_MOST_REMEMBERED = 1_000
_LONGEST_HEADER = 2_048
_BCRYPT_BYTES = 72
"""What bcrypt looks at; `htpasswd` cuts longer passwords likewise, and without a word."""


class TooBusyError(Exception):
    """So many passwords wait to be checked that no other is taken."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a browser sent."""

    user: str
    password: bytes


def login_of(authorization: str | None) -> Login | None:
    """What the header says; None: it is missing, or no Basic authentication."""
    scheme, _space, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic" or len(value) > _LONGEST_HEADER:
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
        return Login(user.decode("utf-8"), password) if colon else None
    except (binascii.Error, ValueError):
        return None


class BasicAuth:
    """Checks logins against ``hashes``: bcrypt hashes by user."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self.hashes = dict(hashes)
        self._hashes = {user: text.encode() for user, text in hashes.items()}
        self._nobody = self._hash_of_nobody()
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="netmon-bcrypt")
        self._waiting = 0

    async def user_of(self, authorization: str | None) -> str | None:
        """Who the header proves to ask; None: nobody we know.

        Raises:
            TooBusyError: too many passwords wait to be checked.
        """
        login = login_of(authorization)
        if login is None:
            return None
        expected = self._hashes.get(login.user, self._nobody)
        remembered = self._digest(login, expected)
        if remembered in self._right:
            self._right.move_to_end(remembered)
            return login.user
        if self._waiting >= _MOST_WAITING:
            raise TooBusyError
        self._waiting += 1
        try:
            right = await asyncio.get_running_loop().run_in_executor(self._pool, _check, login.password, expected)
        finally:
            self._waiting -= 1
        if not right or login.user not in self._hashes:
            return None
        self._right[remembered] = None
        while len(self._right) > _MOST_REMEMBERED:
            self._right.popitem(last=False)
        return login.user

    def close(self) -> None:
        """Let go of the thread; what it is still to check is told."""
        self._pool.shutdown(wait=False)

    def _digest(self, login: Login, expected: bytes) -> bytes:
        told = b"\0".join((login.user.encode(), hashlib.sha256(login.password).digest(), expected))
        return hmac.digest(self._key, told, "sha256")

    def _hash_of_nobody(self) -> bytes:
        """A hash that no password has, as dear to check as the dearest there is."""
        costs = [int(text[4:6]) for text in self._hashes.values()]
        return b"$2b$%02d$" % max(costs, default=10) + b"." * 53


def _check(password: bytes, expected: bytes) -> bool:
    try:
        return bcrypt.checkpw(password[:_BCRYPT_BYTES], expected)
    except ValueError:  # a null byte, or a hash that is none
        return False
