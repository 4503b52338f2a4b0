"""The families of a poll: names, types and meaning as blackbox_exporter's, so that dashboards made for it work."""

from collections.abc import Sequence
from functools import lru_cache

from collectors.http.exchange import Facts
from collectors.net.metrics import address_families, gauge, tls_families
from netmon.conventions import Metric
from netmon.model import Family, Number

PHASES = ("resolve", "connect", "tls", "processing", "transfer")
"""Phases of an exchange, in order, with the names and meaning of blackbox_exporter."""
_PHASE_SERIES = tuple((phase,) for phase in PHASES)

_HELP = {
    "probe_success": "Whether the poll found what it was told to expect (1) or not (0)",
    "probe_duration_seconds": "Seconds the whole poll took",
    "probe_http_status_code": "Status code of the last answer; 0 when none came",
    "probe_http_redirects": "Redirects met, also one that was not followed",
    "probe_http_ssl": "Whether the last request went over TLS",
    "probe_http_version": "HTTP version of the last answer; 0 when none came",
    "probe_http_content_length": "Bytes the last answer announced in Content-Length; -1 when it announced none",
    "probe_http_uncompressed_body_length": "Bytes of body read, after decompression",
    "probe_failed_due_to_regex": "Whether a regular expression on the body or a header decided against the target",
}
_HTTP_DURATION_HELP = "Seconds spent in each phase, summed over redirects"
_MODIFIED_HELP = "When the page last changed, as the server says, Unix time"
_CEL_HELP = "Whether a CEL expression on the body decided against the target"

STEP_FAMILIES = (
    (Metric.HTTP_STEP_DURATION, "Seconds the requests of a step of a journey took"),
    (Metric.HTTP_STEP_UP, "Whether a step of a journey found what it was told to expect; absent when not reached"),
)


def families(facts: Facts, seconds: dict[str, float], elapsed: float, *, success: bool) -> tuple[Family, ...]:
    """Everything a poll measured, also when it failed; certificates and TLS only where TLS was reached."""
    values: tuple[Number, ...] = (
        int(success), elapsed, facts.status, facts.redirects, int(facts.tls),
        facts.http_version, facts.content_length, facts.body_length, int(facts.failed_by_regex),
    )  # fmt: skip
    made = [gauge(name, text, value) for (name, text), value in zip(_HELP.items(), values, strict=True)]
    made += address_families(facts.address, facts.lookup or 0.0)
    phases = tuple(seconds.values())
    made.append(Family("probe_http_duration_seconds", "gauge", _HTTP_DURATION_HELP, ("phase",), _PHASE_SERIES, phases))
    if facts.last_modified is not None:
        made.append(gauge("probe_http_last_modified_timestamp_seconds", _MODIFIED_HELP, facts.last_modified))
    if facts.failed_by_cel is not None:
        made.append(gauge("probe_failed_due_to_cel", _CEL_HELP, int(facts.failed_by_cel)))
    return (*made, *tls_families(facts.handshake))


def step_families(steps: Sequence[tuple[str, float, bool]]) -> tuple[Family, ...]:
    """What is told of the steps of a journey: name, seconds, whether it was good."""
    if not steps:
        return ()
    names = _step_series(tuple(name for name, _, _ in steps))
    columns = (tuple(seconds for _, seconds, _ in steps), tuple(int(up) for _, _, up in steps))
    return tuple(
        Family(metric.value, "gauge", words, ("step",), names, column)
        for (metric, words), column in zip(STEP_FAMILIES, columns, strict=True)
    )


@lru_cache(maxsize=4096)
def _step_series(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The same tuple for the same steps, so that exporters recognise it."""
    return tuple((name,) for name in names)
