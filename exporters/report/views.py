"""What a page shows, already in words: templates only lay it out."""

from dataclasses import dataclass

from exporters.report.charts import Mark, Tick
from exporters.report.contracts import ContractSection
from exporters.report.method import Method
from exporters.report.outages import OutageRow
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


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline, with what its marks say in words."""

    name: str
    marks: tuple[Mark, ...]
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Groups of lanes (title, lanes) over the period's civil ticks; ``unfinished``: its end is still to come."""

    ticks: tuple[Tick, ...]
    groups: tuple[tuple[str, tuple[Lane, ...]], ...]
    unfinished: bool


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A maintenance window in words. ``end`` None: still open."""

    object: str
    start: str
    start_iso: str
    end: str | None
    end_iso: str
    text: str


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
    timeline: Timeline
    services: tuple[ObjectRow, ...]
    sites: tuple[ObjectRow, ...]
    outages: tuple[OutageRow, ...]
    planned: tuple[PlannedRow, ...]
    contracts: tuple[ContractSection, ...]
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
    tiles: tuple[Tile, ...]
    communes: tuple[CommuneRow, ...]
    contracts: tuple[ContractSection, ...]
    timeline: Timeline
    division: Division
    method: Method
