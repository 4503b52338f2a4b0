"""The stored editions as their manifests tell them, for the index of ``/reports/``."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from netmon.clock import Millis, from_datetime
from netmon.model import Period

MANIFEST = "manifest.json"
WHOLE = "metropole"
_MOST_BYTES = 8 << 20
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class CommuneEntry:
    """How a commune fared in an edition, and where its documents are."""

    name: str
    insee: str
    folder: str
    verdict: str
    objective: float | None
    availability: float | None


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """An edition: ``files`` by their names below its folder. ``whole``: it has documents about all communes."""

    period: Period
    name: str
    closed: bool
    generated: Millis
    replaces: str
    whole: bool
    communes: tuple[CommuneEntry, ...]
    files: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its folder below ``/reports/``."""
        return f"{self.period.label}/{self.name}"

    def documents(self, folder: str) -> list[str]:
        """The files of a folder, in every language, the pages first."""
        found = [name for name in self.files if name.split("/")[1:2] == [folder] and name.count("/") == 2]
        return sorted(found, key=lambda name: (name.partition("/")[0], not name.endswith(".html"), name))


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may read: the reports of the communes of these INSEE codes, or everything (None)."""

    communes: frozenset[str] | None = None

    def edition(self, entry: EditionEntry) -> EditionEntry | None:
        """The part of an edition that may be seen; None: nothing of it."""
        if self.communes is None:
            return entry
        mine = tuple(each for each in entry.communes if each.insee in self.communes)
        return replace(entry, communes=mine, whole=False) if mine else None

    def may_read(self, parts: list[str]) -> bool:
        """Whether a path below ``/reports/`` may be read: of a commune, what is in its own folders."""
        if self.communes is None:
            return True
        return len(parts) >= 4 and parts[3].partition("-")[0].upper() in self.communes


def editions(root: Path) -> list[EditionEntry]:
    """Every edition there is, the latest period first, of a period the latest closed one first."""
    found = [entry for folder in _folders(root) for entry in _read_all(folder)]
    return sorted(
        found, key=lambda each: (each.period.end, each.period.start, each.closed, each.generated), reverse=True
    )


def _folders(root: Path) -> Iterable[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return ()


def _read_all(folder: Path) -> Iterator[EditionEntry]:
    for path in folder.glob(f"[!.]*/{MANIFEST}"):
        try:
            status = path.stat()
            if status.st_size <= _MOST_BYTES:
                entry = _read(path, status.st_mtime_ns, status.st_size)
                if (entry.period.label, entry.name) == (folder.name, path.parent.name):
                    yield entry
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not written by us: it is not shown, and may still be asked for by its name


@lru_cache(_MOST_KEPT)
def _read(path: Path, _changed: int, _size: int) -> EditionEntry:
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    period = told["period"]
    return EditionEntry(
        Period(str(period["label"]), _instant(period["from"]), _instant(period["to"]), str(period["timezone"])),
        str(told["edition"]),
        bool(told["closed"]),
        _instant(told["generated"]),
        str(told["replaces"] or ""),
        bool(told["whole"]),
        tuple(_commune(part) for part in told["communes"]),
        tuple(told["files"]),
    )


def _commune(part: dict[str, Any]) -> CommuneEntry:
    name, insee, folder, verdict = (str(part[key]) for key in ("commune", "insee", "folder", "verdict"))
    return CommuneEntry(name, insee, folder, verdict, part["objective"], part["availability"])


def _instant(text: str) -> Millis:
    return from_datetime(dt.datetime.fromisoformat(text))
