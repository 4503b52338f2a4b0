"""Writing a report: every file whole or not at all, the same bytes for the same report."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from exporters.report import document, names, opendata, tabular
from exporters.report.differencedocument import difference_document
from exporters.report.differences import Between, difference_page
from exporters.report.html import Pages
from exporters.report.pdf import Press, finished
from exporters.report.texts import Texts
from exporters.report.workbook import workbook
from netmon.errors import HostError, UsageError
from netmon.model import CommuneReport, Report

FORMATS = ("html", "pdf", "csv", "xlsx", "json")

_DIFFERENCES = "differences"
Progress = Callable[[int, int], None]
"""Called with (files written, files to write)."""


def write_report(
    report: Report,
    directory: Path,
    formats: Sequence[str] = ("html",),
    language: str = "fr",
    communes: Collection[str] | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``report`` into ``directory`` (made where missing) and return the files, in the order written.

    ``communes`` names those to write (None: all). The figures of all communes together, and the index, are written
    only with all of them: a commune's own report tells nothing of the others.

    Raises:
        UsageError: no such format, language or commune.
        HostError: the directory or a file cannot be written; files already there stay as they were.
    """
    return write_folders(report, [Folder(directory, language, communes)], formats, progress)


class Folder(NamedTuple):
    """Where documents of these communes (None: all, and the whole) go, in this language. Without ``papers`` no PDF of
    each commune is made beside that of the whole."""

    directory: Path
    language: str
    communes: Collection[str] | None = None
    papers: bool = True


def write_folders(
    report: Report, folders: Sequence[Folder], formats: Sequence[str], progress: Progress | None = None
) -> list[Path]:
    """``write_report`` for several folders at once: what can be rendered beside each other is.

    Raises:
        UsageError, HostError: as ``write_report``.
    """
    _check_formats(formats)
    written = []
    with Press() as press:
        jobs = [job for folder in folders for job in _jobs(report, folder, formats, press)]
        jobs.sort(key=lambda job: job[0].suffix == ".pdf")  # rendered while all others are written
        for done, (path, content) in enumerate(jobs, start=1):
            written.append(_write(path, content()))
            if progress:
                progress(done, len(jobs))
    return written


class Sheet(NamedTuple):
    """What lies between two editions about ``commune`` (its name; empty: all), for a folder, in this language."""

    directory: Path
    language: str
    commune: str
    between: Between


def write_differences(sheets: Sequence[Sheet], formats: Collection[str]) -> None:
    """A page each; on paper and for programs too where the edition is (``formats``).

    Raises:
        HostError: a file cannot be written or rendered.
    """
    with Press() as press:
        begun = []
        for directory, language, commune, between in sheets:
            _write(directory / f"{_DIFFERENCES}.html", difference_page(between, commune, language))
            if "json" in formats:
                texts = Texts(language, between.period.timezone)
                document = difference_document(between, commune, texts.formats)
                _write(directory / f"{_DIFFERENCES}.json", document)
            if "pdf" in formats:
                sheet = press.start(difference_page(between, commune, language, paper=True))
                begun.append((directory / f"{_DIFFERENCES}.pdf", sheet))
        for path, rendering in begun:
            _write(path, finished(path.name, rendering))


def _jobs(report: Report, folder: Folder, formats: Sequence[str], press: Press) -> Iterator[tuple[Path, "_Content"]]:
    texts, whole = Texts(folder.language, report.period.timezone), folder.communes is None
    wanted = _Wanted(report, _chosen(report, folder.communes), texts, whole, folder.papers, press)
    for name in FORMATS:
        if name in formats:
            yield from ((folder.directory / file, content) for file, content in _JOBS[name](wanted))


_Content = Callable[[], bytes]
_Job = tuple[str, _Content]


class _Wanted(NamedTuple):
    """What is to be written; ``whole``: the communes are all there are."""

    report: Report
    communes: Sequence[CommuneReport]
    texts: Texts
    whole: bool
    papers: bool
    press: Press


def _html_jobs(wanted: _Wanted) -> Iterator[_Job]:
    pages = Pages(wanted.report, wanted.texts.language)
    if wanted.whole:
        yield names.INDEX, lambda: _encoded(pages.index())
    for part in wanted.communes:
        yield names.page_name(part.commune), partial(_commune_job, pages, part, wanted.whole)


def _commune_job(pages: Pages, part: CommuneReport, whole: bool) -> bytes:
    return _encoded(pages.commune(part, located=whole))


def _pdf_jobs(wanted: _Wanted) -> Iterator[_Job]:
    """Every document is begun once its page is made, long before it is asked for; the longest first."""
    pages = Pages(wanted.report, wanted.texts.language, paper=True)
    start = wanted.press.start
    if wanted.whole:
        yield names.WHOLE, partial(finished, names.WHOLE, start(_encoded(pages.index())))
    for part in wanted.communes if wanted.papers else ():
        name = names.paper_name(part.commune)
        yield name, partial(finished, name, start(_encoded(pages.commune(part, located=wanted.whole))))


def _csv_jobs(wanted: _Wanted) -> Iterator[_Job]:
    report, communes, texts = wanted.report, wanted.communes, wanted.texts
    yield names.OFFICE, lambda: tabular.office_csv(report, communes, texts)
    yield names.OPEN, lambda: opendata.open_csv(communes, texts)
    yield names.OPEN_SCHEMA, lambda: opendata.table_schema(report, names.OPEN, texts)


def _xlsx_jobs(wanted: _Wanted) -> Iterator[_Job]:
    yield names.WORKBOOK, lambda: workbook(wanted.report, wanted.communes, wanted.texts, whole=wanted.whole)


def _json_jobs(wanted: _Wanted) -> Iterator[_Job]:
    formats = wanted.texts.formats
    yield names.DOCUMENT, lambda: document.document(wanted.report, wanted.communes, formats, whole=wanted.whole)


_JOBS = {"html": _html_jobs, "pdf": _pdf_jobs, "csv": _csv_jobs, "xlsx": _xlsx_jobs, "json": _json_jobs}


def _encoded(page: str) -> bytes:
    return page.encode("utf-8", "xmlcharrefreplace")


def _chosen(report: Report, communes: Collection[str] | None) -> list[CommuneReport]:
    if communes is None:
        return list(report.communes)
    known = {part.commune.name for part in report.communes}
    for name in communes:
        if name not in known:
            raise UsageError(f"the report has no commune '{name}'")
    return [part for part in report.communes if part.commune.name in communes]


def _check_formats(formats: Sequence[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"report format '{name}' is not known: expected some of {', '.join(FORMATS)}")


def _write(path: Path, content: bytes) -> Path:
    """Beside the file, then in its place: a reader sees the old one or the new one."""
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        if beside:
            beside.unlink(missing_ok=True)
        raise HostError(f"cannot write {path}: {error.strerror or error}") from error
    return path
