"""What a metric of each type becomes: the name, help, labels and values snmp_exporter gives it.

Samples with equal labels cannot be told apart (lookups that drop an index and then find the same name twice): the first
one stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias, cast

from collectors.snmp.contract import Rows, Value
from collectors.snmp.labels import Series, TableLabels, before
from collectors.snmp.texts import SUBTYPES, text
from collectors.snmp.times import date_and_time, ntp_timestamp
from netmon.ber import encode_oid
from netmon.goregex import compile_go, expand, parse_float
from netmon.model import Family, MetricKind, Number
from netmon.snmpmodules import Extract, Metric
from netmon.strptime import compile_pattern

Columns: TypeAlias = Mapping[bytes, Rows]
Labels: TypeAlias = tuple[str, ...]
Row: TypeAlias = tuple[bytes, Value]

_NUMBERS = frozenset({int, float})
_EXACT = 2**53
"""Counters beyond lose their small steps in a double."""


class Shape(Protocol):
    """One family of a metric, poll after poll."""

    def family(self, rows: Rows, columns: Columns, /) -> Family:
        """The family of a column's ``rows``; ``columns`` are all there are. Without series there is nothing."""


def shapes_of(metric: Metric, labels: TableLabels, *, wrap: bool = True) -> list[Shape]:
    """What ``metric`` becomes; ``wrap``: whole numbers that get scaled start again at 2^53, as snmp_exporter's do."""
    kind = metric.type
    if kind in {"gauge", "counter", "Float", "Double"}:
        return [_Scaled(metric, labels, wrap=wrap) if metric.scale or metric.offset else _Numbers(metric, labels)]
    if kind in {"DateAndTime", "NTPTimeStamp", "ParseDateAndTime"}:
        return [_Times(metric, labels)]
    if kind in {"EnumAsInfo", "EnumAsStateSet", "Bits"}:
        if metric.name in labels.names:  # an index of the same name tells it already
            return []
        return [_Info(metric, labels) if kind == "EnumAsInfo" else _States(metric, labels)]
    if metric.regex_extracts:
        return [_Extracted(metric, labels, suffix, attempts) for suffix, attempts in metric.regex_extracts]
    return [_Texts(metric, labels)]


class _Numbers:
    """A metric whose values are numbers as they come; those that are not are left out."""

    def __init__(self, metric: Metric, labels: TableLabels) -> None:
        self._name, self._help, self._kind = metric.name, metric.help, _kind(metric)
        self._labels, self._names = labels, labels.names
        self._base: Series | None = None
        self._series: Series = ()
        self._kept: list[int] | None = None

    def family(self, rows: Rows, _columns: Columns, /) -> Family:
        if not _NUMBERS.issuperset(map(type, rows.values())):
            rows = {index: value for index, value in rows.items() if type(value) in _NUMBERS}
        series = self._labels.series(rows)
        if len(series) != len(rows):
            rows = self._labels.usable(rows)
        values = cast("tuple[Number, ...]", tuple(rows.values()))
        if series is not self._base:
            self._base = series
            self._kept = _first_of_each(series)
            self._series = series if self._kept is None else tuple(series[at] for at in self._kept)
        if self._kept is not None:
            values = tuple(values[at] for at in self._kept)
        return Family(self._name, self._kind, self._help, self._names, self._series, values)


class _Scaled(_Numbers):
    """Numbers times a scale, plus an offset."""

    def __init__(self, metric: Metric, labels: TableLabels, *, wrap: bool) -> None:
        super().__init__(metric, labels)
        self._scale, self._offset, self._wrap = metric.scale or 1.0, metric.offset, wrap

    def family(self, rows: Rows, columns: Columns, /) -> Family:
        return super().family({index: self._of(value) for index, value in rows.items()}, columns)

    def _of(self, value: Value) -> Value:
        if not isinstance(value, int | float):
            return value
        if self._wrap and isinstance(value, int):
            value %= _EXACT if value >= 0 else -_EXACT
        return float(value) * self._scale + self._offset


class _Times(_Numbers):
    """Seconds since the epoch, of whatever tells a time; what does not is left out."""

    def __init__(self, metric: Metric, labels: TableLabels) -> None:
        super().__init__(metric, labels)
        self._metric = metric
        self._read = _reader(metric)

    def family(self, rows: Rows, columns: Columns, /) -> Family:
        read = ((index, self._read(value)) for index, value in rows.items())
        times: Rows = {index: _linear(self._metric, time) for index, time in read if time is not None}
        return super().family(times, columns)


def _reader(metric: Metric) -> Callable[[Value], int | None]:
    if metric.type == "ParseDateAndTime":
        parse = compile_pattern(metric.datetime_pattern)
        return lambda value: parse(text(value, "DisplayString"))
    decode = date_and_time if metric.type == "DateAndTime" else ntp_timestamp
    return lambda value: decode(value) if isinstance(value, bytes) else None


