"""What ``netmon sla`` says in sentences: forecasts, and why another system would say another figure."""

from collections.abc import Iterator, Sequence

from netmon.i18n import mark, translator
from netmon.l10n import Formats
from netmon.sla.differing import differences
from netmon.sla.policy import Policy
from netmon.sla.standing import Standing
from netmon.words import POLICY_ANSWER_WORDS, POLICY_KEY_WORDS

NOTES = {
    "strict": mark("strict: whatever is not proven good is bad; only planned works leave the calculation."),
    "icinga": mark(
        "Icinga forgives planned downtime but keeps it in the denominator. It calls an object without any history "
        "fully available; here such an object has no figure."
    ),
    "nagios": mark(
        "Nagios reports on what its log says. Soft states and assumed initial states have no counterpart in time "
        "arithmetic."
    ),
    "zabbix": mark(
        "Zabbix knows problems, not looks: without an open problem a service is good, also while nobody looks. The "
        "severities of its triggers are not known here."
    ),
    "equipment": mark("equipment: the device at fault, not those behind it, and only what was measured."),
    "centreon": mark(
        "Centreon MBI leaves unreachable, unknown and planned time out, and adds up day by day: what happened on a day "
        "that it failed to consolidate is missing there and present here."
    ),
    "uptime-kuma": mark(
        "Uptime Kuma counts heartbeats, not time. The figure here is its rule applied to time; its own also depends on "
        "how often it looks."
    ),
}
"""What arithmetic on time cannot follow of each system, by preset."""


def forecasts(rows: Sequence[Standing], formats: Formats) -> Iterator[str]:
    """A sentence for each row whose objective will be lost at the present pace, soonest first."""
    _ = translator(formats.language)
    losing = [(row.budget.lost_at, row) for row in rows if row.budget and row.budget.lost_at is not None]
    for at, row in sorted(losing, key=lambda pair: (pair[0], pair[1].name)):
        words = {"name": row.name, "day": formats.day(at)}
        yield _("%(name)s: at this pace the objective is lost on %(day)s.") % words


def reasons(rows: Sequence[Standing], name: str, policy: Policy, formats: Formats) -> Iterator[str]:
    """Why ``policy``, asked for as ``name``, differs: of all rows together, or of the only one."""
    _ = translator(formats.language)
    whole = rows[-1]
    if whole.beside is None:
        return
    found = differences(whole.figures, whole.policy, policy, whole.beside)
    for one in found:
        yield _("%(subject)s, %(length)s: %(ours)s; under %(name)s %(theirs)s.") % {
            "subject": _(POLICY_KEY_WORDS[one.key]),
            "length": formats.duration(one.length),
            "ours": _(POLICY_ANSWER_WORDS[one.ours]),
            "name": name,
            "theirs": _(POLICY_ANSWER_WORDS[one.theirs]),
        }
    if not found:
        yield _("In this period there was no time that the two policies answer differently.")
    preset = name.partition(",")[0].strip()
    if preset in NOTES:
        yield _(NOTES[preset])
