"""Real programs to try netmon against, each on loopback with a directory and a port of its own."""

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def need(program: str, package: str) -> str:
    """The program's path; skips the test where it is missing, naming Debian's package."""
    found = shutil.which(program, path=PATH)
    if not found:
        pytest.skip(f"needs {program}, from Debian's package {package}")
    return found


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_ports = cycle(random.SystemRandom().sample(range(20_000 + _WORKER, 32_768, 8), 1_000))
"""Below those that the system gives to whoever asks for any; no two test processes share one."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that nobody uses just now, nor soon: a program that is started again finds it free."""
    for port in islice(_ports, 1_000):
        with socket.socket(socket.AF_INET, kind) as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def wait_for(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true answer of ``what``; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        time.sleep(0.1)
    pytest.fail(f"still not so after {seconds:g} s")


def fetch(url: str) -> str | None:
    """The body behind ``url``; None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def fetch_json(url: str) -> Any:
    """The JSON behind ``url``; None while nobody answers."""
    text = fetch(url)
    return None if text is None else json.loads(text)


@contextlib.contextmanager
def running(command: list[str], directory: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The command, its output in ``directory/program.log``; stopped at the end."""
    with (directory / "program.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def snmpd(directory: Path, community: str = "tests") -> Iterator[int]:
    """Debian's agent; the port it listens on."""
    program, port = need("snmpd", "snmpd"), free_port(socket.SOCK_DGRAM)
    file = directory / "snmpd.conf"
    file.write_text(f"rocommunity {community} 127.0.0.1\nsysName real-agent\nsysLocation Bègles\n")
    command = [program, "-f", "-Lo", "-C", "-c", str(file), "-I", "-smux", f"udp:127.0.0.1:{port}"]
    with running(command, directory, env={"SNMP_PERSISTENT_DIR": str(directory), "PATH": PATH, "MIBS": ""}) as process:
        time.sleep(0.5)
        assert process.poll() is None, (directory / "program.log").read_text()
        yield port


@contextlib.contextmanager
def prometheus(
    directory: Path, target: str, interval: str = "2s", rules: Path | None = None, more: Sequence[str] = ()
) -> Iterator[str]:
    """Debian's Prometheus scraping ``target``, and evaluating the files in ``rules``; its address.

    ``more``: other jobs, written in YAML's flow style.
    """
    program, port = need("prometheus", "prometheus"), free_port()
    files = f"'{rules.resolve()}/*.yml'" if rules else ""
    own = f"{{job_name: netmon, static_configs: [{{targets: ['{target}']}}]}}"
    (directory / "prometheus.yml").write_text(
        f"global: {{scrape_interval: {interval}, scrape_timeout: {interval}, evaluation_interval: {interval}}}\n"
        f"rule_files: [{files}]\n"
        f"scrape_configs: [{', '.join((own, *more))}]\n"
    )
    command = [
        program, f"--config.file={directory / 'prometheus.yml'}", f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
    ]  # fmt: skip
    with running(command, directory):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: fetch(f"{url}/-/ready"))
        yield url
