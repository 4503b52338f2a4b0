"""What lies between two editions, for all communes or for one: its own figures, and what concerns it."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exporters.report import Between
from netmon.clock import Millis
from netmon.errors import UnavailableError
from netmon.model import CommuneReport, Edition
from netmon.reporting.archive import FIGURES, INPUTS, Archive
from netmon.reporting.making import Gathered
from netmon.sla.assess import Assessment
from netmon.sla.comparison import Difference, InputChange, differences
from netmon.sla.ledger import EVERYTHING, Ledger
from netmon.sla.policy import parse_policy
from netmon.sla.report import objects_of


@dataclass(frozen=True, slots=True)
class Editions:
    """Two editions: ``before`` and ``after`` by name, the figures and inputs that differ; ``inputs`` is the fingerprint
    of those of ``after``."""

    before: str
    after: str
    gathered: Gathered
    version: str
    generated: Millis
    inputs: str
    figures: Sequence[Difference]
    changes: Sequence[InputChange]

    def of(self, part: CommuneReport | None) -> Between:
        """What of it concerns a commune; everything when None."""
        figures, changes = list(self.figures), list(self.changes)
        if part is not None:
            figures = [one for one in figures if one.commune == part.commune.name]
            changes = list(self._about(part))
        names = _names(self.gathered)
        period = self.gathered.period
        return Between(
            self.before, self.after, period, self.generated, self.version, self.inputs, changes, figures, names
        )

    def _about(self, part: CommuneReport) -> Iterator[InputChange]:
        """The inputs about what serves the commune. Of contracts only those are told that are about it."""
        inventory, period = self.gathered.inventory, self.gathered.period
        assessment = Assessment(inventory, Ledger(), period, period.end, parse_policy("contract"))
        objects = objects_of(assessment, part.commune) | {EVERYTHING, part.commune.name}
        objects |= {settled.contract.id for settled in part.contracts} | {part.contract}
        for change in self.changes:
            if change.told.get("kind") in {"monitor", "period", "capacity"} or change.about in objects:
                yield change


def figure_changes(before: bytes, after: bytes) -> list[Difference]:
    """The figures in which two stored documents differ."""
    return differences(json.loads(before), json.loads(after))


def load_figures(archive: Archive, edition: Edition) -> bytes:
    """The edition's report document.

    Raises:
        UnavailableError: it is gone, or is not what was stored.
    """
    return archive.read(edition, FIGURES)


def load_inputs(archive: Archive, edition: Edition) -> list[str]:
    """The lines the edition was made of.

    Raises:
        UnavailableError: they are gone, or are not what was stored.
    """
    try:
        return gzip.decompress(archive.read(edition, INPUTS)).decode("utf-8").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UnavailableError(f"{edition.period}/{edition.name}: its inputs cannot be read") from error


def _names(gathered: Gathered) -> dict[str, str]:
    inventory = gathered.configuration.inventory
    found: dict[str, Any] = {**inventory.sites, **inventory.nodes, **inventory.services, **inventory.contracts}
    return {name: thing.name for name, thing in found.items()}
