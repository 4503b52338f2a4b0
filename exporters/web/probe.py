"""``/probe``: a target is probed now, and the answer is what blackbox_exporter would say of it.

Parameters, metric names, labels, types and help texts are blackbox_exporter's, so that its scrape configurations,
dashboards and rules work unchanged; what is only netmon's stays out. Where it could not look, netmon says so with an
error, and Prometheus marks the scrape as failed: a fault of ours is not the target's.
"""

import math
import re
from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from exporters.prometheus.heads import Head, text_head
from exporters.prometheus.text import format_value, label_block
from exporters.web.packed import text_response
from netmon.clock import SECOND, Millis
from netmon.contracts import Prober, ProbeRequest
from netmon.errors import ScrapeRefusedError
from netmon.model import Family, Observation, Reading, State
from netmon.probemodules import ProbeModule

TIMEOUT_HEADER: Final = "x-prometheus-scrape-timeout-seconds"
DEFAULT_MODULE: Final = "http_2xx"

_USERINFO = re.compile(r"//[^/?#]*@")

HELP: Final = {
    "probe_dns_additional_rrs": "Returns number of entries in the additional resource record list",
    "probe_dns_answer_rrs": "Returns number of entries in the answer resource record list",
    "probe_dns_authority_rrs": "Returns number of entries in the authority resource record list",
    "probe_dns_duration_seconds": "Duration of DNS request by phase",
    "probe_dns_lookup_time_seconds": "Returns the time taken for probe dns lookup in seconds",
    "probe_dns_query_succeeded": "Displays whether or not the query was executed successfully",
    "probe_dns_serial": "Returns the serial number of the zone",
    "probe_duration_seconds": "Returns how long the probe took to complete in seconds",
    "probe_expect_info": "Explicit content matched",
    "probe_failed_due_to_cel": "Indicates if probe failed due to CEL",
    "probe_failed_due_to_regex": "Indicates if probe failed due to regex",
    "probe_http_content_length": "Length of http content response",
    "probe_http_duration_seconds": "Duration of http request by phase, summed over all redirects",
    "probe_http_last_modified_timestamp_seconds": "Returns the Last-Modified HTTP response header in unixtime",
    "probe_http_redirects": "The number of redirects",
    "probe_http_ssl": "Indicates if SSL was used for the final redirect",
    "probe_http_status_code": "Response HTTP status code",
    "probe_http_uncompressed_body_length": "Length of uncompressed response body",
    "probe_http_version": "Returns the version of HTTP of the probe response",
    "probe_icmp_duration_seconds": "Duration of icmp request by phase",
    "probe_icmp_reply_hop_limit": "Replied packet hop limit (TTL for ipv4)",
    "probe_ip_addr_hash": "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
    "probe_ip_protocol": "Specifies whether probe ip protocol is IP4 or IP6",
    "probe_ssl_earliest_cert_expiry": "Returns last SSL chain expiry in unixtime",
    "probe_ssl_last_chain_expiry_timestamp_seconds": "Returns last SSL chain expiry in timestamp",
    "probe_ssl_last_chain_info": "Contains SSL leaf certificate information",
    "probe_success": "Displays whether or not the probe was a success",
    "probe_tls_cipher_info": "Returns the TLS cipher negotiated during handshake",
    "probe_tls_version_info": "Returns the TLS version used or NaN when unknown",
}
"""What blackbox_exporter tells, with its words for it: an interface, like the names."""
_HEADS: Final = {name: text_head(Head(name, "gauge", words)) for name, words in HELP.items()}


