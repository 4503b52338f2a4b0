"""What a real Prometheus scraped of the demo, the interface, the terminal and the report say the same, to the second.

The demo runs three times on the same history, under a clock that libfaketime sets: around two midnights in Paris, so
that a whole civil day closes, and with it a month, a quarter and a year, with a restart in it, outages that the demo
makes, and a correction.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.programs import fetch, fetch_json, free_port, need, prometheus, wait_for
from tests.peers.test_demo import query

pytestmark = [pytest.mark.peer, pytest.mark.timeout(400)]

DAY = "2026-12-31"
BEGINS, ENDS = 1_798_671_600, 1_798_758_000
"""That day in Europe/Paris."""
UNTIL = "netmon_sla_counted_until_timestamp_seconds"

Sums = dict[tuple[str, str], float]


class Metropolis:
    """The demo's directory and address, which every run of it has in common."""

    def __init__(self, directory: Path) -> None:
        self.data, self.port = directory / "data", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.configuration = self.data / "netmon.yml"

    def command(self, at: str, *words: str | Path) -> list[str]:
        """``netmon`` as of another time."""
        program = need("faketime", "faketime")
        return [program, "--exclude-monotonic", at, sys.executable, "-m", "netmon", *map(str, words)]

    def tell(self, at: str, *words: str | Path) -> str:
        """What a command answers."""
        done = subprocess.run(
            self.command(at, *words), capture_output=True, text=True, check=False, timeout=60, env=_environment()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def lives(self, at: str) -> Iterator[None]:
        """The demo from then on."""
        words = ("demo", "--listen", f"127.0.0.1:{self.port}", "--data", self.data, "--history", "2d")
        log = self.data.with_suffix(".log")
        with log.open("ab") as out:
            process = subprocess.Popen(
                self.command(at, *words), stdout=out, stderr=subprocess.STDOUT, env=_environment(),
                start_new_session=True,
            )  # fmt: skip
            try:
                wait_for(lambda: process.poll() is not None or fetch(f"{self.url}/-/ready"), 60)
                assert process.poll() is None, log.read_text()
                yield
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)


def _environment() -> dict[str, str]:
    return {**os.environ, "NO_COLOR": "1", "TZ": "UTC"}


def scraped(prometheus_url: str, name: str) -> Sums:
    return {
        (sample["metric"]["contract"], sample["metric"]["commune"]): float(sample["value"][1])
        for sample in query(prometheus_url, name)
    }


def counted(prometheus_url: str, until: int) -> tuple[Sums, Sums]:
    """Eligible and unavailable as scraped while they were added up until then."""
    held = f"and on () ({UNTIL} == {until})"

    def ask() -> Any:
        found = tuple(
            scraped(prometheus_url, f"netmon_sla_{what}_seconds_total {held}") for what in ("eligible", "unavailable")
        )
        return all(found) and found

    eligible, unavailable = wait_for(ask, 60)
    return eligible, unavailable


def test_prometheus_the_interface_the_terminal_and_the_report_agree_to_the_second(tmp_path: Path) -> None:
    here = Metropolis(tmp_path)
    with prometheus(tmp_path, f"127.0.0.1:{here.port}") as url:
        with here.lives("2026-12-30 23:01:50"):
            begun = counted(url, BEGINS)
            month = wait_for(lambda: availability(here, "2026-12"))
            names = ("netmon_sla_objective_ratio", "netmon_sla_availability_ratio")
            gauges = [wait_for(lambda name=name: scraped(url, name)) for name in names]
            settle(url, BEGINS + 190)  # it lived for a minute: who scrapes once a minute has that end
        with here.lives("2026-12-31 22:59:55"):
            service = wait_for(lambda: fetch_json(f"{here.url}/api/v1/services"))["services"][0]["id"]
            told = ("history", "correct", service, "--from", f"{DAY}T12:00:00+01:00", "--to", f"{DAY}T12:20:34+01:00")
            said = ("--state", "down", "--author", "A. Martin", "--reason", "seen on site", "-c", here.configuration)
            here.tell("2026-12-31 23:00:10", *told, *said)
            wait_for(lambda: query(url, "netmon_check_up == 0"), 60)
            settle(url, ENDS + 30)
        with here.lives("2026-12-31 23:02:10"):
            ended = counted(url, ENDS)
            document = wait_for(lambda: availability(here, f"{DAY}..{DAY}"))
            closed = [
                wait_for(lambda label=label: availability(here, label)) for label in ("2026-12", "2026-Q4", "2026")
            ]
    grown = [
        {key: round(end[key] - start.get(key, 0.0), 3) for key in end} for start, end in zip(begun, ended, strict=True)
    ]
    rows = {(row["contract"], row["commune"]): row for row in document["rows"]}
    assert document["period"]["closed"] is True
    for key, row in rows.items():
        assert (grown[0][key], grown[1][key]) == (row["eligible_seconds"], row["unavailable_seconds"]), key
    assert grown[0].keys() == rows.keys()
    assert sum(grown[1].values()) > 1234
    assert gauges[0].keys() == rows.keys()
    for row in month["rows"]:
        assert gauges[0][row["contract"], row["commune"]] == row["objective"]
        measured = gauges[1].get((row["contract"], row["commune"]))
        assert measured == pytest.approx(row["availability"], abs=1e-3)
    for longer in closed:  # the history began in December: what it holds of the year is what was counted since
        assert longer["period"]["closed"] is True
        for row in longer["rows"]:
            key = row["contract"], row["commune"]
            assert (ended[0][key], ended[1][key]) == (row["eligible_seconds"], row["unavailable_seconds"]), key
    agree_with_the_terminal(here, rows)
    agree_with_the_report(here, rows, tmp_path / "report")


def availability(here: Metropolis, label: str) -> Any:
    """What the interface says of the period; None while nobody answers."""
    return fetch_json(f"{here.url}/api/v1/availability?period={label}")


def settle(url: str, at: int) -> None:
    """Wait until the clock of the demo is past what the daemon after it needs to be settled."""
    wait_for(lambda: query(url, f"max(netmon_check_last_run_timestamp_seconds) > {at}"), 120)


def agree_with_the_terminal(here: Metropolis, rows: dict[tuple[str, str], Any]) -> None:
    """``netmon sla --by contract`` for one commune."""
    commune = next(iter(rows))[1]
    command = ("sla", "-c", here.configuration, "--period", f"{DAY}..{DAY}", "--by", "contract", "--json")
    table = json.loads(here.tell("2027-01-01 10:00:00", *command, "--commune", commune))
    shown = {each["contract"]: each for each in table["contracts"]}
    mine = {contract: row for (contract, name), row in rows.items() if name == commune}
    assert shown.keys() == mine.keys()
    for contract, row in mine.items():
        assert shown[contract]["eligible"] == row["eligible_seconds"]
        assert shown[contract]["unavailable"] == row["unavailable_seconds"]


def agree_with_the_report(here: Metropolis, rows: dict[tuple[str, str], Any], folder: Path) -> None:
    """What every commune's part says of what it was promised."""
    command = ("report", "-c", here.configuration, "--period", f"{DAY}..{DAY}", "--format", "json", "-o", folder)
    here.tell("2027-01-01 10:00:00", *command)
    report = json.loads((folder / "report.json").read_text())
    shown = {
        (contract["contract"], part["commune"]): (contract["eligible"], contract["unavailable"])
        for part in report["communes"]
        for contract in part["contracts"]
    }
    assert len(shown) > 28
    assert shown == {key: (rows[key]["eligible_seconds"], rows[key]["unavailable_seconds"]) for key in shown}
