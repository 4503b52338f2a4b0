"""A device and its interfaces: traffic, errors, optics, power over Ethernet, UPS."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards import nodeparts
from exporters.grafana.dashboards.common import devices_that_answer
from exporters.grafana.dashboards.commune import commune_variable
from exporters.grafana.dashboards.kit import grid, number, time_series, timeline
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, PLAIN, WARN, Column, Look, Query, Series
from exporters.grafana.dashboards.page import Page, Texts, Variable
from exporters.grafana.dashboards.queries import (
    COMMUNE,
    NODE,
    PORT,
    grown,
    highest,
    of,
    once,
    speed,
    state_number,
    state_words,
    top,
)
from netmon.conventions import Metric

_NAMED = "{{node}} {{ifDescr}} {{ifAlias}}"
_BY = "node, ifDescr, ifAlias"
_LOADED = ((None, GOOD), (0.7, WARN), (0.9, BAD))


def build(language: str) -> model.Dashboard:
    """The dashboard."""
    page = Page("node", language)
    _ = page.text
    _numbers(page, _)
    page.row(_("Interfaces: traffic"))
    _traffic(page, _)
    page.row(_("Interfaces: errors"))
    _errors(page, _)
    _interfaces(page, _)
    nodeparts.build(page, _)
    return page.dashboard(
        _("netmon · Device and interfaces"),
        _("A device as SNMP tells it: interfaces, optics, power over Ethernet, UPS, and what polling it costs."),
        (
            commune_variable(_),
            Variable("site", _("Site"), of(Metric.CHECK_STATE, COMMUNE)),
            Variable("node", _("Device"), of(Metric.NODE_REBOOTS, COMMUNE, 'site=~"$site"'), everything=False),
            Variable("interface", _("Interface"), of("ifAdminStatus", NODE), "ifDescr"),
        ),
    )


def _numbers(page: Page, _: Texts) -> None:
    panels = (
        devices_that_answer(_, NODE),
        number(
            _("Up for"),
            _("Since the agent last started: the youngest of the chosen devices."),
            Query(f"min({of('sysUpTime', NODE)}) / 100"),
            Look("dtdurations", decimals=1, steps=((None, NOTE), (86400, GOOD)), nothing=_("it does not answer")),
        ),
        number(
            _("Last answer"),
            _("How long ago the last poll began that found a device up or degraded: the longest."),
            Query(f"round(time() - min({of(Metric.CHECK_LAST_SUCCESS, NODE)}))"),
            Look("dthms", steps=((None, GOOD), (180, WARN), (600, BAD)), nothing=_("never yet")),
        ),
        number(
            _("Reboots seen"),
            _("Since netmon started."),
            Query(f"sum({once(of(Metric.NODE_REBOOTS, NODE))})"),
            Look(decimals=0, steps=((None, GOOD), (1, NOTE)), nothing=_("no device is known")),
        ),
        number(
            _("Links that are up"),
            _("Interfaces whose link is up."),
            Query(f"sum({once(of('ifOperStatus', PORT))} == bool 1)"),
            Look(decimals=0, nothing=_("it does not answer")),
        ),
        number(
            _("Received"),
            _("All chosen interfaces together."),
            Query(f"sum({once(speed('ifHCInOctets', PORT))}) * 8"),
            Look("bps", decimals=1, nothing=_("no traffic is told")),
        ),
    )
    for panel in panels:
        page.add(panel, 4, 4)
    page.add(
        timeline(
            _("State"),
            _("The state of each check of the chosen devices over time."),
            [Query(state_number("node, check", NODE), "{{node}} {{check}}")],
            Look(words=state_words(_), steps=((None, PLAIN),), nothing=_("no check is known")),
        ),
        14,
        6,
    )
    page.add(
        grid(
            _("What it is"),
            _("What the device says about itself."),
            [
                Query(f"max by (node, sysDescr) ({of('sysDescr', NODE)})"),
                Query(f"max by (node, sysLocation) ({of('sysLocation', NODE)})"),
            ],
            (
                Column(_("Device"), Look(nothing=_("it does not answer")), "node", width=160),
                Column(_("Description"), label="sysDescr"),
                Column(_("Location"), label="sysLocation"),
            ),
            sort=_("Device"),
        ),
        10,
        6,
    )


def _traffic(page: Page, _: Texts) -> None:
    received, sent = (_octets(way, f" {word}") for way, word in (("In", _("received")), ("Out", _("sent"))))
    page.add(
        time_series(
            _("Traffic"),
            _("Bits a second, received above and sent below zero: the 20 busiest interfaces each way."),
            [received, sent],
            Look("bps", nothing=_("no traffic is told")),
            series=(Series(" " + _("sent") + "$", mirrored=True),),
        ),
        12,
        10,
    )
    page.add(
        time_series(
            _("Utilisation"),
            _("Traffic as a share of the interface's speed: the 20 fullest each way."),
            [_utilisation(way, word) for way, word in (("In", _("received")), ("Out", _("sent")))],
            Look("percentunit", low=0, high=1, steps=_LOADED, nothing=_("no interface tells its speed")),
        ),
        12,
        10,
    )
    casts = ("Ucast", "Multicast", "Broadcast")
    page.add(
        time_series(
            _("Packets by kind"),
            _("Packets a second received by the chosen interfaces together: to one, to many, to all."),
            [
                Query(f"sum({once(speed(f'ifHCIn{cast}Pkts', PORT))})", word)
                for cast, word in zip(casts, (_("unicast"), _("multicast"), _("broadcast")), strict=True)
            ],
            Look("pps", low=0, nothing=_("no traffic is told")),
            stacked=True,
        ),
        24,
        7,
    )


def _octets(way: str, suffix: str) -> Query:
    """The 20 interfaces that carry most in one direction; where there are no wide counters, the narrow ones."""
    wide, narrow = (speed(name, PORT) for name in (f"ifHC{way}Octets", f"if{way}Octets"))
    most = f"{grown(f'ifHC{way}Octets', _BY, PORT)} or {grown(f'if{way}Octets', _BY, PORT)}"
    return Query(top(20, _BY, f"max by ({_BY}) ({wide} or {narrow}) * 8", most), _NAMED + suffix)


def _utilisation(way: str, word: str) -> Query:
    """The 20 fullest interfaces in one direction."""
    carried, possible = speed(f"ifHC{way}Octets", PORT), f"({of('ifHighSpeed', PORT)} * 1e6 > 0)"
    most = f"{grown(f'ifHC{way}Octets', _BY, PORT)} / ({highest('ifHighSpeed', _BY, PORT)} > 0)"
    return Query(top(20, _BY, f"max by ({_BY}) ({carried} * 8 / {possible})", most), f"{_NAMED} {word}")


def _errors(page: Page, _: Texts) -> None:
    for title, words, counter in (
        (_("Errors"), _("Packets a second that were lost because they were faulty: the 20 worst."), "Errors"),
        (
            _("Discards"),
            _("Sound packets a second that were dropped for want of room: the 20 worst."),
            "Discards",
        ),
    ):
        page.add(
            time_series(
                title,
                words,
                [_counted(f"if{way}{counter}", word) for way, word in (("In", _("received")), ("Out", _("sent")))],
                Look("pps", low=0, steps=((None, GOOD), (1, WARN)), nothing=_("no interface counts them")),
            ),
            12,
            8,
        )


def _counted(counter: str, word: str) -> Query:
    """The 20 interfaces at which a counter grew most."""
    shown = f"max by ({_BY}) ({speed(counter, PORT)})"
    return Query(top(20, _BY, shown, grown(counter, _BY, PORT)), f"{_NAMED} {word}")


def _interfaces(page: Page, _: Texts) -> None:
    def of_port(name: str) -> str:
        return f"max by ({_BY}) ({of(name, PORT)})"

    def load(way: str) -> str:
        return f"max by ({_BY}) ({speed(f'ifHC{way}Octets', PORT)} * 8)"

    admin = {"1": (_("switched on"), GOOD), "2": (_("switched off"), "text"), "3": (_("testing"), NOTE)}
    oper = {
        "1": (_("link up"), GOOD),
        "2": (_("link down"), BAD),
        "3": (_("testing"), NOTE),
        "4": (_("unknown"), "text"),
        "5": (_("dormant"), NOTE),
        "6": (_("not there"), "text"),
        "7": (_("lower layer down"), WARN),
    }
    page.add(
        grid(
            _("Interfaces"),
            _("Every chosen interface: what it was told to be, what it is, how fast it is and what it carries."),
            [
                Query(of_port("ifAdminStatus"), _("Asked for")),
                Query(of_port("ifOperStatus"), _("Link")),
                Query(f"{of_port('ifHighSpeed')} * 1e6", _("Speed")),
                Query(load("In"), _("Received")),
                Query(load("Out"), _("Sent")),
                Query(
                    f"max by ({_BY}) ({speed('ifInErrors', PORT)} + {speed('ifOutErrors', PORT)})",
                    _("Errors a second"),
                ),
            ],
            (
                Column(_("Device"), Look(nothing=_("no interface is known")), "node"),
                Column(_("Interface"), label="ifDescr"),
                Column(_("Alias"), label="ifAlias"),
                Column(_("Asked for"), Look(words=admin), fill=True, width=110),
                Column(_("Link"), Look(words=oper), fill=True, width=130),
                Column(_("Speed"), Look("bps", decimals=0), width=110),
                Column(_("Received"), Look("bps", decimals=1), width=120),
                Column(_("Sent"), Look("bps", decimals=1), width=120),
                Column(_("Errors a second"), Look("pps", decimals=3, steps=((None, GOOD), (0.1, WARN))), fill=True),
            ),
            sort=_("Received"),
            most=True,
        ),
        24,
        12,
    )
