"""Rows of the device's dashboard that only some devices fill: folded until somebody opens them."""

from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards.kit import grid, number, time_series, timeline
from exporters.grafana.dashboards.looks import BAD, GOOD, NOTE, PLAIN, WARN, Column, Look, Query, Series
from exporters.grafana.dashboards.page import Page, Texts
from exporters.grafana.dashboards.queries import NODE, of, once, speed
from netmon.conventions import Metric

_WATTS, _CELSIUS = 6, 8
"""entPhySensorType (RFC 3433)."""
_SENSOR = "{{node}} {{entPhysicalName}}"


def build(page: Page, _: Texts) -> None:
    """All of them."""
    page.row(_("Optics and temperatures"), folded=True)
    _sensors(page, _)
    page.row(_("Power over Ethernet"), folded=True)
    _power_over_ethernet(page, _)
    page.row(_("UPS"), folded=True)
    _ups(page, _)
    page.row(_("What polling it costs"), folded=True)
    _polling(page, _)


def reading(kind: int, *matchers: str) -> str:
    """Sensors of a kind that work, in their unit: the value, times its scale (9 stands for 1), less its decimals."""
    value, scale, precision, type_, works = (
        of(f"entPhySensor{name}", NODE, *matchers) for name in ("Value", "Scale", "Precision", "Type", "OperStatus")
    )
    return f"{value} * 10 ^ (3 * ({scale} - 9) - {precision}) and {type_} == {kind} and {works} == 1"


def _sensors(page: Page, _: Texts) -> None:
    light = 'entPhysicalName=~"(?i).*\\\\b(rx|tx|receive|transmit)\\\\b.*"'
    page.add(
        time_series(
            _("Optical power"),
            _("Light that optics send and receive, from the watts of ENTITY-SENSOR-MIB; a dark fibre has no line."),
            [Query(f"10 * log10({once(reading(_WATTS, light))} * 1000)", _SENSOR)],
            Look("dBm", decimals=1, nothing=_("this device tells nothing about its optics")),
            legend_values=("lastNotNull", "min", "max"),
        ),
        12,
        9,
    )
    page.add(
        time_series(
            _("Temperatures"),
            _("Of chassis, modules and optics."),
            [Query(once(reading(_CELSIUS)), _SENSOR)],
            Look("celsius", decimals=1, steps=((None, PLAIN), (70, WARN)), nothing=_("this device has no thermometer")),
            legend_values=("lastNotNull", "max"),
        ),
        12,
        9,
    )


def _power_over_ethernet(page: Page, _: Texts) -> None:
    nothing = _("this device feeds nothing")
    page.add(
        time_series(
            _("Power given to ports"),
            _("Watts that ports take; dashed: what the supply can give."),
            [
                Query(once(of("pethMainPseConsumptionPower", NODE)), "{{node}} {{pethMainPseGroupIndex}}"),
                Query(once(of("pethMainPsePower", NODE)), _("at most") + " {{node}} {{pethMainPseGroupIndex}}"),
            ],
            Look("watt", low=0, nothing=nothing),
            series=(Series("^" + _("at most") + " ", color=BAD, dashed=True),),
        ),
        9,
        9,
    )
    states = {
        "1": (_("switched off"), "text"),
        "2": (_("nothing to feed"), PLAIN),
        "3": (_("feeds"), GOOD),
        "4": (_("fault"), BAD),
        "5": (_("testing"), NOTE),
        "6": (_("other fault"), BAD),
    }
    page.add(
        timeline(
            _("Ports that feed or fail"),
            _("Ports that give power, are faulty or are tested; the others are left out."),
            [Query(f"{once(of('pethPsePortDetectionStatus', NODE))} > 2", "{{node}} {{pethPsePortIndex}}")],
            Look(words=states, nothing=nothing),
        ),
        9,
        9,
    )
    page.add(
        time_series(
            _("Power refused"),
            _("Times an hour that a port was refused power, overloaded or short-circuited, all ports together."),
            [
                Query(
                    f"sum by (node) ({once(speed(f'pethPsePort{name}Counter', NODE))}) * 3600", f"{{{{node}}}} {word}"
                )
                for name, word in (
                    ("PowerDenied", _("refused")),
                    ("OverLoad", _("overloaded")),
                    ("Short", _("short-circuited")),
                )
            ],
            Look("short", low=0, nothing=nothing),
        ),
        6,
        9,
    )