class _Relabelled:
    """A metric whose labels tell its value: made anew only when a value or a label changed."""

    def __init__(
        self, metric: Metric, labels: TableLabels, *, name: str = "", note: str = "", label: bool = True
    ) -> None:
        self._metric = metric
        self._labels = labels
        self._name, self._help = name or metric.name, metric.help + note
        self._names = (*labels.names, metric.name) if label and metric.name not in labels.names else labels.names
        self._rows: Rows = {}
        self._types: Rows = {}
        self._base: Series | None = None
        self._made: tuple[Series, tuple[Number, ...]] = ((), ())
        companion = before(metric.oid) if metric.type in SUBTYPES else None
        self._companion = encode_oid(companion) if companion else b""

    def family(self, rows: Rows, columns: Columns, /) -> Family:
        base = self._labels.series(rows)
        types = columns.get(self._companion, {})
        if base is not self._base or rows != self._rows or types != self._types:
            usable = self._labels.usable(rows) if len(base) != len(rows) else rows
            self._base, self._rows, self._types = base, rows, types
            self._made = self._distinct(
                sample
                for labels, row in zip(base, usable.items(), strict=True)
                for sample in self._samples(labels, row)
            )
        series, values = self._made
        return Family(self._name, "gauge", self._help, self._names, series, values)

    def _distinct(self, samples: Iterable[tuple[Labels, Number]]) -> tuple[Series, tuple[Number, ...]]:
        found: dict[Labels, Number] = {}
        for labels, value in samples:
            found.setdefault(labels, value)
        return tuple(found), tuple(found.values())

    def _samples(self, labels: Labels, row: Row) -> Iterable[tuple[Labels, Number]]:
        raise NotImplementedError

    def _text(self, row: Row) -> str:
        index, value = row
        kind = self._metric.type
        if kind in SUBTYPES:
            told = self._types.get(index)
            kind = SUBTYPES[kind].get(told, "OctetString") if isinstance(told, int) else "OctetString"
        return text(value, kind, self._metric.display_hint)


class _Texts(_Relabelled):
    """A text is the label of a gauge that is 1, unless an index of the metric's name tells it already."""

    def __init__(self, metric: Metric, labels: TableLabels) -> None:
        super().__init__(metric, labels)
        self._said = metric.name in labels.names
        self._value = _linear(metric, 1)

    def _samples(self, labels: Labels, row: Row) -> Iterable[tuple[Labels, Number]]:
        yield (labels if self._said else (*labels, self._text(row))), self._value


class _Extracted(_Relabelled):
    """A number that the first fitting expression finds in a text."""

    def __init__(self, metric: Metric, labels: TableLabels, suffix: str, attempts: Sequence[Extract]) -> None:
        super().__init__(metric, labels, name=metric.name + suffix, note=" (regex extracted)", label=False)
        self._attempts = [(compile_go(attempt.regex, whole=True), attempt.value) for attempt in attempts]

    def _samples(self, labels: Labels, row: Row) -> Iterable[tuple[Labels, Number]]:
        said = self._text(row)
        for pattern, template in self._attempts:
            match = pattern.match(said)
            number = parse_float(expand(template, match)) if match else None
            if number is not None:
                yield labels, _linear(self._metric, number)
                return


class _Info(_Relabelled):
    """The name of an enumeration's value is the label of a gauge that is 1."""

    def __init__(self, metric: Metric, labels: TableLabels) -> None:
        super().__init__(metric, labels, name=f"{metric.name}_info", note=" (EnumAsInfo)")
        self._states = dict(metric.enum_values)

    def _samples(self, labels: Labels, row: Row) -> Iterable[tuple[Labels, Number]]:
        value = row[1]
        if isinstance(value, int | float):
            yield (*labels, self._states.get(int(value), str(int(value)))), 1


class _States(_Relabelled):
    """One series for each value of an enumeration, or for each bit of a BITS: 1 where it holds, else 0."""

    def __init__(self, metric: Metric, labels: TableLabels) -> None:
        self._bits = metric.type == "Bits"
        super().__init__(metric, labels, note=f" ({metric.type})")

    def _samples(self, labels: Labels, row: Row) -> Iterable[tuple[Labels, Number]]:
        states, value = self._metric.enum_values, row[1]
        if self._bits:
            if isinstance(value, bytes):
                for bit, name in states:
                    yield (*labels, name), _is_set(value, bit)
        elif isinstance(value, int | float):
            holds = int(value)
            yield (*labels, dict(states).get(holds, str(holds))), 1
            for _, name in states:
                yield (*labels, name), 0  # but for the one that holds, which stands already


def _is_set(octets: bytes, bit: int) -> int:
    """A bit of a BITS (RFC 2578, 7.1.4): the first is the highest of the first octet."""
    at = bit // 8
    return int(0 <= at < len(octets) and bool(octets[at] & (0x80 >> bit % 8)))


def _kind(metric: Metric) -> MetricKind:
    return "counter" if metric.type == "counter" else "gauge"


def _linear(metric: Metric, value: Number) -> Number:
    return float(value) * (metric.scale or 1.0) + metric.offset if metric.scale or metric.offset else value


def _first_of_each(series: Series) -> list[int] | None:
    """Where each of the labels stands first; None when all are different, as they nearly always are."""
    if len(set(series)) == len(series):
        return None
    places: dict[Labels, int] = {}
    for at, labels in enumerate(series):
        places.setdefault(labels, at)
    return list(places.values())
