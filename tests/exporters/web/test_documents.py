"""The status document: who is the root of what, and how communes are told."""

import json
import math
from dataclasses import replace
from typing import Any

from exporters.web.documents import status_document
from netmon.model import MaintenanceWindow, State
from tests.exporters.snapshots import AMBES, BEGLES, CENON, NOW, FakeSnapshot, make_snapshot
from tests.exporters.terminal.scenes import VITALS, broken_metropolis


def commune(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["communes"] if each["name"] == name)


def problem(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["problems"] if each["id"] == name)


def cut_begles() -> FakeSnapshot:
    """The core is down, what lies behind it in Bègles is unreachable, the wi-fi there is lost."""
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.set_node("core-1", State.DOWN, detail="no reply")
    for node in ("sw-c33039-1", "sw-c33039-2"):
        snapshot.set_node(node, State.UNREACHABLE, reason="parent_down")
    snapshot.set_service("wifi-c33039", State.UNREACHABLE, "sw-c33039-1")
    return snapshot


def test_all_is_well() -> None:
    document = status_document(make_snapshot([BEGLES, AMBES]))
    assert (document["schema_version"], document["state"], document["problems"]) == (1, "up", [])
    assert document["generated"] == "2026-11-23T17:00:00.000Z"
    assert [each["name"] for each in document["communes"]] == ["Ambès", "Bègles"]


def test_a_root_is_told_with_what_it_takes_along() -> None:
    document = status_document(cut_begles())
    root = document["problems"][0]
    assert (root["id"], root["root"], root["kind"], root["state"]) == ("core-1", True, "node", "down")
    assert root["takes"] == {
        "nodes": ["sw-c33039-1", "sw-c33039-2"],
        "checks": ["sw-c33039-1/snmp", "sw-c33039-2/snmp"],
        "services": ["wifi-c33039"],
        "communes": ["Bègles"],
    }
    assert root["detail"] == "no reply"
    hidden = problem(document, "sw-c33039-1")
    assert (hidden["root"], hidden["causes"]) == (False, ["core-1"])
    assert problem(document, "wifi-c33039")["causes"] == ["core-1"]
    assert [each["root"] for each in document["problems"]] == [True, False, False, False]


def test_a_cut_commune_is_unreachable_and_comes_first() -> None:
    document = status_document(cut_begles())
    assert [each["name"] for each in document["communes"]] == ["Bègles", "Ambès"]
    assert commune(document, "Bègles")["state"] == "unreachable"
    assert document["state"] == "unreachable"


def test_unreachable_without_a_known_cause_is_a_problem_of_its_own() -> None:
    snapshot = make_snapshot([BEGLES])
    snapshot.set_node("sw-c33039-1", State.UNREACHABLE)
    found = problem(status_document(snapshot), "sw-c33039-1")
    assert (found["root"], found["causes"]) == (True, [])


def test_rings_of_uplinks_end() -> None:
    snapshot = make_snapshot([BEGLES])
    nodes = snapshot.inventory.nodes
    nodes["sw-c33039-1"] = replace(nodes["sw-c33039-1"], uplinks=("sw-c33039-2",))  # type: ignore[index]
    nodes["sw-c33039-2"] = replace(nodes["sw-c33039-2"], uplinks=("sw-c33039-1", "core-1"))  # type: ignore[index]
    snapshot.set_node("core-1", State.DOWN)
    for node in ("sw-c33039-1", "sw-c33039-2"):
        snapshot.set_node(node, State.UNREACHABLE)
    assert problem(status_document(snapshot), "core-1")["takes"]["nodes"] == ["sw-c33039-1", "sw-c33039-2"]


def test_one_broken_check_of_a_working_node_is_told_as_the_check() -> None:
    snapshot = make_snapshot([BEGLES])
    view = snapshot.check_views["portail-web"]
    snapshot.check_views["portail-web"] = replace(view, check=replace(view.check, node="core-1"))
    snapshot.set_check("portail-web", State.DOWN, reason="status", detail="500")
    snapshot.node_views["core-1"] = replace(snapshot.node_views["core-1"], state=State.DEGRADED, reason="status")
    document = status_document(snapshot)
    assert [(each["kind"], each["id"]) for each in document["problems"]] == [("check", "portail-web")]


