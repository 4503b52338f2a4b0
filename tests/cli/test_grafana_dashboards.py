"""``netmon grafana export``: the dashboards as an installation needs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.daemon import configuration, netmon
from tests.exporters.grafana.reading import panels_of


def dashboards(directory: Path) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in (directory / "dashboards").glob("*.json")}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_dashboards_of_one_language_come_with_their_provisioning(tmp_path: Path, language: str) -> None:
    done = netmon("grafana", "export", tmp_path, "--lang", language)
    assert done.returncode == 0, done.stderr
    written = dashboards(tmp_path)
    assert len(written) == 6
    assert {dashboard["uid"] for dashboard in written.values()} == {name.removesuffix(".json") for name in written}
    assert all(name.endswith(f"-{language}.json") for name in written)
    provider = (tmp_path / "provisioning" / "dashboards" / "netmon.yml").read_text("utf-8")
    assert "path: /var/lib/grafana/netmon/dashboards}" in provider


def test_the_map_is_that_of_the_configurations_communes_and_links_lead_to_the_address(tmp_path: Path) -> None:
    file, _port = configuration(tmp_path)
    done = netmon("grafana", "export", tmp_path / "out", "-c", file, "--url", "https://netmon.example/")
    assert done.returncode == 0, done.stderr
    written = dashboards(tmp_path / "out")
    canvas = next(panel for panel in panels_of(written["netmon-metropole-fr.json"]) if panel["type"] == "canvas")
    names = {element["background"]["color"]["field"] for element in canvas["options"]["root"]["elements"]}
    assert names == {"Bègles"}
    for dashboard in written.values():
        [address] = [each for each in dashboard["templating"]["list"] if each["name"] == "netmon"]
        assert address["query"] == "https://netmon.example"


def test_a_configuration_with_a_mistake_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "netmon.yml").write_text("data_dir: var\ncomunes: []\n")
    done = netmon("grafana", "export", tmp_path / "out", "-c", tmp_path / "netmon.yml")
    assert done.returncode == 1
    assert "comunes" in done.stderr
    assert not (tmp_path / "out").exists()
