"""What TCP, ICMP and DNS checks ask for and expect."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.settings.network import AddressChoice
from netmon.settings.secret import Secret
from netmon.settings.tls import TlsSettings

DnsTransport: TypeAlias = Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class QueryResponse:
    """One step of a conversation: wait for a line that ``expect`` is found in, then ``send``, then ``starttls``.

    ``send`` may refer to groups of the match (``${1}``). ``labels`` (name, template) become labels of
    ``probe_expect_info`` when the line came.
    """

    expect: str = ""
    send: str | Secret = ""
    starttls: bool = False
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """``Check.settings`` of the collector ``tcp``. ``tls`` None: no TLS from the start.

    ``starttls`` is how far trust goes for a step that begins TLS.
    """

    host: str
    port: int
    tls: TlsSettings | None = None
    starttls: TlsSettings = TlsSettings()
    query_response: tuple[QueryResponse, ...] = ()
    addresses: AddressChoice = AddressChoice()
    slow: int | None = None


@dataclass(frozen=True, slots=True)
class IcmpSettings:
    """``Check.settings`` of the collector ``icmp``: ``count`` echo requests of ``payload`` octets, ``gap`` milliseconds
    apart, all within the check's timeout.

    ``ttl`` 0: the system's. A share of lost packets above ``loss`` (0 to 1) is DEGRADED; none answered is DOWN. A mean
    round trip above ``slow`` milliseconds is DEGRADED.
    """

    host: str
    count: int = 1
    gap: int = 200
    payload: int = 56
    dont_fragment: bool = False
    ttl: int = 0
    loss: float = 0.0
    slow: int | None = None
    addresses: AddressChoice = AddressChoice()


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What one section of a DNS answer must look like, on its records' text ``name\\tttl\\tclass\\ttype\\tdata``.

    The names are those of blackbox_exporter's validators, and so is what they do: ``fail_if_all_match`` fails unless
    all match, as ``fail_if_not_matches`` does, but not where there is no record at all.
    """

    fail_if_matches: tuple[str, ...] = ()
    fail_if_all_match: tuple[str, ...] = ()
    fail_if_not_matches: tuple[str, ...] = ()
    fail_if_none_matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """``Check.settings`` of the collector ``dns``: ``query`` asked of the server ``host``.

    ``port`` 0: 53, or 853 over TLS. ``rcodes`` empty: NOERROR only.
    """

    host: str
    query: str
    port: int = 0
    query_type: str = "ANY"
    query_class: str = "IN"
    recursion: bool = True
    transport: DnsTransport = "udp"
    tls: TlsSettings | None = None
    rcodes: tuple[str, ...] = ()
    answer: RecordRules = RecordRules()
    authority: RecordRules = RecordRules()
    additional: RecordRules = RecordRules()
    addresses: AddressChoice = AddressChoice()
    slow: int | None = None
