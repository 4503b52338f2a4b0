"""What an operator copies to deploy netmon: the unit, the image, what is exported."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from netmon.cli.grafana import files
from netmon.i18n import LANGUAGES
from tests.daemon.daemon import configuration, daemon, netmon
from tests.peers.programs import need

UNIT = Path("config/systemd/netmon.service")
IMAGE = Path("Containerfile")


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.peer
def test_the_page_tells_the_exposure_that_systemd_tells() -> None:
    program = need("systemd-analyze", "systemd")
    command = [program, "security", "--offline=true", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"})
    level = re.search(r"Overall exposure level for netmon.service: (\S+ \w+)", done.stdout)
    assert level
    assert f"overall exposure level {level[1]}" in Path("docs/deployment.md").read_text()


@pytest.mark.peer
def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / "netmon.service"
    unit.write_text(UNIT.read_text().replace("/opt/netmon/bin/netmon", sys.executable))
    command = [need("systemd-analyze", "systemd"), "verify", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about_us = [line for line in done.stderr.splitlines() if "netmon" in line]
    assert about_us == []


def test_the_unit_has_no_capability_and_says_what_needs_one() -> None:
    found = settings()
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == [""]
    assert (found["Type"], found["WatchdogSec"]) == (["notify"], ["60s"])
    assert found["ExecReload"] == ["/bin/sh -c 'kill -HUP $MAINPID'"]
    text = UNIT.read_text()
    assert "CAP_NET_RAW" in text
    assert "CAP_NET_BIND_SERVICE" in text


def test_a_credential_of_the_unit_is_one_of_the_configuration(tmp_path: Path) -> None:
    name = settings()["LoadCredential"][0].split(":")[0]
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / name).write_text("tests\n")
    file, _ = configuration(tmp_path, f"credentials: {{c: {{version: 2c, community: '${{credential:{name}}}'}}}}\n")
    done = netmon("check-config", "-c", file, env={"CREDENTIALS_DIRECTORY": str(credentials), "PATH": ""})
    assert done.returncode == 0, done.stderr


def test_the_image_copies_what_there_is_and_is_not_root() -> None:
    lines = IMAGE.read_text().splitlines()
    copied = [words[1:-1] for line in lines if (words := line.split())[:1] == ["COPY"] and "--from" not in line]
    assert [name for names in copied for name in names if not Path(name).exists()] == []
    assert "USER 990:990" in lines
    kept = Path(".containerignore").read_text().splitlines()
    assert {f"!{name}" for names in copied for name in names} <= set(kept)


def test_the_health_check_of_the_image_tells_a_daemon_that_runs_from_none(tmp_path: Path) -> None:
    text = IMAGE.read_text()
    command = re.search(r"CMD \[\"python\", \"-c\", \"(.+)\"\]", text)
    assert command
    file, port = configuration(tmp_path)
    check = [sys.executable, "-c", command[1]]
    environment = {"NETMON_HEALTH": f"http://127.0.0.1:{port}/-/ready"}
    with daemon(file, port):
        assert subprocess.run(check, env=environment, check=False).returncode == 0
    gone = subprocess.run(check, env=environment, check=False, stderr=subprocess.DEVNULL)
    assert gone.returncode != 0
    assert shlex.split(command[1].split(";")[0])[0] == "import"


@pytest.mark.peer
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_exported_is_whole_and_right(language: str, tmp_path: Path) -> None:
    done = netmon("grafana", "export", tmp_path / "out", "--lang", language)
    assert done.returncode == 0, done.stderr
    written = {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert written == {path for path, _ in files(language)}
    assert Path("prometheus/rules/netmon-alerts.yml") in written
    assert not [path for path in written if "tests" in path.parts]
    folder = tmp_path / "out" / "prometheus"
    for program, package, words in (
        ("promtool", "prometheus", ["check", "config", "prometheus.yml"]),
        ("amtool", "prometheus-alertmanager", ["check-config", "alertmanager.yml"]),
    ):
        subprocess.run([need(program, package), *words], cwd=folder, check=True, capture_output=True)
    said = (folder / "rules" / "netmon-alerts.yml").read_text()
    assert ('summary: "netmon lui-même est coupé"' in said) == (language == "fr")


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    done = netmon("grafana", "export", tmp_path, "--lang", "de")
    assert done.returncode == 64
    assert "de" in done.stderr


@pytest.mark.peer
def test_the_queries_of_the_page_are_queries(tmp_path: Path) -> None:
    blocks = re.findall(r"```promql\n(.*?)```", Path("docs/deployment.md").read_text(), re.DOTALL)
    assert blocks
    for number, block in enumerate(blocks):
        rule = "".join(f"          {line}\n" for line in block.splitlines())
        text = f"groups:\n  - name: docs\n    rules:\n      - record: a:b:c\n        expr: |\n{rule}"
        (tmp_path / f"{number}.yml").write_text(text)
    command = [need("promtool", "prometheus"), "check", "rules", *map(str, tmp_path.glob("*.yml"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
