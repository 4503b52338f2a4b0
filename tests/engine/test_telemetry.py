"""Counters last as long as their process; what is there no more vanishes."""

from prometheus_client import generate_latest

from netmon.engine.telemetry import Telemetry, vantage_gauge, web_file_gauge


def test_a_reload_keeps_counters_and_drops_those_of_what_is_gone() -> None:
    telemetry = Telemetry()
    for name in ("kept", "gone"):
        telemetry.report_runs.labels(name, "made").inc()
        telemetry.report_next.labels(name).set(5)
        telemetry.notices.labels(name, "sent").inc()
        telemetry.notices_waiting.labels(name).set(1)
        telemetry.node_starts.labels(name, "cold").inc()
    telemetry.polls.labels("snmp", "up").inc(3)
    telemetry.mails_waiting.set(4)
    telemetry.renew({"kept"}, {"kept"}, {"kept"})
    text = generate_latest(telemetry.registry).decode()
    assert "gone" not in text
    for line in (
        'netmon_report_runs_total{outcome="made",schedule="kept"} 1.0',
        'netmon_report_next_run_timestamp_seconds{schedule="kept"} 5.0',
        'netmon_notices_total{outcome="sent",receiver="kept"} 1.0',
        'netmon_notices_waiting{receiver="kept"} 1.0',
        'netmon_node_starts_total{kind="cold",node="kept"} 1.0',
        'netmon_polls_total{collector="snmp",outcome="up"} 3.0',
        "netmon_mail_queue_length 0.0",
    ):
        assert line in text.splitlines()


def test_what_is_only_there_where_it_is_configured_can_come_and_go() -> None:
    telemetry = Telemetry()
    for _ in range(2):
        vantage_gauge(telemetry).set(1)
        web_file_gauge(telemetry).set(1)
        text = generate_latest(telemetry.registry).decode()
        assert "netmon_vantage_up 1.0" in text
        telemetry.renew((), (), ())
        assert "netmon_vantage_up" not in generate_latest(telemetry.registry).decode()