class ProbeEndpoint:
    """Answers ``/probe`` by ``prober``; ``offset`` seconds are kept back from Prometheus' scrape timeout."""

    def __init__(self, prober: Prober, offset: float = 0.5) -> None:
        self._prober = prober
        self._offset = offset

    def modules(self) -> tuple[str, ...]:
        """The modules that can be asked for."""
        return tuple(self._prober.modules())

    async def respond(self, request: Request) -> Response:
        """One probe. 400: the request makes no sense; 403: not one of our targets; 503: we could not look."""
        debug = _said(request, "debug") == "true"
        try:
            module = self._prober.module(_said(request, "module") or DEFAULT_MODULE)
            observation = await self._prober.probe(module, self._asked(request, verbose=debug))
        except ScrapeRefusedError as error:
            return PlainTextResponse(f"{error.detail}\n", 403 if error.forbidden else 400)
        except ValueError as error:
            return PlainTextResponse(f"Failed to parse timeout from Prometheus header: {error}\n", 500)
        unseen = observation.reading.state is State.UNKNOWN
        if debug:
            return PlainTextResponse(_debug(module, observation), 503 if unseen else 200)
        if unseen:
            return PlainTextResponse(f"{_unseen(observation.reading)}\n", 503)
        return text_response(request, list(_lines(observation)))

    def _asked(self, request: Request, *, verbose: bool) -> ProbeRequest:
        waits = read_timeout(request.headers.get(TIMEOUT_HEADER, ""), self._offset)
        target = _said(request, "target")
        if not target:
            raise ScrapeRefusedError("Target parameter is missing")
        return ProbeRequest(target, _said(request, "hostname"), waits, verbose=verbose)


def _said(request: Request, name: str) -> str:
    """A parameter, the first of them where it comes several times, as there; empty: it does not come."""
    values = request.query_params.getlist(name)
    return str(values[0]) if values else ""


def read_timeout(header: str, offset: float) -> Millis | None:
    """What Prometheus' header leaves after ``offset``; the whole of it where nothing would be left.

    Raises:
        ValueError: it is not a number; in the words of Go's library.
    """
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        shown = header[:50].encode("ascii", "replace").decode().replace('"', "'")
        raise ValueError(f'strconv.ParseFloat: parsing "{shown}": invalid syntax')
    left = seconds - offset if seconds > offset else seconds
    return max(round(left * SECOND), 1) if seconds > 0 else None


def _lines(observation: Observation) -> Iterable[bytes]:
    """The families of blackbox_exporter in order of name; whether it succeeded and how long it took is always told."""
    reading = observation.reading
    one: tuple[tuple[str, ...], ...] = ((),)
    families = {
        "probe_success": Family("probe_success", "gauge", "", (), one, (int(reading.state is not State.DOWN),)),
        "probe_duration_seconds": Family("probe_duration_seconds", "gauge", "", (), one, (observation.duration,)),
    } | {family.name: family for family in reading.families if family.name in HELP}
    for name in sorted(families):
        yield _HEADS[name]
        yield from sorted(_sample(families[name]))


def _sample(family: Family) -> Iterable[bytes]:
    order = sorted(range(len(family.label_names)), key=family.label_names.__getitem__)
    names = tuple(family.label_names[at] for at in order)
    for labels, value in zip(family.series, family.values, strict=True):
        block = label_block(names, tuple(labels[at] for at in order))
        text = format_value(value)
        if text is not None:
            yield b"%b%b %b\n" % (family.name.encode(), b"{%b}" % block if block else b"", text)


def _debug(module: ProbeModule, observation: Observation) -> str:
    """What happened, what it would have answered, and by which rules; without secrets."""
    reading, check = observation.reading, observation.check
    target = _USERINFO.sub("//", check.target)
    steps = [f"Beginning probe: {module.prober} of {target}, at most {check.timeout / SECOND:g} s", *reading.log]
    unseen = reading.state is State.UNKNOWN
    told = f"# none: {_unseen(reading)}\n" if unseen else b"".join(_lines(observation)).decode()
    return (
        "Logs for the probe:\n" + "".join(f"{step}\n" for step in steps)
        + "\n\n\nMetrics that would have been returned:\n" + told
        + f"\n\n\nModule configuration:\n# {module.name} ({module.source})\n{module.text}"
    )  # fmt: skip


def _unseen(reading: Reading) -> str:
    return f"netmon could not look: {reading.reason.value}: {' '.join(reading.detail.split())}"
