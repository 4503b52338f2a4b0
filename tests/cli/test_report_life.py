"""``netmon report --close``, ``verify``, ``keygen``: a closed report stands, and says why it would be another today."""

import errno
import gzip
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import IO, Any

import pytest

from netmon.cli import main
from netmon.clock import DAY, HOUR
from netmon.errors import EXIT_HOST, EXIT_UNAVAILABLE, EXIT_USAGE
from netmon.history import open_history
from tests.cli.october import OCTOBER, make_october


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    return make_october(tmp_path)


def close(configuration: Path, *words: str) -> int:
    return main(["report", "-c", str(configuration), "--period", "2026-10", "--close", *words])


def verify(configuration: Path, *words: str | Path) -> int:
    return main(["report", "verify", "-c", str(configuration), *(str(word) for word in words)])


def correct(configuration: Path, state: str = "up") -> None:
    words = ["--from", "2026-10-10 00:00", "--to", "2026-10-10 02:00", "--state", state]
    said = ["--author", "A. Martin", "--reason", "sonde défaillante"]
    assert main(["history", "correct", "portail", *words, *said, "-c", str(configuration)]) == 0


def edition(configuration: Path, name: str = "v1") -> Path:
    return configuration.parent / "data" / "reports" / "2026-10" / name


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_closing_stores_figures_inputs_and_documents_that_the_manifest_names(configuration, capsys):
    assert close(configuration, "--format", "html,csv") == 0
    folder = edition(configuration)
    assert capsys.readouterr().out == f"{folder}\n"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    stored = files(folder)
    assert set(manifest["files"]) == set(stored) - {"manifest.json"}
    assert {"report.json", "inputs.jsonl.gz", "fr/metropole/index.html", "fr/33039-begles/33039-begles.html"} < set(
        stored
    )
    for name, told in manifest["files"].items():
        assert told == {"bytes": len(stored[name]), "sha256": hashlib.sha256(stored[name]).hexdigest()}
    assert hashlib.sha256(gzip.decompress(stored["inputs.jsonl.gz"])).hexdigest() == manifest["inputs"]
    assert b"Le Haillan" not in stored["fr/33039-begles/33039-begles.html"]
    store = open_history(configuration.parent / "data" / "netmon.sqlite", read_only=True)
    (recorded,) = store.editions()
    store.close()
    assert recorded.manifest.encode() == stored["manifest.json"]


def test_a_closed_period_is_not_closed_again_while_nothing_changed(configuration, capsys):
    assert close(configuration) == 0
    before = files(edition(configuration))
    assert close(configuration) == EXIT_USAGE
    assert "2026-10 is closed already (v1), and nothing it was made of has changed since" in capsys.readouterr().err
    assert files(edition(configuration)) == before
    assert not edition(configuration, "v2").exists()


def test_a_correction_gives_a_second_version_with_what_changed_and_the_first_stays(configuration, capsys):
    assert close(configuration) == 0
    before = files(edition(configuration))
    correct(configuration)
    assert close(configuration, "--format", "html,json") == 0
    assert files(edition(configuration)) == before
    page = (edition(configuration, "v2") / "fr/33039-begles/differences.html").read_text("utf-8")
    for words in ("A. Martin", "sonde défaillante", "v1", "v2", "Bègles", "2\u202fh", "correction"):
        assert words in page, words
    assert "Le Haillan" not in page
    assert "Le Haillan" in (edition(configuration, "v2") / "fr/metropole/differences.html").read_text("utf-8")
    assert not (edition(configuration) / "fr/metropole/differences.html").exists()
    told = json.loads((edition(configuration, "v2") / "fr/33039-begles/differences.json").read_text("utf-8"))
    assert (told["before"], told["after"], told["commune"]) == ("v1", "v2", "Bègles")
    (cause,) = told["causes"]
    assert (cause["added"], cause["kind"], cause["object"], cause["state"]) == (True, "correction", "portail", "up")
    assert (cause["from"], cause["to"]) == ("2026-10-10T00:00:00+02:00", "2026-10-10T02:00:00+02:00")
    assert {
        "commune": "Bègles",
        "subject": "Bègles",
        "figure": "communes.unavailable",
        "before": 10800,
        "after": 3600,
    } in (told["figures"])
    assert {each["commune"] for each in told["figures"]} == {"Bègles"}
    manifest = json.loads((edition(configuration, "v2") / "manifest.json").read_text("utf-8"))
    assert (manifest["edition"], manifest["replaces"]) == ("v2", "v1")


