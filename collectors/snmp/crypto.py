"""Keys and ciphers of the user-based security model: RFC 3414 (MD5, SHA-1, DES), RFC 3826 (AES), RFC 7860 (SHA-2).

A password becomes a key by hashing a megabyte of it, which is done once; what a key is for one engine, and what extends
it to the length AES-192 and AES-256 want, takes microseconds and is kept by ``usm``. The ciphers are those of the
library ``cryptography``.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from netmon.ber import BerError
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AuthProtocol, PrivProtocol, Secret, SnmpCredential

try:  # where newer releases keep what is old but still what devices speak
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
try:
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:
    from cryptography.hazmat.primitives.ciphers.modes import CFB

MIN_PASSWORD = 8
"""Characters, RFC 3414, section 11.2: agents refuse shorter ones."""

_MEGABYTE = 1_048_576
_BLOCK = 8
"""Octets of a DES block."""
SALT = 8
"""Octets of msgPrivacyParameters, of DES as of AES."""

_HASHES: Final[dict[AuthProtocol, tuple[str, int]]] = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA224": ("sha224", 16),
    "SHA256": ("sha256", 24),
    "SHA384": ("sha384", 32),
    "SHA512": ("sha512", 48),
}
"""The hash function, and how many octets of the HMAC are sent."""

_KEY_OCTETS: Final[dict[PrivProtocol, int]] = {
    "DES": 16,
    "AES": 16,
    "AES192": 24,
    "AES256": 32,
    "AES192C": 24,
    "AES256C": 32,
}


@lru_cache(maxsize=1_024)
def password_key(hash_name: str, password: bytes) -> bytes:
    """Ku: the hash of a megabyte of the repeated password (RFC 3414, section A.2)."""
    repeated = password * (_MEGABYTE // len(password) + 1)
    return hashlib.new(hash_name, repeated[:_MEGABYTE]).digest()


def localized(hash_name: str, key: bytes, engine_id: bytes) -> bytes:
    """Kul: what ``key`` is for one engine (RFC 3414, section 2.6)."""
    return hashlib.new(hash_name, key + engine_id + key).digest()


def extended(protocol: PrivProtocol, hash_name: str, key: bytes, engine_id: bytes) -> bytes:
    """A localised key at the length the cipher wants.

    AES-192 and AES-256 by draft-blumenthal-aes-usm-04, section 3.1.2.1: the hash of what there is is added; those with
    a C by draft-reeder-snmpv3-usm-3desede-00, section 2.1, as Cisco and others do: what there is serves as a password.
    """
    octets = _KEY_OCTETS[protocol]
    while len(key) < octets:
        if protocol in {"AES192C", "AES256C"}:
            # Not the cached function: this is a key of one engine only.
            key += localized(hash_name, password_key.__wrapped__(hash_name, key), engine_id)
        else:
            key += hashlib.new(hash_name, key).digest()
    return key[:octets]


class Salts:
    """Eight octets that never come twice: a counter from a random start, for DES and AES alike."""

    def __init__(self) -> None:
        self._next = int.from_bytes(os.urandom(SALT))

    def __call__(self) -> bytes:
        self._next = (self._next + 1) % 2 ** (8 * SALT)
        return self._next.to_bytes(SALT)


class Privacy(Protocol):
    """A cipher with its key. ``clock`` are the authoritative engine's boots and time, four octets each."""

    def encrypt(self, plain: bytes, clock: bytes, salt: bytes) -> bytes:
        """The octets of encryptedPDU."""

    def decrypt(self, secret: bytes, clock: bytes, salt: bytes) -> bytes:
        """The scoped PDU, perhaps with padding behind.

        Raises:
            BerError: no such cipher text can be.
        """


