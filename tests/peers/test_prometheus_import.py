"""The memory of a real Prometheus as an event log: states, the uncertainty between samples, gaps."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from netmon.cli import main
from tests.peers.programs import free_port, need, prometheus

pytestmark = pytest.mark.peer

STEP = 15


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A Prometheus that remembers 14 hours: web01 fails for ten minutes, is not scraped for an hour; web02 is fine."""
    directory = tmp_path_factory.mktemp("prometheus")
    promtool, begin = need("promtool", "prometheus"), (int(time.time()) - 86_400) // 3600 * 3600
    lines = ["# TYPE probe_success gauge"]
    for offset in range(0, 14 * 3600, STEP):
        down = 3600 <= offset < 4200
        if not 7200 <= offset < 10_800:
            lines.append(f'probe_success{{instance="web01",job="http"}} {0 if down else 1} {begin + offset}')
        lines.append(f'probe_success{{instance="web02",job="http"}} 1 {begin + offset}')
    text = directory / "samples.txt"
    text.write_text("\n".join([*lines, "# EOF", ""]))
    done = subprocess.run(
        [promtool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(directory / "tsdb")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with prometheus(directory, f"127.0.0.1:{free_port()}") as url:
        yield url, begin


def converted(capsys: pytest.CaptureFixture[str], url: str, begin: int, *more: str) -> list[dict[str, Any]]:
    span = ["--from", str(begin), "--to", str(begin + 14 * 3600)]
    assert main(["history", "convert", "prometheus", url, *span, *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_samples_become_states_and_gaps_no_data(server: tuple[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    url, begin = server
    found = [line for line in converted(capsys, url, begin) if line["object"] == "web01"]
    assert [(line["t"] - begin, line["t"] - line["earliest"], line["state"]) for line in found] == [
        (0, 0, "up"),
        (3600, STEP, "down"),
        (4200, STEP, "up"),
        (7200, 0, "pending"),
        (10_800, 0, "up"),
        (14 * 3600, 0, "pending"),
    ]


def test_the_engine_reads_it(server: tuple[str, int], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url, begin = server
    lines = converted(capsys, url, begin, "--query", 'probe_success{job="http"}', "--name", "{job}/{instance}")
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["sla", "eval", str(log), "--json"]) == 0
    one, two = json.loads(capsys.readouterr().out)["objects"]
    assert (one["object"], one["unavailable"], one["seconds"]["no_data"]) == ("http/web01", 600, 3600)
    assert one["low"] < one["availability"] < one["high"]
    assert (two["availability"], two["coverage"]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--name", "{job}"], "two series are called 'http'"),
        (["--name", "{site}"], "a series has no label 'site': it has __name__, instance, job"),
        (["--query", "sum(probe_success)"], "only allowed for vector selectors"),
        (["--query", "probe_success{"], "parse error"),
    ],
)
def test_what_cannot_be_converted_is_said(
    server: tuple[str, int], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    url, begin = server
    span = ["--from", str(begin), "--to", str(begin + 3600)]
    assert main(["history", "convert", "prometheus", url, *span, *more]) == 64
    assert message in capsys.readouterr().err


def test_a_server_that_is_not_there_is_said_without_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://noc:geheim@127.0.0.1:{free_port()}"
    assert main(["history", "convert", "prometheus", url, "--from", "0", "--to", "9"]) == 69
    said = capsys.readouterr().err
    assert "no answer" in said
    assert "geheim" not in said
