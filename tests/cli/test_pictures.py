"""What each command draws, at three widths in both languages, kept as text and looked at: see ``scenes``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from exporters.terminal import Look
from exporters.terminal.handover import Handover, Shift
from exporters.terminal.impact import ImpactScreen
from exporters.terminal.incidents import IncidentScreen
from exporters.terminal.topology import TopologyScreen
from exporters.terminal.works import WorksScreen
from exporters.web.incidents import incidents_document
from exporters.web.topology import topology_document
from netmon.cli import main
from netmon.cli.topology import impact_document
from netmon.cli.works import Row
from netmon.clock import HOUR, MINUTE
from netmon.engine.impact import Impacts
from tests.cli.october import make_october
from tests.exporters.snapshots import NOW
from tests.exporters.terminal.scenes import PARIS, broken_metropolis, compare

WIDTHS, LANGUAGES = (80, 120, 200), ("fr", "en")
WORKS = (
    Row("W-1", ("sw-c33249-2",), NOW - 10 * MINUTE, NOW + 50 * MINUTE, "micrologiciel", "m.durand", NOW - 72 * HOUR),
    *(
        Row(f"W-{2 + week}", ("core-1", "sw-c33039-1"), NOW + (9 + 168 * week) * HOUR, NOW + (11 + 168 * week) * HOUR,
            "fibre à déplacer", "opérateur", NOW - 24 * HOUR)
        for week in range(4)
    ),
    Row("W-9", ("*",), NOW + 60 * HOUR, None, "déménagement", "netmon", NOW),
    Row("W-8", ("sw-c33119-2",), NOW + 4 * HOUR, NOW + 4 * HOUR, "annulé", "m.durand", NOW),
)  # fmt: skip


def incidents(look: Look, width: int) -> Iterator[str]:
    document = incidents_document(broken_metropolis())
    screen = IncidentScreen(look, width, document["generated"])
    yield from (line.plain.rstrip() for line in screen.draw(document["incidents"]))
    yield ""
    yield from (line.plain.rstrip() for line in screen.show(document["incidents"][0]))


def topology(look: Look, width: int) -> Iterator[str]:
    document = topology_document(broken_metropolis())
    document["nodes"] = document["nodes"][:24]
    document["links"] = [
        *document["links"][:1],
        {"lower": "sw-c33004-1", "upper": "core-1", "told": "configured", "disagrees": True, "accepted": False,
         "lower_port": "", "upper_port": ""},
        {"lower": "sw-c33039-2", "upper": "sw-c33039-4", "told": "seen", "disagrees": True, "accepted": True,
         "lower_port": "Gi0/48", "upper_port": "Gi0/1"},
    ]  # fmt: skip
    document["strangers"] = [
        {"node": "core-1", "port": "Te1/1", "name": "\x1b[31mpirate", "remote_port": "1", "chassis": "aa:bb"}
    ]
    yield from (line.plain.rstrip() for line in TopologyScreen(look, width).draw(document))


def impact(look: Look, width: int) -> Iterator[str]:
    inventory = broken_metropolis().inventory
    names = {name: each.name for name, each in (*inventory.services.items(), *inventory.sites.items())}
    screen = ImpactScreen(look, width, names, len(inventory.communes))
    for nodes in (("sw-c33039-1",), ("sw-c33004-2",)):
        document: Mapping[str, Any] = impact_document(Impacts(inventory).of(nodes))
        yield from (line.plain.rstrip() for line in screen.draw(document))
        yield ""


def maintenance(look: Look, width: int) -> Iterator[str]:
    yield from (line.plain.rstrip() for line in WorksScreen(look, width, NOW).draw(WORKS))


@pytest.mark.parametrize("draw", [incidents, topology, impact, maintenance])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_picture_looks_as_last_approved(draw: Any, language: str, width: int) -> None:
    lines = list(draw(Look(language, zone=PARIS), width))
    compare(f"{draw.__name__}-{language}-{width}.txt", lines)
    assert all(cell_len(line) <= width for line in lines)
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("draw", [incidents, topology, impact, maintenance])
def test_each_picture_can_be_drawn_in_ascii(draw: Any) -> None:
    assert all(line.isascii() for line in draw(Look("fr", ascii=True, zone=PARIS), 80))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_figures_look_as_last_approved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, width: int
) -> None:
    config = str(make_october(tmp_path))
    monkeypatch.setenv("COLUMNS", str(width))
    out = []
    for by in ("commune", "contract"):
        assert main(["sla", "--period", "2026-10", "--by", by, "--lang", language, "-c", config]) == 0
        out += [*capsys.readouterr().out.splitlines(), ""]
    compare(f"sla-{language}-{width}.txt", [line.rstrip() for line in out])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handover_looks_as_last_approved(language: str) -> None:
    told = incidents_document(broken_metropolis())["incidents"]
    closed = {**told[1], "id": "INC-261123-7777", "ended": told[0]["since"]}
    shift = Shift(NOW - 8 * HOUR, NOW, [*told, closed], WORKS[:5], [(NOW - 5 * HOUR, NOW - 4 * HOUR)])
    text = Handover(Look(language, zone=PARIS), shift).write()
    compare(f"handover-{language}.txt", text.rstrip("\n").split("\n"))


def test_works_that_come_once_more_are_told_so() -> None:
    weekly = [work for work in WORKS if work.text == "fibre à déplacer"][:2]
    text = Handover(Look("en", zone=PARIS), Shift(NOW - 8 * HOUR, NOW, [], weekly, [])).write()
    assert "fibre à déplacer (once more, 12-01 03:00)" in text
