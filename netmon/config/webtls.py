"""The part ``tls_server_config`` of a web configuration file, made into an SSL context."""

import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

from netmon.config import kinds
from netmon.config.entry import Entry, Flag, PathText, setting
from netmon.config.reader import read_bytes

Wrong: TypeAlias = tuple[tuple[str | int, ...], str]

MAX_PEM_BYTES = 1 << 20
VERIFYING: Mapping[str, ssl.VerifyMode] = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
VERSIONS: Mapping[str, ssl.TLSVersion] = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
CIPHERS: Mapping[str, str] = {
    f"TLS_ECDHE_{key}_WITH_{name}": f"ECDHE-{key}-{openssl}"
    for key in ("ECDSA", "RSA")
    for name, openssl in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
        ("AES_128_CBC_SHA", "AES128-SHA"),
        ("AES_256_CBC_SHA", "AES256-SHA"),
    )
}
"""Go's names, which the file uses, and OpenSSL's."""
CIPHERS_13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
"""Those of TLS 1.3, which are always there, in Go too."""
CURVES: Mapping[str, str] = {
    "X25519": "X25519", "CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1",
}  # fmt: skip

_Pem: TypeAlias = Annotated[str, kinds.body()]
_Version: TypeAlias = Annotated[str, kinds.choice(VERSIONS)]


class TlsServerEntry(Entry):
    """TLS, and certificates of clients."""

    cert_file: PathText | None = setting(None, "Certificate (PEM), with those between it and the root.")
    cert: _Pem | None = setting(None, "The certificate itself, instead of `cert_file`.")
    key_file: PathText | None = setting(None, "Its private key (PEM).")
    key: _Pem | None = setting(None, "The key itself, instead of `key_file`.")
    client_auth_type: Annotated[str, kinds.choice(VERIFYING)] = setting("NoClientCert", "Certificates of clients.")
    client_ca_file: PathText | None = setting(None, "CA certificates (PEM) that vouch for clients.")
    client_ca: _Pem | None = setting(None, "The CA certificates themselves, instead of `client_ca_file`.")
    client_allowed_sans: tuple[Annotated[str, kinds.text()], ...] = setting((), "Names clients may have.")
    min_version: _Version = setting("TLS12", "The oldest version spoken.")
    max_version: _Version = setting("TLS13", "The newest version spoken.")
    cipher_suites: tuple[Annotated[str, kinds.choice((*CIPHERS, *CIPHERS_13))], ...] = setting(
        (), "Cipher suites up to TLS 1.2; none: OpenSSL's own choice."
    )
    prefer_server_cipher_suites: Flag = setting(True, "Whether the order of ours counts, not the client's.")
    curve_preferences: tuple[Annotated[str, kinds.choice(CURVES)], ...] = setting((), "Curves of the key exchange.")

    def files(self) -> list[Path]:
        """The files it names."""
        return [path for path in (self.cert_file, self.key_file, self.client_ca_file) if path is not None]


