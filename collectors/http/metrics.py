"""The families of a poll: names, types and meaning as blackbox_exporter's, so that dashboards made for it work."""

from collectors.http.deadline import PHASES
from collectors.http.exchange import Facts
from netmon.model import Family, Number

_ONE = ((),)
_PHASE_SERIES = tuple((phase,) for phase in PHASES)
_TLS_SERIES = {f"TLSv1.{minor}": ((f"TLS 1.{minor}",),) for minor in range(4)}

_HELP = {
    "probe_success": "Whether the poll found what it was told to expect (1) or not (0)",
    "probe_duration_seconds": "Seconds the whole poll took",
    "probe_dns_lookup_time_seconds": "Seconds the first name lookup took",
    "probe_ip_protocol": "4 or 6: the IP version the server was reached by; 0 when no address was known",
    "probe_http_status_code": "Status code of the last answer; 0 when none came",
    "probe_http_redirects": "Redirects followed",
    "probe_http_ssl": "Whether the last request went over TLS",
    "probe_http_version": "HTTP version of the last answer; 0 when none came",
    "probe_http_content_length": "Bytes the last answer announced in Content-Length; -1 when it announced none",
    "probe_http_uncompressed_body_length": "Bytes of body read, after decompression",
    "probe_failed_due_to_regex": "Whether a regular expression on the body decided against the target",
}
_HTTP_DURATION_HELP = "Seconds spent in each phase, summed over redirects"
_EXPIRY_HELP = "When the first of the certificates sent expires, Unix time"
_TLS_VERSION_HELP = "TLS version agreed on, as a label; always 1"


def families(facts: Facts, seconds: dict[str, float], elapsed: float, *, success: bool) -> tuple[Family, ...]:
    """Everything a poll measured, also when it failed; certificates and TLS only where TLS was reached."""
    values: tuple[Number, ...] = (
        int(success), elapsed, facts.lookup, facts.ip_protocol, facts.status, facts.redirects, int(facts.tls),
        facts.http_version, facts.content_length, facts.body_length, int(facts.failed_by_regex),
    )  # fmt: skip
    made = [
        Family(name, "gauge", text, (), _ONE, (value,))
        for (name, text), value in zip(_HELP.items(), values, strict=True)
    ]
    phases = tuple(seconds.values())
    made.append(Family("probe_http_duration_seconds", "gauge", _HTTP_DURATION_HELP, ("phase",), _PHASE_SERIES, phases))
    if facts.certificates:
        expiry = min(certificate.not_after for certificate in facts.certificates)
        made.append(Family("probe_ssl_earliest_cert_expiry", "gauge", _EXPIRY_HELP, (), _ONE, (expiry,)))
    if series := _TLS_SERIES.get(facts.tls_version):
        made.append(Family("probe_tls_version_info", "gauge", _TLS_VERSION_HELP, ("version",), series, (1,)))
    return tuple(made)
