"""netmon's own families."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from exporters.prometheus import Exposition
from netmon.clock import MINUTE, SECOND
from netmon.contracts import NodeView, SlaView
from netmon.model import MaintenanceWindow, State
from tests.exporters.snapshots import AMBES, BEGLES, NOW, FakeSnapshot, make_snapshot


class Scraper:
    """One exposition, read again and again."""

    def __init__(self, snapshot: FakeSnapshot) -> None:
        self.exposition = Exposition(snapshot, CollectorRegistry())

    def __call__(self, name: str, **labels: str) -> list[float]:
        text = b"".join(self.exposition.scrape()).decode()
        return [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]


@pytest.mark.parametrize(
    ("state", "shown", "up"),
    [
        (State.UP, "up", [1]),
        (State.DEGRADED, "degraded", [1]),
        (State.DOWN, "down", [0]),
        (State.UNREACHABLE, "unreachable", [0]),
        (State.UNKNOWN, "unknown", []),
        (State.PENDING, "unknown", []),
    ],
)
def test_a_check_is_in_one_state_and_up_is_absent_while_unknown(state: State, shown: str, up: list[float]) -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    assert scrape("netmon_check_up", check="portail-web") == [1]
    snapshot.set_check("portail-web", state)
    assert scrape("netmon_check_up", check="portail-web") == up
    assert scrape("netmon_check_state", check="portail-web", state=shown) == [1]
    assert sum(scrape("netmon_check_state", check="portail-web")) == 1


def test_planned_work_is_a_state_and_leaves_up_as_it_is() -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    snapshot.set_check("portail-web", State.DOWN, maintenance=True)
    snapshot.windows.append(MaintenanceWindow("portail-web", NOW, None, "", NOW))
    snapshot.windows.append(MaintenanceWindow("portail-web", NOW - MINUTE, NOW + MINUTE, "", NOW))
    assert scrape("netmon_check_state", check="portail-web", state="maintenance") == [1]
    assert scrape("netmon_check_state", check="portail-web", state="down") == [0]
    assert scrape("netmon_check_up", check="portail-web") == [0]
    assert scrape("netmon_maintenance_active", object="portail-web") == [1]


def test_a_check_not_polled_for_three_intervals_is_not_told_as_up() -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    assert scrape("netmon_check_up", check="portail-web") == [1]
    snapshot.time += 81 * SECOND
    assert scrape("netmon_check_up", check="portail-web") == []
    assert scrape("netmon_check_duration_seconds", check="portail-web") == []
    assert scrape("netmon_check_state", check="portail-web", state="unknown") == [1]
    assert scrape("netmon_check_last_run_timestamp_seconds", check="portail-web") == [(NOW - 10 * SECOND) / 1000]


def test_failures_are_counted_by_reason_the_usual_ones_from_zero() -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    assert scrape("netmon_check_failures_total", check="portail-web") == [0, 0, 0]
    last = replace(snapshot.check_views["portail-web"].last, started=NOW)  # type: ignore[type-var]
    snapshot.set_check("portail-web", State.DOWN, failures={"body": 3, "timeout": 1}, last=last)
    assert scrape("netmon_check_failures_total", check="portail-web", reason="body") == [3]
    assert scrape("netmon_check_failures_total", check="portail-web", reason="timeout") == [1]


def test_a_node_that_is_unknown_is_absent_and_reboots_of_its_checks_add_up() -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    snapshot.set_check("core-1/snmp", State.UP, reboots=2)
    snapshot.node_views["sw-c33039-1"] = NodeView("sw-c33039-1", State.UNKNOWN, NOW, "credential")
    assert scrape("netmon_node_up", node="core-1", site="dc", commune="Bègles") == [1]
    assert scrape("netmon_node_up", node="sw-c33039-1") == []
    assert scrape("netmon_node_reboots_total", node="core-1") == [2]


def test_a_communes_ratio_counts_what_is_known_and_not_planned() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    scrape = Scraper(snapshot)
    snapshot.set_service("wifi-c33039", State.DOWN, "sw-c33039-1")
    assert scrape("netmon_commune_up_ratio", commune="Bègles") == [0.5]
    assert scrape("netmon_commune_up_ratio", commune="Ambès") == [1]
    snapshot.service_views["wifi-c33039"] = replace(snapshot.service_views["wifi-c33039"], maintenance=True)
    assert scrape("netmon_commune_up_ratio", commune="Bègles") == [1]
    snapshot.set_service("portail", State.UNKNOWN)
    assert scrape("netmon_commune_up_ratio", commune="Bègles") == []
    assert scrape("netmon_commune_info", commune="Bègles", insee="33039") == [1]


def test_sla_figures_that_do_not_exist_are_absent() -> None:
    snapshot = make_snapshot([BEGLES])
    scrape = Scraper(snapshot)
    snapshot.sla_views.append(SlaView("engagement", "Bègles", "2026-11", 0.995, None, None, None, None, None))
    assert scrape("netmon_sla_objective_ratio", contract="engagement", period="2026-11") == [0.995]
    assert scrape("netmon_sla_availability_ratio") == []
