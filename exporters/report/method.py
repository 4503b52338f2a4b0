"""The method annex: the policy's answers and the measurement's limits, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporters.report.hours import contract_hours
from exporters.report.texts import Texts, isolated
from netmon.clock import to_datetime
from netmon.model import ContractReport, Report
from netmon.words import POLICY_ANSWER_WORDS, POLICY_KEY_WORDS


@dataclass(frozen=True, slots=True)
class Method:
    """Rows of (term, words): the policy, the measurement, the contracts' hours; ``remarks`` are sentences."""

    policy_name: str
    policy: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    contracts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    digest: str
    configuration: str


def method(report: Report, contracts: Iterable[ContractReport], texts: Texts) -> Method:
    """How the report's figures came about, those of ``contracts`` included."""
    _, show = texts.gettext, texts.formats
    facts = (
        (_("Period"), show.period_range(report.period)),
        (_("Time zone"), _zone(report, texts)),
        (_("Resolution (longest interval between two polls)"), show.duration(report.resolution)),
        (_("Report made on"), show.instant(report.generated)),
        (_("Software"), f"netmon {report.version}"),
    )
    remarks = (
        _("Availability is the available time over the eligible time. Durations are added up, percentages never "
          "averaged: the figure of a group is that of all its service time together, each service with its weight. "
          "Interruptions are told as long as they were, without weight."),
        _("Percentages are cut after the last decimal shown, never rounded up: 99.999 is not 100."),
        _("A change is known only to the interval between two polls. The bounds give the lowest and the highest "
          "availability that agree with everything that was seen."),
        _("Coverage is the part of the time to watch during which the monitoring did see."),
        _("Where a contract has rules of its own, its figure is reckoned by them; what was lived through is told "
          "beside it where it differs."),
    )  # fmt: skip
    answers = tuple(
        (
            _(POLICY_KEY_WORDS[key]) if key in POLICY_KEY_WORDS else key,
            _(POLICY_ANSWER_WORDS[answer]) if answer in POLICY_ANSWER_WORDS else answer,
        )
        for key, answer in report.policy
    )
    hours = tuple((isolated(each.contract.name), contract_hours(each.contract, texts)) for each in contracts)
    return Method(report.policy_name, answers, facts, hours, remarks, report.digest, report.configuration)


def _zone(report: Report, texts: Texts) -> str:
    """The zone, and whether its offset changes within the period."""
    zone = texts.formats.zone
    first = to_datetime(report.period.start, zone).utcoffset()
    last = to_datetime(report.period.end, zone).utcoffset()
    if first == last or first is None or last is None:
        return report.period.timezone
    change = (
        texts.gettext("%(zone)s; summer time began within the period, which is one hour shorter for it")
        if last > first
        else texts.gettext("%(zone)s; summer time ended within the period, which is one hour longer for it")
    )
    return change % {"zone": report.period.timezone}
