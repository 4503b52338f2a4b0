"""The facts of certificates a server sent."""

import datetime as dt
import hashlib
import ssl
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID

from collectors.net.failures import clean

_DER = 2  # _ssl.ENCODING_DER

# What Go's crypto/x509/pkix calls the parts of a name, in the order it writes them (RFC 2253, the last part first).
_GO_PARTS = (
    (NameOID.SERIAL_NUMBER, "SERIALNUMBER"), (NameOID.COMMON_NAME, "CN"), (NameOID.POSTAL_CODE, "POSTALCODE"),
    (NameOID.STREET_ADDRESS, "STREET"), (NameOID.STATE_OR_PROVINCE_NAME, "ST"), (NameOID.LOCALITY_NAME, "L"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "OU"), (NameOID.ORGANIZATION_NAME, "O"), (NameOID.COUNTRY_NAME, "C"),
)  # fmt: skip
_ESCAPED = frozenset(',+"\\<>;')


@dataclass(frozen=True, slots=True)
class Certificate:
    """Facts of one certificate; ``not_after`` in seconds since the epoch.

    ``subject`` and ``issuer`` are for people; ``labels`` are those of ``probe_ssl_last_chain_info``, written as
    blackbox_exporter writes them.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_after: int
    labels: tuple[str, ...]

    @property
    def expiry(self) -> str:
        """``not_after`` for people."""
        return dt.datetime.fromtimestamp(self.not_after, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def sent_chain(connection: ssl.SSLSocket | ssl.SSLObject) -> tuple[Certificate, ...]:
    """The certificates the server sent, its own first; those that cannot be read are left out."""
    return _read(_chain(connection, "get_unverified_chain"))


def verified_chain(connection: ssl.SSLSocket | ssl.SSLObject) -> tuple[Certificate, ...]:
    """The chain that led to a trusted authority, that one included; empty where nothing was verified."""
    if connection.context.verify_mode == ssl.CERT_NONE:
        return ()
    return _read(_chain(connection, "get_verified_chain"))


def _read(chain: list[bytes]) -> tuple[Certificate, ...]:
    read = (_certificate(der) for der in chain)
    return tuple(certificate for certificate in read if certificate is not None)


def _chain(connection: ssl.SSLSocket | ssl.SSLObject, which: str) -> list[bytes]:
    public = getattr(connection, which, None)  # Python 3.13
    if public is not None:
        return list(public())
    inner = getattr(getattr(connection, "_sslobj", None), which, None)  # 3.10 to 3.12
    if inner is not None:
        return [certificate.public_bytes(_DER) for certificate in inner() or ()]
    own = connection.getpeercert(binary_form=True)
    return [own] if own else []


@lru_cache(maxsize=4096)
def _certificate(der: bytes) -> Certificate | None:
    """Facts of a certificate, remembered: a server sends the same one poll after poll."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        hosts, addresses = _names(certificate)
        names = tuple(clean(name) for name in (*hosts, *addresses))
        return Certificate(
            clean(certificate.subject.rfc4514_string()) or ", ".join(names),
            clean(certificate.issuer.rfc4514_string()),
            names,
            int(certificate.not_valid_after_utc.timestamp()),
            _labels(der, certificate, hosts),
        )
    except ValueError:
        return None


def _names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    return alternatives.get_values_for_type(x509.DNSName), [
        str(address) for address in alternatives.get_values_for_type(x509.IPAddress)
    ]


def _labels(der: bytes, certificate: x509.Certificate, hosts: list[str]) -> tuple[str, ...]:
    serial = certificate.serial_number
    return (
        hashlib.sha256(der).hexdigest(),
        _go_name(certificate.subject),
        _go_name(certificate.issuer),
        clean(",".join(hosts), 4096),
        serial.to_bytes((serial.bit_length() + 7) // 8, "big").hex(),
    )


def _go_name(name: x509.Name) -> str:
    """A distinguished name as Go's ``pkix.Name.String`` writes it: known parts in its order, then the others."""
    known = {oid for oid, _ in _GO_PARTS}
    parts = [
        "+".join(f"{word}={_escape(str(one.value))}" for one in found)
        for oid, word in _GO_PARTS
        if (found := name.get_attributes_for_oid(oid))
    ]
    parts += [
        f"{one.oid.dotted_string}={_escape(str(one.value))}" for one in reversed(list(name)) if one.oid not in known
    ]
    return clean(",".join(parts), 1024)


def _escape(value: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in _ESCAPED else letter for letter in value)
    if escaped[:1] in {" ", "#"}:
        escaped = f"\\{escaped}"
    return f"{escaped[:-1]}\\ " if escaped.endswith(" ") and len(escaped) > 2 else escaped
