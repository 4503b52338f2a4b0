"""What the pages of the index of reports show, in words: templates only lay it out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from exporters.web.editions import WHOLE, CommuneEntry, EditionEntry
from netmon.i18n import LANGUAGES, mark, translator
from netmon.l10n import Formats, digits_for, ratio_of
from netmon.model import Share

SCHEMA_VERSION = 1

VERDICT_WORDS = {
    "met": ("✓", mark("met")),
    "missed": ("✗", mark("missed")),
    "within_resolution": ("≈", mark("too close to tell")),
    "not_measured": ("?", mark("not measured")),
    "no_objective": ("–", mark("no objective")),
}
LANGUAGE_NAMES = {"fr": "français", "en": "English"}
_SCALE = 10**12


@dataclass(frozen=True, slots=True)
class Link:
    """A document: what it is called in a row of links, what it is in full for those who hear links alone."""

    href: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A commune in an edition, or an edition of a commune."""

    title: str
    href: str
    reached: str
    objective: str
    glyph: str
    verdict: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition as a section of a page: ``stands`` is the last one closed; what is provisional does not stand."""

    title: str
    state: str
    made: str
    replaces: str
    stands: bool
    whole: tuple[Link, ...]
    evidence: tuple[Link, ...]
    rows: tuple[Row, ...]


def index_values(
    entries: Sequence[EditionEntry], others: Sequence[tuple[str, str]], language: str, usual: str
) -> dict[str, Any]:
    """The front page: every period with what stands, every commune."""
    keep = _keep(language, usual)
    periods = []
    for group in _by_period(entries):
        first, formats = group[0], Formats(language, group[0].period.timezone)
        href = f"{quote(first.period.label)}/{keep}"
        periods.append(
            (formats.period_title(first.period), href, _state(first, language), _made(first, formats), len(group))
        )
    communes = {each.insee: each.name for entry in reversed(entries) for each in entry.communes}
    listed = sorted(communes.items(), key=lambda item: item[0])
    link = "&".join(part for part in ("?commune={}", keep.removeprefix("?")) if part)
    return {
        "periods": periods,
        "communes": [(name, link.format(quote(insee))) for insee, name in listed],
        "others": others,
        **_languages(language, usual, "./"),
    }


def period_values(entries: Sequence[EditionEntry], language: str, usual: str) -> dict[str, Any]:
    """The page of one period: its editions, the one that stands first."""
    formats = Formats(language, entries[0].period.timezone)
    return {
        "title": formats.period_title(entries[0].period),
        "up": f"../{_keep(language, usual)}",
        "editions": [_edition(entry, place == 0 and entry.closed, language) for place, entry in enumerate(entries)],
        **_languages(language, usual, "./"),
    }


def commune_values(entries: Sequence[EditionEntry], insee: str, language: str, usual: str) -> dict[str, Any] | None:
    """The page of one commune: every edition about it, the latest first; None: there is none."""
    found = [(entry, each) for entry in entries for each in entry.communes if each.insee == insee]
    if not found:
        return None
    rows = []
    for entry, commune in found:
        formats = Formats(language, entry.period.timezone)
        title = f"{formats.period_title(entry.period)} – {_state(entry, language)}"
        rows.append(_row(entry, commune, title, language, f"{quote(entry.path)}/"))
    return {
        "title": found[0][1].name,
        "up": f"./{_keep(language, usual)}",
        "rows": rows,
        **_languages(language, usual, f"./?commune={quote(insee)}"),
    }


def editions_document(entries: Sequence[EditionEntry]) -> dict[str, Any]:
    """The editions as the API tells them; ``documents`` are paths below ``/reports/``."""
    return {"schema_version": SCHEMA_VERSION, "reports": [_edition_document(entry) for entry in entries]}


def _edition_document(entry: EditionEntry) -> dict[str, Any]:
    formats = Formats(LANGUAGES[0], entry.period.timezone)
    return {
        "period": entry.period.label,
        "from": formats.iso(entry.period.start),
        "to": formats.iso(entry.period.end),
        "edition": entry.name,
        "closed": entry.closed,
        "generated": formats.iso(entry.generated),
        "replaces": entry.replaces or None,
        "documents": _paths(entry, WHOLE) if entry.whole else [],
        "communes": [
            {
                "commune": each.name, "insee": each.insee, "verdict": each.verdict, "objective": each.objective,
                "availability": each.availability, "documents": _paths(entry, each.folder),
            }
            for each in entry.communes
        ],
    }  # fmt: skip


def _paths(entry: EditionEntry, folder: str) -> list[str]:
    return [f"{entry.path}/{name}" for name in entry.documents(folder)]


def _edition(entry: EditionEntry, stands: bool, language: str) -> Shown:
    formats = Formats(language, entry.period.timezone)
    base = f"{quote(entry.name)}/"
    evidence = ("report.json", "manifest.json", "inputs.jsonl.gz", "public-key.pem")
    kept = [name for name in evidence if name in entry.files or name == "manifest.json"]
    return Shown(
        entry.name,
        _state(entry, language),
        _made(entry, formats),
        entry.replaces,
        stands,
        tuple(_links(entry, WHOLE, base, language, index=True)) if entry.whole else (),
        tuple(Link(f"{base}{name}", name, f"{name} ({entry.name})") for name in kept) if entry.whole else (),
        tuple(_row(entry, each, each.name, language, base) for each in entry.communes),
    )


def _row(entry: EditionEntry, commune: CommuneEntry, title: str, language: str, base: str) -> Row:
    _, formats = translator(language), Formats(language, entry.period.timezone)
    digits = digits_for(commune.objective)
    glyph, word = VERDICT_WORDS.get(commune.verdict, ("?", commune.verdict))
    links = tuple(_links(entry, commune.folder, base, language, about=commune.name))
    return Row(
        title, links[0].href if links else "", _percent(commune.availability, digits, formats),
        _percent(commune.objective, digits, formats), glyph, _(word), links,
    )  # fmt: skip


def _links(
    entry: EditionEntry, folder: str, base: str, language: str, *, about: str = "", index: bool = False
) -> Iterable[Link]:
    """The documents of a folder: in the language of the page where there are such, else in every one."""
    _, documents = translator(language), entry.documents(folder)
    mine = [name for name in documents if name.startswith(f"{language}/")] or documents
    for name in mine:
        file = name.rpartition("/")[2]
        if file.endswith(".schema.json") or (index and file[:5].isdigit()):
            continue  # beside its data; the pages of communes are told by their rows
        words = _document_words(file, language)
        whom = about or _("all communes")
        yield Link(base + quote(name), words, f"{words}, {whom}, {entry.period.label} {entry.name}")


def _document_words(file: str, language: str) -> str:
    _ = translator(language)
    stem, _dot, kind = file.rpartition(".")
    ending = kind.upper()
    if stem == "differences":
        words = _("What changed")
        return words if kind == "html" else f"{words} ({ending})"
    named = {"open-data.csv": _("Open data (CSV)")}
    return named.get(file) or (_("Report") if kind == "html" else ending)


def _state(entry: EditionEntry, language: str) -> str:
    _ = translator(language)
    words = _("closed, %(edition)s") if entry.closed else _("provisional, %(edition)s")
    return words % {"edition": entry.name}


def _made(entry: EditionEntry, formats: Formats) -> str:
    return formats.instant(entry.generated)


def _percent(ratio: float | None, digits: int, formats: Formats) -> str:
    if ratio is None:
        return "–"
    return formats.percent(Share(int(ratio_of(ratio) * _SCALE), _SCALE), digits) or "–"


def _by_period(entries: Iterable[EditionEntry]) -> list[list[EditionEntry]]:
    groups: dict[str, list[EditionEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.period.label, []).append(entry)
    return list(groups.values())


def _keep(language: str, usual: str) -> str:
    return f"?lang={language}" if language != usual else ""


def _languages(language: str, usual: str, here: str) -> dict[str, Any]:
    joint = "&" if "?" in here else "?"
    others = [(each, LANGUAGE_NAMES[each], f"{here}{joint}lang={each}") for each in LANGUAGES if each != language]
    return {"languages": others, "home": "/", "usual": usual}
