"""The workbook: real numbers, dates and durations, nothing that calculates, the same bytes each time."""

import datetime as dt
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from exporters.report import write_report
from netmon.clock import DAY, HOUR
from netmon.model import MaintenanceWindow, Report
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, report, service


def book(made: Report, directory: Path, language: str = "fr", communes: list[str] | None = None) -> openpyxl.Workbook:
    (path,) = write_report(made, directory, ["xlsx"], language, communes)
    return openpyxl.load_workbook(path)


def records(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_numbers_dates_and_durations_are_real(tmp_path):
    made = book(factory.complete(), tmp_path)
    portail = records(made["Services"])[0]
    assert portail["Disponibilité"] == 0.994965
    assert portail["Durée d’interruption"] == dt.timedelta(hours=3, minutes=37, seconds=30, milliseconds=250)
    assert portail["Interruptions"] == 2
    outage = records(made["Interruptions"])[0]
    assert str(outage["Début"]) == "2026-11-05 04:00:00"
    assert outage["Durée"] == dt.timedelta(hours=3, minutes=36)
    assert made["Services"]["F2"].number_format == "0.0000%"
    assert made["Interruptions"]["F2"].number_format == "[h]:mm:ss"


def test_a_percentage_is_cut_never_rounded(tmp_path):
    second = service("s", "S", "web", outages=[(NOVEMBER.start, NOVEMBER.start + 1, "reset")])
    (row,) = records(book(report(commune(BEGLES, [second])), tmp_path)["Services"])
    assert row["Disponibilité"] == 0.999999


def test_every_sheet_has_a_frozen_head_and_a_filter_over_all_its_rows(tmp_path):
    for sheet in book(factory.complete(), tmp_path):
        assert sheet.freeze_panes == "B2", sheet.title
        assert sheet.auto_filter.ref == sheet.dimensions, sheet.title


def test_the_sheets_of_a_commune_alone_tell_nothing_of_the_others_or_of_markets(tmp_path):
    made = book(factory.complete(), tmp_path, communes=["Le Haillan"])
    assert "Proposition de pénalités" not in made.sheetnames
    text = "".join(str(cell) for sheet in made for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "Bègles" not in text
    assert "Wi-Fi" not in text


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "https://example.org/", "x" * 200, "{=1}"])
def test_hostile_names_are_texts(tmp_path, name):
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + HOUR, name)
    window = MaintenanceWindow(name, NOVEMBER.start, None, name, NOVEMBER.start)
    part = commune(replace(BEGLES, name=name), [service("s", name, name, outages=[outage])], [], [window])
    made = book(report(part), tmp_path)
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in cells if cell.hyperlink] == []
    assert sum(cell.value == name for cell in cells) > 5


def test_the_same_report_gives_the_same_bytes_whenever_it_is_written(tmp_path):
    (path,) = write_report(factory.complete(), tmp_path, ["xlsx"])
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"2026-12-01T00:00:00Z" in archive.read("docProps/core.xml")
