"""Debian's blackbox_exporter 0.23 beside netmon: the same module file, the same servers, every metric compared."""

import contextlib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

from prometheus_client.parser import text_string_to_metric_families

from tests.daemon.daemon import daemon
from tests.peers.programs import fetch, free_port, need, running, wait_for
from tests.peers.snmp_exporter import heads

Series: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

SLACK = 1.5
"""Seconds by which a duration may differ: both run on the same busy host."""


@dataclass(frozen=True)
class Answer:
    """What a probe was answered with: status and text, and the samples and heads in it."""

    status: int
    text: str

    @property
    def values(self) -> dict[Series, float]:
        """Values by name and labels."""
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
        }

    @property
    def heads(self) -> Mapping[str, tuple[str, str]]:
        """Type and help by name."""
        return heads(self.text)

    def value(self, name: str, **labels: str) -> float:
        """One value."""
        return self.values[name, tuple(sorted(labels.items()))]


@dataclass(frozen=True)
class Exporter:
    """Somebody who answers ``/probe``."""

    url: str

    def probe(self, module: str, target: str, **more: str) -> Answer:
        """What it says of a target."""
        return self.get({"module": module, "target": target, **more})

    def get(self, query: Mapping[str, str], **headers: str) -> Answer:
        """What it answers, good or bad."""
        request = urllib.request.Request(
            f"{self.url}/probe?{urlencode(query)}", headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode())


@dataclass(frozen=True)
class Pair:
    """netmon and blackbox_exporter with the same modules."""

    ours: Exporter
    theirs: Exporter

    def probe(self, module: str, target: str, **more: str) -> tuple[Answer, Answer]:
        """What both say of a target."""
        return self.ours.probe(module, target, **more), self.theirs.probe(module, target, **more)


@contextlib.contextmanager
def both(directory: Path, modules: str) -> Iterator[Pair]:
    """Both, running on the same module file, which stands in ``directory``; netmon asks anybody on loopback."""
    program = need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    (directory / "blackbox.yml").write_text(modules, encoding="utf-8")
    port, other = free_port(), free_port()
    main = directory / "netmon.yml"
    main.write_text(
        f"data_dir: var\nweb: {{listen: '127.0.0.1:{port}', probe_allow: [127.0.0.0/8, '::1', '*.invalid']}}\n"
        "probe: {module_files: [blackbox.yml]}\n"
    )
    log = directory / "peer"
    log.mkdir()
    command = [
        program, f"--config.file={directory / 'blackbox.yml'}", f"--web.listen-address=127.0.0.1:{other}",
    ]  # fmt: skip
    with running(command, log, cwd=directory), daemon(main, port):
        theirs = Exporter(f"http://127.0.0.1:{other}")
        wait_for(lambda: fetch(f"{theirs.url}/-/healthy"))
        ours = Exporter(f"http://127.0.0.1:{port}")
        wait_for(lambda: fetch(f"{ours.url}/-/ready"))
        yield Pair(ours, theirs)


def is_duration(name: str) -> bool:
    """Whether a metric is a length of time that was measured."""
    return name.endswith(("_duration_seconds", "_lookup_time_seconds"))


def differences(ours: Answer, theirs: Answer) -> dict[str, tuple[object, object]]:
    """Where two answers differ, by metric (and its labels): ours, theirs."""
    found: dict[str, tuple[object, object]] = {}
    if ours.status != theirs.status:
        return {"status": ((ours.status, ours.text), (theirs.status, theirs.text))}
    mine, other = ours.values, theirs.values
    for series in sorted(mine.keys() | other.keys()):
        name = series[0] + "".join(f"{{{label}={value}}}" for label, value in series[1])
        one, two = mine.get(series), other.get(series)
        close = one is not None and two is not None and is_duration(series[0]) and abs(one - two) <= SLACK
        if one != two and not close:
            found[name] = (one, two)
    for metric in sorted(ours.heads.keys() & theirs.heads.keys()):
        if ours.heads[metric] != theirs.heads[metric]:
            found[f"# {metric}"] = (ours.heads[metric], theirs.heads[metric])
    return found
