"""The reference page of metrics."""

from pathlib import Path

from exporters.prometheus.own import HEADS
from netmon.cli.metrics_reference import PATH, markdown
from netmon.conventions import Metric

ROOT = Path(__file__).parents[2]


def test_the_reference_of_metrics_is_current() -> None:
    assert (ROOT / PATH).read_text(encoding="utf-8") == markdown(), "run make docs"


def test_every_metric_of_ours_is_explained() -> None:
    page = markdown()
    assert [name for name in Metric if f"| `{name}` |" not in page] == []
    assert [name for name, head in HEADS.items() if not head.help] == []


def test_numbers_read_out_of_a_text_are_listed_by_their_names_without_the_text() -> None:
    page = markdown()
    assert "| `agentSwitchCpuProcessTotalUtilization60s` | gauge |  |" in page
    assert "| `fgHwSensorEntValue` | gauge | `fgHwSensorEntIndex`, `fgHwSensorEntName` |" in page
    assert "| `ifType_info` | gauge | `ifIndex`, `ifAlias`, `ifDescr`, `ifName`, `ifType` |" in page
    assert "| `lldpRemPortIdSubtype` | gauge | `lldpRemLocalPortNum`, `lldpRemIndex` |" in page
    assert "| `fgSysVersion` | gauge | `fgSysVersion` |" in page
