"""The PDF form: tagged, bookmarked, dated from the report, its fonts inside; read back with pypdf."""

import io
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import DictionaryObject, IndirectObject

from exporters.report import Between, Sheet, write_differences, write_report
from exporters.report.html import Pages
from exporters.report.pdf import render
from netmon.errors import HostError, UsageError
from netmon.sla.comparison import Difference, InputChange
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, report, service

GOLDEN = Path(__file__).parents[2] / "golden" / "report"

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError as error:
        pytest.skip(f"needs Debian's packages libpangoft2-1.0-0 and libharfbuzz-subset0 ({error})")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    paths = write_report(factory.complete(), tmp_path_factory.mktemp("pdf"), ["pdf"])
    return {path.name: path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def begles(printed: dict[str, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed["33039-begles.pdf"]))


def elements(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """The structure tree, depth first."""
    yield from _below(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def _below(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for child in node:
            yield from _below(child)
    elif isinstance(node, dict) and "/S" in node:
        yield node
        yield from _below(node.get("/K", []))


def outline(reader: pypdf.PdfReader) -> str:
    def lines(entries: list[Any], depth: int) -> Iterator[str]:
        for entry in entries:
            if isinstance(entry, list):
                yield from lines(entry, depth + 1)
            else:
                yield f"{'  ' * depth}{entry.title}\n"

    return "".join(lines(reader.outline, 0))


def test_one_document_for_each_commune_and_one_for_all(printed):
    assert list(printed) == ["metropole.pdf", "33039-begles.pdf", "33200-le-haillan.pdf"]


@pytest.mark.parametrize("name", ["metropole.pdf", "33039-begles.pdf", "33200-le-haillan.pdf"])
def test_the_bookmarks_are_the_golden_ones(printed, name):
    told = outline(pypdf.PdfReader(io.BytesIO(printed[name])))
    golden = GOLDEN / "fr" / f"{name}.outline"
    if os.environ.get("NETMON_GOLDEN") == "write":
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")


def test_it_is_tagged_titled_and_says_its_language(begles):
    root = begles.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert begles.metadata is not None
    assert begles.metadata.title == "Bègles – Rapport de disponibilité – novembre 2026"
    assert str(begles.metadata.creation_date) == "2026-12-01 01:00:00+01:00"


def test_every_head_of_a_table_has_its_scope(begles):
    heads = [element for element in elements(begles) if element["/S"] == "/TH"]
    scopes = {element["/A"]["/Scope"] for element in heads}
    assert len(heads) > 50
    assert scopes == {"/Column", "/Row"}


def test_every_chart_says_in_words_what_it_shows(begles):
    figures = [element for element in elements(begles) if element["/S"] == "/Figure"]
    assert len(figures) > 20
    assert [element for element in figures if not str(element.get("/Alt", "")).strip()] == []


def test_its_fonts_are_inside(begles):
    for page in begles.pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)


def test_every_page_but_the_first_has_a_running_head_and_all_have_numbers(begles):
    count = len(begles.pages)
    for number, page in enumerate(begles.pages, start=1):
        text = page.extract_text()
        assert f"{number} / {count}" in text
        assert number == 1 or "Bègles novembre 2026" in text
    assert "Synthèse" in begles.pages[0].extract_text()
    assert "Engagements" not in begles.pages[0].extract_text()


def test_the_same_page_gives_the_same_bytes_in_any_process(printed):
    made = factory.complete()
    page = Pages(made, "fr", paper=True).commune(made.communes[0], located=True)
    assert render(page.encode()) == printed["33039-begles.pdf"]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "בית ספר", "x" * 200])
def test_hostile_names_are_legible(name):
    made = report(commune(BEGLES, [service("s", name, "web", outages=[(NOVEMBER.start, NOVEMBER.start + 1, name)])]))
    reader = pypdf.PdfReader(
        io.BytesIO(render(Pages(made, "fr", paper=True).commune(made.communes[0], located=False).encode()))
    )
    lines = "\n".join(page.extract_text() for page in reader.pages)
    assert "x" * 150 not in lines, "a word longer than its column is broken"
    text = "".join(lines.split())
    assert "/JavaScript" not in str(reader.trailer["/Root"])
    shown = "".join(name.split())
    assert shown in text or shown[::-1] in text


def test_nothing_is_fetched_for_a_page():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        page = f"<html lang=fr><title>t</title><img alt=x src='{address}'><p>text</p></html>"
        assert render(page.encode()).startswith(b"%PDF")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_without_the_library_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("exporters.report.pdf.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"needs WeasyPrint: pip install 'netmon-metropole\[pdf\]'"):
        write_report(factory.small(), tmp_path / "out", ["pdf"])
    assert not (tmp_path / "out").exists()


def die(page: bytes) -> bytes:
    os._exit(len(page) and 1)


def hang(page: bytes) -> bytes:
    while page:
        time.sleep(1)
    return page


@pytest.mark.parametrize("fault", [die, hang])
def test_a_renderer_that_dies_or_hangs_is_one_clear_line(tmp_path, monkeypatch, fault):
    monkeypatch.setattr("exporters.report.pdf.render", fault)
    monkeypatch.setattr("exporters.report.pdf.LONGEST", 1)
    with pytest.raises(HostError, match=r"^cannot render metropole\.pdf: the renderer died"):
        write_report(factory.small(), tmp_path, ["pdf"])


def test_what_changed_is_printed_too_and_says_what_is_left_out(tmp_path):
    line = (
        '{"kind":"correction","object":"portail","from":1790805600,"to":1790809200,"state":"up","author":"A. Martin"}'
    )
    figures = [Difference("Bègles", f"s{n}", "communes.services.unavailable", n, n + 1) for n in range(301)]
    between = Between(
        "v1", "v2", NOVEMBER, NOVEMBER.end, "1.0", "a" * 64, [InputChange(True, line)], figures, {"portail": "Portail"}
    )
    write_differences([Sheet(tmp_path, "fr", "Bègles", between)], ("html", "pdf"))
    reader = pypdf.PdfReader(tmp_path / "differences.pdf")
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in ("Bègles", "A. Martin", "Portail", "a" * 16, "1 ligne de plus"):
        assert words in text, words
    assert {element["/S"] for element in elements(reader)} >= {"/H1", "/H2", "/Table", "/TH"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["differences.html", "differences.pdf"]
