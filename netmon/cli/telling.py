"""What people tell of incidents, checked against the book and added to the history."""

import getpass
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from netmon.cli.moments import moment
from netmon.cli.nearest import nearest
from netmon.clock import SystemClock
from netmon.config import load
from netmon.contracts import Event, Fact
from netmon.errors import UnavailableError, UsageError
from netmon.history import open_history
from netmon.l10n import Formats
from netmon.model import MONITOR, Attribution, IncidentStep, Party, Step
from netmon.sla.contract.running import RunningClocks
from netmon.state.book import Book, Case
from netmon.state.incidents import incident_name

_MOST_LETTERS = 1000
_WRITE_SECONDS = 30


def choose(name: str, ids: Mapping[str, str], objects: Mapping[str, Collection[str]], opened: Collection[str]) -> str:
    """The incident that ``name`` means: its number or the end of it, or an object with one open incident.

    ``ids`` maps every number to the incident it is part of, ``objects`` gives what an incident is about.

    Raises:
        UnavailableError: none, or more than one.
    """
    word = name.strip()
    exact = {whole for number, whole in ids.items() if number.casefold() == word.casefold()}
    ending = {whole for number, whole in ids.items() if number.casefold().endswith(word.casefold())}
    about = {each for each, names in objects.items() if word in names}
    for found in (exact, about & set(opened), ending if len(word) > 1 else set(), about):
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise UnavailableError(f"{name!r} is more than one incident: {', '.join(sorted(found))}")
    raise UnavailableError(
        f"there is no incident {name!r}{nearest(name, [*ids, *(o for n in objects.values() for o in n)])}"
    )