def _ups(page: Page, _: Texts) -> None:
    nothing = _("this device is no UPS")
    for panel in _ups_numbers(_, nothing):
        page.add(panel, 6, 4)
    page.add(
        time_series(
            _("Battery"),
            _("Charge left, and load of the output, in percent of what the UPS can give."),
            [
                Query(once(of("upsEstimatedChargeRemaining", NODE)), "{{node}} " + _("charge left")),
                Query(
                    once(of("upsOutputPercentLoad", NODE)), "{{node}} " + _("output load") + " {{upsOutputLineIndex}}"
                ),
            ],
            Look("percent", low=0, high=100, nothing=nothing),
            legend_values=("lastNotNull", "min", "max"),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("Voltages"),
            _("At the input and the output; 0 at the input is a power cut."),
            [
                Query(once(of("upsInputVoltage", NODE)), "{{node}} " + _("input") + " {{upsInputLineIndex}}"),
                Query(once(of("upsOutputVoltage", NODE)), "{{node}} " + _("output") + " {{upsOutputLineIndex}}"),
            ],
            Look("volt", low=0, nothing=nothing),
            legend_values=("lastNotNull", "min", "max"),
        ),
        12,
        8,
    )


def _ups_numbers(_: Texts, nothing: str) -> list[model.Panel]:
    source = {
        "1": (_("other"), NOTE),
        "2": (_("nothing"), BAD),
        "3": (_("mains"), GOOD),
        "4": (_("bypass"), WARN),
        "5": (_("battery"), BAD),
        "6": (_("booster"), NOTE),
        "7": (_("reducer"), NOTE),
    }
    return [
        number(
            _("Runs on"),
            _("What feeds the output: the worst of the chosen UPS."),
            Query(f"max({of('upsOutputSource', NODE)})"),
            Look(words=source, nothing=nothing),
        ),
        number(
            _("Battery would last"),
            _("As the UPS estimates it at its present load: the shortest."),
            Query(f"min({of('upsEstimatedMinutesRemaining', NODE)})"),
            Look("m", steps=((None, BAD), (10, WARN), (20, GOOD)), nothing=nothing),
        ),
        number(
            _("Battery temperature"),
            _("The warmest. Batteries age twice as fast for each ten degrees above 25."),
            Query(f"max({of('upsBatteryTemperature', NODE)})"),
            Look("celsius", steps=((None, GOOD), (30, WARN), (40, BAD)), nothing=nothing),
        ),
        number(
            _("UPS alarms"),
            _("Alarms that are present, all chosen UPS together."),
            Query(f"sum({once(of('upsAlarmsPresent', NODE))})"),
            Look(decimals=0, steps=((None, GOOD), (1, BAD)), nothing=nothing),
        ),
    ]


def _polling(page: Page, _: Texts) -> None:
    page.add(
        time_series(
            _("How long polls take"),
            _("From the first request to the last answer."),
            [Query(once(of(Metric.CHECK_DURATION, NODE)), "{{node}} {{check}}")],
            Look("s", low=0, nothing=_("no check is known")),
        ),
        12,
        8,
    )
    page.add(
        time_series(
            _("Packets of a poll"),
            _("Requests that a poll sent, and those it had to send again."),
            [
                Query(once(of("snmp_scrape_packets_sent", NODE)), "{{node}} " + _("sent")),
                Query(once(of("snmp_scrape_packets_retried", NODE)), "{{node}} " + _("sent again")),
            ],
            Look("short", low=0, nothing=_("it does not answer")),
        ),
        12,
        8,
    )
    page.add(
        grid(
            _("Modules"),
            _("Whether each module came through whole, and how much of the device's time polling takes."),
            [
                Query(f"min by (node, module) ({of(Metric.SNMP_MODULE_UP, NODE)})", _("Came through")),
                Query(f"max by (node) ({of(Metric.SNMP_BUDGET_USED, NODE)})", _("Time taken")),
                Query(f"min by (node) ({of(Metric.SNMP_REPETITIONS, NODE)})", _("Rows a request")),
            ],
            (
                Column(_("Device"), Look(nothing=_("no check is known")), "node"),
                Column(_("Module"), label="module"),
                Column(_("Came through"), Look(words={"1": (_("yes"), GOOD), "0": (_("no"), BAD)}), fill=True),
                Column(_("Time taken"), Look("percentunit", decimals=2, low=0, high=1), gauge=True),
                Column(_("Rows a request"), Look(decimals=0)),
            ),
            sort=_("Came through"),
        ),
        24,
        8,
    )
