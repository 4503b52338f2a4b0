"""Stored editions: folders that are there whole or not at all, whatever happens to the process.

An edition is written into a hidden folder beside its place and flushed to the disk; then the history records its
manifest, which is what makes it an edition; then the folder gets its name. After a crash between the last two,
``finish`` gives it its name; what the history does not know is thrown away::

    reports/2026-10/v1/manifest.json             every file below with its SHA-256
                      /report.json               the figures
                      /inputs.jsonl.gz           everything they were made of, and its SHA-256 is the edition's
                      /fr/metropole/…            all communes together
                      /fr/33039-begles/…         what one commune's people may see
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netmon.errors import HostError, UnavailableError
from netmon.model import Edition

MANIFEST = "manifest.json"
FIGURES = "report.json"
INPUTS = "inputs.jsonl.gz"
WHOLE = "metropole"
SIGNATURE = ".sig"
SCHEMA_VERSION = 1

_NAME = re.compile(r"(v|draft-)([1-9][0-9]{0,5})")
_REMOVED = ".old-"
_MOST_BYTES = 512 << 20


class Archive:
    """The editions below the folder ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the archive: one process at a time changes it.

        Raises:
            HostError: another one does, or the folder cannot be made or written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / ".lock").open("a")
            self._hand_over(self.root, self.root / ".lock")
        except OSError as error:
            raise HostError(f"{self.root}: reports cannot be stored there ({error.strerror})") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise HostError(f"{self.root}: another process is storing a report: try again later") from None
            yield

    def folder(self, edition: Edition) -> Path:
        """Where the edition's files are."""
        return self.root / edition.period / edition.name

    def manifest(self, edition: Edition) -> dict[str, Any]:
        """What the edition says of itself."""
        told: dict[str, Any] = json.loads(edition.manifest)
        return told

    def read(self, edition: Edition, name: str) -> bytes:
        """A file of the edition, as it was when it was stored.

        Raises:
            UnavailableError: it is gone, or is not what was stored.
        """
        path = self.folder(edition) / name
        try:
            content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        except OSError as error:
            raise UnavailableError(f"{path}: a file of a stored report cannot be read ({error.strerror})") from error
        if sha256(content) != self.manifest(edition)["files"][name]["sha256"]:
            raise UnavailableError(f"{path}: is not what was stored")
        return content

    @contextlib.contextmanager
    def staging(self, period: str) -> Iterator[Path]:
        """An empty hidden folder beside the place of an edition to be. What fails takes it away again: a disk that was
        too small for an edition is not left full of half of one.

        Raises:
            HostError: it cannot be written.
        """
        place = self.root / period / ".new"
        shutil.rmtree(place, ignore_errors=True)
        try:
            place.mkdir(parents=True)
            yield place
        except BaseException as error:
            shutil.rmtree(place, ignore_errors=True)
            if isinstance(error, OSError):
                raise HostError(f"{place.parent}: cannot be written ({error.strerror or error})") from error
            raise

    def seal(self, staged: Path, about: Mapping[str, object]) -> str:
        """Write the manifest over what was staged, flush everything to the disk; return the manifest's text."""
        files = {}
        for path in sorted(path for path in staged.rglob("*") if path.is_file()):
            content = path.read_bytes()
            if path.suffix != SIGNATURE:
                name = path.relative_to(staged).as_posix()
                files[name] = {"bytes": len(content), "sha256": sha256(content)}
        told = {"schema_version": SCHEMA_VERSION, **about, "files": files}
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        (staged / MANIFEST).write_text(text, "utf-8")
        return text

    def flush(self, staged: Path) -> None:
        """What was staged is on the disk when this returns."""
        self._hand_over(*staged.rglob("*"), staged, staged.parent)
        for path in (*staged.rglob("*"), staged, staged.parent, self.root):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def publish(self, staged: Path, edition: Edition) -> None:
        """Give what was staged, and is recorded, its name."""
        place = self.folder(edition)
        if place.exists():  # put there by somebody, not by us: what is recorded takes its place
            aside = place.with_name(f".{place.name}.{sha256(os.urandom(16))[:8]}")
            place.rename(aside)
        staged.rename(place)
        self._sync(place.parent)

    def finish(self, editions: list[Edition]) -> list[str]:
        """After a crash: name what the history knows, throw away what it does not. Returns what was named."""
        finished = []
        for removed in self.root.glob(f"*/{_REMOVED}*"):
            shutil.rmtree(removed, ignore_errors=True)
        for staged in sorted(self.root.glob("*/.new")):
            known = {edition.manifest: edition for edition in editions if edition.period == staged.parent.name}
            edition = known.get(_text(staged / MANIFEST))
            if edition is not None and not self.folder(edition).exists():
                self.publish(staged, edition)
                finished.append(f"{edition.period}/{edition.name}")
            else:
                shutil.rmtree(staged, ignore_errors=True)
        return finished

    def finish_alone(self, editions: list[Edition]) -> list[str]:
        """``finish``, once nobody else changes the archive; nothing where there is none."""
        if not self.root.is_dir():
            return []
        with self.locked():
            return self.finish(editions)

    def remove(self, edition: Edition) -> None:
        """Take a draft away; at once for whoever reads, though deleting takes its time."""
        place = self.folder(edition)
        aside = place.with_name(f"{_REMOVED}{edition.name}")
        with contextlib.suppress(OSError):
            place.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def _hand_over(self, *paths: Path) -> None:
        """What root writes belongs to whom the data directory belongs, as SQLite has it with its own files: the daemon,
        which is not root, has to go on with it."""
        if os.geteuid() == 0:
            owner = self.root.parent.stat()
            for path in paths:
                with contextlib.suppress(OSError):  # a root of little power, or an owner it cannot name, in a container
                    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def _sync(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def number_of(name: str) -> int:
    """2 for ``v2`` and ``draft-2``; 0: not the name of an edition."""
    match = _NAME.fullmatch(name)
    return int(match[2]) if match else 0


def sha256(content: bytes) -> str:
    """The content's SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
