"""Optional parts of netmon: needed where the configuration asks for them, worth a word where it does not."""

from collections.abc import Iterator
from importlib.util import find_spec

from netmon.cli.examine.finding import Finding, Level, Translate
from netmon.config import Configuration

_PANGO = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"


def examine_extras(configuration: Configuration | None, _: Translate) -> Iterator[Finding]:
    """The extras pdf, postgres and mibs."""
    schedules = configuration.reports.schedules if configuration else ()
    wants_pdf = any("pdf" in schedule.formats for schedule in schedules)
    yield _pdf(wants_pdf, _)
    yield _extra("postgres", "psycopg", configuration is not None and configuration.store is not None, _)
    yield _extra("mibs", "pysmi", configuration is not None and bool(configuration.mib_dirs), _)


def _extra(name: str, module: str, wanted: bool, _: Translate) -> Finding:
    if find_spec(module) is not None:
        return Finding(Level.OK, name, _("%(module)s is installed") % {"module": module})
    found = _("%(module)s is not installed") % {"module": module}
    return Finding(Level.FAIL if wanted else Level.NOTE, name, found, f"pip install 'netmon-metropole[{name}]'")


def _pdf(wanted: bool, _: Translate) -> Finding:
    """A page is rendered: what WeasyPrint needs of the system shows only then."""
    found = _extra("pdf", "weasyprint", wanted, _)
    if found.level is not Level.OK:
        return found
    from exporters.report.pdf import render

    try:
        render("<!doctype html><html lang=fr><title>netmon</title><p>é</p></html>".encode())
    except (OSError, ImportError, AttributeError, TypeError, ValueError) as error:  # whatever the system lacks
        words = _("WeasyPrint is installed, and cannot render: %(error)s") % {"error": _first_line(error)}
        return Finding(Level.FAIL if wanted else Level.WARN, "pdf", words, _PANGO)
    return Finding(Level.OK, "pdf", _("a page was rendered"))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
