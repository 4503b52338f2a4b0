"""How ports, hosts and name servers are asked: the keys of `tcp`, `icmp` and `dns`, and what collectors get of them."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from netmon.clock import HOUR, MINUTE, Millis
from netmon.config import kinds, places
from netmon.config.blackboxnet import QUERY_CLASSES, QUERY_TYPES, RCODES
from netmon.config.entry import Entry, Flag, HostPort, setting
from netmon.config.kinds import custom, duration_text
from netmon.config.targets import TlsEntry
from netmon.config.wrong import WrongError
from netmon.settings import (
    AddressChoice,
    DnsSettings,
    DnsTransport,
    IcmpSettings,
    IpProtocol,
    QueryResponse,
    RecordRules,
    Secret,
    TcpSettings,
    TlsSettings,
)

Trust: TypeAlias = Callable[[TlsEntry], TlsSettings]
"""Makes settings of what an entry says of TLS."""

_Protocol: TypeAlias = Annotated[IpProtocol, kinds.choice(get_args(IpProtocol))]
_Pattern: TypeAlias = Annotated[str, places.regex()]
_Slow: TypeAlias = Annotated[Millis, kinds.duration(1, HOUR)]
_LABEL = "a label's name (letters, digits and '_', not starting with a digit or '__')"
_Label: TypeAlias = Annotated[str, kinds.matching(_LABEL, "(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}")]
_SLOW = "Time beyond which a right answer is degraded; none: never."


class AddressEntry(Entry):
    """Which address of a name is asked, and from where."""

    ip_protocol: _Protocol | None = setting(None, "The IP version preferred; none: as the system prefers.")
    ip_protocol_fallback: Flag = setting(True, "Whether the other version will do where the preferred has no address.")
    source: Annotated[str, places.ip_address()] | None = setting(
        None, "Our own address that packets leave from; none: the system's choice."
    )

    def choice(self) -> AddressChoice:
        """As collectors want it."""
        return AddressChoice(self.ip_protocol, self.ip_protocol_fallback, self.source or "")


class StepEntry(Entry):
    """One step of a conversation: wait for a line, then send one, then begin TLS; each of them where it is given."""

    expect: _Pattern | None = setting(None, "What must be found in a line; lines before it are passed over.")
    send: Annotated[str | Secret, places.line_to_send()] | None = setting(
        None, "What is sent, with a line feed. `${1}` or `${name}` is what a group of `expect` found; `${file:…}`, "
        "`${env:…}` and `${credential:…}` are secrets."
    )  # fmt: skip
    starttls: Flag = setting(False, "Whether TLS begins after this step; `starttls` of `tcp` says how far trust goes.")
    labels: dict[_Label, Annotated[str, kinds.text()]] = setting(
        {}, "Labels of the metric `probe_expect_info`; values may quote what was found, as `send`."
    )

    @model_validator(mode="after")
    def _does_something(self) -> "StepEntry":
        if self.expect is None and self.send is None and not self.starttls:
            raise custom(WrongError("is required: a step waits for a line, sends one or begins TLS", below=("expect",)))
        if self.labels and self.expect is None:
            raise custom(WrongError("needs 'expect': labels quote what it found", below=("labels",)))
        return self


class TcpEntry(AddressEntry):
    """A port that must take connections, and perhaps say something."""

    address: HostPort = Field(description="Host and port.")
    tls: TlsEntry | None = setting(None, "TLS from the start, `{}` for the usual trust; none: no TLS.")
    starttls: TlsEntry = setting(
        TlsEntry(), "How far the certificate is trusted after a step with `starttls`.", written={}
    )
    query_response: tuple[StepEntry, ...] = setting((), "What is said; none: that it takes the connection is enough.")
    slow: _Slow | None = setting(None, _SLOW)

    def settings(self, trust: Trust) -> TcpSettings:
        """As the collector wants it."""
        steps = tuple(
            QueryResponse(step.expect or "", step.send or "", step.starttls, tuple(step.labels.items()))
            for step in self.query_response
        )
        tls = trust(self.tls) if self.tls is not None else None
        return TcpSettings(*self.address, tls, trust(self.starttls), steps, self.choice(), self.slow)


class PingEntry(AddressEntry):
    """How a host is pinged."""

    count: Annotated[int, kinds.whole(1, 100)] = setting(3, "Echo requests of one poll.")
    gap: Annotated[Millis, kinds.duration(1, MINUTE)] = setting(
        200, "Time from one request to the next; all of them must be sent within the check's timeout.", written="200ms"
    )
    payload: Annotated[int, kinds.whole(0, 65_507)] = setting(56, "Octets of each request besides its headers.")
    dont_fragment: Flag = setting(False, "Whether routers must not cut the packet: then it shows what the way takes.")
    ttl: Annotated[int, kinds.whole(1, 255)] | None = setting(
        None, "Time to live (IPv4) or hop limit (IPv6); none: the system's."
    )
    loss: Annotated[float, kinds.percent(zero=True)] = setting(
        0.0, "Share of requests that may go unanswered, in percent; beyond it the check is degraded.", written=0
    )
    slow: _Slow | None = setting(None, "Mean round-trip time beyond which the check is degraded; none: never.")

    def settings(self, host: str) -> IcmpSettings:
        """As the collector wants it."""
        return IcmpSettings(
            host, self.count, self.gap, self.payload, self.dont_fragment, self.ttl or 0, self.loss, self.slow,
            self.choice(),
        )  # fmt: skip

    def unfit(self, timeout: Millis) -> str:
        """Why the requests cannot be sent within ``timeout``; empty: they can."""
        needed = (self.count - 1) * self.gap
        if needed < timeout:
            return ""
        return (
            f"{self.count} requests {duration_text(self.gap)} apart do not fit the timeout ({duration_text(timeout)})"
        )


class IcmpEntry(PingEntry):
    """A host that must answer pings."""

    address: Annotated[str, places.host()] = Field(description="The host's name or address.")


class RulesEntry(Entry):
    """What the records of one section must look like, on their text `name ttl class type data`, tabs between."""

    all: tuple[_Pattern, ...] = setting((), "Every record must match each of these; there must be one.")
    any: tuple[_Pattern, ...] = setting((), "Some record must match one of these.")
    none: tuple[_Pattern, ...] = setting((), "No record may match any of these.")

    def rules(self) -> RecordRules:
        """As the collector wants them."""
        return RecordRules(
            fail_if_matches=self.none, fail_if_not_matches=self.all, fail_if_none_matches=self.any
        )  # fmt: skip


class DnsEntry(AddressEntry):
    """A name server that must answer a query."""

    address: Annotated[tuple[str, int | None], places.address()] = Field(
        description="The server: host or host:port; port 53, or 853 over TLS, where none is given."
    )
    query: Annotated[str, places.domain()] = Field(description="The name asked for.")
    type: Annotated[str, kinds.choice(QUERY_TYPES)] = setting("A", "Type of the records asked for.")
    class_: Annotated[str, kinds.choice(QUERY_CLASSES)] = Field(
        "IN", alias="class", description="Class of the records asked for."
    )
    recursion: Flag = setting(True, "Whether the server is asked to look further itself.")
    transport: Annotated[DnsTransport, kinds.choice(get_args(DnsTransport))] | None = setting(
        None, "`udp` or `tcp`; none: udp, over TLS tcp."
    )
    tls: TlsEntry | None = setting(None, "DNS over TLS, `{}` for the usual trust; none: no TLS.")
    rcodes: tuple[Annotated[str, kinds.choice(RCODES)], ...] = setting((), "Codes that are right; none: NOERROR.")
    answer: RulesEntry = setting(RulesEntry(), "What the answer section must look like.", written={})
    authority: RulesEntry = setting(RulesEntry(), "What the authority section must look like.", written={})
    additional: RulesEntry = setting(RulesEntry(), "What the additional section must look like.", written={})
    slow: _Slow | None = setting(None, _SLOW)

    @model_validator(mode="after")
    def _tls_is_over_tcp(self) -> "DnsEntry":
        if self.tls is not None and self.transport == "udp":
            raise custom(WrongError("cannot stand beside 'tls': DNS over TLS goes over tcp", below=("transport",)))
        return self

    def settings(self, trust: Trust) -> DnsSettings:
        """As the collector wants it."""
        host, port = self.address
        transport: Literal["udp", "tcp"] = self.transport or ("udp" if self.tls is None else "tcp")
        return DnsSettings(
            host, self.query, port or 0, self.type, self.class_, self.recursion, transport,
            trust(self.tls) if self.tls is not None else None, self.rcodes, self.answer.rules(), self.authority.rules(),
            self.additional.rules(), self.choice(), self.slow,
        )  # fmt: skip
