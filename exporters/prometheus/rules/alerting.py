"""Alerting rules: what is asked, for how long, how grave it is, and what to tell and to do. English ids of texts.

Severities: ``critical`` calls somebody now, ``warning`` waits for the working day, ``info`` is read with others.
"""

from dataclasses import dataclass

from exporters.prometheus.rules.recording import LAG, burn
from netmon.conventions import Metric
from netmon.i18n import mark

DAY = 86_400
_EXPIRY = 'probe_ssl_earliest_cert_expiry{check!=""}'
"""Of netmon's checks: the name is blackbox_exporter's, and others have rules of their own for theirs."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule. Texts are ids of the catalogues, with Prometheus' own templates in them."""

    name: str
    expr: str
    severity: str
    summary: str
    description: str
    runbook: str
    lasts: str = "0m"
    keeps: str = ""


def _burning(*pairs: tuple[str, str, float]) -> str:
    """Over both windows of a pair: the long one says that it matters, the short one that it goes on."""
    return "\nor\n".join(f"({burn(long)} > {rate:g} and {burn(short)} > {rate:g})" for long, short, rate in pairs)


_WHERE = mark("Look at 'netmon status \"{{ $labels.commune }}\"', then 'netmon explain {{ with $labels.node }}{{ . "
              "}}/{{ end }}{{ $labels.check }}'; the cause is in 'netmon incidents'. Acknowledge there: it stops "
              "the clock of the intervention.")  # fmt: skip