class Telling:
    """One command's words: who says them, and the history they go to."""

    def __init__(self, config: Path | None, author: str) -> None:
        self._configuration = load(config)
        self._zone = ZoneInfo(self._configuration.timezone)
        self._author = line(author or whoever(), "--author")
        if not self._author or self._author.casefold() == MONITOR:
            raise UsageError(f"--author: expected the name of a person; {MONITOR!r} is netmon itself")
        self._now = SystemClock().now()
        self._store = open_history(self._configuration.history)
        self.book = Book(self._store.incident_steps())

    def __enter__(self) -> "Telling":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def find(self, name: str) -> Case:
        """The incident that is meant."""
        cases = self.book.cases
        ids = {**self.book.merged, **{each: each for each in cases}}
        objects = {each: set(case.roots) | {case.first} for each, case in cases.items()}
        return cases[choose(name, ids, objects, [each for each, case in cases.items() if case.closed is None])]

    def tell(self, case: Case, step: str, at: str | None, text: str, contract: str = "") -> None:
        """Add one step."""
        contracts = self._configuration.inventory.contracts
        if contract and contract not in contracts:
            raise UsageError(f"there is no contract {contract!r}{nearest(contract, contracts)}")
        when = self._now if at is None else moment(at, "--at", self._zone)
        if when > self._now:
            raise UsageError("--at: is in the future")
        if Step(step) in {Step.PAUSED, Step.NOTED} and not text.strip():
            raise UsageError("expected a text: it stands in the reports")
        self._add(
            IncidentStep(case.id, Step(step), when, case.first, contract, self._author, line(text, "--text"), self._now)
        )
        under = f" under {contract}" if contract else ""
        typer.echo(f"recorded: {case.id} {step}{under} at {self._formats.iso(when)}")
        late = case.closed is not None and Step(step) not in {Step.NOTED, Step.RESTORED}
        if late:
            typer.echo(f"note: {case.id} closed at {self._formats.iso(case.closed or 0)}", err=True)

    def contracts(self, case: Case, asked: str) -> Sequence[str]:
        """The contracts to notify under: the one asked for; all that cover the object ("" stands for them); or else
        those that cover what the incident takes along."""
        if asked:
            return [asked]
        clocks = RunningClocks(self._configuration.inventory, self._configuration.timezone)
        if clocks.covering([*case.roots, case.first], self._now):
            return [""]
        from netmon.cli.present import stored_present

        views = [view for view in stored_present(self._configuration).incidents() if view.id == case.id]
        taken = [name for view in views for name in (*view.takes.nodes, *view.takes.checks, *view.takes.services)]
        found = [contract.id for contract in clocks.covering(taken, self._now)]
        if not found:
            typer.echo("note: no contract with GTI or GTR covers it: no clock runs", err=True)
        return found or [""]

    def report_clocks(self, case: Case) -> None:
        """Say until when the provider has time."""
        book = Book(self._store.incident_steps())
        told = [step for step in book.told() if step.incident == book.resolve(case.id)]
        clocks = RunningClocks(self._configuration.inventory, self._configuration.timezone, self._store.attributions())
        for found in clocks.clocks(told, self._now):
            for kind, clock in (("GTI", found.gti), ("GTR", found.gtr)):
                if clock is not None and clock.deadline is not None:
                    typer.echo(f"{found.contract}: {kind} until {self._formats.iso(clock.deadline)}")

    def attribute(self, case: Case, party: str, reason: str) -> None:
        """Hold a party responsible for the incident."""
        parties = [each.value for each in Party]
        if party not in parties:
            raise UsageError(f"--party: expected one of {', '.join(parties)}, found {party!r}{nearest(party, parties)}")
        if not reason.strip():
            raise UsageError("--text: expected a text: it stands in the reports")
        name = case.first
        self._add(
            Attribution(
                name, case.began, case.closed, Party(party), case.id, self._author, line(reason, "--text"), self._now
            )
        )
        typer.echo(f"recorded: {case.id} is attributed to {party}")

    def merge(self, case: Case, into: Case, text: str) -> None:
        """Make ``case`` part of ``into``."""
        if case.id == into.id:
            raise UsageError(f"{case.id} cannot be part of itself")
        if case.closed is None and into.closed is not None:
            raise UsageError(f"{into.id} is closed: an open incident cannot be part of it")
        if text:
            self.tell(into, "noted", None, text)
        self._add(IncidentStep(case.id, Step.MERGED, self._now, case.first, "", self._author, into.id, self._now))
        typer.echo(f"recorded: {case.id} is part of {into.id}")

    def split(self, case: Case, name: str, text: str) -> None:
        """Make the root cause ``name`` of ``case`` an incident of its own."""
        if name not in case.roots:
            raise UsageError(f"{name!r} is no root cause of {case.id}; these are: {', '.join(case.roots)}")
        if len(case.roots) == 1:
            raise UsageError(f"{name!r} is the only root cause of {case.id}: there is nothing to split")
        own = incident_name(name, case.roots[name].since)
        if own == case.id:
            raise UsageError(f"{case.id} began with {name!r}: split off the others instead")
        if own in self.book.cases:
            own = incident_name(name, case.roots[name].since, self.book.numbers)
        self._add(IncidentStep(case.id, Step.SPLIT, self._now, name, "", self._author, own, self._now))
        if text:
            self._add(IncidentStep(own, Step.NOTED, self._now, name, "", self._author, line(text, "--text"), self._now))
        typer.echo(f"recorded: {name} is the incident {own} of its own")

    @property
    def _formats(self) -> Formats:
        return Formats("en", self._configuration.timezone)

    def _add(self, fact: Event | Fact) -> None:
        self._store.record([fact]).result(_WRITE_SECONDS)


def whoever() -> str:
    """The user of this terminal, also behind sudo."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""


def line(text: str, option: str) -> str:
    """``text`` on one line.

    Raises:
        UsageError: it is longer, or has several lines.
    """
    if len(text) > _MOST_LETTERS or not text.isprintable():
        raise UsageError(f"{option}: expected one line of at most {_MOST_LETTERS} characters")
    return text.strip()
