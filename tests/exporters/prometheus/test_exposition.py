"""The exposition, read back by the library's own parsers."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from exporters.prometheus import EVERYTHING, Exposition, Selection
from netmon.clock import SECOND
from netmon.contracts import SlaView
from netmon.model import Family, MaintenanceWindow, MetricKind, State
from tests.exporters.snapshots import AMBES, BEGLES, NOW, FakeSnapshot, make_check, make_observation, make_snapshot

OCTETS = Family("ifHCInOctets", "counter", "Octets in.", ("ifIndex",), (("1",), ("2",)), (10, 20))


def make_exposition(snapshot: FakeSnapshot) -> Exposition:
    return Exposition(snapshot, CollectorRegistry())


def read(exposition: Exposition, selection: Selection = EVERYTHING) -> dict[tuple[str, frozenset], float]:
    """Every sample by name and labels, the same in both formats, each only once."""
    text = b"".join(exposition.scrape(selection)).decode()
    samples = [sample for family in parse_text(as_written(text)) for sample in family.samples]
    first = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(first) == len(samples), "a series stands twice"
    text = b"".join(exposition.scrape(selection, openmetrics=True)).decode()
    samples = [sample for family in parse_openmetrics(text) for sample in family.samples]
    second = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert {key: repr(float(value)) for key, value in first.items()} == {
        key: repr(float(value)) for key, value in second.items()
    }
    return first


def as_written(text: str) -> str:
    """The text with counters that do not end in ``_total`` untyped: the library's parser would rename them."""
    return re.sub(r"^# TYPE (\S+(?<!_total)) counter$", r"# TYPE \1 untyped", text, flags=re.MULTILINE)


def values(exposition: Exposition, name: str, selection: Selection = EVERYTHING, **labels: str) -> list[float]:
    wanted = set(labels.items())
    return [value for (each, found), value in read(exposition, selection).items() if each == name and wanted <= found]


def test_families_of_a_poll_are_shown_with_the_labels_of_its_check() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["sw-c33039-1/snmp"], OCTETS))
    labels = {"commune": "Bègles", "site": "c33039", "node": "sw-c33039-1", "check": "snmp"}
    assert values(exposition, "ifHCInOctets", ifIndex="2", **labels) == [20]


def test_a_failed_poll_leaves_no_family_behind() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    check = snapshot.inventory.checks["core-1/snmp"]
    exposition.observed(make_observation(check, OCTETS))
    exposition.observed(make_observation(check, state=State.DOWN))
    assert values(exposition, "ifHCInOctets") == []


def test_families_older_than_three_intervals_are_dropped_and_counted() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS))
    snapshot.time += 90 * SECOND
    assert values(exposition, "ifHCInOctets") == [10, 20]
    snapshot.time += 1
    assert values(exposition, "ifHCInOctets") == []
    assert values(exposition, "netmon_exposition_expired_checks_total") == [1]


def test_a_poll_that_could_not_look_shows_nothing_even_if_it_brought_families() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS, state=State.UNKNOWN))
    assert values(exposition, "ifHCInOctets") == []


def test_what_a_failed_poll_did_learn_is_shown() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    failed = Family("probe_success", "gauge", "Whether the probe succeeded.", (), ((),), (0,))
    exposition.observed(make_observation(snapshot.inventory.checks["portail-web"], failed, state=State.DOWN))
    assert values(exposition, "probe_success", check="portail-web") == [0]


def test_an_interface_that_is_gone_is_gone_at_once() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    check = snapshot.inventory.checks["core-1/snmp"]
    exposition.observed(make_observation(check, OCTETS))
    exposition.observed(make_observation(check, replace(OCTETS, series=(("2",),), values=(21,))))
    assert values(exposition, "ifHCInOctets") == [21]


