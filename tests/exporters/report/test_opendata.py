"""The open data form: exact, told apart by INSEE code, and silent about hosts and sensitive sites."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from exporters.report import write_report
from exporters.report.shape import schema
from netmon.model import FamilyFigures, Report
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, figures, report, service

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text("utf-8"))


def public(*families: FamilyFigures) -> Report:
    return report(replace(commune(BEGLES, [service("s", "S", "web")]), public=families))


def rows(made: Report, directory: Path, language: str = "fr") -> list[dict[str, str]]:
    write_report(made, directory, ["csv"], language)
    raw = (directory / "open-data.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


def test_a_row_tells_a_commune_a_family_and_a_month_with_exact_numbers(tmp_path):
    interrupted = figures("s", outages=[(NOVEMBER.start, NOVEMBER.start + 1500, "reset")])
    (row,) = rows(public(FamilyFigures("web", NOVEMBER, 0.995, 3, interrupted)), tmp_path)
    assert row["month"] == "2026-11"
    assert (row["commune"], row["insee"], row["siren"]) == ("Bègles", "33039", "213300395")
    assert (row["from"], row["to"]) == ("2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00")
    assert (row["services"], row["interruptions"]) == ("3", "1")
    assert (row["eligible_seconds"], row["unavailable_seconds"]) == ("2592000", "1.5")
    assert float(row["availability"]) == (2_592_000 - 1.5) / 2_592_000
    assert row["objective"] == "0.995"


def test_nothing_measured_is_empty_not_zero(tmp_path):
    unseen = figures("s", unseen=NOVEMBER.end - NOVEMBER.start)
    (row,) = rows(public(FamilyFigures("web", NOVEMBER, None, 1, unseen)), tmp_path)
    assert (row["objective"], row["availability"], row["low"], row["high"]) == ("", "", "", "")
    assert row["coverage"] == "0.0"


def test_it_names_no_host_no_site_and_no_service(tmp_path):
    write_report(factory.complete(), tmp_path, ["csv"])
    text = (tmp_path / "open-data.csv").read_text("utf-8")
    for word in ("portail", "wifi-ecoles", "mairie", "Hôtel", "INC-", "Faure"):
        assert word not in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_table_schema_describes_every_column_in_order(tmp_path, language):
    made = rows(factory.complete(), tmp_path, language)
    table = json.loads((tmp_path / "open-data.schema.json").read_text("utf-8"))
    assert [field["name"] for field in table["fields"]] == list(made[0])
    assert table["path"] == "open-data.csv"
    assert set(table["primaryKey"]) <= set(made[0])
    assert all(field["description"] for field in table["fields"])
    assert len({tuple(row[name] for name in table["primaryKey"]) for row in made}) == len(made)
    for row in made:
        for field in table["fields"]:
            _check(row[field["name"]], field)


def _check(text: str, field: dict[str, object]) -> None:
    rules = field["constraints"]
    assert isinstance(rules, dict)
    if not text:
        assert not rules.get("required")
        return
    if field["type"] in {"number", "integer"}:
        assert float(text) >= rules.get("minimum", 0)
        assert float(text) <= rules.get("maximum", float("inf"))
    if "pattern" in rules:
        assert re.fullmatch(rules["pattern"], text)


@pytest.mark.parametrize(
    "made",
    [factory.small(), factory.complete(), report(commune(BEGLES, [], objective=None))],
    ids=["small", "complete", "nothing"],
)
@pytest.mark.parametrize("communes", [None, ["Bègles"]])
def test_the_json_form_keeps_to_its_schema(tmp_path, made, communes):
    write_report(made, tmp_path, ["json"], communes=communes)
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(document)] == []


def test_the_schema_in_the_documentation_is_the_one_of_the_code():
    """After a change: make docs."""
    assert schema() == SCHEMA
