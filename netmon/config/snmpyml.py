"""``snmp.yml`` files of snmp_exporter (with ``auths`` and ``modules``), as they are.

Its stock file has some hundred thousand lines. A text that is plain YAML is read without places, and read again with
them only when something is wrong; what was read is kept by the text's digest, so that a reload reads it once.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

from netmon.config.files import Files, module_files
from netmon.config.looking import Looking, PlacesNeededError, Where
from netmon.config.plainyaml import read_plain
from netmon.config.reader import read_mapping, read_source
from netmon.config.secrets import referred
from netmon.config.snmpmetric import MODULE_KEYS, ModuleReading
from netmon.config.source import MapNode, Source, shown
from netmon.config.wrong import Advisor, WrongError
from netmon.errors import Problem
from netmon.settings import AuthProtocol, PrivProtocol, Secret, SnmpCredential
from netmon.snmpmodules import Module, ModuleLibrary

_TOP_KEYS = ("auths", "modules", "version")
_AUTH_KEYS = (
    "version", "community", "security_level", "username", "password", "auth_protocol", "priv_protocol",
    "priv_password", "context_name",
)  # fmt: skip
_LEVELS = ("noAuthNoPriv", "authNoPriv", "authPriv")
_VERSIONS: Mapping[int, Any] = {1: "1", 2: "2c", 3: "3"}
_OLD = "this is the format of snmp_exporter before 0.23: modules stand under 'modules', what was 'auth' under 'auths'"
_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Read:
    """What a text says: its modules, and its auths as a tree, for they may refer to files."""

    modules: Mapping[str, Module]
    auths: Mapping[str, Any]


_kept: "OrderedDict[tuple[str, str], _Read]" = OrderedDict()


def read_module_files(files: Files, advisor: Advisor) -> ModuleLibrary:
    """What the files say that ``snmp.module_files`` names; paths and problems are added to ``files``."""
    reading = ModuleFiles(files.problems, advisor)
    for path, name in module_files(files, "snmp"):
        reading.read(path, name)
    return reading.library


@dataclass
class ModuleFiles:
    """Reads files one after another into one library."""

    problems: list[Problem] = field(default_factory=list)
    advisor: Advisor = field(default_factory=Advisor)
    _modules: dict[str, Module] = field(default_factory=dict)
    _auths: dict[str, SnmpCredential] = field(default_factory=dict)
    _places: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def library(self) -> ModuleLibrary:
        """What was read so far."""
        return ModuleLibrary(self._modules, self._auths)

    def read(self, path: Path, name: str) -> None:
        """Add what the file says; messages call it ``name``. What is wrong is added to ``problems``."""
        source = read_source(path, name, self.problems)
        if source is None:
            return
        key = hashlib.sha256(source.text.encode()).hexdigest(), name
        try:
            read = _kept.get(key) or self._plain(source)
            self._add(source, read, _Auths(path.parent, self.advisor))
        except PlacesNeededError:
            self._placed(source)
            return
        _kept[key] = read
        _kept.move_to_end(key)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)

    def _plain(self, source: Source) -> _Read:
        plain = read_plain(source.text, 2)
        if plain is None:
            raise PlacesNeededError
        tree, lines = plain
        return _file(tree, ModuleReading(self.advisor), lambda where: f"{source.name}:{lines[where]}")

    def _placed(self, source: Source) -> None:
        """The same with places, for the messages, or because the text is not that plain."""
        found: list[Problem] = []
        tree = read_mapping(source, found)
        if tree is not None:
            reading = ModuleReading(self.advisor)
            read = _file(tree, reading, lambda where: f"{source.name}:{tree[where[0]].keys_at[where[1]].line}")
            auths = _Auths(source.path.parent, self.advisor)
            self._add(source, read, auths, tree)
            found += reading.problems + auths.problems
        self.problems += found

    def _add(self, source: Source, read: _Read, auths: "_Auths", tree: MapNode | None = None) -> None:
        """Join what a file says to what files before it said."""
        credentials = {name: auths.credential(name, said, (((), "auths"), name)) for name, said in read.auths.items()}
        for kind, names in (("modules", read.modules), ("auths", credentials)):
            for name in names:
                before = self._places.get((kind, name))
                if before:
                    section = tree.get(kind) if tree is not None else None
                    auths.wrong_key(section, name, ((), kind), f"{shown(name)} is in {before} already")
        self._modules.update(read.modules)
        self._auths.update(credentials)
        self._places.update({("modules", name): module.source for name, module in read.modules.items()})
        self._places.update({("auths", name): source.name for name in credentials})


def _file(tree: Mapping[str, Any], reading: ModuleReading, source_of: Callable[[tuple[str, str]], str]) -> _Read:
    for key, value in tree.items():
        if key not in _TOP_KEYS:
            old = isinstance(value, dict) and not set(MODULE_KEYS).isdisjoint(value)
            near = reading.advisor.hint(key, _TOP_KEYS)
            reading.wrong_key(tree, key, (), _OLD if old else f"unknown key{near}")
    modules = {}
    for name, said in reading.table(tree, "modules", ()).items():
        modules[str(name)] = reading.module(said, (((), "modules"), name), source_of(("modules", name)))
    return _Read(modules, reading.table(tree, "auths", ()))


class _Auths(Looking):
    """Reads auths. Their secrets stand in the file, as snmp_exporter has them, or are referred to as ours are; no
    message shows a value."""

    def __init__(self, base: Path, advisor: Advisor) -> None:
        super().__init__(advisor)
        self._base = base

    def credential(self, name: str, node: object, where: Where) -> SnmpCredential:
        """One entry of ``auths``."""
        said = self.mapping(node, where, _AUTH_KEYS)
        version = self.whole(said, "version", where, 1, 3) or 2
        level = self.choice(said, "security_level", where, _LEVELS, default=_LEVELS[0])
        auth = self.choice(said, "auth_protocol", where, get_args(AuthProtocol), default="MD5")
        priv = self.choice(said, "priv_protocol", where, get_args(PrivProtocol), default="DES")
        community = self._secret(said, "community", where) or Secret("public")
        username = self._secret(said, "username", where)
        password, priv_password = self._secret(said, "password", where), self._secret(said, "priv_password", where)
        if version != 3:
            return SnmpCredential(name, _VERSIONS[version], community)
        sealed = level == _LEVELS[2]
        for key, given, needed in (
            ("username", username, True),
            ("password", password, level != _LEVELS[0]),
            ("priv_password", priv_password, sealed),
        ):
            if needed and given is None:
                self.wrong(node, (where, key), f"is required by SNMP version 3 with the security level {level}")
        return SnmpCredential(
            name, "3", None, username.reveal() if username else "",
            cast("AuthProtocol", auth) if level != _LEVELS[0] else None, password if level != _LEVELS[0] else None,
            cast("PrivProtocol", priv) if sealed else None, priv_password if sealed else None,
            self.text(said, "context_name", where),
        )  # fmt: skip

    def _secret(self, said: Mapping[str, Any], key: str, where: Where) -> Secret | None:
        value = self.text(said, key, where)
        try:
            value = referred(value, self._base) or value
        except WrongError as error:
            self.wrong(said[key], (where, key), str(error))
        return Secret(value) if value else None
