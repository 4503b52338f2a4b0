"""What netmon itself tells others, and how it is asked: reports, notices, scrapes."""

from exporters.grafana.dashboards.kit import grid, time_series
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, WARN, Column, Look, Query, Series
from exporters.grafana.dashboards.page import Page, Texts
from exporters.grafana.dashboards.queries import JOB, NONE_IS_GOOD, of, speed, within
from netmon.conventions import Metric

_FAILED = 'outcome="failed"'
_AGAIN = 'outcome="retry"'


def tell_reports(page: Page, _: Texts) -> None:
    """Panels about reports, their mails, and notices of incidents."""
    page.add(
        grid(
            _("Reports"),
            _("Schedules of reports: failed runs in the time shown, how long ago the last was made, how long it took."),
            [
                Query(f"max by (schedule) ({of(Metric.REPORT_NEXT, JOB)}) - time()", _("Due in")),
                Query(f"time() - max by (schedule) ({of(Metric.REPORT_SUCCESS, JOB)})", _("Made ago")),
                Query(f"max by (schedule) ({of(Metric.REPORT_SECONDS, JOB)})", _("Last took")),
                Query(f"sum by (schedule) (increase({of(Metric.REPORT_RUNS, JOB, _FAILED)}[$__range]))", _("Failed")),
            ],
            (
                Column(_("Schedule"), Look(nothing=_("no schedule of reports")), "schedule"),
                Column(_("Due in"), Look("dthms", steps=((None, WARN), (0, GOOD))), fill=True),
                Column(_("Made ago"), Look("dthms")),
                Column(_("Last took"), Look("s", decimals=1)),
                Column(_("Failed"), Look(decimals=0, steps=NONE_IS_GOOD), fill=True),
            ),
            sort=_("Schedule"),
        ),
        12,
        7,
    )
    page.add(
        grid(
            _("Notices of incidents"),
            _("By receiver: those that wait to be taken, those given up, and tries that have to be repeated."),
            [
                Query(f"max by (receiver) ({of(Metric.NOTICES_WAITING, JOB)})", _("Waiting")),
                Query(f"max by (receiver) ({of(Metric.NOTICES_DEAD, JOB)})", _("Given up")),
                Query(f"sum by (receiver) (increase({of(Metric.NOTICES, JOB, _AGAIN)}[$__range]))", _("Tried again")),
            ],
            (
                Column(_("Receiver"), Look(nothing=_("no receiver of notices")), "receiver"),
                Column(_("Waiting"), Look(decimals=0, steps=((None, GOOD), (10, WARN))), fill=True),
                Column(_("Given up"), Look(decimals=0, steps=NONE_IS_GOOD), fill=True),
                Column(_("Tried again"), Look(decimals=0, steps=((None, GOOD), (1, NOTE))), fill=True),
            ),
            sort=_("Receiver"),
        ),
        12,
        7,
    )
    page.add(
        time_series(
            _("Mails"),
            _("Tries to mail a report, an hour, by outcome; mails that wait, and mails that were given up."),
            [
                Query(f"sum by (outcome) ({speed(Metric.MAILS, JOB)}) * 3600", "{{outcome}}"),
                Query(f"sum({of(Metric.MAILS_WAITING, JOB)})", _("waiting")),
                Query(f"sum({of(Metric.MAILS_DEAD, JOB)})", _("given up")),
            ],
            Look("short", decimals=0, low=0, nothing=_("netmon is not scraped")),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("Requests over HTTP"),
            _("Answers a second by status: 401 and 429 are refused by the web configuration file, 5xx are netmon's."),
            [Query(f"sum by (code) ({speed(Metric.WEB_REQUESTS, JOB)})", "{{code}}")],
            Look("reqps", low=0, nothing=_("netmon is not scraped")),
        ),
        12,
        8,
    )


def tell_exposition(page: Page, _: Texts) -> None:
    """Panels about what Prometheus gets."""
    absent = _("netmon is not scraped")
    shares = ((Metric.SCRAPE_SECONDS, 0.5), (Metric.SCRAPE_SECONDS, 0.99))
    page.add(
        time_series(
            _("Duration of scrapes"),
            _("As Prometheus measured it, with the way there and back, and as netmon did: what so many stayed below."),
            [
                Query(_of_netmon("scrape_duration_seconds"), "{{instance}}"),
                *(Query(within(metric, share), f"{share * 100:g} %") for metric, share in shares),
            ],
            Look("s", low=0, nothing=absent),
        ),
        8,
        8,
    )
    page.add(
        time_series(
            _("Scrapes"),
            _("A minute, by what became of them: served, gone (whoever asked went away), busy (too many at once)."),
            [Query(f"sum by (outcome) ({speed(Metric.SCRAPES, JOB)}) * 60", "{{outcome}}")],
            Look("short", low=0, nothing=absent),
            series=[Series("^busy$", _("too many at once"), BAD), Series("^gone$", _("whoever asked went away"), WARN)],
        ),
        8,
        8,
    )
    page.add(
        time_series(
            _("Size of a scrape"),
            _("Bytes of the last answer to a scrape of everything, as sent."),
            [Query(of(Metric.SCRAPE_BYTES, JOB), "{{instance}}")],
            Look("bytes", low=0, nothing=absent),
        ),
        8,
        8,
    )
    page.add(
        time_series(
            _("Series"),
            _("Samples in a scrape, and those of them that were read from targets."),
            [
                Query(_of_netmon("scrape_samples_scraped"), "{{instance}}"),
                Query(of(Metric.EXPOSITION_SERIES, JOB), _("read from targets") + " {{instance}}"),
            ],
            Look("short", decimals=0, low=0, nothing=absent),
        ),
        6,
        8,
    )
    total = of(Metric.EXPOSITION_LIMIT, JOB, 'limit="total"')
    page.add(
        time_series(
            _("Room for series"),
            _("Series read from targets as a share of how many there may be (exposition.series)."),
            [Query(f"{of(Metric.EXPOSITION_SERIES, JOB)} / ignoring (limit) {total}", "{{instance}}")],
            Look("percentunit", low=0, high=1, steps=((None, GOOD), (0.8, WARN), (1, BAD)), nothing=absent),
        ),
        6,
        8,
    )
    page.add(
        time_series(
            _("Cut by a limit"),
            _("Series left out of the last polls, as those of a node, or of all, are more than the limit; 0 is good."),
            [Query(f"sum by (limit) ({of(Metric.EXPOSITION_CUT, JOB)})", "{{limit}}")],
            Look("short", decimals=0, low=0, steps=((None, GOOD), (1, WARN)), nothing=absent),
        ),
        6,
        8,
    )
    page.add(
        time_series(
            _("Left out"),
            _("Series and families left out of the exposition, and checks dropped as too old, an hour."),
            [
                Query(f"sum by (why) ({speed(Metric.EXPOSITION_DROPPED, JOB)}) * 3600", _("series:") + " {{why}}"),
                Query(f"sum by (why) ({speed(Metric.EXPOSITION_REFUSED, JOB)}) * 3600", _("families:") + " {{why}}"),
                Query(f"sum({speed(Metric.EXPOSITION_EXPIRED, JOB)}) * 3600", _("checks too old")),
            ],
            Look("short", low=0, steps=((None, GOOD), (1, WARN)), nothing=absent),
        ),
        6,
        8,
    )


def _of_netmon(metric: str) -> str:
    """What Prometheus says of its scrapes of netmon, and of no other target of the chosen jobs."""
    return f"{of(metric, JOB)} and on (job, instance) {of(Metric.BUILD_INFO, JOB)}"
