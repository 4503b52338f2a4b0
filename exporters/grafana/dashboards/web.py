"""Web services: whether they work, where their time goes, when their certificates end."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.common import failures_by_reason
from exporters.grafana.dashboards.commune import commune_variable
from exporters.grafana.dashboards.kit import bars, grid, number, time_series, timeline
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, PLAIN, WARN, Column, Look, Query, Steps
from exporters.grafana.dashboards.page import Page, Texts, Variable
from exporters.grafana.dashboards.queries import (
    COMMUNE,
    NONE_IS_GOOD,
    SHARE,
    SITE_CHECK,
    highest,
    of,
    once,
    state_number,
    state_words,
    top,
    truncated,
    yes_no,
)
from netmon.conventions import Metric

_SUCCESS, _DURATION, _PHASES = "probe_success", "probe_duration_seconds", "probe_http_duration_seconds"
_PHASE = 'phase="%s"'
_EXPIRY = "probe_ssl_earliest_cert_expiry"
_DAYS_LEFT: Steps = ((None, BAD), (7, WARN), (21, NOTE), (30, GOOD))
_SLOW: Steps = ((None, GOOD), (1, NOTE), (3, BAD))


def build(language: str) -> model.Dashboard:
    """The dashboard."""
    page = Page("web", language)
    _ = page.text
    _numbers(page, _)
    page.row(_("States"))
    _states(page, _)
    page.row(_("Where the time goes"))
    _phases(page, _)
    page.row(_("Certificates"))
    _certificates(page, _)
    return page.dashboard(
        _("netmon · Web services"),
        _("Web sites as their users reach them: state, phases of a request, certificates."),
        (commune_variable(_), Variable("check", _("Check"), of(_SUCCESS, COMMUNE))),
    )


def _days_left(matchers: str) -> str:
    return f"({of(_EXPIRY, matchers)} - time()) / 86400"


def _highest(metric: str) -> Query:
    """The ten sites with the highest values."""
    shown = f"max by (check) ({of(metric, SITE_CHECK)})"
    return Query(top(10, "check", shown, highest(metric, "check", SITE_CHECK)), "{{check}}")


def _numbers(page: Page, _: Texts) -> None:
    nothing = _("no web site is watched")
    panels = (
        number(
            _("Sites that work"),
            _("Share of the last probes that found what they expect."),
            Query(truncated(f"avg({of(_SUCCESS, SITE_CHECK)})", 1)),
            Look("percentunit", decimals=1, steps=SHARE, nothing=nothing),
        ),
        number(
            _("Sites that fail"),
            _("Web sites whose last probe did not find what it expects."),
            Query(f"sum({once(of(_SUCCESS, SITE_CHECK))} == bool 0)"),
            Look(decimals=0, steps=NONE_IS_GOOD, nothing=nothing),
        ),
        number(
            _("Slowest site"),
            _("The longest of the last probes."),
            Query(f"max({of(_DURATION, SITE_CHECK)})"),
            Look("s", decimals=2, steps=_SLOW, nothing=nothing),
        ),
        number(
            _("Usual duration"),
            _("Half of the last probes took longer."),
            Query(f"quantile(0.5, {of(_DURATION, SITE_CHECK)})"),
            Look("s", decimals=3, steps=_SLOW, nothing=nothing),
        ),
        number(
            _("Days to the next expiry"),
            _("Of a certificate, or of one above it: whichever ends first."),
            Query(f"min({_days_left(SITE_CHECK)})"),
            Look("none", decimals=1, steps=_DAYS_LEFT, nothing=_("no certificate was seen")),
        ),
        number(
            _("Sites without TLS"),
            _("Web sites whose answer came over plain HTTP."),
            Query(f"sum({once(of('probe_http_ssl', SITE_CHECK))} == bool 0)"),
            Look(decimals=0, steps=((None, GOOD), (1, NOTE)), nothing=nothing),
        ),
    )
    for panel in panels:
        page.add(panel, 4, 4)


def _states(page: Page, _: Texts) -> None:
    by = "commune, check"
    queries = (
        Query(f"max by ({by}) ({of(_SUCCESS, SITE_CHECK)})", _("State")),
        Query(f"max by ({by}) ({of('probe_http_status_code', SITE_CHECK)})", _("HTTP status")),
        Query(f"max by ({by}) ({of(_DURATION, SITE_CHECK)})", _("Duration")),
        Query(f"max by ({by}) ({of('probe_http_redirects', SITE_CHECK)})", _("Redirects")),
        Query(f"min by ({by}) ({_days_left(SITE_CHECK)})", _("Days left")),
        Query(f"max by ({by}, version) ({of('probe_tls_version_info', SITE_CHECK)})"),
    )
    columns = (
        Column(_("Check"), Look(nothing=_("no web site is watched")), "check"),
        Column(_("Commune"), label="commune"),
        Column(_("State"), Look(words=yes_no(_)), fill=True, width=110),
        Column(_("HTTP status"), Look(decimals=0, steps=((None, PLAIN), (400, BAD))), fill=True, width=110),
        Column(_("Duration"), Look("s", decimals=3, steps=_SLOW), fill=True, width=110),
        Column(_("Redirects"), Look(decimals=0), width=110),
        Column(_("Days left"), Look("none", decimals=0, steps=_DAYS_LEFT), fill=True, width=130),
        Column(_("TLS"), label="version", width=110),
    )
    page.add(
        grid(_("Sites"), _("Every web site as of its last probe."), queries, columns, sort=_("State")),
        24,
        12,
    )
    page.add(
        timeline(
            _("State of each site"),
            _("Confirmed states over time."),
            [Query(f"({state_number('check', SITE_CHECK)}) and on (check) {of(_SUCCESS, SITE_CHECK)}", "{{check}}")],
            Look(words=state_words(_), steps=((None, PLAIN),), nothing=_("no web site is watched")),
        ),
        14,
        14,
    )
    page.add(
        failures_by_reason(_, f'{SITE_CHECK}, node=""'),
        10,
        14,
    )


def _phases(page: Page, _: Texts) -> None:
    nothing = _("no web site is watched")
    phases = {
        "resolve": _("name look-up"),
        "connect": _("connection"),
        "tls": _("TLS handshake"),
        "processing": _("first byte"),
        "transfer": _("transfer"),
    }
    page.add(
        time_series(
            _("Phases of a request"),
            _("Seconds spent in each phase, on average over the chosen sites."),
            [Query(f"avg({of(_PHASES, SITE_CHECK, _PHASE % phase)})", word) for phase, word in phases.items()],
            Look("s", low=0, nothing=nothing),
            stacked=True,
            legend_values=("lastNotNull", "mean", "max"),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Slowest sites"),
            _("How long the whole probe took: the ten slowest."),
            [_highest(_DURATION)],
            Look("s", low=0, steps=_SLOW, nothing=nothing),
            legend_values=("lastNotNull", "mean", "max"),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Steps of journeys"),
            _("How long each step of a check with several steps took."),
            [Query(once(of(Metric.HTTP_STEP_DURATION, SITE_CHECK)), "{{check}} {{step}}")],
            Look("s", low=0, nothing=_("no check has several steps")),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("Size of answers"),
            _("Bytes of each site's body, unpacked: the ten largest. A sudden change is often another page."),
            [_highest("probe_http_uncompressed_body_length")],
            Look("decbytes", low=0, nothing=nothing),
        ),
        12,
        8,
    )


def _certificates(page: Page, _: Texts) -> None:
    by = "check, subject, issuer"
    page.add(
        bars(
            _("Days to the end of certificates"),
            _("Until a certificate of the site, or one above it, ends: the soonest first."),
            Query(f"sort(min by (check) ({_days_left(SITE_CHECK)}))", "{{check}}"),
            Look("none", decimals=0, low=0, steps=_DAYS_LEFT, nothing=_("no certificate was seen")),
        ),
        10,
        14,
    )
    page.add(
        grid(
            _("Certificates seen"),
            _("The certificate each site showed, who signed it, and when it ends."),
            [
                Query(f"max by ({by}) ({of('probe_ssl_last_chain_info', SITE_CHECK)})"),
                Query(f"min by (check) ({of(_EXPIRY, SITE_CHECK)}) * 1000", _("Ends")),
                Query(f"min by (check) ({_days_left(SITE_CHECK)})", _("Days left")),
            ],
            (
                Column(_("Check"), Look(nothing=_("no certificate was seen")), "check"),
                Column(_("Certificate subject"), label="subject"),
                Column(_("Issuer"), label="issuer"),
                Column(_("Ends"), Look("dateTimeAsIso"), width=170),
                Column(_("Days left"), Look("none", decimals=0, steps=_DAYS_LEFT), fill=True, width=110),
            ),
            sort=_("Days left"),
        ),
        14,
        14,
    )
