"""CSV and JSON: exact, safe in a spreadsheet, and written whole or not at all."""

import csv
import io
import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.report import FORMATS, slug, write_report
from exporters.report.charts import NARROWEST, WIDTH, place, stack, tile_lines
from exporters.report.document import seconds
from exporters.report.parts import apportion
from exporters.report.texts import Texts, clean
from exporters.report.verdict import judge
from netmon.clock import HOUR
from netmon.errors import HostError, UsageError
from netmon.model import Figures, Partition, Share
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, report, service

GOLDEN = Path(__file__).parents[2] / "golden" / "report"
TEXTS = tuple(name for name in FORMATS if name != "pdf")
"""The forms that need no library of the system."""


def office_rows(directory: Path) -> list[list[str]]:
    raw = (directory / "services.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_all_forms_are_the_golden_files(tmp_path, language):
    """After a wanted change: NETMON_GOLDEN=write pytest tests/exporters/report, then read the difference.

    What is no text is compared as what it says: a workbook's cells, a PDF's bookmarks (``test_pdf``).
    """
    golden = GOLDEN / language
    written = {path.name: _as_text(path) for path in write_report(factory.complete(), tmp_path, TEXTS, language)}
    if os.environ.get("NETMON_GOLDEN") == "write":
        golden.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (golden / _golden_name(name)).write_bytes(content)
    kept = {path.name for path in golden.iterdir() if path.suffix != ".outline"}
    assert sorted(kept) == sorted(_golden_name(name) for name in written)
    for name, content in written.items():
        assert content == (golden / _golden_name(name)).read_bytes(), name


def _golden_name(name: str) -> str:
    return f"{name}.txt" if name.endswith(".xlsx") else name


def _as_text(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    lines = []
    for sheet in openpyxl.load_workbook(path):
        lines.append(f"== {sheet.title}")
        lines += (" | ".join(_shown(cell) for cell in row).rstrip(" |") for row in sheet.iter_rows())
    return "".join(f"{line}\n" for line in lines).encode()


def _shown(cell: openpyxl.cell.Cell) -> str:
    return "" if cell.value is None else f"{cell.value}"


def test_the_same_report_gives_the_same_bytes_over_an_older_one(tmp_path):
    first = [path.read_bytes() for path in write_report(factory.complete(), tmp_path, TEXTS)]
    paths = write_report(factory.complete(), tmp_path, TEXTS)
    assert [path.read_bytes() for path in paths] == first
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)


def test_the_office_form_has_decimal_commas_and_durations(tmp_path):
    write_report(factory.small(), tmp_path, ["csv"])
    head, *rows = office_rows(tmp_path)
    portail = dict(zip(head, rows[0], strict=True))
    assert portail["Commune"] == "Bègles"
    assert portail["Famille"] == "Services en ligne"
    assert portail["Début"] == "01/11/2026 00:00"
    assert portail["Objectif (%)"] == "99,50"
    assert portail["Disponibilité (%)"] == "99,49"
    assert portail["Durée d’interruption"] == "3:37:30"
    assert portail["Disponible"] == "716:22:30"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\u202e=1", "|calc", "%0A"])
def test_the_office_form_has_no_cell_that_a_spreadsheet_would_calculate(tmp_path, name):
    part = commune(replace(BEGLES, name=name, insee=name), [service("s", name, name)])
    write_report(report(part), tmp_path, ["csv"])
    for row in office_rows(tmp_path):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "|", "%"))


def test_nothing_eligible_is_empty_in_csv_and_null_in_json(tmp_path):
    part = commune(BEGLES, [service("s", "S", "web", unseen=NOVEMBER.end - NOVEMBER.start)], objective=None)
    write_report(report(part), tmp_path, ["csv", "json"])
    head, row = office_rows(tmp_path)
    assert dict(zip(head, row, strict=True))["Disponibilité (%)"] == ""
    made = json.loads((tmp_path / "report.json").read_text("utf-8"))["communes"][0]
    assert [made[key] for key in ("availability", "low", "high", "mttr", "mtbf", "objective")] == [None] * 6
    assert made["coverage"] == 0


def test_the_json_form_tells_everything_with_offsets(tmp_path):
    write_report(factory.small(), tmp_path, ["json"])
    made = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert made["schema_version"] == 1
    assert made["period"] == {
        "label": "2026-11",
        "from": "2026-11-01T00:00:00+01:00",
        "to": "2026-12-01T00:00:00+01:00",
        "timezone": "Europe/Paris",
    }
    assert made["policy"]["answers"]["unreachable"] == "down"
    begles = made["communes"][0]
    assert sum(value for key, value in begles["seconds"].items() if key != "period") == begles["seconds"]["period"]
    assert begles["services"][0]["outages"][1] == {
        "object": "portail",
        "from": "2026-11-13T12:00:00+01:00",
        "to": "2026-11-13T12:01:30.250+01:00",
        "seconds": 90.25,
        "counted": 90.25,
        "reason": "status",
        "parties": [],
        "incidents": [],
    }
    assert made["figures"]["eligible"] == sum(part["eligible"] for part in made["communes"])


