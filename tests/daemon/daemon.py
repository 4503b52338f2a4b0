"""A daemon as users run it: its own process, its own configuration."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.peers.programs import fetch, fetch_json, free_port, running, wait_for

COMMUNES = "communes: [{name: Bègles, insee: '33039', population: 31831, tile: [4, 5]}]\n"
SITES = "sites: [{id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}]\n"


def configuration(directory: Path, more: str = "", port: int | None = None) -> tuple[Path, int]:
    """A configuration with one commune and one site; its main file and the web port."""
    port = port or free_port()
    file = directory / "netmon.yml"
    file.write_text(
        f"data_dir: var\nheartbeat: 1s\nweb: {{listen: '127.0.0.1:{port}'}}\n"
        "defaults: {interval: 1s, timeout: 800ms, fall: 2, rise: 1}\n" + COMMUNES + SITES + more
    )
    return file, port


def netmon(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "netmon", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)


@contextlib.contextmanager
def daemon(file: Path, port: int, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """``netmon run`` on the configuration, ready."""
    command = [sys.executable, "-m", "netmon", "run", "-c", str(file)]
    with running(command, file.parent, env={**os.environ, "NO_COLOR": "1"}, **options) as process:
        wait_for(lambda: process.poll() is not None or fetch_json(f"http://127.0.0.1:{port}/api/v1/status"))
        assert process.poll() is None, (file.parent / "program.log").read_text()
        yield process


def is_down(port: int, check: str) -> bool:
    """Whether the daemon has confirmed that the check is down."""
    text = fetch(f"http://127.0.0.1:{port}/metrics") or ""
    return any(f'check="{check}"' in line and line.endswith(" 0") for line in text.splitlines() if "check_up{" in line)