@pytest.mark.parametrize(
    "full", ["report.json", "inputs.jsonl.gz", "manifest.json", "public-key.pem", "manifest.json.sig"]
)
def test_a_disk_that_fills_up_is_said_in_one_line_and_given_its_room_back(configuration, capsys, monkeypatch, full):
    assert main(["report", "keygen", str(configuration.parent / "key")]) == 0
    text = configuration.read_text("utf-8")
    configuration.write_text(f'{text}reports: {{signing_key: "${{file:key}}"}}\n', "utf-8")
    opened = Path.open

    def open_unless_full(path: Path, mode: str = "r", *rest: Any, **words: Any) -> IO[Any]:
        if path.name == full and "w" in mode:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, mode, *rest, **words)

    replaced = Path.replace

    def replace_unless_full(path: Path, target: Path) -> Path:
        if target.name == full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replaced(path, target)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", open_unless_full)
        disk.setattr(Path, "replace", replace_unless_full)
        assert close(configuration) == EXIT_HOST
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert said.count("\n") == 1
    assert list((edition(configuration).parent).iterdir()) == []
    assert close(configuration) == 0


def test_mails_that_a_killed_closing_did_not_queue_are_queued_by_closing_again(configuration, capsys):
    recipients = "recipients: [{to: [comite@metropole.example], attach: [html]}]"
    mail = f"mail: {{server: localhost:9, tls: none, sender: netmon@netmon.example, {recipients}}}\n"
    configuration.write_text(configuration.read_text("utf-8") + mail, "utf-8")
    assert close(configuration) == 0  # killed right before its mails were queued it would leave the same
    assert close(configuration, "--mail") == 0
    assert close(configuration, "--mail") == EXIT_USAGE
    assert main(["report", "mails", "-c", str(configuration), "--json"]) == 0
    assert "comite@metropole.example" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("data_dir: data", "data_dir: data\ntimezone: UTC", "période"),
        ("objective: 99.9", "objective: 99.5", "contrat, dans la configuration"),
        (
            "sites:\n",
            "sites:\n  - {id: ecole, name: École, kind: school, commune: Bègles}\n",
            "site, dans la configuration",
        ),
        (
            '  - {name: Le Haillan, insee: "33200", population: 11955, tile: [1, 3]}\n',
            "",
            "commune, dans la configuration",
        ),
    ],
)
def test_a_configuration_changed_after_closing_gives_a_version_that_says_so(configuration, was, becomes, said):
    assert close(configuration) == 0
    before = files(edition(configuration))
    text = configuration.read_text("utf-8")
    assert was in text
    configuration.write_text(text.replace(was, becomes), "utf-8")
    assert close(configuration, "--format", "json") == 0
    assert said in (edition(configuration, "v2") / "fr/metropole/differences.html").read_text("utf-8")
    assert files(edition(configuration)) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--period", "2099-10", "--close"], "2099-10 has not ended yet: it cannot be closed"),
        (["--period", "7d", "--close"], "7d cannot be closed: expected whole days, such as 2026-10 or 20"),
        (["--period", "2026-10", "--close", "--commune", "Bègles"], "--close: a period is closed for all communes"),
    ],
)
def test_what_cannot_be_closed_is_one_line_and_64(configuration, capsys, words, message):
    assert main(["report", "-c", str(configuration), *words]) == EXIT_USAGE
    assert capsys.readouterr().err.startswith(message)
    assert not list((configuration.parent / "data").rglob("manifest.json"))


def test_a_report_made_again_is_identical(configuration, capsys):
    assert close(configuration) == 0
    for name in ("report.json", "manifest.json", "fr/metropole/index.html", "."):
        assert verify(configuration, edition(configuration) / name) == 0
    said = capsys.readouterr().out
    assert said.count("tous identiques") == 4


def test_a_document_found_by_its_content_is_that_of_its_edition(configuration, tmp_path, capsys):
    assert close(configuration) == 0
    mailed = tmp_path / "reçu.html"
    mailed.write_bytes((edition(configuration) / "fr/33039-begles/33039-begles.html").read_bytes())
    assert verify(configuration, mailed) == 0
    assert "v1" in capsys.readouterr().out
    mailed.write_bytes(mailed.read_bytes() + b" ")
    assert verify(configuration, mailed) == EXIT_USAGE
    assert "no stored report names it" in capsys.readouterr().err


