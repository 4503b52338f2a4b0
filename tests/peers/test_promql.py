"""The arithmetic in the dashboards' questions, worked out by hand and asked of Prometheus' own engine (promtool)."""

import subprocess
from pathlib import Path

import pytest
import yaml

from exporters.grafana.dashboards.nodeparts import reading
from exporters.grafana.dashboards.queries import END, budget_look, in_trouble, state_number, state_words, top, truncated
from exporters.grafana.dashboards.sla import at_month_end, burn, exhausted_in
from tests.exporters.grafana.reading import filled
from tests.peers.programs import need

pytestmark = pytest.mark.peer

WHERE = 'job="netmon", contract="c", commune="Bègles"'
ALL = 'job=~"$job"'


def agrees(tmp_path: Path, series: dict[str, str], asked: str, at: str, expected: dict[str, float]) -> None:
    """promtool says that the series, a sample a minute, answer ``asked`` with ``expected``."""
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": filled(asked),
                "eval_time": at,
                "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
            }
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": [test]}, allow_unicode=True))
    command = [need("promtool", "prometheus"), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def budget(values: str) -> dict[str, str]:
    return {f"netmon_sla_error_budget_remaining_seconds{{{WHERE}, period='1970-01'}}": values}


def test_a_burn_rate_of_1_is_what_the_objective_allows(tmp_path: Path) -> None:
    """36 s lost in an hour that counts whole, of a contract that allows 1 %: exactly in time; and twice as fast."""
    for lost, rate in (("0+0.6x60", 1.0), ("0+1.2x60", 2.0)):
        series = {
            f"netmon_sla_unavailable_seconds_total{{{WHERE}}}": lost,
            f"netmon_sla_eligible_seconds_total{{{WHERE}}}": "0+60x60",
            f"netmon_sla_objective_ratio{{{WHERE}, period='1970-01'}}": "0.99x60",
        }
        asked = f"round({burn('1h')}, 0.001)"
        agrees(tmp_path, series, asked, "1h", {'{contract="c", commune="Bègles"}': rate})


def test_a_night_that_does_not_count_burns_nothing(tmp_path: Path) -> None:
    series = {
        f"netmon_sla_unavailable_seconds_total{{{WHERE}}}": "5+0x60",
        f"netmon_sla_eligible_seconds_total{{{WHERE}}}": "7+0x60",
        f"netmon_sla_objective_ratio{{{WHERE}, period='1970-01'}}": "0.99x60",
    }
    agrees(tmp_path, series, burn("1h"), "1h", {})


@pytest.mark.parametrize(
    ("values", "left"),
    [
        pytest.param("3600-1x60", 3540 * 60, id="a second a minute: an hour lasts 59 hours more"),
        pytest.param("3600+0x60", 366 * 86400, id="nothing is lost: not in sight"),
        pytest.param("-10-1x60", 0, id="overdrawn already"),
    ],
)
def test_a_budget_is_used_up_when_its_pace_says(tmp_path: Path, values: str, left: float) -> None:
    asked = f"round(sum({exhausted_in()}))"
    agrees(tmp_path, budget(values), asked, "1h", {"{}": left})


def test_the_end_of_the_month_is_foretold_along_the_line(tmp_path: Path) -> None:
    """At 01:00 on 1 January 1970 the month has 30 days and 23 hours to go; a second is lost each minute."""
    minutes = 30 * 24 * 60 + 23 * 60
    asked = f"round(sum({at_month_end()}))"
    agrees(tmp_path, budget("60000-1x60"), asked, "1h", {"{}": 60000 - 60 - minutes})


def test_states_become_their_place_in_the_words(tmp_path: Path) -> None:
    words = state_words(lambda text: text)
    states = ("up", "degraded", "down", "unreachable", "unknown", "maintenance")
    for place, current in enumerate(states):
        series = {
            f'netmon_check_state{{job="netmon", node="n", check="c", state="{state}"}}': f"{int(state == current)}x5"
            for state in states
        }
        agrees(tmp_path, series, state_number("node, check", ALL), "5m", {'{node="n", check="c"}': place})
        assert words[str(place)][0] == current


def test_a_commune_without_a_problem_is_whole_and_one_with_a_broken_check_is_not(tmp_path: Path) -> None:
    def check(commune: str, name: str, state: str) -> dict[str, str]:
        labels = f'job="netmon", commune="{commune}", check="{name}"'
        return {
            f'netmon_check_state{{{labels}, state="{each}"}}': f"{int(each == state)}x5"
            for each in ("up", "degraded", "down", "unreachable", "unknown", "maintenance")
        }

    series = check("A", "a", "up") | check("A", "b", "maintenance") | check("B", "c", "down") | check("B", "d", "up")
    asked = f"1 - sum by (commune) ({in_trouble(ALL)}) / sum by (commune) (netmon_check_state{{{ALL}}})"
    agrees(tmp_path, series, asked, "5m", {'{commune="A"}': 1, '{commune="B"}': 0.5})


@pytest.mark.parametrize(
    ("value", "scale", "precision", "expected"),
    [
        pytest.param(231, 9, 1, 23.1, id="units with a decimal"),
        pytest.param(4512, 8, 4, 0.0004512, id="milliwatts with four"),
        pytest.param(5, 10, 0, 5000, id="kilo"),
        pytest.param(77, 9, -1, 770, id="accurate to the ten"),
    ],
)
def test_a_sensor_is_read_in_its_unit(tmp_path: Path, value: int, scale: int, precision: int, expected: float) -> None:
    labels = 'job="netmon", node="n", entPhysicalName="Te1 Rx"'
    parts = {"Value": value, "Scale": scale, "Precision": precision, "Type": 8, "OperStatus": 1}
    series = {f"entPhySensor{name}{{{labels}}}": f"{number}x5" for name, number in parts.items()}
    agrees(tmp_path, series, f"round(sum({reading(8)}), 1e-7)", "5m", {"{}": expected})
    broken = series | {f"entPhySensorOperStatus{{{labels}}}": "2x5"}
    agrees(tmp_path, broken, reading(8), "5m", {})


def test_a_ranking_is_one_for_the_whole_time_shown(tmp_path: Path) -> None:
    series = {'x{node="a"}': "9 1 1", 'x{node="b"}': "1 5 5"}
    agrees(tmp_path, series, top(1, "node", "x", f"x{END}"), "2m", {'x{node="b"}': 5})
    agrees(tmp_path, series, top(1, "node", "x", f"x{END}", least=True), "2m", {'x{node="a"}': 1})


def test_an_overdrawn_budget_is_red_and_the_last_minutes_are_orange() -> None:
    steps = list(budget_look("").steps)
    assert [color for bound, color in steps] == ["red", "orange", "green"]
    assert [bound for bound, _color in steps] == [None, 0, 600]


@pytest.mark.parametrize(
    ("share", "decimals", "shown"),
    [(0.99996, 1, 0.999), (0.999999, 3, 0.99999), (1, 3, 1), (0.995, 3, 0.995), (0.99931, 3, 0.99931)],
)
def test_a_share_is_cut_and_never_rounded_up(tmp_path: Path, share: float, decimals: int, shown: float) -> None:
    agrees(tmp_path, {"x": f"{share}x5"}, truncated("x", decimals), "5m", {"{}": shown})