class AesPrivacy:
    """AES in CFB mode with a key of 128, 192 or 256 bits (RFC 3826, section 3.1)."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = AES(key)

    def encrypt(self, plain: bytes, clock: bytes, salt: bytes) -> bytes:
        """See ``Privacy``."""
        return Cipher(self._algorithm, CFB(clock + salt)).encryptor().update(plain)

    def decrypt(self, secret: bytes, clock: bytes, salt: bytes) -> bytes:
        """See ``Privacy``."""
        return Cipher(self._algorithm, CFB(clock + salt)).decryptor().update(secret)


class DesPrivacy:
    """DES in CBC mode; the second half of the key blinds the salt (RFC 3414, section 8.1.1)."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = TripleDES(key[:_BLOCK] * 3)  # three times the same key is DES
        self._blind = int.from_bytes(key[_BLOCK : 2 * _BLOCK])

    def encrypt(self, plain: bytes, clock: bytes, salt: bytes) -> bytes:  # noqa: ARG002 - AES wants it
        """See ``Privacy``."""
        padding = bytes(-len(plain) % _BLOCK)
        return Cipher(self._algorithm, self._mode(salt)).encryptor().update(plain + padding)

    def decrypt(self, secret: bytes, clock: bytes, salt: bytes) -> bytes:  # noqa: ARG002 - AES wants it
        """See ``Privacy``."""
        if len(secret) % _BLOCK:
            raise BerError(f"{len(secret)} octets are no whole number of DES blocks")
        return Cipher(self._algorithm, self._mode(salt)).decryptor().update(secret)

    def _mode(self, salt: bytes) -> CBC:
        return CBC((self._blind ^ int.from_bytes(salt)).to_bytes(_BLOCK))


@dataclass(frozen=True, slots=True)
class Authentication:
    """An HMAC with its key; ``octets`` of it are sent."""

    hash_name: str
    octets: int
    key: bytes

    def sign(self, message: bytes) -> bytes:
        """The digest of a whole message in which zeros stand where the digest will."""
        return hmac.digest(self.key, message, self.hash_name)[: self.octets]

    def verify(self, message: bytes, digest: bytes) -> bool:
        """Whether ``digest`` is that of ``message``; takes as long whatever is wrong with it."""
        return hmac.compare_digest(self.sign(message), digest)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a credential's passwords are for one engine; None where the credential has no such protocol."""

    authentication: Authentication | None = None
    privacy: Privacy | None = None


def keys_for(credential: SnmpCredential, engine_id: bytes) -> Keys:
    """The credential's keys for an engine.

    Raises:
        CollectError: the credential is incomplete, or this host's libraries refuse its protocols.
    """
    if credential.auth_protocol is None:
        if credential.priv_protocol is not None:
            raise _unusable(credential, "has privacy without authentication, which SNMPv3 does not have")
        return Keys()
    hash_name, octets = _HASHES[credential.auth_protocol]
    password = password_of(credential, "auth", credential.auth_password)
    try:
        key = localized(hash_name, password_key(hash_name, password), engine_id)
        authentication = Authentication(hash_name, octets, key)
        authentication.sign(b"")
        return Keys(authentication, _privacy(credential, hash_name, engine_id))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unusable(credential, f"needs what this host's cryptography refuses: {error}") from error


def _privacy(credential: SnmpCredential, hash_name: str, engine_id: bytes) -> Privacy | None:
    protocol = credential.priv_protocol
    if protocol is None:
        return None
    key = password_key(hash_name, password_of(credential, "priv", credential.priv_password))
    key = extended(protocol, hash_name, localized(hash_name, key, engine_id), engine_id)
    make: Callable[[bytes], Privacy] = DesPrivacy if protocol == "DES" else AesPrivacy
    return make(key)


def password_of(credential: SnmpCredential, kind: str, password: Secret | None) -> bytes:
    """The octets of a password.

    Raises:
        CollectError: it is missing, or so short that agents refuse it.
    """
    if password is None or len(password.reveal()) < MIN_PASSWORD:
        raise _unusable(credential, f"needs an {kind} password of at least {MIN_PASSWORD} characters")
    return password.reveal().encode()


def _unusable(credential: SnmpCredential, what: str) -> CollectError:
    return CollectError(Reason.CREDENTIAL, f"credential '{credential.name}' {what}")
