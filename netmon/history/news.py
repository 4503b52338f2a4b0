"""What people add to the history while the daemon runs: it is one writer, and they are others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, Table, func, select

from netmon.history import schema
from netmon.history.rows import step_of
from netmon.model import MONITOR, IncidentStep

_OVERLAP = 200
"""Databases that let several write at once may show a row after others that were numbered later: look back so far."""


@dataclass(slots=True)
class Told:
    """What was added: steps of incidents, and whether attributions or planned works were as well."""

    steps: list[IncidentStep] = field(default_factory=list)
    attributions: bool = False
    maintenance: bool = False


class News:
    """Tells what was added since it was asked last. Blocks: to be asked from a thread."""

    def __init__(self, readers: Engine) -> None:
        self._readers = readers
        self._tables: Sequence[Table] = (schema.incident_steps, schema.attributions, schema.maintenance)
        self._seen: dict[str, set[int]] = {}
        with readers.connect() as connection:
            for table in self._tables:
                last = connection.execute(select(func.max(table.c.id))).scalar() or 0
                self._seen[table.name] = set(range(max(0, last - _OVERLAP), last + 1))

    def read(self) -> Told:
        """What is new."""
        told = Told()
        with self._readers.connect() as connection:
            for table in self._tables:
                seen = self._seen[table.name]
                query = select(table).where(table.c.id > max(seen) - _OVERLAP).order_by(table.c.id)
                rows = [dict(row) for row in connection.execute(query).mappings() if row["id"] not in seen]
                if not rows:
                    continue
                seen |= {row["id"] for row in rows}
                self._seen[table.name] = {each for each in seen if each > max(seen) - 2 * _OVERLAP}
                if table is schema.incident_steps:
                    told.steps = [step for row in rows if (step := step_of(row)).author != MONITOR]
                told.attributions |= table is schema.attributions
                told.maintenance |= table is schema.maintenance
        return told
