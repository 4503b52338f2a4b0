"""The product's texts in French and English: gettext catalogues, read from their .po files at first use.

Message ids are the English texts. In Python: ``_ = translator(language)``, then ``_("Open problems")``; with a number,
``ngettext = plural_translator(language)``, then ``ngettext("%(n)s site", "%(n)s sites", n) % {"n": n}``; a constant
that is translated later is written ``mark("Down")``. In templates ``{{ _("…") }}``, with ``translations(language)``
installed in the environment (extension ``jinja2.ext.i18n``, newstyle).

``python -m netmon.i18n update`` collects the ids from the sources and templates into ``netmon/locale/*``: English is
filled in by itself, French is for a person to write; the tests fail while anything is missing.
"""

import functools
import gettext
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from netmon.errors import NetmonError, UsageError

LANGUAGES = ("fr", "en")
"""The default first."""

_LOCALE = Path(__file__).parent / "locale"
_ROOT = Path(__file__).parent.parent
_PACKAGES = ("collectors", "exporters", "netmon")
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_TEMPLATE_OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true", "silent": "false"}}
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
    "mark": None,
}
_VOLATILE = tuple(
    f'"{name}: ' for name in ("Project-Id-Version", "POT-Creation-Date", "PO-Revision-Date", "Generated-By",
                              "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team")
)  # fmt: skip


def translator(language: str) -> Callable[[str], str]:
    """The function from a message id to its text in ``language``.

    Raises:
        UsageError: no such language.
    """
    return translations(language).gettext


def plural_translator(language: str) -> Callable[[str, str, int], str]:
    """The function from (singular id, plural id, number) to the text that the number asks for.

    Raises:
        UsageError: no such language.
    """
    return translations(language).ngettext


def mark(message: str) -> str:
    """The id itself: says that ``message`` is to be in the catalogues, where it is translated later."""
    return message


@functools.cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of ``language`` as the standard library's translations.

    Raises:
        UsageError: no such language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"language '{language}' is not known: expected one of {', '.join(LANGUAGES)}")
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def read_catalogue(language: str, directory: Path = _LOCALE) -> Catalog:
    """The catalogue of ``language`` with everything its .po file says; empty where there is no file yet."""
    path = _path(language, directory)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


def extract(root: Path = _ROOT) -> Catalog:
    """Every message id of the sources and templates below ``root``, with the files it comes from."""
    template = Catalog(project="netmon", charset="utf-8")
    for package in _PACKAGES:
        found = extract_from_dir(root / package, _METHODS, _TEMPLATE_OPTIONS, _KEYWORDS, comment_tags=("i18n:",))
        for name, _line, message, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
            template.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return template


def missing(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Ids of ``template`` that ``catalogue`` has no (complete) text for."""
    for message in template:
        if message.id and not _is_translated(catalogue.get(message.id, message.context)):
            yield _singular(message)


def update(root: Path = _ROOT, directory: Path = _LOCALE) -> Mapping[str, int]:
    """Bring the catalogues to what the sources say; the number of texts still missing, by language.

    Texts that nothing uses any more go. Files change only where ids or texts did: no dates, no places.
    """
    template = extract(root)
    left = {}
    for language in LANGUAGES:
        catalogue = read_catalogue(language, directory)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        if language == "en":
            _fill_with_ids(catalogue)
        _write(catalogue, _path(language, directory))
        left[language] = len(list(missing(catalogue, template)))
    return left


def _path(language: str, directory: Path) -> Path:
    return directory / language / "LC_MESSAGES" / "netmon.po"


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _fill_with_ids(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            message.string = tuple(message.id) if message.pluralizable else message.id


def _write(catalogue: Catalog, path: Path) -> None:
    text = io.BytesIO()
    catalogue.header_comment = ""
    write_po(text, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=True)
    lines = text.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_VOLATILE)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(kept).lstrip("\n"), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """``update``: rewrite the catalogues of this checkout; 1 while a text is missing."""
    if arguments != ["update"]:
        raise UsageError("usage: python -m netmon.i18n update")
    if not (_ROOT / "pyproject.toml").is_file():
        raise UsageError("the catalogues are updated in a checkout of the sources; this is an installed copy")
    left = update()
    for language, count in left.items():
        sys.stdout.write(f"netmon/locale/{language}/LC_MESSAGES/netmon.po: {count} texts missing\n")
    return 1 if any(left.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NetmonError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
