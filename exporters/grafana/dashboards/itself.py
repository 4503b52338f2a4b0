"""netmon itself: whether it keeps to its schedule, writes what it saw, and is scraped."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.itselftold import tell_exposition, tell_reports
from exporters.grafana.dashboards.kit import bars, grid, number, time_series
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, WARN, Column, Look, Query
from exporters.grafana.dashboards.page import Page, Texts
from exporters.grafana.dashboards.queries import JOB, NONE_IS_GOOD, in_state, of, once, speed, within
from netmon.conventions import Metric

_ERRORS = 'level="error"'
_NOT_SERVED = 'outcome!="served"'


def build(language: str) -> model.Dashboard:
    """The dashboard."""
    page = Page("netmon", language)
    _ = page.text
    _numbers(page, _)
    page.row(_("Polls"))
    _polls(page, _)
    page.row(_("What polling costs"))
    _cost(page, _)
    _care(page, _)
    page.row(_("History, log, reports, notices"))
    _keeping(page, _)
    tell_reports(page, _)
    page.row(_("Exposition"))
    tell_exposition(page, _)
    return page.dashboard(
        _("netmon · netmon itself"),
        _("Whether netmon keeps to its schedule, writes what it saw, and is scraped."),
        (),
    )


def _numbers(page: Page, _: Texts) -> None:
    absent = _("netmon is not scraped")
    panels = (
        number(
            _("Scraped"),
            _("Whether the last scrape of every netmon of the last day worked."),
            Query(f"min({of('up', JOB)} and on (job, instance) present_over_time({of(Metric.BUILD_INFO, JOB)}[1d]))"),
            Look(words={"1": (_("yes"), GOOD), "0": (_("no"), BAD)}, nothing=absent),
        ),
        number(
            _("Version"),
            _("The version that runs."),
            Query(of(Metric.BUILD_INFO, JOB), "{{version}}"),
            Look(nothing=absent),
        ),
        number(
            _("Configuration"),
            _("Whether the last attempt to load the configuration worked; if not, the one before is in force."),
            Query(f"min({of(Metric.CONFIG_RELOAD, JOB)})"),
            Look(words={"1": (_("loaded"), GOOD), "0": (_("refused"), BAD)}, nothing=absent),
        ),
        number(
            _("Checks"),
            _("How many checks there are."),
            Query(f"count(count by (commune, site, node, check) ({of(Metric.CHECK_STATE, JOB)}))"),
            Look("short", decimals=0, nothing=absent),
        ),
        number(
            _("Oldest poll"),
            _("How long ago the last poll of a check began: the longest. Beyond three intervals it is unknown."),
            Query(f"round(time() - min({of(Metric.CHECK_LAST_RUN, JOB)}))"),
            Look("dthms", steps=((None, GOOD), (300, WARN), (900, BAD)), nothing=absent),
        ),
        number(
            _("Unknown checks"),
            _("Checks that could not be looked at: that is netmon's affair, not the target's."),
            Query(f"sum({once(in_state('unknown', JOB))})"),
            Look(decimals=0, steps=((None, GOOD), (1, NOTE)), nothing=absent),
        ),
        number(
            _("Writes that wait"),
            _("Transactions waiting for the history; it is to be 0 nearly always."),
            Query(f"sum({of(Metric.STORE_QUEUE, JOB)})"),
            Look(decimals=0, steps=((None, GOOD), (10, WARN), (1000, BAD)), nothing=absent),
        ),
        number(
            _("What is around it"),
            _("Whether any reference of the vantage check answers; if none does, netmon itself is cut off."),
            Query(f"min({of(Metric.VANTAGE_UP, JOB)})"),
            Look(words={"1": (_("seen"), GOOD), "0": (_("cut off"), BAD)}, nothing=_("no reference, or not scraped")),
        ),
        number(
            _("Web configuration file"),
            _("Whether the web configuration file could be read the last time; if not, the one before is in force."),
            Query(f"min({of(Metric.WEB_RELOAD, JOB)})"),
            Look(words={"1": (_("loaded"), GOOD), "0": (_("refused"), BAD)}, nothing=_("no file, or not scraped")),
        ),
        number(
            _("Counters of contracts"),
            _("How long ago it is until when they are added up: some minutes, an hour where checks are slow."),
            Query(f"round(time() - min({of(Metric.SLA_COUNTED_UNTIL, JOB)}))"),
            Look("dthms", steps=((None, GOOD), (4200, WARN), (7200, BAD)), nothing=_("not counted yet")),
        ),
        number(
            _("Errors in the log"),
            _("In the time shown; an error is a fault of netmon's own or of its host."),
            Query(f"sum(increase({of(Metric.LOG_MESSAGES, JOB, _ERRORS)}[$__range]))"),
            Look(decimals=0, steps=NONE_IS_GOOD, nothing=absent),
        ),
        number(
            _("Scrapes that failed"),
            _("In the time shown: refused because too many were under way, or whoever asked went away."),
            Query(f"sum(increase({of(Metric.SCRAPES, JOB, _NOT_SERVED)}[$__range]))"),
            Look(decimals=0, steps=((None, GOOD), (1, NOTE)), nothing=absent),
        ),
    )
    for panel in panels:
        page.add(panel, 4, 4)


def _polls(page: Page, _: Texts) -> None:
    absent = _("netmon is not scraped")
    outcomes = Query(f"sum by (collector, outcome) ({speed(Metric.POLLS, JOB)})", "{{collector}} {{outcome}}")
    page.add(
        time_series(
            _("Polls a second"),
            _("By collector and by what they found."),
            [outcomes],
            Look("ops", low=0, nothing=absent),
            stacked=True,
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("How late polls begin"),
            _("Time between when a poll was due and when it began: what half, 90 % and 99 % of them stayed below."),
            [Query(within(Metric.POLL_LAG, share), f"{share * 100:g} %") for share in (0.5, 0.9, 0.99)],
            Look("s", low=0, steps=((None, GOOD), (1, WARN)), nothing=absent),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Polls that were not done"),
            _("An hour: the one before was still under way, the slot came too late, or netmon was stopping."),
            [Query(f"sum by (why) ({speed(Metric.POLLS_SKIPPED, JOB)}) * 3600", "{{why}}")],
            Look("short", low=0, steps=((None, GOOD), (1, WARN)), nothing=absent),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("How late the loop answers"),
            _("By how much the event loop answered late; beyond 50 ms something holds it up."),
            [Query(within(Metric.LOOP_BLOCKED, share), f"{share * 100:g} %") for share in (0.9, 0.99)],
            Look("s", low=0, steps=((None, GOOD), (0.05, WARN)), nothing=absent),
        ),
        12,
        8,
    )


def _cost(page: Page, _: Texts) -> None:
    to_node = page.link("node", "node=${__field.labels.node:percentencode}")
    page.add(
        bars(
            _("Devices that are slow to answer"),
            _("How long the last poll walked through the device: the 15 longest."),
            Query(f"sort_desc(topk(15, max by (node) ({of('snmp_scrape_walk_duration_seconds', JOB)})))", "{{node}}"),
            Look(
                "s",
                decimals=3,
                low=0,
                steps=((None, GOOD), (1, NOTE), (3, BAD)),
                nothing=_("no device was polled"),
                links=((_("The device"), to_node),),
            ),
        ),
        12,
        10,
    )
    page.add(
        grid(
            _("Devices polled with care"),
            _("Time that polling takes of each device, polls beyond its budget, and requests that were sent again."),
            [
                Query(f"max by (node) ({of(Metric.SNMP_BUDGET_USED, JOB)})", _("Time taken")),
                Query(f"sum by (node) (increase({of(Metric.SNMP_BUDGET_EXCEEDED, JOB)}[$__range]))", _("Over budget")),
                Query(f"sum by (node) ({of('snmp_scrape_packets_retried', JOB)})", _("Sent again")),
            ],
            (
                Column(
                    _("Device"),
                    Look(
                        nothing=_("no device was polled"),
                        links=((_("The device"), page.link("node", "node=${__value.raw:percentencode}")),),
                    ),
                    "node",
                ),
                Column(_("Time taken"), Look("percentunit", decimals=2, low=0, high=1), gauge=True),
                Column(_("Over budget"), Look(decimals=0, steps=NONE_IS_GOOD), fill=True),
                Column(_("Sent again"), Look(decimals=0, steps=((None, GOOD), (1, NOTE))), fill=True),
            ),
            sort=_("Time taken"),
            most=True,
        ),
        12,
        10,
    )


def _care(page: Page, _: Texts) -> None:
    page.add(
        time_series(
            _("Read anew"),
            _("How often an hour names, aliases and speeds of interfaces were read anew, by why."),
            [Query(f"sum by (why) ({speed(Metric.SNMP_SLOW_READS, JOB)}) * 3600", "{{why}}")],
            Look("short", low=0, nothing=_("nothing was read anew")),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("Fewer rows at once"),
            _("How often an hour a device was asked for fewer rows, as answers were too big or did not come."),
            [Query(f"sum by (why) ({speed(Metric.SNMP_CUTS, JOB)}) * 3600", "{{why}}")],
            Look("short", low=0, nothing=_("every device takes what it is asked for")),
        ),
        12,
        8,
    )


def _keeping(page: Page, _: Texts) -> None:
    absent = _("netmon is not scraped")
    page.add(
        time_series(
            _("Writing the history"),
            _("How long a transaction took to reach the disk: what half and 99 % of them stayed below."),
            [Query(within(Metric.STORE_WRITE, share), f"{share * 100:g} %") for share in (0.5, 0.99)],
            Look("s", low=0, steps=((None, GOOD), (1, WARN)), nothing=absent),
        ),
        8,
        8,
    )
    page.add(
        time_series(
            _("Messages in the log"),
            _("Warnings and errors an hour."),
            [Query(f"sum by (level) ({speed(Metric.LOG_MESSAGES, JOB)}) * 3600", "{{level}}")],
            Look("short", low=0, nothing=absent),
        ),
        8,
        8,
    )
    page.add(
        time_series(
            _("Traps"),
            _("Genuine traps and informs an hour by kind, polls they led to, and datagrams not taken, by why."),
            [
                Query(f"sum by (kind) ({speed(Metric.TRAPS, JOB)}) * 3600", "{{kind}}"),
                Query(f"sum by (outcome) ({speed(Metric.TRAP_POLLS, JOB)}) * 3600", _("polls:") + " {{outcome}}"),
                Query(f"sum by (why) ({speed(Metric.TRAPS_DROPPED, JOB)}) * 3600", _("dropped:") + " {{why}}"),
            ],
            Look("short", low=0, nothing=absent),
        ),
        8,
        8,
    )
