"""The simulation's own certificate authority: made anew at each start, trusted by the demo's configuration only."""

import datetime as dt
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from netmon.clock import DAY, Millis, to_datetime


class Authority:
    """Issues certificates into ``directory``. Elliptic curves: keys are made in no time."""

    def __init__(self, directory: Path, now: Millis) -> None:
        self._directory = directory
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._server_key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "netmon demo authority")])
        self._certificate = self._own()

    def write(self, path: Path) -> None:
        """Write the authority's certificate as PEM, for clients to trust.

        Raises:
            OSError: it cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, name: str, expires: Millis) -> ssl.SSLContext:
        """A server's TLS setting with a certificate for ``name`` until ``expires``.

        Raises:
            OSError: the certificate cannot be written.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        file = self._directory / f"{name}-{expires}.pem"
        key = self._server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.touch(mode=0o600)
        file.write_bytes(key + self._issue(name, expires).public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        # Every connection shows its certificate again: a resumed session would hide that it has expired.
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
        return context

    def _own(self) -> x509.Certificate:
        public = self._key.public_key()
        builder = self._builder(self._name, public, self._now + 365 * DAY)
        usage = _usage(signs_certificates=True)
        return (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _issue(self, name: str, expires: Millis) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            self._builder(subject, self._server_key.public_key(), expires)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, expires: Millis
    ) -> x509.CertificateBuilder:
        begins = to_datetime(self._now - 400 * DAY, dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(to_datetime(expires, dt.UTC))
        )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
