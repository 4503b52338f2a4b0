"""``blackbox.yml`` files of blackbox_exporter, as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from netmon.config.blackboxhttp import HttpReading
from netmon.config.blackboxnet import NetReading
from netmon.config.blackboxvalues import ADDRESS_KEYS
from netmon.config.files import Files, module_files
from netmon.config.looking import Where
from netmon.config.reader import read_mapping, read_source
from netmon.config.source import MapNode, shown
from netmon.config.wrong import Advisor
from netmon.errors import Problem
from netmon.probemodules import ProbeLibrary, ProbeModule, ProbeSettings

PROBERS: Final = ("http", "tcp", "icmp", "dns", "grpc")
_MODULE_KEYS: Final = ("prober", "timeout", *PROBERS)
_NO_TIMEOUT: Final = (None, "0", "0s")
_GRPC_KEYS: Final = (*ADDRESS_KEYS, "service", "tls", "tls_config")


def read_probe_files(files: Files, advisor: Advisor) -> "ProbeFiles":
    """What the files say that ``probe.module_files`` names; paths and problems are added to ``files``."""
    reading = ProbeFiles(files.problems, advisor)
    for path, name in module_files(files, "probe"):
        reading.read(path, name)
    return reading


@dataclass
class ProbeFiles:
    """Reads files one after another into one library. ``notes`` tell of modules that cannot be used."""

    problems: list[Problem] = field(default_factory=list)
    advisor: Advisor = field(default_factory=Advisor)
    notes: list[Problem] = field(default_factory=list)
    _modules: dict[str, ProbeModule] = field(default_factory=dict)

    @property
    def library(self) -> ProbeLibrary:
        """What was read so far."""
        return self._modules

    def read(self, path: Path, name: str) -> None:
        """Add what the file says; messages call it ``name``. What is wrong is added to ``problems``."""
        source = read_source(path, name, self.problems)
        tree = read_mapping(source, self.problems) if source is not None else None
        if tree is None:
            return
        reading = _ModuleReading(path.parent, self.advisor)
        modules = reading.table(reading.mapping(tree, (), ("modules",)), "modules", ())
        for key, node in modules.items():
            mark = modules.keys_at[key] if isinstance(modules, MapNode) else tree.mark
            before = self._modules.get(str(key))
            if before is not None:
                reading.wrong_key(modules, key, ((), "modules"), f"{shown(key)} is in {before.source} already")
            self._modules[str(key)] = reading.module(node, (((), "modules"), key), f"{name}:{mark.line}")
            self.notes += reading.refusals
        self.problems += reading.problems


class _ModuleReading(HttpReading, NetReading):
    """Reads modules."""

    def module(self, node: object, where: Where, source: str) -> ProbeModule:
        """One module; ``refusals`` are its own afterwards."""
        self.refusals = []
        said = self.mapping(node, where, _MODULE_KEYS)
        prober = self.choice(said, "prober", where, PROBERS)
        timeout = self.duration(said, "timeout", where) if said.get("timeout") not in _NO_TIMEOUT else None
        settings = {key: self._section(said, key, where) for key in PROBERS if key == prober or key in said}
        refused = "; ".join(map(str, self.refusals))
        text = yaml.safe_dump(self.shown(said), sort_keys=False, allow_unicode=True, width=1000)
        return ProbeModule(
            str(where[1]), prober, None if refused else settings.get(prober), timeout, source, refused, text
        )

    def _section(self, said: MapNode, key: str, where: Where) -> ProbeSettings | None:
        node, place = said.get(key, MapNode(said.mark)), (where, key)
        if key == "grpc":
            self._grpc(said, node, place)
            return None
        read: Mapping[str, Callable[[object, Where], ProbeSettings]]
        read = {"http": self.http, "tcp": self.tcp, "icmp": self.icmp, "dns": self.dns}
        return read[key](node, place)

    def _grpc(self, said: Mapping[str, Any], node: object, where: Where) -> None:
        entry = self.mapping(node, where, _GRPC_KEYS)
        self.addresses(entry, where)
        self.tls(entry, where)
        self.flag(entry, "tls", where)
        if said.get("prober") == "grpc":
            self.refuse(said["prober"], (where[0], "prober"), "gRPC is not supported")
