"""The sections ``tcp``, ``icmp`` and ``dns`` of a module in a ``blackbox.yml``."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from netmon.config.blackboxvalues import ADDRESS_KEYS, ProbeReading
from netmon.config.looking import Where
from netmon.config.source import MapNode, shown
from netmon.settings import DnsSettings, DnsTransport, IcmpSettings, QueryResponse, RecordRules, Secret, TcpSettings

TCP_KEYS: Final = (*ADDRESS_KEYS, "source_ip_address", "query_response", "tls", "tls_config")
ICMP_KEYS: Final = (*ADDRESS_KEYS, "source_ip_address", "payload_size", "dont_fragment", "ttl")
DNS_KEYS: Final = (
    *ADDRESS_KEYS, "source_ip_address", "dns_over_tls", "tls_config", "transport_protocol", "query_class",
    "query_name", "query_type", "recursion_desired", "valid_rcodes", "validate_answer_rrs", "validate_authority_rrs",
    "validate_additional_rrs",
)  # fmt: skip
_RULE_KEYS: Final = (
    "fail_if_matches_regexp", "fail_if_all_match_regexp", "fail_if_not_matches_regexp", "fail_if_none_matches_regexp",
)  # fmt: skip

QUERY_CLASSES: Final = ("IN", "CS", "CH", "HS", "NONE", "ANY")
QUERY_TYPES: Final = (
    "A", "AAAA", "AFSDB", "ANY", "APL", "AVC", "AXFR", "CAA", "CDNSKEY", "CDS", "CERT", "CNAME", "CSYNC", "DHCID",
    "DLV", "DNAME", "DNSKEY", "DS", "EUI48", "EUI64", "GPOS", "HINFO", "HIP", "HTTPS", "IPSECKEY", "ISDN", "IXFR",
    "KEY", "KX", "L32", "L64", "LOC", "LP", "MB", "MG", "MINFO", "MR", "MX", "NAPTR", "NID", "NINFO", "NS", "NSAP",
    "NSEC", "NSEC3", "NSEC3PARAM", "NULL", "NXT", "OPENPGPKEY", "PTR", "PX", "RP", "RRSIG", "RT", "SIG", "SMIMEA",
    "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TA", "TALINK", "TKEY", "TLSA", "TSIG", "TXT", "UID", "URI", "X25", "ZONEMD",
)  # fmt: skip
RCODES: Final = (
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
    "NOTZONE", "BADSIG", "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
)  # fmt: skip
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NAME = re.compile(r"[!-~]{1,255}")
_SECRET = re.compile(r"auth|login|pass|secret|token", re.IGNORECASE)
_USUAL_TTL: Final = 64
_USUAL_PAYLOAD: Final = 28
"""blackbox_exporter sends its name where no size is given."""
_MAX_PAYLOAD: Final = 65_507


class NetReading(ProbeReading):
    """Reads ``tcp``, ``icmp`` and ``dns`` sections."""

    def tcp(self, node: object, where: Where) -> TcpSettings:
        """What the section asks for; ``host`` is empty, ``port`` 0."""
        said = self.mapping(node, where, TCP_KEYS)
        trust = self.tls(said, where)
        steps = tuple(
            self._step(step, ((where, "query_response"), index))
            for index, step in enumerate(self.items(said, "query_response", where))
        )
        return TcpSettings(
            "", 0, trust if self.flag(said, "tls", where) else None, trust, steps, self.addresses(said, where)
        )

    def _step(self, node: object, where: Where) -> QueryResponse:
        step = self.mapping(node, where, ("expect", "labels", "send", "starttls"))
        labels = []
        for index, one in enumerate(self.items(step, "labels", where)):
            place = ((where, "labels"), index)
            entry = self.mapping(one, place, ("name", "value"))
            name = self.required(entry, "name", place, _LABEL, "a label's name (letters, digits and '_')")
            labels.append((name, self.text(entry, "value", place)))
        send: str | Secret = self.text(step, "send", where)
        if isinstance(send, str) and _SECRET.search(send):
            send = self.hidden(step["send"], (where, "send"))
        expect = self.pattern(step["expect"], (where, "expect")) if "expect" in step else ""
        return QueryResponse(expect, send, self.flag(step, "starttls", where), tuple(labels))

    def icmp(self, node: object, where: Where) -> IcmpSettings:
        """What the section asks for; ``host`` is empty. One packet is sent, as there."""
        said = self.mapping(node, where, ICMP_KEYS)
        ttl = self.whole(said, "ttl", where, 0, 255)
        return IcmpSettings(
            "",
            payload=self.whole(said, "payload_size", where, 0, _MAX_PAYLOAD) or _USUAL_PAYLOAD,
            dont_fragment=self.flag(said, "dont_fragment", where),
            ttl=_USUAL_TTL if ttl is None else ttl,
            addresses=self.addresses(said, where),
        )

    def dns(self, node: object, where: Where) -> DnsSettings:
        """What the section asks for; ``host`` is empty."""
        said = self.mapping(node, where, DNS_KEYS)
        over_tls, trust = self.flag(said, "dns_over_tls", where), self.tls(said, where)
        transport = self.choice(said, "transport_protocol", where, get_args(DnsTransport), default="udp")
        if over_tls and transport == "udp":
            self.wrong(said["dns_over_tls"], (where, "dns_over_tls"), "needs 'transport_protocol: tcp'")
        return DnsSettings(
            "",
            self.required(said, "query_name", where, _NAME, "the name asked for, such as example.org"),
            query_type=self._query_type(said, where),
            query_class=self.choice(said, "query_class", where, QUERY_CLASSES, default="IN"),
            recursion=self.flag(said, "recursion_desired", where, default=True),
            transport=cast("DnsTransport", transport),
            tls=trust if over_tls else None,
            rcodes=self._rcodes(said, where),
            answer=self._rules(said, "validate_answer_rrs", where),
            authority=self._rules(said, "validate_authority_rrs", where),
            additional=self._rules(said, "validate_additional_rrs", where),
            addresses=self.addresses(said, where),
        )

    def _query_type(self, said: Mapping[str, Any], where: Where) -> str:
        value = self.text(said, "query_type", where) or "ANY"
        if value not in QUERY_TYPES:
            words = f"expected a type of DNS records, such as AAAA, found {shown(value)}"
            self.wrong(said["query_type"], (where, "query_type"), words + self.advisor.hint(value, QUERY_TYPES))
        return value

    def _rcodes(self, said: Mapping[str, Any], where: Where) -> tuple[str, ...]:
        return tuple(
            self.choice({place[1]: value}, place[1], place[0], RCODES)
            for value, place in self.listed(said, "valid_rcodes", where)
        )

    def _rules(self, said: MapNode, key: str, where: Where) -> RecordRules:
        place = (where, key)
        entry = self.section(said, key, where, _RULE_KEYS)
        return RecordRules(*(self.patterns(entry, name, place) for name in _RULE_KEYS))
