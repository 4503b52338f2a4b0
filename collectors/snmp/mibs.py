"""Names of object identifiers, for people: what modules call them, and MIB files where an operator has some.

Never used by a poll. MIB files are read by pysmi (the extra ``mibs``) and what they name is kept in the user's cache,
for reading a few hundred of them takes minutes.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from netmon.ber import encode_oid, parse_oid
from netmon.errors import UsageError
from netmon.snmpmodules import Module

_OID: Final = re.compile(r"(?<![\w.])1(?:\.\d+){3,}(?![\w.]*\w)")
"""An identifier inside a text, long enough not to be an address or a version."""
_KNOWN: Final = {"1.3.6.1.6.3.10.2.1.2": "snmpEngineBoots", "1.3.6.1.6.3.10.2.1.3": "snmpEngineTime"}
_FEWEST: Final = 6
"""Arcs a name must stand for: what is above (enterprises, mib-2) explains nothing."""
_LARGEST: Final = 4 << 20


class Names:
    """Looks names up: the longest identifier that is known, and the rest as numbers behind it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def of(self, oid: str) -> str:
        """``ifInOctets.3``; empty when nothing is known of ``oid``."""
        known, rest = oid, ""
        while known.count(".") >= _FEWEST - 1:
            name = self._names.get(known)
            if name is not None:
                return name + rest
            known, _, last = known.rpartition(".")
            rest = f".{last}{rest}"
        return ""

    def explain(self, text: str) -> str:
        """``text`` with the names of the identifiers in it behind them."""

        def named(match: re.Match[str]) -> str:
            name = self.of(match[0])
            return f"{match[0]} ({name})" if name else match[0]

        return _OID.sub(named, text)


def names_of(modules: Iterable[Module], directories: Sequence[Path] = ()) -> Names:
    """What modules and the MIB files of ``directories`` name; of one identifier the MIB's name counts.

    Raises:
        UsageError: MIB files are to be read, and pysmi is not installed or a directory cannot be read.
    """
    names = dict(_KNOWN)
    for module in modules:
        for metric in module.metrics:
            names.setdefault(metric.oid, metric.name)
            names.update({lookup.oid: lookup.labelname for lookup in metric.lookups if lookup.labels})
    for directory in directories:
        names.update(_of_directory(directory))
    return Names(names)


def _of_directory(directory: Path) -> dict[str, str]:
    files = _files(directory)
    stamp = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    digest = hashlib.sha256(json.dumps([str(directory.resolve()), stamp]).encode()).hexdigest()
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "netmon" / f"mibs-{digest[:32]}.json"
    try:
        found: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = _read(directory, [path.stem for path in files])
        _keep(kept, found)
    return found


def _files(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.is_file() and path.stat().st_size <= _LARGEST)
    except OSError as error:
        raise UsageError(f"snmp.mib_dirs: {directory}: {error.strerror}") from None


def _keep(path: Path, names: Mapping[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(names), encoding="utf-8")
    except OSError:
        return  # no home to keep it in: it is read again next time


def _read(directory: Path, modules: Sequence[str]) -> dict[str, str]:
    """Every object that the MIB files name; what pysmi cannot read names nothing."""
    try:
        from pysmi.codegen import JsonCodeGen  # noqa: PLC0415 - an extra
        from pysmi.compiler import MibCompiler  # noqa: PLC0415
        from pysmi.parser import SmiStarParser  # noqa: PLC0415
        from pysmi.reader import FileReader  # noqa: PLC0415
        from pysmi.writer import CallbackWriter  # noqa: PLC0415
    except ImportError:
        raise UsageError("snmp.mib_dirs: reading MIB files wants the extra 'mibs' (pysmi)") from None
    names: dict[str, str] = {}

    def take(mib: str, document: str, _context: object) -> None:
        for name, said in json.loads(document).items():
            if isinstance(said, dict) and _is_oid(said.get("oid")):
                names[said["oid"]] = f"{mib}::{name}"

    compiler = MibCompiler(SmiStarParser(), JsonCodeGen(), CallbackWriter(take))
    compiler.add_sources(FileReader(str(directory)))
    compiler.compile(*modules, noDeps=False, rebuild=True, genTexts=False, ignoreErrors=True)
    return names


def _is_oid(said: object) -> bool:
    try:
        return isinstance(said, str) and bool(encode_oid(parse_oid(said)))
    except ValueError:
        return False
