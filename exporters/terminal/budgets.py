"""Objectives that are lost this month, or will be, as a table: the most pressing first."""

import datetime as dt
from collections.abc import Sequence

from rich.text import Text

from exporters.terminal.layout import Column, table
from exporters.terminal.look import Look
from exporters.terminal.status import BudgetLine

LITTLE = 0.25
"""With less than this share of a budget left it is at risk, whatever the pace."""

DROPPED_FIRST = ("contract", "objective", "lost at")
"""Columns in the order in which they give way to a narrow terminal."""


def at_risk(budgets: Sequence[BudgetLine]) -> list[BudgetLine]:
    """Those lost, those that will be at this pace, and those of which little is left, in this order."""

    def place(budget: BudgetLine) -> tuple[bool, float, float]:
        lost_at = budget.lost_at.timestamp() if budget.lost_at else float("inf")
        return budget.left >= 0, lost_at, budget.left

    pressing = (each for each in budgets if each.lost_at or each.left < LITTLE * each.allowed)
    return sorted(pressing, key=place)


def draw_budgets(look: Look, width: int, now: dt.datetime, budgets: Sequence[BudgetLine]) -> list[Text]:
    """One line each."""
    _ = look.gettext
    rank = {name: number for number, name in enumerate(DROPPED_FIRST)}
    columns = [
        Column(_("Budget"), [_verdict(look, each) for each in budgets]),
        Column(_("Commune"), [Text(look.text(each.commune), "bold") for each in budgets]),
        Column(_("Left"), [look.left(each.left) for each in budgets], right=True),
        Column(
            _("Lost on"),
            [Text(look.at(each.lost_at, now) if each.lost_at else "") for each in budgets],
            rank["lost at"],
            right=True,
        ),
        Column(_("Availability"), [Text(_percent(look, each.availability)) for each in budgets], right=True),
        Column(
            _("Objective"), [Text(_percent(look, each.objective)) for each in budgets], rank["objective"], right=True
        ),
        Column(_("Contract"), [Text(look.text(each.contract)) for each in budgets], rank["contract"]),
    ]
    return table(columns, width, "..." if look.ascii else "…")


def _verdict(look: Look, budget: BudgetLine) -> Text:
    state, word = ("down", look.gettext("lost")) if budget.left < 0 else ("degraded", look.gettext("at risk"))
    return look.tag(state, word)


def _percent(look: Look, ratio: float | None) -> str:
    """Cut, not rounded: 99,995 is not 100."""
    if ratio is None:
        return ""
    units = int(ratio * 100_000 + 1e-6)
    text = f"{units / 1000:.3f}"
    return look.text(f"{text.replace('.', ',')} %" if look.language == "fr" else f"{text}%")