def test_a_forgotten_check_is_gone_at_once() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS))
    del snapshot.check_views["core-1/snmp"]
    exposition.forget("core-1/snmp")
    exposition.forget("never-seen")
    assert values(exposition, "ifHCInOctets") == []
    assert values(exposition, "netmon_check_up", node="core-1") == []


def test_the_first_check_explains_a_family_and_a_second_type_is_refused_and_counted() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    first, second, third = (
        snapshot.inventory.checks[f"{name}/snmp"] for name in ("core-1", "sw-c33039-1", "sw-c33039-2")
    )
    exposition.observed(make_observation(first, OCTETS))
    exposition.observed(make_observation(second, replace(OCTETS, help="Something else.")))
    exposition.observed(make_observation(third, replace(OCTETS, kind="gauge")))
    text = b"".join(exposition.scrape()).decode()
    assert text.count("# HELP ifHCInOctets Octets in.\n# TYPE ifHCInOctets counter\n") == 1
    assert "Something else." not in text
    assert len(values(exposition, "ifHCInOctets")) == 4
    assert values(exposition, "netmon_exposition_refused_families_total", why="type") == [1]


def test_a_check_alone_with_a_family_may_change_its_type() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    check = snapshot.inventory.checks["core-1/snmp"]
    exposition.observed(make_observation(check, OCTETS))
    exposition.observed(make_observation(check, replace(OCTETS, kind="gauge", values=(-1, 2))))
    assert values(exposition, "ifHCInOctets") == [-1, 2]


@pytest.mark.parametrize(
    ("family", "why"),
    [
        (replace(OCTETS, name="if octets"), "name"),
        (replace(OCTETS, name="netmon_check_up"), "reserved"),
        (replace(OCTETS, label_names=("__name__",)), "labels"),
        (replace(OCTETS, values=(1,)), "shape"),
        (replace(OCTETS, label_names=("a", "a"), series=(("1", "2"),), values=(1,)), "labels"),
    ],
)
def test_a_family_that_would_spoil_the_scrape_is_refused_and_counted(family: Family, why: str) -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family, OCTETS))
    assert values(exposition, "netmon_exposition_refused_families_total", why=why) == [1]
    assert values(exposition, "ifHCInOctets") == [10, 20]


def test_a_second_series_with_the_same_labels_is_dropped_and_counted() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    twice = replace(OCTETS, series=(("1",), ("1",), ("2",)), values=(10, 11, 20))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], twice))
    assert values(exposition, "ifHCInOctets") == [10, 20]
    assert values(exposition, "netmon_exposition_dropped_series_total", why="duplicate") == [1]


def test_two_checks_with_the_same_labels_are_told_apart_by_the_id() -> None:
    snapshot = make_snapshot([BEGLES])
    twin = replace(make_check("snmp", site="dc"), node="core-1")
    snapshot.check_views["snmp"] = replace(snapshot.check_views["core-1/snmp"], check=twin)
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS))
    exposition.observed(make_observation(twin, OCTETS))
    assert len(values(exposition, "ifHCInOctets")) == 4
    assert len(values(exposition, "netmon_check_up")) == len(snapshot.check_views)


def test_a_label_of_the_family_that_clashes_is_shown_as_exported() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    family = Family("sensor", "gauge", "A sensor.", ("node", "exported_node"), (("a", "b"),), (1,))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    labels = {"node": "core-1", "exported_node": "b", "exported_exported_node": "a"}
    assert values(exposition, "sensor", **labels) == [1]


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("counter", 2**53 + 7, [7]),
        ("counter", 2**53 - 1, [2**53 - 1]),
        ("counter", -1, []),
        ("counter", float("nan"), []),
        ("gauge", 2**53 + 2, [2**53 + 2]),
        ("gauge", 10**400, []),
        ("gauge", float("-inf"), [float("-inf")]),
        ("gauge", True, [1]),
        ("gauge", 0.1, [0.1]),
        ("stateset", 2, []),
        ("info", 0, []),
    ],
)
def test_values_are_exact_or_left_out(kind: MetricKind, given: float, shown: list[float]) -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    family = Family("thing", kind, "A thing.", ("index",), (("1",),), (given,))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    assert values(exposition, "thing") == shown
    assert values(exposition, "netmon_exposition_dropped_series_total", why="value") == [1 - len(shown)]