def test_a_commune_asked_for_alone_has_only_its_own_part(tmp_path):
    write_report(factory.complete(), tmp_path, ["csv", "json"], communes=["Le Haillan"])
    text = (tmp_path / "report.json").read_text("utf-8")
    assert json.loads(text)["figures"] is None
    for name in ("report.json", "services.csv", "open-data.csv"):
        written = (tmp_path / name).read_text("utf-8")
        assert "Bègles" not in written
        assert "begles" not in written
        assert "Wi-Fi" not in written


def test_progress_counts_the_files(tmp_path):
    steps: list[tuple[int, int]] = []
    write_report(factory.small(), tmp_path, TEXTS, progress=lambda done, whole: steps.append((done, whole)))
    assert steps == [(done, 8) for done in range(1, 9)]


def test_a_directory_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(HostError, match=r"^cannot write .*/file/x/index\.html: Not a directory$"):
        write_report(factory.small(), tmp_path / "file" / "x")
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"formats": ["html", "doc"]}, "report format 'doc' is not known: expected some of html, pdf, csv, xlsx, json"),
        ({"communes": ["Paris"]}, "the report has no commune 'Paris'"),
        ({"language": "de"}, "language 'de' is not known"),
    ],
)
def test_what_is_not_known_is_refused_before_anything_is_written(tmp_path, arguments, message):
    with pytest.raises(UsageError, match=message):
        write_report(factory.small(), tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


@given(st.lists(st.integers(0, 10**12), min_size=9, max_size=9), st.integers(0, 10**7))
def test_parts_as_shown_sum_to_the_whole_and_available_time_is_never_rounded_up(parts, whole):
    shares = apportion(parts, whole)
    total = sum(parts)
    assert sum(shares) == (whole if total else 0)
    if total:
        assert all(abs(share * total - part * whole) < total for share, part in zip(shares, parts, strict=True))
        assert shares[0] == parts[0] * whole // total


@given(st.integers(0, 10**15))
def test_seconds_are_whole_or_have_three_decimals_and_read_back_exactly(length):
    text = json.dumps(seconds(length))
    assert round(float(text) * 1000) == length
    assert ("." in text) == (length % 1000 != 0)
    assert len(text.partition(".")[2]) <= 3


SPANS = st.lists(st.tuples(st.integers(-HOUR, 800 * HOUR), st.integers(0, 800 * HOUR)), max_size=20)


@given(SPANS)
def test_marks_stay_on_the_timeline_visible_and_apart(spans):
    marks = place(NOVEMBER, [(NOVEMBER.start + at, NOVEMBER.start + at + length, "down") for at, length in spans])
    for mark in marks:
        assert mark.x >= 0
        assert mark.x + mark.width <= WIDTH + 0.2
        assert mark.width >= NARROWEST
    for before, after in itertools.pairwise(marks):
        assert before.x + before.width < after.x


@given(st.lists(st.integers(0, 10**12), max_size=9))
def test_a_stack_fills_its_bar_and_shows_all_that_is_there(parts):
    marks = stack([(str(index), part) for index, part in enumerate(parts)])
    assert len(marks) == sum(part > 0 for part in parts)
    if marks:
        assert abs(sum(mark.width for mark in marks) - WIDTH) < 1
        assert all(mark.width >= 2 for mark in marks)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Bègles", ("Bègles",)),
        ("Saint-Louis-de-Montferrand", ("Saint-Louis-", "de-", "Montferrand")),
        ("Artigues-près-Bordeaux", ("Artigues-", "près-Bordeaux")),
        ("Le Taillan-Médoc", ("Le Taillan-", "Médoc")),
        ("x" * 200, ("xxxxxxxxxxxx…",)),
        ("a b c d e f g h i j k l m n o p q r s t u v w", ("a b c d e f g", "h i j k l m n", "o p q r s t …")),
        ("", ("",)),
    ],
)
def test_names_are_cut_to_fit_their_tile(name, lines):
    assert tile_lines(name) == lines


@given(st.text())
def test_clean_text_has_nothing_that_turns_or_hides(text):
    shown = clean(text)
    assert shown == clean(shown)
    shown.encode("utf-8")
    assert not set("\n\r\t\x00\x1b\u202e\u2066\u200f") & set(shown)


@given(st.text())
def test_a_slug_is_safe_in_any_file_system(text):
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug(text)) <= 60


@pytest.mark.parametrize(
    ("seen", "down", "word"),
    [
        pytest.param(1_000, 0, "atteint", id="the whole period was seen"),
        pytest.param(1_000, 100, "non atteint", id="the whole period was seen, and fell short"),
        pytest.param(10, 0, "atteint sur le temps mesuré", id="hardly anything was seen"),
        pytest.param(10, 1, "non atteint sur le temps mesuré", id="hardly anything was seen, and that fell short"),
        pytest.param(0, 0, "non mesuré", id="nothing was seen"),
    ],
)
def test_a_verdict_on_what_was_hardly_seen_says_so(seen: int, down: int, word: str) -> None:
    share = Share(seen - down, seen)
    partition = Partition(up=seen - down, down=down, no_data=1_000 - seen)
    figures = Figures(partition, seen, down, share, share, share, Share(seen, 1_000), ())
    assert judge(figures, 0.995, Texts("fr", "Europe/Paris")).word == word
