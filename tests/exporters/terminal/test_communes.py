"""The communes as a map."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from exporters.terminal import Look
from exporters.terminal.communes import Communes
from tests.exporters.snapshots import METROPOLIS
from tests.exporters.terminal.scenes import broken_metropolis, status_of

COMMUNES = status_of(broken_metropolis()).communes


def drawn(width: int, communes: object = COMMUNES) -> list[str]:
    return [line.plain for line in Communes(Look("fr"), width).map(communes)]  # type: ignore[arg-type]


@pytest.mark.parametrize("width", range(53, 240))
def test_it_fits_and_every_commune_is_on_it_where_it_lies(width: int) -> None:
    lines = drawn(width)
    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == len({commune.tile[1] for commune in METROPOLIS})
    for commune in METROPOLIS:
        line = lines[commune.tile[1] - min(each.tile[1] for each in METROPOLIS)]
        short = commune.name.removeprefix("Le ").replace("Saint-", "St-")[:4]
        assert short in line or commune.name[:6] in line


def test_where_there_is_no_room_for_names_there_is_no_map() -> None:
    assert drawn(40) == []
    assert any(
        "Bègles" in line.plain
        for line in Communes(Look("fr"), 40).draw(COMMUNES, "map", status_of(broken_metropolis()))
    )


def test_two_in_one_place_are_listed_instead() -> None:
    moved = [replace(each, tile=(0, 0)) if each.name in {"Bègles", "Cenon"} else each for each in COMMUNES]
    assert drawn(120, moved) == []


def test_names_that_are_short_for_the_same_are_not_shortened() -> None:
    twins = [
        replace(COMMUNES[0], name="Saint-Aubin-de-Médoc", tile=(0, 0)),
        replace(COMMUNES[1], name="Saint-Aubin-de-Blaye", tile=(1, 0)),
    ]
    assert "Saint-Aubin-de-Médoc" in drawn(80, twins)[0]
    assert "Saint-Aubin-de-Blaye" in drawn(80, twins)[0]


def test_more_than_one_problem_is_counted_on_the_tile() -> None:
    worse = [replace(each, problems=12) if each.name == "Bègles" else each for each in COMMUNES]
    assert any("✖ Bègles 12" in line for line in drawn(80, worse))
