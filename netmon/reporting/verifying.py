"""A report made again from what the history says now, and compared with what was written, figure by figure."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exporters.report import write_report
from netmon.clock import DAY, Millis
from netmon.config import Configuration
from netmon.errors import UsageError
from netmon.history import Store
from netmon.model import Edition, MonitorEvent, Period
from netmon.reporting.archive import FIGURES, MANIFEST, Archive, sha256
from netmon.reporting.between import load_inputs
from netmon.reporting.closing import reports_path
from netmon.reporting.making import Gathered, gather
from netmon.reporting.signing import is_signed
from netmon.sla.comparison import Difference, InputChange, count_figures, differences, input_changes
from netmon.sla.dossier import reaches_back
from netmon.sla.eventlog import format_event
from netmon.sla.instant import instant_of
from netmon.sla.period import zone_of

_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. ``edition`` None: the file is a document by itself. ``altered``: what is not as it was stored.

    ``signed`` None: there is no signature; ``unsigned``: though one was asked about. ``figures`` is how many were
    compared.
    """

    edition: Edition | None
    altered: tuple[str, ...]
    signed: bool | None
    unsigned: bool
    made_by: str
    figures: int
    differences: Sequence[Difference]
    changes: Sequence[InputChange]
    names: dict[str, str]

    @property
    def is_good(self) -> bool:
        """Whether it stands as it was made, and would be made the same today."""
        return not self.altered and not self.differences and self.signed is not False and not self.unsigned


def verify(
    path: Path,
    configuration: Configuration,
    store: Store,
    now: Millis,
    key: Ed25519PublicKey | None,
    *,
    must_be_signed: bool = False,
) -> Verified:
    """Look at a file: a report document, or one that a stored report's manifest names. ``key`` None: the signature is
    not looked at.

    Raises:
        UsageError: it is neither.
        UnavailableError: what it needs to be compared with is gone.
        StoreError: no history, or none that can be read.
    """
    if path.is_dir():
        path /= MANIFEST
    content = _read(path)
    archive = Archive(reports_path(configuration))
    edition, altered = _edition(path, content, store.editions())
    document = _document(content)
    if document is None:
        if edition is None:
            raise UsageError(f"{path}: is no report document, and no stored report names it")
        document = json.loads(archive.read(edition, FIGURES))
    period, made = _period(document, path)
    gathered = gather(configuration, period, now, made)
    again = _made_again(gathered, document)
    signed = None if key is None else is_signed(path, content, key)
    return Verified(
        edition,
        tuple(altered),
        signed,
        must_be_signed and signed is None,
        str(document.get("version", "")),
        count_figures(document),
        differences(document, again),
        _changes(archive, edition, gathered),
        {**document.get("names", {}), **again.get("names", {})},
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: is larger than any report")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error


def _edition(path: Path, content: bytes, editions: Sequence[Edition]) -> tuple[Edition | None, list[str]]:
    """The stored report the file belongs to, by its place or else by its content; and what was altered since."""
    place = path.resolve()
    for folder in place.parents:
        for edition in editions:
            if (folder / MANIFEST).is_file() and (edition.period, edition.name) == (folder.parent.name, folder.name):
                return edition, _altered(place.relative_to(folder).as_posix(), content, folder, edition)
    digest = sha256(content)
    for edition in reversed(editions):
        if digest == sha256(edition.manifest.encode()) or digest in _digests(edition).values():
            return edition, []
    return None, []


def _altered(name: str, content: bytes, folder: Path, edition: Edition) -> list[str]:
    altered = []
    if (folder / MANIFEST).read_bytes() != edition.manifest.encode():
        altered.append(MANIFEST)
    if name != MANIFEST and _digests(edition).get(name) != sha256(content):
        altered.append(name)
    if name == MANIFEST:
        altered += (other for other, digest in _digests(edition).items() if _digest_of(folder / other) != digest)
    return altered


def _digests(edition: Edition) -> dict[str, str]:
    return {name: told["sha256"] for name, told in json.loads(edition.manifest)["files"].items()}


def _digest_of(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


def _document(content: bytes) -> dict[str, Any] | None:
    """The report document the content is; None: it is something else."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    is_report = isinstance(told, dict) and isinstance(told.get("communes"), list) and "figures" in told
    return told if is_report else None


def _period(document: dict[str, Any], path: Path) -> tuple[Period, Millis]:
    unclear = UsageError(f"{path}: does not say of which period it is, or when it was made")
    try:
        told = document["period"]
        start, end, made = (instant_of(text) for text in (told["from"], told["to"], document["generated"]))
        label, zone = str(told["label"]), str(told["timezone"])
        zone_of(zone)
    except (KeyError, TypeError, ValueError, AttributeError, UsageError):
        raise unclear from None
    if start is None or end is None or made is None or start >= end:
        raise unclear
    return Period(label, start, end, zone), made


def _made_again(gathered: Gathered, document: dict[str, Any]) -> dict[str, Any]:
    """The document as it would be made now, about the same communes as far as there still are such."""
    configured = gathered.configuration.inventory.communes.values()
    names = [str(part.get("commune")) for part in document["communes"] if isinstance(part, dict)]
    whole = document["figures"] is not None
    known = [commune.name for commune in configured if whole or commune.name in names]
    communes = None if whole else known
    report = gathered.report(None if whole else known)
    with tempfile.TemporaryDirectory(prefix="netmon-verify-") as folder:
        (written,) = write_report(report, Path(folder), ("json",), gathered.configuration.language, communes)
        made: dict[str, Any] = json.loads(written.read_bytes())
        return made


def _changes(archive: Archive, edition: Edition | None, gathered: Gathered) -> list[InputChange]:
    """What the report was not made of and would be now, and the other way round. Without the inputs of then: what was
    recorded since it was made."""
    if edition is not None:
        return input_changes(load_inputs(archive, edition), gathered.inputs())
    period = gathered.period
    since = reaches_back(gathered.configuration.inventory, period)
    return [
        InputChange(True, format_event(event))
        for event in gathered.events
        if not isinstance(event, MonitorEvent)
        and getattr(event, "recorded", 0) > gathered.now
        and getattr(event, "start", since) < period.end + DAY
    ]