def test_a_later_correction_is_named_with_the_figures_it_changes(configuration, capsys):
    assert close(configuration) == 0
    correct(configuration)
    assert verify(configuration, edition(configuration) / "report.json", "--lang", "en") == 1
    said = capsys.readouterr().out
    assert "Bègles – Portail des citoyens: Interrupted time: 3 h → 1 h" in said.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "correction (new): portail" in said
    assert "A. Martin" in said
    assert verify(configuration, edition(configuration) / "report.json", "--json") == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["identical"] is False
    assert [cause["event"]["kind"] for cause in told["causes"]] == ["correction"]


@pytest.mark.parametrize("communes", [(), ("--commune", "Bègles")])
def test_a_document_that_was_never_stored_is_compared_as_well(configuration, tmp_path, capsys, communes):
    words = ["report", "-c", str(configuration), "--period", "2026-10", "--format", "json", "-o", str(tmp_path / "out")]
    assert main([*words, *communes]) == 0
    assert verify(configuration, tmp_path / "out" / "report.json") == 0
    correct(configuration)
    assert verify(configuration, tmp_path / "out" / "report.json") == 1
    assert "A. Martin" in capsys.readouterr().out


def test_an_altered_document_is_found_out(configuration, capsys):
    assert close(configuration) == 0
    page = edition(configuration) / "fr/metropole/index.html"
    page.write_bytes(page.read_bytes().replace(b"99", b"98"))
    assert verify(configuration, page) == 1
    assert "fr/metropole/index.html" in capsys.readouterr().out
    document = edition(configuration) / "report.json"
    document.write_text(document.read_text("utf-8").replace('"unavailable": 10800', '"unavailable": 1080'), "utf-8")
    assert verify(configuration, document) == 1
    assert verify(configuration, page) == EXIT_UNAVAILABLE


def test_signatures_are_made_and_checked_by_us_and_by_openssl(configuration, tmp_path, capsys):
    assert main(["report", "keygen", str(tmp_path / "key")]) == 0
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert main(["report", "keygen", str(tmp_path / "key")]) == EXIT_USAGE
    text = configuration.read_text("utf-8")
    configuration.write_text(f'{text}reports: {{signing_key: "${{file:key}}"}}\n', "utf-8")
    assert close(configuration) == 0
    document = edition(configuration) / "report.json"
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(tmp_path / "key.pem")]
    checked = subprocess.run(
        [*command, "-in", str(document), "-sigfile", f"{document}.sig"], capture_output=True, text=True, check=False
    )
    assert "Signature Verified Successfully" in checked.stdout
    assert verify(configuration, document, "--lang", "en") == 0
    assert "signature: good" in capsys.readouterr().out
    configuration.write_text(text, "utf-8")  # without the key: with the public one
    assert verify(configuration, document, "--key", tmp_path / "key.pem", "--lang", "en") == 0
    assert "signature: good" in capsys.readouterr().out
    page = edition(configuration) / "fr/metropole/index.html"
    Path(f"{page}.sig").unlink()
    assert verify(configuration, page) == 0  # nobody asked
    assert verify(configuration, page, "--key", tmp_path / "key.pem", "--lang", "en") == 1
    assert "SIGNATURE: there is none beside it" in capsys.readouterr().out
    Path(f"{document}.sig").write_bytes(bytes(64))
    assert verify(configuration, document, "--key", tmp_path / "key.pem", "--lang", "en") == 1
    assert "SIGNATURE" in capsys.readouterr().out


def test_the_same_inputs_at_the_same_time_give_the_same_bytes(configuration, monkeypatch):
    monkeypatch.setattr("netmon.clock.SystemClock.now", lambda _self: OCTOBER + 40 * DAY + HOUR)
    assert close(configuration, "--format", "html,csv,json") == 0
    first = files(edition(configuration))
    data = configuration.parent / "data"
    (data / "reports").rename(data / "set-aside")
    store = open_history(data / "netmon.sqlite")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM editions")
    store.close()
    assert close(configuration, "--format", "html,csv,json") == 0
    assert files(edition(configuration)) == first
