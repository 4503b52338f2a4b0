"""From values to families, keeping what did not change since the last poll.

One ``Assembler`` belongs to one check. While a table's index and the columns that label it stay the same, its families
carry the very same ``series`` tuple, and labels are not even looked at. What a metric of each type becomes is in
``shapes``.
"""

from collections.abc import Iterator, Mapping

from collectors.snmp.contract import Rows, Value
from collectors.snmp.labels import TableLabels
from collectors.snmp.plan import Plan
from collectors.snmp.shapes import Shape, shapes_of
from netmon.ber import decode_oid, format_oid
from netmon.model import Family, Origin


class Assembler:
    """Builds the families of one check, poll after poll. ``wrap``: numbers that get scaled start again at 2^53."""

    def __init__(self, plan: Plan, *, wrap: bool = True) -> None:
        self._plan = plan
        self._wrap = wrap
        groups: dict[object, TableLabels] = {}
        self._labels: list[TableLabels] = []
        self._shapes: list[tuple[bytes, Shape]] = []
        for output in plan.outputs:
            metric = output.metric
            key = (metric.indexes, metric.lookups)
            if key not in groups:
                groups[key] = TableLabels(metric)
            self._labels.append(groups[key])
            self._shapes += ((output.prefix, shape) for shape in shapes_of(metric, groups[key], wrap=wrap))
        self._tables = tuple(groups.values())

    def assemble(self, values: Mapping[bytes, Value], columns: Mapping[bytes, Rows]) -> tuple[Family, ...]:
        """Families of what was got; what an agent does not have makes none."""
        columns = self._gathered(values, columns)
        for table in self._tables:
            table.refresh(columns)
        families = [shape.family(columns[prefix], columns) for prefix, shape in self._shapes if columns.get(prefix)]
        return tuple(family for family in families if family.series)

    def origins(self, values: Mapping[bytes, Value], columns: Mapping[bytes, Rows]) -> Iterator[Origin]:
        """The instance behind each sample that ``assemble`` made of the same: for people, it takes its time."""
        columns = self._gathered(values, columns)
        for output, labels in zip(self._plan.outputs, self._labels, strict=True):
            for index, value in columns.get(output.prefix, {}).items():
                instance = format_oid(decode_oid(output.prefix + index))
                for shape in shapes_of(output.metric, labels, wrap=self._wrap):
                    family = shape.family({index: value}, columns)
                    yield from (Origin(family.name, one, instance) for one in family.series)

    def _gathered(self, values: Mapping[bytes, Value], columns: Mapping[bytes, Rows]) -> dict[bytes, Rows]:
        """The objects' rows, whichever way each was asked for."""
        if not self._plan.cells and not self._plan.parts:
            return dict(columns)
        found: dict[bytes, Rows] = {}
        for cell in self._plan.cells:
            value = values.get(cell.instance)
            if value is not None:
                found.setdefault(cell.prefix, {})[cell.index] = value
        for part in self._plan.parts:
            rows = columns.get(part.walked, {})
            found.setdefault(part.prefix, {}).update({part.index + at: value for at, value in rows.items()})
        return {**columns, **{prefix: {**columns.get(prefix, {}), **rows} for prefix, rows in found.items()}}
