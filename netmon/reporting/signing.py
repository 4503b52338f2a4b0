"""Detached signatures, Ed25519 (RFC 8032): 64 bytes in ``FILE.sig``, over the file as it stands.

``openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in FILE -sigfile FILE.sig`` checks them as well.
"""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from netmon.errors import HostError, UsageError
from netmon.reporting.archive import MANIFEST, SIGNATURE
from netmon.settings import Secret

PUBLIC_KEY = "public-key.pem"
_MOST_BYTES = 64 * 1024


class Signer:
    """Signs with one private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def of(cls, secret: Secret | None) -> "Signer | None":
        """The signer of a configured key; None: nothing is signed."""
        if secret is None:
            return None
        return cls(Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.reveal())))

    @property
    def public(self) -> Ed25519PublicKey:
        """What others check signatures with."""
        return self._key.public_key()

    def public_pem(self) -> bytes:
        """The public key as a file."""
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign_all(self, folder: Path) -> None:
        """Sign every file below ``folder``, the manifest last."""
        paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != SIGNATURE]
        for path in sorted(paths, key=lambda path: (path.name == MANIFEST, path)):
            path.with_name(path.name + SIGNATURE).write_bytes(self._key.sign(path.read_bytes()))


def is_signed(path: Path, content: bytes, key: Ed25519PublicKey) -> bool | None:
    """Whether the signature beside the file is one of this content under this key; None: there is none.

    Raises:
        HostError: the signature cannot be read.
    """
    beside = path.with_name(path.name + SIGNATURE)
    try:
        signature = beside.read_bytes() if beside.stat().st_size <= _MOST_BYTES else b""
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"{beside}: cannot be read ({error.strerror})") from error
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def read_public(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file.

    Raises:
        UsageError: no such file, or no Ed25519 public key in it.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path}: expected an Ed25519 public key in PEM form")
    return key


def make_key(path: Path) -> tuple[Path, Path]:
    """A new private key in ``path``, readable by its owner alone, and its public key in ``path``.pem.

    Raises:
        UsageError: there is such a file already.
        HostError: they cannot be written.
    """
    key, public = Ed25519PrivateKey.generate(), path.with_name(path.name + ".pem")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
        public.write_bytes(Signer(key).public_pem())
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and is left as it is") from None
    except OSError as error:
        raise HostError(f"{path}: cannot be written ({error.strerror})") from error
    return path, public
