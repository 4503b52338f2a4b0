"""Labels of table rows: index parts and what lookup columns say of them, kept while nothing changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from collectors.snmp.contract import Rows, Value
from collectors.snmp.indexes import INTEGERS, decode
from collectors.snmp.texts import SUBTYPES, text
from netmon.ber import BerError, decode_arcs, encode_arcs, encode_oid
from netmon.snmpmodules import Lookup, Metric

Series: TypeAlias = tuple[tuple[str, ...], ...]

_VARIANTS = 8
"""Different index sets of one table kept: columns with holes have their own."""


_numeral = lru_cache(65_536)(str)
"""Thousands of devices number their interfaces alike: one text for all of them."""


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A lookup with the encoded identifiers of its column and of the column that tells its type (None: not needed)."""

    said: Lookup
    prefix: bytes
    types: bytes | None

    @classmethod
    def of(cls, lookup: Lookup) -> "_Lookup":
        if not lookup.labels:
            return cls(lookup, b"", None)
        companion = before(lookup.oid) if lookup.type in SUBTYPES else None
        return cls(lookup, encode_oid(lookup.oid), encode_oid(companion) if companion else None)


def before(oid: str) -> str | None:
    """The object before ``oid`` in its table, where the type of an InetAddress or LldpPortId stands."""
    parent, _, last = oid.rpartition(".")
    return f"{parent}.{int(last) - 1}" if int(last) else None


class TableLabels:
    """Labels of the rows of all columns that share an index and lookups, for one check.

    ``names`` follow the index, then the lookups; a lookup without labels takes its label away.
    """

    def __init__(self, metric: Metric) -> None:
        self.names = _names(metric)
        self._indexes = metric.indexes
        self._width = len(metric.indexes) if all(index.type in INTEGERS for index in metric.indexes) else -1
        self._lookups = tuple(map(_Lookup.of, metric.lookups))
        asked = (prefix for lookup in self._lookups for prefix in (lookup.types, lookup.prefix) if prefix)
        self._asked = tuple(dict.fromkeys(asked))
        self._given: dict[bytes, Rows] = {}
        self._labels: dict[bytes, tuple[str, ...] | None] = {}
        self._known: list[tuple[list[bytes], Series]] = []

    def refresh(self, columns: Mapping[bytes, Rows]) -> None:
        """Take in the lookup columns of this poll; one that is missing keeps what it said last."""
        changed = False
        for prefix in self._asked:
            rows = columns.get(prefix)
            if rows is not None and rows != self._given.get(prefix):
                self._given[prefix] = rows
                changed = True
        if changed:
            self._labels.clear()
            self._known.clear()

    def series(self, rows: Rows) -> Series:
        """Labels of the rows with a readable index, in their order; the same object while these are the same."""
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
        """None: the index cannot be read."""
        if index not in self._labels:
            try:
                self._labels[index] = self._decode(decode_arcs(index))
            except BerError:
                self._labels[index] = None
        return self._labels[index]

    def _decode(self, arcs: tuple[int, ...]) -> tuple[str, ...]:
        texts: dict[str, str] = {}
        places: dict[str, bytes] = {}
        if len(arcs) == self._width:  # nearly every table: plain numbers
            for arc, index in zip(arcs, self._indexes, strict=True):
                texts[index.labelname] = _numeral(arc)
                places[index.labelname] = encode_arcs((arc,))
        else:
            for index in self._indexes:
                part = decode(index, arcs)
                texts[index.labelname], places[index.labelname], arcs = part.text, encode_arcs(part.arcs), part.rest
        for lookup in self._lookups:
            self._look_up(lookup, texts, places)
        return tuple(map(texts.__getitem__, self.names))

    def _look_up(self, lookup: _Lookup, texts: dict[str, str], places: dict[str, bytes]) -> None:
        """Set the label, and what later lookups may go on with."""
        said = lookup.said
        if not said.labels:
            texts.pop(said.labelname, None)
            return
        index = b"".join([places.get(label, b"") for label in said.labels])
        value = self._given.get(lookup.prefix, {}).get(index)
        if value is None or not all(map(places.get, said.labels)):
            texts[said.labelname] = ""
            return
        texts[said.labelname] = self._text(lookup, index, value)
        places[said.labelname] = _place(value)

    def _text(self, lookup: _Lookup, index: bytes, value: Value) -> str:
        said, kind = lookup.said, lookup.said.type
        if lookup.types is not None:
            told = self._given.get(lookup.types, {}).get(index)
            kind = SUBTYPES[kind].get(told, "OctetString") if isinstance(told, int) else "OctetString"
        if kind == "EnumAsInfo" and said.enum_values and isinstance(value, int):
            return dict(said.enum_values).get(value, str(value))
        return text(value, kind, said.display_hint)


def _names(metric: Metric) -> tuple[str, ...]:
    names = dict.fromkeys(index.labelname for index in metric.indexes)
    for lookup in metric.lookups:
        if lookup.labels:
            names[lookup.labelname] = None
        else:
            names.pop(lookup.labelname, None)
    return tuple(names)


def _place(value: Value) -> bytes:
    """A found value as part of an index for lookups behind it; what is no whole number counts as 0 there, as in
    snmp_exporter, and a negative one leads nowhere."""
    number = value if isinstance(value, int) else 0
    return encode_arcs((number,)) if number >= 0 else b""
