"""From values to families, keeping what did not change since the last poll.

One ``Assembler`` belongs to one check. While a table's index and the columns that label it stay the same, its families
carry the very same ``series`` tuple, and labels are not even looked at.
"""

from collections.abc import Mapping
from typing import cast

from collectors.snmp.contract import Rows, Value
from collectors.snmp.labels import Series, TableLabels, text
from collectors.snmp.modules import Metric
from collectors.snmp.plan import Plan
from netmon.model import Family, MetricKind, Number

_NUMBERS = frozenset({int, float})
_NO_LABELS: Series = ((),)


class Assembler:
    """Builds the families of one check, poll after poll."""

    def __init__(self, plan: Plan) -> None:
        groups: dict[object, TableLabels] = {}
        self._columns: list[tuple[bytes, _Numbers | _Texts]] = []
        for table in plan.tables:
            metric = table.metric
            labels = groups.setdefault((metric.indexes, metric.lookups), TableLabels(metric))
            self._columns.append((table.prefix, _shape(metric, labels)))
        self._tables = tuple(groups.values())
        self._scalars = [(scalar.instance, _shape(scalar.metric, None)) for scalar in plan.scalars]

    def assemble(self, values: Mapping[bytes, Value], columns: Mapping[bytes, Rows]) -> tuple[Family, ...]:
        """Families of what was got; what an agent does not have makes none."""
        for table in self._tables:
            table.refresh(columns)
        families = [shape.family({b"": values[instance]}) for instance, shape in self._scalars if instance in values]
        families += [shape.family(columns[prefix]) for prefix, shape in self._columns if columns.get(prefix)]
        return tuple(family for family in families if family.series)


def _shape(metric: Metric, labels: TableLabels | None) -> "_Numbers | _Texts":
    return (_Numbers if metric.type in ("gauge", "counter") else _Texts)(metric, labels)


class _Numbers:
    """A metric whose values are numbers; those that are not are left out."""

    def __init__(self, metric: Metric, labels: TableLabels | None) -> None:
        self._metric = metric
        self._labels = labels
        self._kind = cast("MetricKind", metric.type)
        self._names = labels.names if labels else ()

    def family(self, rows: Rows) -> Family:
        if not _NUMBERS.issuperset(map(type, rows.values())):
            rows = {index: value for index, value in rows.items() if type(value) in _NUMBERS}
        series = self._labels.series(rows) if self._labels else _NO_LABELS[: len(rows)]
        if self._labels and len(series) != len(rows):
            rows = self._labels.usable(rows)
        values = cast("tuple[Number, ...]", tuple(rows.values()))
        return Family(self._metric.name, self._kind, self._metric.help, self._names, series, values)


class _Texts:
    """A metric whose values are labels of a gauge that is always 1; the labels are made anew when a value changed."""

    def __init__(self, metric: Metric, labels: TableLabels | None) -> None:
        self._metric = metric
        self._labels = labels
        self._names = (*(labels.names if labels else ()), metric.name)
        self._rows: Rows = {}
        self._base: Series = ()
        self._series: Series = ()

    def family(self, rows: Rows) -> Family:
        base = self._labels.series(rows) if self._labels else _NO_LABELS
        if base is not self._base or rows != self._rows:
            usable = self._labels.usable(rows) if self._labels else rows
            self._base, self._rows = base, rows
            self._series = tuple(
                (*labels, text(value, self._metric.type)) for labels, value in zip(base, usable.values(), strict=True)
            )
        ones = (1,) * len(self._series)
        return Family(self._metric.name, "gauge", self._metric.help, self._names, self._series, ones)
