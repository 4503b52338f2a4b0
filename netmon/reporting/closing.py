"""Making an edition: all its files, in every language somebody reads, then its record, then its name."""

import gzip
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from exporters.report import Folder, Sheet, commune_folder, write_differences, write_folders, write_report
from netmon.clock import Millis, to_datetime
from netmon.config import Configuration
from netmon.errors import StoreError, UsageError
from netmon.history import Store
from netmon.l10n import Formats
from netmon.model import CommuneReport, Edition, Period, Report
from netmon.reporting import archive as kept
from netmon.reporting.archive import Archive
from netmon.reporting.between import Editions, figure_changes, load_figures, load_inputs
from netmon.reporting.inputs import fingerprint, text_of
from netmon.reporting.making import Gathered, folder_of
from netmon.reporting.signing import PUBLIC_KEY, Signer
from netmon.reportplan import languages_of
from netmon.sla.comparison import input_changes
from netmon.sla.period import midnight, zone_of
from netmon.sla.verdict import judge, reaches

log = logging.getLogger("netmon.reporting")

Step = Callable[[int, int], None]
"""Told how many documents are written, and how many there are."""

_WRITE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: the forms, the communes (None: all), and whether the period is closed."""

    formats: tuple[str, ...]
    communes: tuple[str, ...] | None = None
    close: bool = False


class UnchangedError(UsageError):
    """The period is closed already, and nothing it was made of has changed; ``edition`` is the one that stands."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(
            f"{edition.period} is closed already ({edition.name}), and nothing it was made of has changed since"
        )
        self.edition = edition


def reports_path(configuration: Configuration) -> Path:
    """Where its reports are kept and served from."""
    return configuration.data_dir / "reports"


def make_edition(gathered: Gathered, order: Order, store: Store, step: Step) -> Edition:
    """Make and store an edition; return it as recorded.

    Raises:
        UnchangedError: it would be a closed one again.
        UsageError: a period that is still running cannot be closed; no such format or commune.
        HostError, StoreError: it cannot be stored; what is stored stays as it was.
    """
    period = gathered.period
    if order.close:
        _check_closable(period, gathered.now)
    archive = Archive(reports_path(gathered.configuration))
    with archive.locked():
        archive.finish(store.editions())
        lines = gathered.inputs()
        earlier = store.editions(folder_of(period))
        last = next((edition for edition in reversed(earlier) if edition.closed), None)
        if order.close and last and last.inputs == fingerprint(lines):
            raise UnchangedError(last)
        edition = _Making(gathered, order, archive, lines, last, earlier).make(store, step)
        _thin(archive, store, edition.period)
    return edition