def test_one_failure_makes_a_commune_degraded_and_all_of_a_kind_make_it_down() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.set_node("sw-c33039-2", State.DOWN)
    assert commune(status_document(snapshot), "Bègles")["state"] == "degraded"
    snapshot.set_service("wifi-c33039", State.DOWN, "sw-c33039-1")
    assert commune(status_document(snapshot), "Bègles")["state"] == "down"


def test_a_service_that_all_communes_share_does_not_paint_the_map() -> None:
    snapshot = make_snapshot([BEGLES, AMBES, CENON])
    snapshot.set_check("portail-web", State.DOWN, reason="status")
    snapshot.set_service("portail", State.DOWN, "portail-web")
    document = status_document(snapshot)
    assert commune(document, "Cenon")["state"] == "up"
    assert commune(document, "Cenon")["up_ratio"] == 0.5
    assert document["state"] == "degraded"
    assert problem(document, "portail")["causes"] == ["portail-web"]


def test_planned_work_is_no_open_problem_of_its_commune() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.set_node("sw-c33039-2", State.DOWN, maintenance=True)
    snapshot.windows.append(MaintenanceWindow("sw-c33039-2", NOW, None, "firmware", NOW))
    document = status_document(snapshot)
    assert (document["state"], commune(document, "Bègles")["state"], commune(document, "Bègles")["problems"]) == (
        "up", "up", 0,
    )  # fmt: skip
    assert problem(document, "sw-c33039-2")["maintenance"] is True
    assert document["maintenance"][0]["to"] is None


def test_what_could_not_be_looked_at_is_unknown_not_down() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.set_node("sw-c33039-2", State.UNKNOWN, reason="credential")
    document = status_document(snapshot)
    assert (document["state"], commune(document, "Bègles")["state"]) == ("unknown", "unknown")


def test_a_metropolis_that_was_only_just_started_is_pending() -> None:
    snapshot = make_snapshot([BEGLES])
    for name in snapshot.check_views:
        snapshot.set_check(name, State.PENDING, last=None, last_success=None)
    snapshot.node_views = {name: replace(view, state=State.PENDING) for name, view in snapshot.node_views.items()}
    snapshot.service_views = {name: replace(view, state=State.PENDING) for name, view in snapshot.service_views.items()}
    document = status_document(snapshot)
    assert (document["state"], document["problems"], document["monitor"]["pending"]) == ("pending", [], 4)


def test_an_empty_inventory_is_valid() -> None:
    snapshot = make_snapshot([BEGLES], switches=0)
    empty = {"communes": {}, "sites": {}, "nodes": {}, "services": {}, "checks": {}}
    snapshot.inventory = replace(snapshot.inventory, **empty)  # type: ignore[arg-type]
    snapshot.check_views, snapshot.node_views, snapshot.service_views = {}, {}, {}
    assert status_document(snapshot)["state"] == "pending"


def test_checks_that_netmon_could_not_see_are_counted_as_its_own_trouble() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.set_check("core-1/snmp", State.UNKNOWN, reason="blind")
    snapshot.set_check("portail-web", State.UNKNOWN, reason="credential")
    assert status_document(snapshot)["monitor"]["blind"] == 1
    assert status_document(make_snapshot([BEGLES]))["monitor"]["blind"] == 0


def test_a_brief_document_counts_what_a_full_one_names_and_leaves_out_what_lies_behind() -> None:
    full, brief = (status_document(cut_begles(), brief=wanted) for wanted in (False, True))
    assert [each["id"] for each in brief["problems"]] == ["core-1", "wifi-c33039"]
    taken, counted = full["problems"][0]["takes"], brief["problems"][0]["takes"]
    assert counted == {**{kind: len(names) for kind, names in taken.items()}, "communes": taken["communes"]}
    assert {**full, "problems": None} == {**brief, "problems": None}


def test_the_status_tells_incidents_clocks_and_how_netmon_fares() -> None:
    document = status_document(broken_metropolis(), vitals=replace(VITALS, lag=math.inf))
    first = document["incidents"][0]
    assert (first["id"], first["handled"], first["acknowledged_by"]) == ("INC-261123-AB12", "notified", "m.durand")
    assert first["takes"]["population"] == 31_831
    assert [(clock["kind"], clock["remaining_seconds"]) for clock in first["clocks"]] == [("gti", 300), ("gtr", 13_800)]
    vitals = document["monitor"]["vitals"]
    assert (vitals["poll_lag_seconds"], vitals["beyond"], vitals["queue"]) == (None, ["poll_lag_seconds"], 2)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert {each["lost_at"] is None for each in document["sla"]} == {True, False}