class TlsMaking:
    """Makes the context; ``wrong`` tells what keeps it from being made."""

    def __init__(self, entry: TlsServerEntry) -> None:
        self.wrong: list[Wrong] = []
        self._entry = entry

    def context(self) -> ssl.SSLContext | None:
        """The context; None: something is wrong."""
        self._combinations()
        cert, key = self._pem("cert"), self._pem("key")
        authority = self._pem("client_ca") if self._has("client_ca") else b""
        if self.wrong or cert is None or key is None or authority is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._show(context, cert, key)
        self._verify(context, authority)
        try:
            self._choose(context)
        except ssl.SSLError as error:
            self.wrong.append((("cipher_suites",), f"cannot be used by this OpenSSL ({error.reason})"))
        return None if self.wrong else context

    def _combinations(self) -> None:
        entry = self._entry
        verifies = entry.client_auth_type != "NoClientCert"
        if verifies and not self._has("client_ca"):
            self.wrong.append((("client_auth_type",), "needs client_ca_file: nobody vouches for clients otherwise"))
        if not verifies and self._has("client_ca"):
            name = "client_ca_file" if entry.client_ca_file else "client_ca"
            self.wrong.append(((name,), "has no effect without client_auth_type: RequireAndVerifyClientCert"))
        if entry.client_allowed_sans and entry.client_auth_type != "RequireAndVerifyClientCert":
            self.wrong.append((("client_allowed_sans",), "needs client_auth_type: RequireAndVerifyClientCert"))
        if VERSIONS[entry.min_version] > VERSIONS[entry.max_version]:
            self.wrong.append((("min_version",), f"cannot be newer than max_version ({entry.max_version})"))
        if len(entry.curve_preferences) > 1 and not hasattr(ssl.SSLContext, "set_groups"):
            self.wrong.append(
                (
                    ("curve_preferences", 1),
                    "only one curve can be chosen (by Python before 3.15)",
                )
            )

    def _has(self, name: str) -> bool:
        return getattr(self._entry, name) is not None or getattr(self._entry, f"{name}_file") is not None

    def _pem(self, name: str) -> bytes | None:
        """The text under ``name``, or in the file under ``name_file``."""
        text, path = getattr(self._entry, name), getattr(self._entry, f"{name}_file")
        if (text is None) == (path is None):
            where = () if text is None else (name,)
            told = f"is required beside the {'key' if name == 'cert' else 'certificate'}: {name}_file"
            self.wrong.append((where, f"cannot stand beside {name}_file" if text is not None else told))
            return None
        if text is not None:
            return str(text).encode()
        try:
            return read_bytes(path, MAX_PEM_BYTES)
        except ValueError as error:
            self.wrong.append(((f"{name}_file",), f"the file {error}"))
            return None

    def _show(self, context: ssl.SSLContext, cert: bytes, key: bytes) -> None:
        where = "key_file" if self._entry.key_file else "key"
        with tempfile.TemporaryDirectory(prefix="netmon-") as folder:  # OpenSSL takes files only; ours alone (0700)
            cert_path, key_path = Path(folder) / "cert", Path(folder) / "key"
            cert_path.write_bytes(cert)
            key_path.write_bytes(key)
            try:
                context.load_cert_chain(cert_path, key_path, password=_no_password)
            except (ssl.SSLError, ValueError) as error:
                self.wrong.append(((where,), _unfit(error)))

    def _verify(self, context: ssl.SSLContext, authority: bytes) -> None:
        context.verify_mode = VERIFYING[self._entry.client_auth_type]
        if not authority:
            return
        try:
            context.load_verify_locations(cadata=authority.decode("ascii", "replace"))
        except ssl.SSLError:
            where = "client_ca_file" if self._entry.client_ca_file else "client_ca"
            self.wrong.append(((where,), "holds no certificate in PEM form"))

    def _choose(self, context: ssl.SSLContext) -> None:
        entry = self._entry
        context.minimum_version, context.maximum_version = VERSIONS[entry.min_version], VERSIONS[entry.max_version]
        old = [CIPHERS[name] for name in entry.cipher_suites if name in CIPHERS]
        if old:
            context.set_ciphers(":".join(old))
        if not entry.prefer_server_cipher_suites:
            context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        curves = [CURVES[name] for name in entry.curve_preferences]
        if len(curves) == 1:
            context.set_ecdh_curve(curves[0])
        elif curves:
            context.set_groups(":".join(curves))  # type: ignore[attr-defined]
        context.set_alpn_protocols(["http/1.1"])


def _no_password() -> str:
    raise ValueError("is encrypted: netmon cannot ask for its password")


def _unfit(error: Exception) -> str:
    reason = getattr(error, "reason", "") or ""
    if not reason:
        return str(error) if "encrypted" in str(error) else "the certificate or the key is not in PEM form"
    if "MISMATCH" in reason:
        return "is not the key of the certificate"
    return f"certificate and key cannot be used ({reason.replace('_', ' ').lower()})"
