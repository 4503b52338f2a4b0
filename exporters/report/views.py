"""What a page shows, already in words: templates only lay it out."""

from dataclasses import dataclass

from exporters.report.charts import Mark, Tick
from exporters.report.method import Method
from exporters.report.parts import PartRow
from exporters.report.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one commune, or of all, against the objective. None: there is nothing to state."""

    verdict: Verdict
    reached: str | None
    objective: str | None
    gap: str | None
    bounds: str | None
    coverage: str | None
    interruptions: str | None
    interrupted: str | None
    mttr: str | None
    mtbf: str | None
    mtbsi: str | None
    lived: str | None = None
    budget: str | None = None
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One service or site in a table."""

    name: str
    family: str
    reached: str | None
    bounds: str | None
    coverage: str | None
    partial: bool
    interruptions: str | None
    interrupted: str | None
    mttr: str | None
    mtbf: str | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline, with what its marks say in words."""

    name: str
    marks: tuple[Mark, ...]
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Groups of lanes (title, lanes) over the period's civil ticks; ``unfinished``: its end is still to come;
    ``works``: some lanes have planned works."""

    ticks: tuple[Tick, ...]
    groups: tuple[tuple[str, tuple[Lane, ...]], ...]
    unfinished: bool
    works: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A commune on the tile map, at (column, row)."""

    column: int
    row: int
    lines: tuple[str, ...]
    kind: str
    glyph: str
    figure: str
    text: str
    link: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Division:
    """The partition as a table and a bar, with the bar in words; ``sum`` leads from it to the availability."""

    rows: tuple[PartRow, ...]
    total: str
    bar: tuple[Mark, ...]
    text: str
    sum: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``kind`` is its look: number, words, or as it comes."""

    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: ``iso`` makes it a time, ``flag`` is said behind it, ``link`` leads somewhere."""

    text: str
    kind: str = ""
    iso: str = ""
    flag: str = ""
    link: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under ``columns``; the first cell of each heads it. ``title`` may be empty, ``caption`` never.

    ``folded``: what few ask for; on a screen it is shown when somebody opens it.
    """

    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    folded: bool = False

    @property
    def compact(self) -> bool:
        """Whether rows are short enough to be read across on a phone: no column holds somebody's sentences."""
        return all(column.kind != "words" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a page: sentences, then tables. ``id`` is unique on the page."""

    id: str
    title: str
    texts: tuple[str, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a trend: ``top`` and ``height`` place its stem, from the objective to what was reached."""

    label: str
    figure: str
    verdict: Verdict
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The months up to the end of the period, and what the stems mean; no months: there is nothing to compare."""

    months: tuple[Month, ...]
    note: str


@dataclass(frozen=True, slots=True)
class CommunePage:
    """One commune's report."""

    title: str
    insee: str
    population: str
    contract: str
    period: str
    range: str
    generated: str
    summary: Summary
    sentences: tuple[str, ...]
    notices: tuple[str, ...]
    trend: Trend
    agreements: tuple[Section, ...]
    timeline: Timeline
    families: Section
    services: tuple[ObjectRow, ...]
    sites: tuple[ObjectRow, ...]
    outages: Section
    planned: Section
    findings: tuple[Section, ...]
    division: Division
    method: Method
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A commune in the table of the métropole."""

    name: str
    link: str
    population: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class MetropolePage:
    """All communes together, with a way to each."""

    period: str
    range: str
    generated: str
    summary: Summary
    sentences: tuple[str, ...]
    notices: tuple[str, ...]
    trend: Trend
    tiles: tuple[Tile, ...]
    families: Section
    communes: tuple[CommuneRow, ...]
    timeline: Timeline
    outages: Section
    planned: Section
    agreements: tuple[Section, ...]
    findings: tuple[Section, ...]
    division: Division
    method: Method
