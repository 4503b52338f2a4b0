"""The tables of ``netmon sla``: as many columns as the terminal is wide for, and the same rows as JSON."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from netmon.cli.slawords import forecasts, reasons
from netmon.clock import SECOND
from netmon.i18n import mark, translator
from netmon.l10n import MINUS, Formats, digits_for, truncated
from netmon.model import Figures
from netmon.sla.differing import differences
from netmon.sla.evaluate import figures_document
from netmon.sla.instant import seconds_of
from netmon.sla.policy import Policy
from netmon.sla.standing import By, Standing
from netmon.sla.verdict import Verdict

_HEADINGS = {
    By.COMMUNE: mark("Commune"),
    By.SITE: mark("Site"),
    By.SERVICE: mark("Service"),
    By.NODE: mark("Devices"),
    By.CONTRACT: mark("Contract"),
}
_VERDICTS = {
    Verdict.MET: mark("met"),
    Verdict.MISSED: mark("missed"),
    Verdict.WITHIN_RESOLUTION: mark("within resolution"),
    Verdict.NOT_MEASURED: mark("not measured"),
    Verdict.NO_OBJECTIVE: "",
}
_CLOSER = 2
"""So many decimals more tell bounds apart."""

Cell = Callable[[Standing, Formats], str]


@dataclass(frozen=True, slots=True)
class Column:
    """``rank``: the higher, the sooner it goes where the terminal is narrow; 0 never goes."""

    heading: str
    cell: Cell
    rank: int = 0


def worst_first(rows: Sequence[Standing]) -> list[Standing]:
    """By availability as reckoned exactly; what was not measured, then all together, at the end."""

    def place(row: Standing) -> tuple[bool, bool, Fraction, str]:
        share = row.figures.availability
        return not row.id, not share.whole, Fraction(share.part, share.whole) if share.whole else Fraction(0), row.name

    return sorted(rows, key=place)


def print_standings(
    rows: Sequence[Standing], by: By | None, title: str, formats: Formats, sentences: Iterable[str] = ()
) -> None:
    """The rows, then what will be lost at the present pace, then ``sentences``."""
    console = Console(highlight=False, soft_wrap=True)
    _print_table(console, rows, by, _COLUMNS, title, formats)
    _print_sentences(console, [*forecasts(rows, formats), *sentences])


def print_comparison(rows: Sequence[Standing], by: By, title: str, name: str, policy: Policy, formats: Formats) -> None:
    """The rows under our policy and ``policy`` side by side, then why they differ."""
    console = Console(highlight=False, soft_wrap=True)
    columns = [column if column.heading != _THEIRS else Column(name, column.cell) for column in _BESIDE]
    _print_table(console, rows, by, columns, title, formats)
    _print_sentences(console, list(reasons(rows, name, policy, formats)))


def standing_document(row: Standing, beside: Policy | None) -> dict[str, object]:
    """A row as programs read it: its figures under the policy asked for, and ours beside them; lengths in seconds."""
    budget = row.budget
    document: dict[str, object] = {
        "object": row.id or None,
        "name": row.name or None,
        "objective": row.objective,
        "verdict": row.verdict,
        **_figures(row.beside or row.figures),
        "budget": budget
        and {
            "allowed": float(budget.allowed / SECOND),
            "spent": float(budget.spent / SECOND),
            "left": float(budget.left / SECOND),
            "burn_rate": None if budget.burn is None else float(budget.burn),
            "lost_at": None if budget.lost_at is None else seconds_of(budget.lost_at),
        },
    }
    if row.beside and beside:
        document["ours"] = {"policy": dict(row.policy.items()), **_figures(row.figures)}
        document["differences"] = [
            {"key": one.key, "ours": one.ours, "theirs": one.theirs, "seconds": seconds_of(one.length)}
            for one in differences(row.figures, row.policy, beside, row.beside)
        ]
    return document


def _figures(figures: Figures) -> dict[str, object]:
    longest = figures.longest
    return {
        **figures_document(figures),
        "mttr": _seconds(figures.mttr),
        "mtbf": _seconds(figures.mtbf),
        "mtbsi": _seconds(figures.mtbsi),
        "count": figures.count,
        "longest": None if longest is None else seconds_of(longest.counted),
    }


def _seconds(mean: float | None) -> int | float | None:
    return None if mean is None else seconds_of(round(mean))


def _print_table(
    console: Console, rows: Sequence[Standing], by: By | None, columns: Sequence[Column], title: str, formats: Formats
) -> None:
    shown = [column for column in columns if any(column.cell(row, formats) for row in rows)]
    table = _table(rows, by, shown, formats)
    for column in sorted(shown, key=lambda one: -one.rank):
        width = Measurement.get(console, console.options.update(width=10_000), table).maximum
        if width <= console.width or not column.rank:
            break
        shown.remove(column)
        table = _table(rows, by, shown, formats)
    console.print(Text(title, style="bold"))
    console.print(table)


def _table(rows: Sequence[Standing], by: By | None, shown: Sequence[Column], formats: Formats) -> Table:
    _ = translator(formats.language)
    table = Table(box=None, pad_edge=False)
    table.add_column(_(_HEADINGS[by]) if by else "", no_wrap=True)
    for column in shown:
        table.add_column(_(column.heading) if column.heading else "", justify="right", no_wrap=True)
    for row in rows:
        name = row.name or _("all together")
        table.add_row(
            Text(name), *(Text(column.cell(row, formats)) for column in shown), style="" if row.id else "bold"
        )
    return table


def _print_sentences(console: Console, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        console.print(Text(sentence), soft_wrap=False)


def _availability(row: Standing, formats: Formats) -> str:
    return _share(row.figures, row, formats)


def _theirs(row: Standing, formats: Formats) -> str:
    return _share(row.beside, row, formats) if row.beside else ""


def _share(figures: Figures, row: Standing, formats: Formats) -> str:
    _ = translator(formats.language)
    return formats.percent(figures.availability, digits_for(row.objective)) or _("not measured")


def _bounds(row: Standing, formats: Formats) -> str:
    digits = digits_for(row.objective) + _CLOSER
    low, high = (formats.percent(share, digits) for share in (row.figures.low, row.figures.high))
    return f"{low} – {high}" if low and high else ""


def _objective(row: Standing, formats: Formats) -> str:
    if row.objective is None:
        return ""
    digits = digits_for(row.objective)
    return formats.percent_units(round(row.objective * 100 * 10**digits), digits)


def _verdict(row: Standing, formats: Formats) -> str:
    word = _VERDICTS[row.verdict]
    return translator(formats.language)(word) if word else ""


def _left(row: Standing, formats: Formats) -> str:
    if row.budget is None:
        return ""
    left = row.budget.left
    return f"{MINUS if left < 0 else ''}{formats.duration(int(abs(left)))}"


def _burn(row: Standing, formats: Formats) -> str:
    burn = row.budget.burn if row.budget else None
    return "" if burn is None else f"{formats.scaled(int(burn * 10), 1)}×"


def _coverage(row: Standing, formats: Formats) -> str:
    return formats.percent(row.figures.coverage) or ""


def _interrupted(row: Standing, formats: Formats) -> str:
    return formats.duration(row.figures.interrupted)


def _interrupted_there(row: Standing, formats: Formats) -> str:
    return formats.duration(row.beside.interrupted) if row.beside else ""


def _points(row: Standing, formats: Formats) -> str:
    digits = digits_for(row.objective)
    if row.beside is None:
        return ""
    ours, theirs = (truncated(share, digits) for share in (row.figures.availability, row.beside.availability))
    return "" if ours is None or theirs is None else formats.points(theirs - ours, digits)


def _count(row: Standing, formats: Formats) -> str:
    return formats.integer(row.figures.count)


def _mean(of: Callable[[Figures], float | None]) -> Cell:
    def cell(row: Standing, formats: Formats) -> str:
        mean = of(row.figures)
        return "" if mean is None else formats.duration(round(mean))

    return cell


def _longest(row: Standing, formats: Formats) -> str:
    longest = row.figures.longest
    return formats.duration(longest.counted) if longest else ""


_THEIRS = ""
_COLUMNS = (
    Column(mark("Availability"), _availability),
    Column(mark("Bounds"), _bounds, 6),
    Column(mark("Objective"), _objective, 1),
    Column(mark("Verdict"), _verdict),
    Column(mark("Budget left"), _left, 2),
    Column(mark("Burn rate"), _burn, 7),
    Column(mark("Coverage"), _coverage, 4),
    Column(mark("Interrupted time"), _interrupted, 3),
    Column(mark("Interruptions"), _count, 5),
    Column(mark("MTRS"), _mean(lambda figures: figures.mttr), 8),
    Column(mark("Longest"), _longest, 9),
    Column(mark("MTBF"), _mean(lambda figures: figures.mtbf), 10),
    Column(mark("MTBSI"), _mean(lambda figures: figures.mtbsi), 11),
)
_BESIDE = (
    Column(mark("Availability"), _availability),
    Column(_THEIRS, _theirs),
    Column(mark("Difference"), _points, 1),
    Column(mark("Interrupted time"), _interrupted, 2),
    Column(mark("There"), _interrupted_there, 3),
    Column(mark("Coverage"), _coverage, 4),
)
