"""Labels of table rows: index parts and what lookup columns say of them, kept while nothing changes."""

from collections.abc import Mapping
from typing import TypeAlias

from collectors.snmp.contract import Rows, Value
from collectors.snmp.modules import Lookup, Metric, MetricType
from netmon.ber import BerError, decode_arcs, encode_arcs, encode_oid, format_oid

Series: TypeAlias = tuple[tuple[str, ...], ...]

_VARIANTS = 8
"""Different index sets of one table kept: columns with holes have their own."""


class TableLabels:
    """Labels of the rows of all columns that share an index and lookups, for one check."""

    def __init__(self, metric: Metric) -> None:
        self.names = (*(index.labelname for index in metric.indexes), *(lookup.labelname for lookup in metric.lookups))
        self._width = len(metric.indexes)
        self._lookups = tuple((encode_oid(lookup.oid), lookup, _positions(metric, lookup)) for lookup in metric.lookups)
        self._given: dict[bytes, Rows] = {}
        self._labels: dict[bytes, tuple[str, ...] | None] = {}
        self._known: list[tuple[list[bytes], Series]] = []

    def refresh(self, columns: Mapping[bytes, Rows]) -> None:
        """Take in the lookup columns of this poll; one that is missing keeps what it said last."""
        changed = False
        for prefix, _, _ in self._lookups:
            rows = columns.get(prefix)
            if rows is not None and rows != self._given.get(prefix):
                self._given[prefix] = rows
                changed = True
        if changed:
            self._labels.clear()
            self._known.clear()

    def series(self, rows: Rows) -> Series:
        """Labels of the rows with a possible index, in their order; the same object while these are the same."""
        indexes = list(rows)
        for known, series in self._known:
            if known == indexes:
                return series
        series = tuple(labels for labels in map(self._of, indexes) if labels is not None)
        self._known = [(indexes, series), *self._known[: _VARIANTS - 1]]
        return series

    def usable(self, rows: Rows) -> Rows:
        """The rows that ``series`` has labels for."""
        return {index: value for index, value in rows.items() if self._of(index) is not None}

    def _of(self, index: bytes) -> tuple[str, ...] | None:
        """None: the index does not decode to as many arcs as the table's index has parts."""
        if index not in self._labels:
            self._labels[index] = self._decode(index)
        return self._labels[index]

    def _decode(self, index: bytes) -> tuple[str, ...] | None:
        try:
            arcs = decode_arcs(index)
        except BerError:
            return None
        if len(arcs) != self._width:
            return None
        found = (self._look_up(prefix, lookup, arcs, at) for prefix, lookup, at in self._lookups)
        return (*map(str, arcs), *found)

    def _look_up(self, prefix: bytes, lookup: Lookup, arcs: tuple[int, ...], positions: tuple[int, ...]) -> str:
        value = self._given.get(prefix, {}).get(encode_arcs(tuple(arcs[at] for at in positions)))
        return "" if value is None else text(value, lookup.type)


def text(value: Value, kind: MetricType) -> str:
    """A value as a label: octets as UTF-8 (what is not becomes U+FFFD) or as a hardware address, else as written."""
    if isinstance(value, bytes):
        if kind == "PhysAddress48":
            return value.hex(":").upper() if value else ""
        return value.decode("utf-8", "replace")
    return format_oid(value) if isinstance(value, tuple) else str(value)


def _positions(metric: Metric, lookup: Lookup) -> tuple[int, ...]:
    """Where in the metric's index the parts stand that make the lookup's."""
    names = [index.labelname for index in metric.indexes]
    return tuple(names.index(name) for name in lookup.labels)