def test_counters_without_total_keep_their_name_in_openmetrics() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS))
    text = b"".join(exposition.scrape(openmetrics=True)).decode()
    assert "# TYPE ifHCInOctets unknown\n" in text
    assert "# TYPE netmon_check_failures counter\n" in text
    assert text.endswith("# EOF\n")


def test_families_whose_openmetrics_names_would_clash_are_both_kept() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    kinds: list[tuple[str, MetricKind]] = [
        ("x", "gauge"), ("x_total", "counter"), ("x_info", "info"), ("y_total", "counter"), ("y_info", "info"),
        ("y_created", "gauge"), ("z", "stateset"),
    ]  # fmt: skip
    families = [Family(name, kind, "", (), ((),), (1,)) for name, kind in kinds]
    families.append(Family("ifOperStatus", "stateset", "", ("ifOperStatus",), (("up",), ("down",)), (1, 0)))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], *families))
    assert all(values(exposition, name) == [1] for name, _ in kinds)
    assert b"# TYPE ifOperStatus stateset\n" in b"".join(exposition.scrape(openmetrics=True))


def test_a_selection_holds_what_it_names_and_nothing_about_the_daemon() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    exposition = make_exposition(snapshot)
    for check in snapshot.inventory.checks.values():
        exposition.observed(make_observation(check, OCTETS))
    begles = read(exposition, Selection(communes=frozenset({"Bègles"})))
    assert {dict(labels)["commune"] for _, labels in begles} == {"Bègles"}
    node = read(exposition, Selection(nodes=frozenset({"sw-c33004-1"})))
    assert {dict(labels)["node"] for _, labels in node} == {"sw-c33004-1"}
    assert read(exposition, Selection(frozenset({"Bègles"}), frozenset({"sw-c33004-1"}))) == {}


def test_parts_and_what_is_about_the_daemon_are_together_everything() -> None:
    """So that several jobs can scrape a large installation without losing what alerts and dashboards look for."""
    snapshot = make_snapshot([BEGLES, AMBES])
    exposition = make_exposition(snapshot)
    for check in snapshot.inventory.checks.values():
        exposition.observed(make_observation(check, OCTETS))
    daemon = read(exposition, Selection(daemon_only=True))
    assert {name for name, _ in daemon} >= {"netmon_build_info", "netmon_exposition_series"}
    assert not {dict(labels).get("commune") for _, labels in daemon} - {None}
    parts = (read(exposition, Selection(frozenset({commune.name}))) for commune in snapshot.inventory.communes.values())
    assert set(daemon).union(*parts) == set(read(exposition))


def test_metrics_of_the_registry_win_over_a_family_of_the_same_name() -> None:
    snapshot = make_snapshot([BEGLES])
    registry = CollectorRegistry()
    Gauge("netmon_build_info", "The running version.", registry=registry).set(1)
    Histogram("lag_seconds", "Lag.", registry=registry)
    exposition = Exposition(snapshot, registry)
    family = Family("lag_seconds_count", "gauge", "", (), ((),), (1,))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    assert values(exposition, "netmon_build_info") == [1]
    assert values(exposition, "lag_seconds_count") == [0]


