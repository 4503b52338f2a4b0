"""The HTML form, the reference: each page is one file with its style and charts inside, and works without script."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from exporters.report.charts import FILLS, STROKES
from exporters.report.pages import commune_page, metropole_page
from exporters.report.texts import Texts
from netmon.clock import SECOND
from netmon.i18n import translations
from netmon.model import CommuneReport, Report

MOST_ON_PAPER = 100
"""Interruptions that a printed report lists: nobody reads a thousand rows, and each page takes time to set."""

_BROWSERS = re.compile(r' (?:role|tabindex|focusable|data-label|aria-[a-z]+)="[^"]*"')
"""What only browsers read: it makes a fourth of a page, all of which the renderer would have to go through."""
_LONG_WORD = re.compile(r"\S{13}")
"""A word that may be wider than the narrowest column of words on paper."""


class Pages:
    """Renders the pages of one report in one language; ``paper``: as the PDF form prints them.

    Raises:
        UsageError: no such language.
    """

    def __init__(self, report: Report, language: str, *, paper: bool = False) -> None:
        self._report, self._paper = report, paper
        self._texts = Texts(language, report.period.timezone)
        self._environment = make_environment(language)
        self._environment.globals.update(
            language=language,
            version=report.version,
            zone=report.period.timezone,
            whole=self._texts.formats.percent_units(10_000),
            paper=paper,
            fingerprint=report.digest[:16],
            created=self._texts.formats.iso(report.generated // SECOND * SECOND),
            fills=FILLS,
            strokes=STROKES,
            has_long_word=lambda text: _LONG_WORD.search(text) is not None,
        )

    def commune(self, part: CommuneReport, *, located: bool) -> str:
        """The page of one commune; ``located``: with a way back to the index and its place on the map."""
        most = MOST_ON_PAPER if self._paper else None
        return self._render("commune.html", commune_page(self._report, part, self._texts, located=located, most=most))

    def index(self) -> str:
        """The page of the métropole."""
        return self._render("metropole.html", metropole_page(self._report, self._texts))

    def _render(self, template: str, page: object) -> str:
        text = self._environment.get_template(template).render(page=page)
        text = re.sub(r"\n[\n ]*\n", "\n", text)
        return _BROWSERS.sub("", text) if self._paper else text


def make_environment(language: str) -> Environment:
    """Templates with everything escaped, in one language."""
    environment = Environment(
        loader=PackageLoader("exporters.report"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    catalogue = translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    return environment
