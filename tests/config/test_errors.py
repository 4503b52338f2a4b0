"""One bad configuration per rule, with exactly what is said about it (``mistakes.txt``)."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.config.good import SECRET, changed, problems


@dataclass(frozen=True)
class Mistake:
    """A block of ``mistakes.txt``: what it is, the lines it takes from the good files, those it puts, what is said."""

    title: str
    old: str
    new: str
    expected: list[str]


def mistakes() -> list[Mistake]:
    blocks = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [mistake(block.split("\n")) for block in blocks]


def mistake(lines: list[str]) -> Mistake:
    old, new, expected = ([line[2:] for line in lines if line[0] == sign] for sign in "-+=")
    put = "\n".join(new).replace("SECRET", SECRET)
    taken = "\n".join(old) + ("" if new else "\n")
    return Mistake(lines[0][2:], taken, put, expected)


@pytest.mark.parametrize("made", mistakes(), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, made: Mistake) -> None:
    assert problems(tmp_path, changed(made.old, made.new)) == made.expected


def test_everything_wrong_in_all_files_is_told_at_once(tmp_path: Path) -> None:
    files = changed("language: fr", "language: de")
    main = files["netmon.yml"].replace("role: ups", "role: up").replace("core-1, site: dc-lac", "core-1, site: dc")
    more = files["more/web.yml"].replace("family: schools", "family: school").replace("all(portail", "all(portal")
    said = problems(tmp_path, {**files, "netmon.yml": main, "more/web.yml": more})
    assert [line.split(": ")[0] for line in said] == [
        "netmon.yml:3:11", "netmon.yml:24:24", "netmon.yml:35:37", "more/web.yml:19:88", "more/web.yml:22:13",
    ]  # fmt: skip


def test_an_entry_that_cannot_be_read_hides_no_other_mistake_and_makes_none(tmp_path: Path) -> None:
    said = problems(tmp_path, changed("role: distribution_router, address: 192.0.2.2", "roles: x, adress: 192.0.2.2"))
    assert {line.split(": ")[1] for line in said} == {
        "nodes.dist-1.role", "nodes.dist-1.roles", "nodes.dist-1.address", "nodes.dist-1.adress",
    }  # fmt: skip


def test_names_that_would_move_the_cursor_are_shown_harmless(tmp_path: Path) -> None:
    said = problems(tmp_path, changed("commune: Bordeaux}", '"commune": "Bord\\e[2Jeaux"}'))
    assert "'Bord?[2Jeaux'" in said[0]
    assert said[0].isprintable()


def test_thousands_of_unknown_names_are_all_told(tmp_path: Path) -> None:
    count = 2000
    nodes = "".join(f"  - {{id: n{i}, site: s{i}, role: ups, address: 192.0.2.1, snmp: false}}\n" for i in range(count))
    sites = "".join(f"  - {{id: site-{i}, name: S, kind: pool, commune: B}}\n" for i in range(count))
    communes = 'communes: [{name: B, insee: "33039", population: 1, tile: [0, 0]}]\n'
    said = problems(tmp_path, {"netmon.yml": f"{communes}sites:\n{sites}nodes:\n{nodes}"})
    assert len(said) == count