@dataclass(frozen=True, slots=True)
class _Making:
    gathered: Gathered
    order: Order
    archive: Archive
    lines: Sequence[str]
    last: Edition | None
    earlier: Sequence[Edition]

    def make(self, store: Store, step: Step) -> Edition:
        report = self.gathered.report(self.order.communes)
        with self.archive.staging(self.period) as staged:
            self._write(report, staged, step)
            text = self._seal(report, staged)
        edition = Edition(
            self.period, self.name, self.order.close, report.period.start, report.period.end, report.generated,
            fingerprint(self.lines), text,
        )  # fmt: skip
        try:
            store.record([edition]).result(_WRITE_SECONDS)
        except TimeoutError:  # whether it will be recorded is not known: the next start or closing finishes it, or not
            raise StoreError(f"{self.period}: the history does not take the report: try again later") from None
        self.archive.publish(staged, edition)
        return edition

    def _seal(self, report: Report, staged: Path) -> str:
        """Sign, where people do, and flush everything to the disk; the manifest's text."""
        key = self.gathered.configuration.reports.signing_key
        signer = Signer.of(key) if self.order.close else None
        if signer:
            (staged / PUBLIC_KEY).write_bytes(signer.public_pem())
        text = self.archive.seal(staged, self._about(report))
        if signer:
            signer.sign_all(staged)
        self.archive.flush(staged)
        return text

    @property
    def period(self) -> str:
        return folder_of(self.gathered.period)

    @property
    def name(self) -> str:
        """``v2`` after ``v1``, ``draft-8`` after ``draft-7``: also where that one was taken away."""
        number = 1 + max(
            (kept.number_of(edition.name) for edition in self.earlier if edition.closed == self.order.close), default=0
        )
        return f"v{number}" if self.order.close else f"draft-{number}"

    def _write(self, report: Report, staged: Path, step: Step) -> None:
        languages = languages_of(self.gathered.configuration.language, self.gathered.configuration.mail)
        folders = []
        for language in languages:
            if self.order.communes is None:
                folders.append(Folder(staged / language / kept.WHOLE, language, papers=False))
            folders += (
                Folder(staged / language / commune_folder(part.commune), language, (part.commune.name,))
                for part in report.communes
            )
        write_folders(report, folders, self.order.formats, step)
        write_report(report, staged, ("json",), languages[0], self.order.communes)
        (staged / kept.INPUTS).write_bytes(gzip.compress(text_of(self.lines), 6, mtime=0))
        self._write_differences(report, staged, languages)

    def _write_differences(self, report: Report, staged: Path, languages: Sequence[str]) -> None:
        """What leads here from the closed edition before, for all and for each commune its own."""
        if not (self.order.close and self.last):
            return
        between = Editions(
            self.last.name, self.name, self.gathered, report.version, report.generated, fingerprint(self.lines),
            figure_changes(load_figures(self.archive, self.last), (staged / kept.FIGURES).read_bytes()),
            input_changes(load_inputs(self.archive, self.last), self.lines),
        )  # fmt: skip
        sheets = []
        for part in (None, *report.communes):
            folder = kept.WHOLE if part is None else commune_folder(part.commune)
            title, mine = "" if part is None else part.commune.name, between.of(part)
            sheets += [Sheet(staged / language / folder, language, title, mine) for language in languages]
        write_differences(sheets, self.order.formats)

    def _about(self, report: Report) -> dict[str, object]:
        """What the manifest says beside the files."""
        formats = Formats("en", report.period.timezone)
        return {
            "period": {
                "label": self.period, "from": formats.iso(report.period.start), "to": formats.iso(report.period.end),
                "timezone": report.period.timezone,
            },
            "edition": self.name,
            "closed": self.order.close,
            "replaces": self.last.name if self.order.close and self.last else None,
            "generated": formats.iso(report.generated),
            "version": report.version,
            "digest": report.digest,
            "inputs": fingerprint(self.lines),
            "formats": list(self.order.formats),
            "whole": self.order.communes is None,
            "communes": [_commune(part) for part in report.communes],
        }  # fmt: skip


def _check_closable(period: Period, now: Millis) -> None:
    zone = zone_of(period.timezone)
    if any(midnight(to_datetime(at, zone).date(), zone) != at for at in (period.start, period.end)):
        raise UsageError(
            f"{period.label} cannot be closed: expected whole days, such as 2026-10 or {folder_of(period)}"
        )
    if now < period.end:
        raise UsageError(f"{folder_of(period)} has not ended yet: it cannot be closed")


def _commune(part: CommuneReport) -> dict[str, object]:
    share = part.counted.availability
    return {
        "commune": part.commune.name,
        "insee": part.commune.insee,
        "folder": commune_folder(part.commune),
        "verdict": judge(part.counted, part.objective).value,
        "objective": part.objective,
        "availability": share.ratio,
        "breached": part.objective is not None and bool(share.whole) and not reaches(share, part.objective),
    }


def _thin(archive: Archive, store: Store, period: str) -> None:
    """Take away drafts that another edition has taken the place of, unless a mail still waits for their documents."""
    editions = store.editions(period)
    wanted = {mail.letter.edition for mail in store.post.all(("waiting", "sending")) if mail.letter.period == period}
    for edition in editions[:-1]:
        if not edition.closed and edition.name not in wanted:
            archive.remove(edition)
