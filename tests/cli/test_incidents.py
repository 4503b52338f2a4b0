"""``netmon incidents`` on a history without a daemon: what is shown, what people tell, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from netmon.cli import main
from netmon.config import load
from netmon.history import open_history
from netmon.state.book import Book
from tests.cli.fallen import fallen


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    """What ``fallen`` left."""
    return fallen(tmp_path)


def documents(config: list[str], capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["incidents", "list", "--json", *more, *config]) == 0
    return list(json.loads(capsys.readouterr().out)["incidents"])


def book_of(config: list[str]) -> Book:
    store = open_history(load(Path(config[1])).history, read_only=True)
    book = Book(store.incident_steps())
    store.close()
    return book


def test_there_is_one_incident_for_each_root_cause(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    dist, other = documents(config, capsys)
    assert (dist["object"], other["object"]) == ("dist", "other")
    takes = dist["takes"]
    assert (takes["nodes"], takes["checks"], takes["services"]) == (["acc"], ["portail"], ["web"])
    assert (takes["communes"], takes["population"]) == (["Ambès", "Bègles"], 35_331)
    assert takes["tree"] == [{"id": "dist", "children": [{"id": "acc", "children": []}]}]
    assert documents(config, capsys, "--commune", "Bègles") == [dist]


def test_the_list_says_what_counts(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["incidents", *config, "--lang", "fr"]) == 0
    shown = capsys.readouterr()
    assert "en panne" in shown.out
    assert "dist" in shown.out
    assert "read from the history" in shown.err
    assert main(["incidents", "--exit-code", *config]) == 2
    assert main(["incidents", "show", "dist", "--lang", "en", "--ascii", *config]) == 0
    assert "`-- acc" in capsys.readouterr().out


def test_what_people_tell_is_kept_and_starts_the_clocks(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = ["--author", "A. Martin", *config]
    assert main(["incidents", "ack", "dist", "-m", "je regarde", *said]) == 0
    assert main(["incidents", "notify", "dist", *said]) == 0
    assert "marche: GTR until" in capsys.readouterr().out
    assert main(["incidents", "start", "dist", *said]) == 0
    assert main(["incidents", "pause", "dist", "-m", "pas d'accès", *said]) == 0
    assert main(["incidents", "annotate", "dist", "clé chez le gardien", *said]) == 0
    assert main(["incidents", "attribute", "dist", "--party", "operator", "-m", "fibre coupée", *said]) == 0
    dist = documents(config, capsys)[0]
    assert dist["acknowledged"]["author"] == "A. Martin"
    assert dist["party"] == "operator"
    assert [pause["reason"] for pause in dist["handling"]["pauses"]] == ["pas d'accès"]
    [clock] = dist["clocks"]
    assert (clock["contract"], clock["paused"], clock["deadline"]) == ("marche", True, None)
    assert main(["incidents", "resume", "dist", *said]) == 0
    assert documents(config, capsys)[0]["clocks"][0]["deadline"] is not None
    assert main(["incidents", "restore", "dist", *said]) == 0
    after = documents(config, capsys)[0]
    assert (after["clocks"][0]["result"], after["state"], after["ended"]) == ("met", "down", None)


def test_incidents_are_merged_and_split(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["incidents", "merge", "other", "dist", "-m", "même fibre", *config]) == 0
    [both] = documents(config, capsys)
    assert set(both["roots"]) == {"dist", "other"}
    assert main(["incidents", "split", "dist", "other", *config]) == 0
    assert {each["object"] for each in documents(config, capsys)} == {"dist", "other"}
    assert len([case for case in book_of(config).cases.values() if case.closed is None]) == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["ack", "nothing"], 69, "there is no incident 'nothing'"),
        (["ack", "core"], 69, "there is no incident 'core'"),
        (["ack", "INC-"], 69, "there is no incident 'INC-'"),
        (["ack", "dist", "--author", "netmon"], 64, "expected the name of a person"),
        (["pause", "dist", "-m", " "], 64, "expected a text"),
        (["notify", "dist", "--contract", "march"], 64, "did you mean 'marche'?"),
        (["notify", "dist", "--at", "2099-01-01 00:00"], 64, "is in the future"),
        (["attribute", "dist", "--party", "operateur", "-m", "x"], 64, "did you mean 'operator'?"),
        (["merge", "dist", "dist"], 64, "cannot be part of itself"),
        (["split", "dist", "acc"], 64, "is no root cause"),
        (["split", "dist", "dist"], 64, "nothing to split"),
        (["annotate", "dist", "zwei\nZeilen"], 64, "one line"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], code: int, message: str, config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["incidents", *words, *config]) == code
    assert message in capsys.readouterr().err


def test_a_daemon_that_was_asked_for_by_name_has_no_substitute(config: list[str]) -> None:
    assert main(["incidents", "--url", "http://127.0.0.1:1", *config]) == 69


def test_the_handover_tells_the_shift(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = ["--author", "A. Martin", *config]
    assert main(["incidents", "notify", "dist", *said]) == 0
    assert main(["incidents", "annotate", "dist", "clé chez le *gardien*", *said]) == 0
    assert main(["maintenance", "add", "acc", "--for", "2h", "-m", "fibre", *said]) == 0
    capsys.readouterr()
    assert main(["handover", "--lang", "en", *config]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# Handover, from ")
    dist = book_of(config).case_of("dist")
    assert dist is not None
    assert f"## Open incidents (2)\n\n- **{dist.id}** dist: down since " in text
    assert "takes along 1 device, 1 service, 2 communes (35 331 inhabitants); GTR of marche: 3 h 59 left" in text
    assert "note: clé chez le \\*gardien\\* (A. Martin)" in text
    assert "## Incidents closed since (0)\n\nNone.\n" in text
    assert "## Planned works (1)" in text
    assert "## Monitoring stopped (1)" in text
    assert main(["handover", "--since", "2d", "--lang", "fr", *config]) == 0
    assert capsys.readouterr().out.startswith("# Passation, du ")


def test_a_commune_is_found_however_it_is_written_and_a_slip_is_no_all_clear(
    config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [each["object"] for each in documents(config, capsys, "--commune", "begles")] == ["dist"]
    assert main(["incidents", "--commune", "Paris", *config]) == 64
    assert "no commune is called 'Paris'" in capsys.readouterr().err


def test_ack_is_short_for_incidents_ack(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ack", "dist", "-m", "en route", "--author", "m.durand", *config]) == 0
    assert documents(config, capsys)[0]["acknowledged"]["author"] == "m.durand"
