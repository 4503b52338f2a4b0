"""Debian's snmp_exporter 0.21 beside netmon: the same modules, the same agents, every sample compared."""

import contextlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

from prometheus_client.parser import text_string_to_metric_families

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from netmon.snmpmodules import Metric, Module
from tests.exporters.web.snmp_endpoint import Scraper, devices, scraping
from tests.peers.programs import fetch, free_port, need, running, wait_for

Series: TypeAlias = tuple[str, frozenset[tuple[str, str]]]

COSTS = re.compile(r"snmp_scrape_")


@dataclass(frozen=True)
class Exposition:
    """What a scrape said: values by series, and the head (type, help) of each metric."""

    values: Mapping[Series, float]
    heads: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, text: str) -> "Exposition":
        families = list(text_string_to_metric_families(text))
        values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
            if not COSTS.match(sample.name)
        }
        return cls(values, heads(text))


def heads(text: str) -> dict[str, tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        words = line.split(" ", 3)
        if words[:2] == ["#", "HELP"]:
            found.setdefault(words[2], ["", ""])[1] = words[3] if len(words) > 3 else ""
        elif words[:2] == ["#", "TYPE"]:
            found.setdefault(words[2], ["", ""])[0] = words[3]
    return {name: (kind, text) for name, (kind, text) in found.items()}


def new_format(modules: Iterable[Module], auths: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The modules as a ``snmp.yml`` of current releases says them."""
    return {
        "auths": auths or {"public_v2": {"community": "public", "version": 2}},
        "modules": {module.name: _module(module) for module in modules},
    }


def old_format(document: Mapping[str, Any], auth: str = "public_v2") -> dict[str, Any]:
    """The same as 0.21 reads it: each module has its own version and credentials."""
    said = dict(document["auths"][auth])
    version = said.pop("version", 2)
    return {
        name: {**module, "version": version, "auth": said, "timeout": "5s"}
        for name, module in document["modules"].items()
    }


def _module(module: Module) -> dict[str, Any]:
    return {
        "walk": list(module.walk),
        "get": list(module.get),
        "metrics": [_metric(metric) for metric in module.metrics],
        "max_repetitions": module.max_repetitions or 25,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    said: dict[str, Any] = {"name": metric.name, "oid": metric.oid, "type": metric.type, "help": metric.help}
    if metric.indexes:
        said["indexes"] = [
            {"labelname": one.labelname, "type": one.type}
            | ({"fixed_size": one.fixed_size} if one.fixed_size else {})
            | ({"implied": True} if one.implied else {})
            | ({"enum_values": dict(one.enum_values)} if one.enum_values else {})
            for one in metric.indexes
        ]
    if metric.lookups:
        said["lookups"] = [
            {"labels": list(one.labels), "labelname": one.labelname}
            | ({"oid": one.oid, "type": one.type} if one.oid else {})
            for one in metric.lookups
        ]
    if metric.regex_extracts:
        said["regex_extracts"] = {
            suffix: [{"value": extract.value, "regex": extract.regex} for extract in attempts]
            for suffix, attempts in metric.regex_extracts
        }
    if metric.enum_values:
        said["enum_values"] = dict(metric.enum_values)
    return said


@dataclass(frozen=True)
class Peer:
    """A running snmp_exporter."""

    url: str
    pid: int

    def scrape(self, target: str, module: str) -> tuple[int, str]:
        """Status and text of one scrape."""
        return self.get(urlencode({"target": target, "module": module}))

    def get(self, query: str) -> tuple[int, str]:
        """The same for any parameters."""
        try:
            with urllib.request.urlopen(f"{self.url}/snmp?{query}", timeout=60) as answer:
                return int(answer.status), str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


def yaml(document: object) -> str:
    """As YAML; numbers as keys (of enumerations) stay numbers, which JSON cannot say."""
    return re.sub(r'"(-?\d+)": ', r"\1: ", json.dumps(document))


@contextlib.contextmanager
def snmp_exporter(directory: Path, document: Mapping[str, Any], *flags: str) -> Iterator[Peer]:
    """Debian's program with the modules of ``document`` (in the old format)."""
    program, port = need("prometheus-snmp-exporter", "prometheus-snmp-exporter"), free_port()
    file = directory / "old-snmp.yml"
    file.write_text(yaml(document), encoding="utf-8")
    command = [program, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error", *flags]
    with running(command, directory) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: process.poll() is not None or fetch(f"{url}/metrics"))
        assert process.poll() is None, (directory / "program.log").read_text()
        yield Peer(url, process.pid)


def ours(port: int, module: str, modules: Mapping[str, Module] | None = None) -> tuple[int, str]:
    """Status and text of netmon's answer."""
    return our_answers(port, [module], modules)[module]


def our_answers(
    port: int, names: Iterable[str], modules: Mapping[str, Module] | None = None
) -> dict[str, tuple[int, str]]:
    """netmon's answers about one agent, module by module, from one listener."""
    known = MODULES if modules is None else modules

    def ask(scraper: Scraper) -> dict[str, tuple[int, str]]:
        answers = {name: scraper.get({"target": f"127.0.0.1:{port}", "module": name}) for name in names}
        return {name: (answer.status, answer.text) for name, answer in answers.items()}

    return scraping(devices(("127.0.0.1", port)), ask, collector=SnmpCollector(known), modules=known)


def compare(peer: Peer, port: int, module: str, modules: Mapping[str, Module] | None = None) -> Exposition:
    """Both answers about one agent; they must say the same, but for what changed between the peer's own two looks."""
    before, mine = peer.scrape(f"127.0.0.1:{port}", module), ours(port, module, modules)
    after = peer.scrape(f"127.0.0.1:{port}", module)
    return check(before, mine, after)


def check(before: tuple[int, str], mine: tuple[int, str], after: tuple[int, str]) -> Exposition:
    assert (before[0], mine[0], after[0]) == (200, 200, 200), (before[1], mine[1])
    first, own, second = (Exposition.of(text) for _, text in (before, mine, after))
    assert own.heads == first.heads
    assert set(own.values) == set(first.values)
    for series, value in own.values.items():
        low, high = sorted((first.values[series], second.values[series]))
        assert low <= value <= high, series
    return own
