from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmon import config
from netmon.clock import DAY
from netmon.simulation.build import build
from netmon.simulation.certificates import Authority
from netmon.simulation.configuration import CA_FILE, write_main, write_maintenance
from netmon.simulation.demo import Demo
from netmon.simulation.generate import main
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.placement import Placement, wanted
from netmon.simulation.yamltext import document, flow

NOW = 1_790_000_000_000
_COMMITTED = Path(__file__).parents[2] / "config" / "bordeaux-metropole"

_MEND = "write it again: python -m netmon.simulation.generate config/bordeaux-metropole"

_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
_VALUES = st.recursive(
    _TEXTS | st.booleans() | st.integers(-(10**9), 10**9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from(["id", "name", "other"]), _VALUES, min_size=1), max_size=3))
def test_what_is_written_is_read_back_the_same(records: list[dict[str, object]]) -> None:
    assert yaml.safe_load(document(("a head",), "things", records)) == {"things": records}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["no", "on", "null", "33039", "1e3", "2026-11-24", "a: b", "a #b", "- a", "", " a", "a ", "*", "é", "it's"]
)
def test_a_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    assert yaml.safe_load(flow([text])) == [text]


def test_the_committed_configuration_is_what_the_simulation_writes(tmp_path: Path) -> None:
    main(tmp_path)
    written = tuple(tmp_path.iterdir())
    assert {path.name for path in written} == {path.name for path in _COMMITTED.glob("*.yml")}
    for path in written:
        assert (_COMMITTED / path.name).read_bytes() == path.read_bytes(), _MEND


def test_every_device_and_site_has_an_address_of_its_own(metropolis: Metropolis) -> None:
    for scale in (1.0, 12.0):
        placement = wanted(build(1, scale))
        hosts = [host for host, _ in (*placement.nodes.values(), *placement.endpoints.values())]
        assert len(hosts) == len(set(hosts))


def test_a_placement_survives_the_way_between_processes(metropolis: Metropolis) -> None:
    placement = wanted(metropolis)
    assert Placement.from_json(placement.to_json()) == placement


def test_the_configuration_of_a_demo_is_one_netmon_loads(tmp_path: Path) -> None:
    demo = Demo(3, NOW - DAY, NOW)
    Authority(tmp_path / "tls", demo.live_start).write(tmp_path / CA_FILE)
    loaded = config.load(demo.write(tmp_path, wanted(demo.metropolis), listen="127.0.0.1:8730"))
    assert len(loaded.inventory.checks) == len(demo.metropolis.devices) + len(demo.metropolis.endpoints)
    assert {service.id for service in demo.metropolis.services} == set(loaded.inventory.services)
    assert len(loaded.maintenance) == len(demo.world.maintenance(demo.live_start, demo.script.end))
    assert loaded.inventory.contracts["engagement-communes"].objective == pytest.approx(0.995)


def test_the_secret_is_in_a_file_of_its_own_that_others_cannot_read(tmp_path: Path) -> None:
    file = write_main(tmp_path, listen="127.0.0.1:8730", data_dir="var")
    secret = tmp_path / "secrets" / "snmp-community"
    assert secret.stat().st_mode & 0o077 == 0
    assert secret.read_text().strip() not in file.read_text()


def test_no_planned_work_is_written_as_an_empty_list(tmp_path: Path) -> None:
    assert yaml.safe_load(write_maintenance((), tmp_path).read_text()) == {"maintenance": []}
