"""Families that probes of several kinds tell: names, labels and meaning as blackbox_exporter's."""

from collectors.net.resolve import Address, ip_hash, ip_protocol
from collectors.net.tls import TlsFacts
from netmon.model import Family, Number

ONE: tuple[tuple[str, ...], ...] = ((),)
"""The series of a metric without labels: one tuple for all, so that exporters recognise it."""

_VERSIONS = {f"TLSv1.{minor}": ((f"TLS 1.{minor}",),) for minor in range(1, 4)} | {"TLSv1": (("TLS 1.0",),)}
_CIPHERS = {
    "AES128-GCM-SHA256": "AES_128_GCM_SHA256", "AES256-GCM-SHA384": "AES_256_GCM_SHA384",
    "CHACHA20-POLY1305": "CHACHA20_POLY1305_SHA256", "AES128-SHA256": "AES_128_CBC_SHA256",
    "AES128-SHA": "AES_128_CBC_SHA", "AES256-SHA": "AES_256_CBC_SHA",
}  # fmt: skip
_INFO_LABELS = ("fingerprint_sha256", "subject", "issuer", "subjectalternative", "serialnumber")


def gauge(name: str, words: str, value: Number) -> Family:
    """One value without labels."""
    return Family(name, "gauge", words, (), ONE, (value,))


def outcome_families(elapsed: float, *, success: bool) -> tuple[Family, ...]:
    """How the poll ended and how many seconds it took."""
    return (
        gauge("probe_success", "Whether the poll found what it was told to expect (1) or not (0)", int(success)),
        gauge("probe_duration_seconds", "Seconds the whole poll took", elapsed),
    )


def address_families(address: Address | None, lookup: float) -> tuple[Family, ...]:
    """Which address was asked, and the ``lookup`` in seconds that found it; None: none was found."""
    return (
        gauge("probe_dns_lookup_time_seconds", "Seconds the first name lookup took", lookup),
        gauge(
            "probe_ip_protocol",
            "4 or 6: the IP version the server was reached by; 0 when no address was known",
            ip_protocol(address) if address else 0,
        ),
        gauge(
            "probe_ip_addr_hash",
            "A hash of the address asked: another value, another address",
            ip_hash(address) if address else 0,
        ),
    )


def tls_families(facts: TlsFacts) -> list[Family]:
    """What a handshake told; nothing where there was none."""
    made: list[Family] = []
    first = facts.first_to_expire
    if first is not None:
        made.append(
            gauge(
                "probe_ssl_earliest_cert_expiry",
                "When the first of the certificates sent expires, Unix time",
                first.not_after,
            )
        )
        made.append(_info("probe_ssl_last_chain_info", "The server's certificate; always 1", facts.sent[0].labels))
    if facts.verified:
        made.append(
            gauge(
                "probe_ssl_last_chain_expiry_timestamp_seconds",
                "When the chain up to the trusted authority expires, Unix time",
                min(certificate.not_after for certificate in facts.verified),
            )
        )
    if series := _VERSIONS.get(facts.version):
        words = "TLS version agreed on; always 1"
        made.append(Family("probe_tls_version_info", "gauge", words, ("version",), series, (1,)))
    if facts.cipher:
        words = "Cipher suite agreed on; always 1"
        made.append(Family("probe_tls_cipher_info", "gauge", words, ("cipher",), _series((_go(facts.cipher),)), (1,)))
    return made


def _go(cipher: str) -> str:
    """OpenSSL's name of a cipher suite as IANA and Go write it; one that Go has not, as it is."""
    exchange, _, rest = cipher.rpartition("-RSA-") if "-RSA-" in cipher else cipher.rpartition("-ECDSA-")
    known = _CIPHERS.get(rest)
    if known is None or exchange not in {"", "ECDHE"}:
        return cipher
    return f"TLS_{cipher.removesuffix(rest).strip('-').replace('-', '_') or 'RSA'}_WITH_{known}"


_known: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}


def _series(labels: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The same series tuple for the same labels; forgotten, all of them, before they become many."""
    if len(_known) > 8192:
        _known.clear()
    return _known.setdefault(labels, (labels,))


def _info(name: str, words: str, labels: tuple[str, ...]) -> Family:
    return Family(name, "gauge", words, _INFO_LABELS, _series(labels), (1,))