hostile = st.text(max_size=20) | st.sampled_from(["\\", '"', "\n", "%", "%d", "\r", "\x00", "é%%", "\\n", "\u2028"])


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=8), hostile, st.data())
@settings(max_examples=150, deadline=None)
def test_any_label_value_and_number_is_read_back_as_it_was(
    series: list[tuple[str, str]], documentation: str, data: st.DataObject
) -> None:
    snapshot = make_snapshot([BEGLES], switches=1)
    exposition = make_exposition(snapshot)
    numbers = st.integers(-(2**70), 2**70) | st.floats() | st.integers(0, 9)
    given_values = tuple(data.draw(numbers) for _ in series)
    family = Family("thing", "gauge", documentation, ("ifDescr", "check"), tuple(series), given_values)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    found = {
        (dict(labels)["ifDescr"], dict(labels)["exported_check"]): value
        for (name, labels), value in read(exposition).items()
        if name == "thing"
    }
    first: dict[tuple[str, str], float] = {}
    for labels, value in zip(series, given_values, strict=True):
        first.setdefault(labels, float(value))
    assert {labels: repr(float(value)) for labels, value in found.items()} == {
        labels: repr(value) for labels, value in first.items()
    }


def test_the_same_series_render_as_before_whatever_changed_around_them() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    check = snapshot.inventory.checks["core-1/snmp"]
    exposition.observed(make_observation(check, OCTETS))
    exposition.observed(make_observation(check, replace(OCTETS, values=(11, 2.5))))
    assert values(exposition, "ifHCInOctets") == [11, 2.5]
    moved = replace(check, site="ailleurs")
    snapshot.check_views[check.id] = replace(snapshot.check_views[check.id], check=moved)
    exposition.observed(make_observation(moved, replace(OCTETS, values=(12, 3))))
    assert values(exposition, "ifHCInOctets", site="ailleurs") == [12, 3]
    assert len(values(exposition, "ifHCInOctets")) == 2


@pytest.mark.peer
def test_promtool_finds_nothing_to_say_about_our_own_metrics() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool (Debian: prometheus)")
    snapshot = make_snapshot([BEGLES, AMBES])
    snapshot.sla_views.append(SlaView("c", "Bègles", "2026-11", 0.995, 0.999, 0.998, 1.0, 0.99, 3600.0))
    snapshot.windows.append(MaintenanceWindow("*", NOW, None, "", NOW))
    text = b"".join(make_exposition(snapshot).scrape())
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


names = st.sampled_from(
    ["a", "a_total", "a_info", "a_created", "b_total", "b", "netmon_check_up", "netmon_polls", "1", ""]
)
kinds = st.sampled_from(["counter", "gauge", "info", "stateset", "unknown"])
label_names = st.lists(st.sampled_from(["a", "node", "exported_node", "le", "quantile", "job", "é", "__x"]), max_size=3)


@st.composite
def any_family(draw: st.DrawFn) -> Family:
    labels = tuple(draw(label_names))
    series = tuple(draw(st.lists(st.tuples(*(hostile for _ in labels)), max_size=3)))
    values = tuple(draw(st.sampled_from([0, 1, 2, -1, 0.5, float("nan"), float("inf"), 2**60])) for _ in series)
    return Family(draw(names), draw(kinds), draw(hostile), labels, series, values)


@given(st.lists(st.tuples(st.sampled_from(["core-1", "sw-c33039-1"]), st.lists(any_family(), max_size=4)), max_size=5))
@settings(max_examples=150, deadline=None)
def test_whatever_devices_bring_both_formats_are_read_back_alike_and_no_series_stands_twice(
    polls: list[tuple[str, list[Family]]],
) -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    for node, families in polls:
        exposition.observed(make_observation(snapshot.inventory.checks[f"{node}/snmp"], *families))
    read(exposition)
    read(exposition, Selection(nodes=frozenset({"core-1"})))


@pytest.mark.peer
@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=8, unique=True), hostile)
@settings(max_examples=25, deadline=None)
def test_promtool_reads_any_label_value_and_help(series: list[tuple[str, str]], documentation: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool (Debian: prometheus)")
    snapshot = make_snapshot([BEGLES], switches=1)
    exposition = make_exposition(snapshot)
    family = Family("thing", "gauge", f"x{documentation}", ("a", "b"), tuple(series), tuple(range(len(series))))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    text = b"".join(exposition.scrape())
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
