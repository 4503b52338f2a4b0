"""The families of a DNS poll, as blackbox_exporter's."""

from collectors.dns.messages import Answer
from collectors.net.metrics import gauge
from netmon.model import Family

PHASES = ("resolve", "connect", "request")

_PHASE_SERIES = tuple((phase,) for phase in PHASES)


def families(answer: Answer | None, seconds: dict[str, float], *, serial: bool) -> tuple[Family, ...]:
    """What only DNS checks have; 0 records where there was no answer. ``serial``: a SOA record was asked for."""
    text = "Seconds in each phase: looking the server's name up, connecting (with TLS), query and answer"
    made = [
        Family("probe_dns_duration_seconds", "gauge", text, ("phase",), _PHASE_SERIES, tuple(seconds.values())),
        gauge("probe_dns_query_succeeded", "Whether an answer came, whatever it says", int(answer is not None)),
        gauge("probe_dns_answer_rrs", "Records in the answer section", len(answer.answer) if answer else 0),
        gauge("probe_dns_authority_rrs", "Records in the authority section", len(answer.authority) if answer else 0),
        gauge(
            "probe_dns_additional_rrs",
            "Records in the additional section",
            len(answer.additional) + answer.options if answer else 0,
        ),
    ]
    if serial and answer is not None:
        words = "Serial number of the zone, of the last SOA record answered; 0 when there was none"
        made.append(gauge("probe_dns_serial", words, answer.serials[-1] if answer.serials else 0))
    return tuple(made)