ALERTS = (
    Alert(
        "NetmonTargetDown",
        f'{Metric.CHECK_STATE}{{state="down"}} == 1',
        "warning",
        mark("{{ with $labels.node }}{{ . }}/{{ end }}{{ $labels.check }} is down ({{ $labels.commune }})"),
        mark("Confirmed by several looks in a row, not behind anything else that fails, and no planned work."),
        _WHERE,
        lasts="1m",
    ),
    Alert(
        "NetmonCommuneDown",
        f"max by (commune) (\n  {Metric.NODE_UP}\n  unless on (node)\n"
        f'  min by (node) ({Metric.CHECK_STATE}{{node!="", state="maintenance"}}) == 1\n) == 0\n'
        f"or\nmax by (commune) ({Metric.COMMUNE_UP_RATIO}) == 0",
        "critical",
        mark("{{ $labels.commune }} is cut off: nothing there works"),
        mark("None of its devices, or none of the services it uses, works, planned works aside. Alerts about single "
             "targets there are held back meanwhile."),
        mark("'netmon incidents' names the root cause, which may stand in another commune, and who is affected. "
             "Check power and the operator's link of its main site; tell the operator: the guaranteed time runs "
             "from then."),
        lasts="1m",
    ),
    Alert(
        "NetmonUnreachable",
        f'sum by (commune, site) (max without (job, instance) ({Metric.CHECK_STATE}{{state="unreachable"}})) > 0',
        "info",
        mark("{{ $value }} checks of {{ $labels.site }} cannot be reached ({{ $labels.commune }})"),
        mark("Every way to them is cut by something that is down elsewhere; what they do is not known."),
        mark("Nothing to do here: mend what is down. 'netmon impact NODE' shows what hangs behind it. If a way "
             "exists that netmon does not know, add it to the node's uplinks."),
        lasts="5m",
    ),
    Alert(
        "NetmonCertificateExpiresSoon",
        f'{_EXPIRY} - time() < {21 * DAY}',
        "warning",
        mark("The certificate of {{ with $labels.node }}{{ . }}/{{ end }}{{ $labels.check }} expires in {{ $value "
             "| humanizeDuration }}"),
        mark("It is the first of the chain to expire; after that browsers refuse the site."),
        mark("Renew it and load it into the server; 'netmon probe {{ with $labels.node }}{{ . }}/{{ end }}{{ "
             "$labels.check }}' shows the chain that is served."),
        lasts="1h",
    ),
    Alert(
        "NetmonCertificateExpiring",
        f'{_EXPIRY} - time() < {3 * DAY}',
        "critical",
        mark("The certificate of {{ with $labels.node }}{{ . }}/{{ end }}{{ $labels.check }} expires within three "
             "days, or has expired"),
        mark("{{ $value | humanizeDuration }} are left; below zero, browsers refuse the site already."),
        mark("Renew it now; 'netmon probe {{ with $labels.node }}{{ . }}/{{ end }}{{ $labels.check }}' shows the "
             "chain that is served."),
    ),
    Alert(
        "NetmonRestoreHalf",
        f"{Metric.INCIDENT_USED} >= 0.5 and {Metric.INCIDENT_USED} < 0.8",
        "info",
        mark("Half of the guaranteed time of {{ $labels.incident }} is over ({{ $labels.commune }})"),
        mark("{{ $value | humanizePercentage }} of the time of restoration (GTR) under {{ $labels.contract }} is "
             "used."),
        mark("'netmon incidents show {{ $labels.incident }}' has the clock. Ask the provider where they are."),
    ),
    Alert(
        "NetmonRestoreUrgent",
        f"{Metric.INCIDENT_USED} >= 0.8 and {Metric.INCIDENT_USED} < 1",
        "warning",
        mark("The guaranteed time of {{ $labels.incident }} is nearly over ({{ $labels.commune }})"),
        mark("{{ $value | humanizePercentage }} of the time of restoration (GTR) under {{ $labels.contract }} is "
             "used."),
        mark("Escalate at the provider. A pause that was agreed must be told: 'netmon history incident {{ "
             "$labels.incident }} paused --text WHY'."),
    ),
    Alert(
        "NetmonRestoreMissed",
        f"{Metric.INCIDENT_USED} >= 1",
        "critical",
        mark("The guaranteed time of {{ $labels.incident }} is over ({{ $labels.commune }})"),
        mark("{{ $value | humanizePercentage }} of the time of restoration (GTR) under {{ $labels.contract }} is "
             "used: penalties may be due."),
        mark("Escalate by the contract. Say whose outage it is ('netmon history attribute'): the report proposes "
             "the penalty from that."),
    ),
    Alert(
        "NetmonBudgetBurnsFast",
        _burning(("1h", "5m", 14.4), ("6h", "30m", 6)),
        "critical",
        mark("{{ $labels.commune }} loses its objective under {{ $labels.contract }} within days"),
        mark("Confirmed outages spend the error budget {{ $value | humanize }} times as fast as it lasts a month."),
        mark("'netmon status \"{{ $labels.commune }}\" --problems' shows what is down. Mend that first which most "
             "services rest on ('netmon impact NODE')."),
        keeps="15m",
    ),
    Alert(
        "NetmonBudgetBurnsSlowly",
        _burning(("1d", "2h", 3), ("3d", "6h", 1)),
        "warning",
        mark("{{ $labels.commune }} will miss its objective under {{ $labels.contract }}"),
        mark("Confirmed outages spend the error budget {{ $value | humanize }} times as fast as it lasts a month."),
        mark("'netmon sla --by service --period 7d --commune \"{{ $labels.commune }}\"' shows which services cost "
             "it. Short outages that come back are a ticket of their own."),
        keeps="1h",
    ),
    Alert(
        "NetmonBudgetSpent",
        f"-{Metric.SLA_BUDGET} > 0",
        "warning",
        mark("{{ $labels.commune }} misses its objective under {{ $labels.contract }} in {{ $labels.period }}"),
        mark("The error budget of the month is overdrawn by {{ $value | humanizeDuration }}."),
        mark("Nothing mends the month; 'netmon report --period {{ $labels.period }}' shows what it is made of. "
             "Check attributions and corrections before it is closed."),
        lasts="5m",
    ),
    Alert(
        "NetmonCoverageLow",
        f"{Metric.SLA_COVERAGE} < 0.95\nand\n{Metric.SLA_COVERAGE} <= {Metric.SLA_COVERAGE} offset 1d",
        "warning",
        mark("Only {{ $value | humanizePercentage }} of {{ $labels.period }} was seen for {{ $labels.commune }}"),
        mark("Figures under {{ $labels.contract }} rest on too little, and on less than a day ago: netmon was stopped, "
             "or could not look."),
        mark("'netmon sla --by service --period {{ $labels.period }}' shows where; unknown checks say "
             "why ('netmon status --problems')."),
        lasts="15m",
    ),
    Alert(
        "NetmonPollsLate",
        f"{LAG} > 5",
        "warning",
        mark("netmon polls late: a hundredth of the polls by {{ $value | humanizeDuration }}"),
        mark("Its processor or its loop is overloaded: outages are dated less exactly."),
        mark("Look at netmon_loop_blocked_seconds and at the processor; spread nodes over longer intervals or a "
             "second poller."),
        lasts="10m",
    ),
    Alert(
        "NetmonPollsSkipped",
        f'sum without (job) (rate({Metric.POLLS_SKIPPED}{{why!="stopping"}}[15m])) * 3600 > 0',
        "warning",
        mark("netmon skips polls ({{ $labels.why }})"),
        mark("{{ $value | humanize }} an hour were due and not done."),
        mark("overrun: a target takes longer than its interval, lengthen it; missed: netmon itself was held up."),
        lasts="30m",
    ),
    Alert(
        "NetmonAbsent",
        f"(\n  group by (job, instance) (present_over_time({Metric.BUILD_INFO}[6h]))\n"
        f"  or\n  group by (job, instance) (up == 0)\n"
        f"  and group by (job, instance) (present_over_time({Metric.BUILD_INFO}[7d]))\n)\n"
        f"unless group by (job, instance) ({Metric.BUILD_INFO})\n"
        f"or on () absent({Metric.BUILD_INFO})",
        "critical",
        mark("netmon{{ with $labels.instance }} at {{ . }}{{ end }} does not answer"),
        mark("Nothing is watched, or Prometheus cannot scrape it: after a while everything is 'no data'."),
        mark("'systemctl status netmon', 'journalctl -u netmon -n 50'; then the scrape target in Prometheus."),
        lasts="3m",
    ),
    Alert(
        "NetmonBlind",
        f"{Metric.VANTAGE_UP} == 0",
        "critical",
        mark("netmon itself is cut off"),
        mark("None of its references answers: what does not answer is unknown, not down."),
        mark("Check the network of netmon's own host; then the references in the section 'vantage'."),
        lasts="1m",
    ),
    Alert(
        "NetmonReloadFailed",
        f"{Metric.CONFIG_RELOAD} == 0\nor\n{Metric.WEB_RELOAD} == 0",
        "warning",
        mark("netmon's configuration has mistakes"),
        mark("The last reload was refused; netmon goes on with the configuration before."),
        mark("'netmon check-config' says file, line and what was expected; mend it, then 'systemctl reload netmon'."),
    ),
    Alert(
        "NetmonHistoryStuck",
        f"{Metric.STORE_QUEUE} > 100",
        "critical",
        mark("netmon cannot write its history"),
        mark("{{ $value }} transactions wait in memory: a crash would lose them."),
        mark("Is the disk full, or the database gone? 'journalctl -u netmon' names the error; they are written "
             "when it is mended."),
        lasts="5m",
    ),
    Alert(
        "NetmonReportFailed",
        f'sum without (outcome) (increase({Metric.REPORT_RUNS}{{outcome="failed"}}[1d])) > 0\n'
        f'unless sum without (outcome) (increase({Metric.REPORT_RUNS}{{outcome="made"}}[1d])) > 0',
        "warning",
        mark("The report {{ $labels.schedule }} could not be made"),
        mark("It failed in the last day, and was not made since; netmon tries again for some hours, then gives it up."),
        mark("'journalctl -u netmon -p err' says why. By hand: 'netmon report --period PERIOD --close'."),
    ),
    Alert(
        "NetmonNoticesStuck",
        f"{Metric.NOTICES_WAITING} > 0\nor\n{Metric.NOTICES_DEAD} > 0\nor\n{Metric.MAILS_DEAD} > 0",
        "warning",
        mark("netmon does not get through to {{ with $labels.receiver }}{{ . }}{{ else }}a mailbox{{ end }}"),
        mark("{{ $value }} notices or mails wait, or were given up: somebody does not know what they should."),
        mark("'netmon incidents notices' and 'netmon report mails' say what the receiver answered, and try again "
             "('--retry')."),
        lasts="15m",
    ),
    Alert(
        "NetmonSeriesCut",
        f"{Metric.EXPOSITION_CUT} > 0",
        "warning",
        mark("netmon leaves series out ({{ $labels.limit }})"),
        mark("{{ $value }} series read from targets are not shown, because of a limit of the section 'exposition'."),
        mark("The log names the devices. Read less of them ('interfaces', modules), or raise the limit if "
             "Prometheus can take it."),
        lasts="15m",
    ),
    Alert(
        "NetmonCountersStuck",
        f"time() - {Metric.SLA_COUNTED_UNTIL} > {2 * 3600}",
        "warning",
        mark("netmon's contract counters stand still"),
        mark("They were added up until {{ $value | humanizeDuration }} ago; burn rates are as of then."),
        mark("'journalctl -u netmon' says why the running figures cannot be computed."),
        lasts="10m",
    ),
)  # fmt: skip
