"""Lines of the Prometheus text format 0.0.4 and of OpenMetrics 1.0: both share every sample line we write.

Sources: the exposition format description of Prometheus, and the OpenMetrics specification 1.0.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from netmon.conventions import CHECK_LABELS
from netmon.model import MetricKind, Number

EXACT = 2**53
"""The first integer from which a double, which is what Prometheus stores, skips values."""

_NAME_MARK = b"\xff"  # never occurs in UTF-8, so no label value can hold it
_SPECIAL = re.compile(r'[\\"\n]')
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_INTEGER_BOUNDS: dict[MetricKind, tuple[int, int]] = {
    "counter": (0, EXACT - 1),
    "gauge": (-EXACT, EXACT),
    "info": (1, 1),
    "stateset": (0, 1),
    "unknown": (-EXACT, EXACT),
}


@dataclass(frozen=True, slots=True)
class Template:
    """The lines of one column of series, all but the metric's name and the values.

    ``series`` is the tuple it was made of: the same object means the same template. ``kept`` are the rows it shows
    (None: all), ``dropped`` how many it does not: a second series with the same labels, a row of the wrong length.
    """

    label_names: tuple[str, ...]
    series: tuple[tuple[str, ...], ...]
    lines: bytes
    kept: tuple[int, ...] | None
    dropped: int


def is_metric_name(name: str) -> bool:
    """Whether both formats take ``name`` without quotes."""
    return _METRIC_NAME.fullmatch(name) is not None


def are_label_names(names: Sequence[str]) -> bool:
    """Whether ``names`` can stand beside each other in one series; names that begin with ``__`` are Prometheus' own."""
    return len(set(names)) == len(names) and all(_LABEL_NAME.fullmatch(name) for name in names)


def escape(value: str) -> bytes:
    """A label value as it stands between its quotes. What no UTF-8 can hold (a lone surrogate) becomes ``?``."""
    if _SPECIAL.search(value):
        value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value.encode("utf-8", "replace")


def exported_names(names: Sequence[str], taken: Sequence[str] = CHECK_LABELS) -> tuple[str, ...]:
    """``names`` beside the labels ``taken``: one that clashes keeps its meaning under ``exported_…``."""
    result: list[str] = []
    for name in names:
        free = name
        while free in taken or (free != name and free in names):
            free = f"exported_{free}"
        result.append(free)
    return tuple(result)


def label_block(names: Sequence[str], values: Sequence[str]) -> bytes:
    """``commune="Bègles",site="mairie"``, without braces."""
    return b",".join(b'%b="%b"' % (name.encode(), escape(value)) for name, value in zip(names, values, strict=True))


def make_template(
    block: bytes,
    label_names: tuple[str, ...],
    series: tuple[tuple[str, ...], ...],
    taken: Sequence[str] = CHECK_LABELS,
) -> Template:
    """The template of ``series`` for the check whose own labels are ``block``, with the names ``taken``."""
    names = exported_names(label_names, taken)
    start = _NAME_MARK + b"{" + block + (b"," if block and names else b"")
    width = len(names)
    seen: dict[bytes, int] = {}
    for index, values in enumerate(series):
        if len(values) == width:
            labels = start + label_block(names, values)
            seen.setdefault(labels.replace(b"%", b"%%") + b"} %d\n", index)
    dropped = len(series) - len(seen)
    return Template(label_names, series, b"".join(seen), tuple(seen.values()) if dropped else None, dropped)


def render(
    template: Template, name: str, kind: MetricKind, values: Sequence[Number], *, wrap: bool = True
) -> tuple[bytes, int]:
    """The sample lines, and how many were dropped because ``kind`` forbids their value.

    ``wrap``: counters from 2^53 start again at 0, as snmp_exporter does, because a double would lose the small steps
    that ``rate()`` lives from.
    """
    if template.kept is not None:
        values = [values[index] for index in template.kept]
    if not values:
        return b"", 0
    lines = template.lines.replace(_NAME_MARK, name.encode())
    if set(map(type, values)) == {int}:
        low, high = _INTEGER_BOUNDS[kind]
        if low <= min(values) and max(values) <= high:
            return lines % tuple(values), 0
    return _render_one_by_one(lines, kind, values, wrap)


def _render_one_by_one(lines: bytes, kind: MetricKind, values: Sequence[Number], wrap: bool) -> tuple[bytes, int]:
    parts: list[bytes] = []
    for line, value in zip(lines.split(b"\n"), values, strict=False):  # the last piece, after the last line, is empty
        text = format_value(value, kind, wrap=wrap)
        if text is not None:
            parts.append(line.removesuffix(b"%d").replace(b"%%", b"%") + text + b"\n")
    return b"".join(parts), len(values) - len(parts)


def format_value(value: Number, kind: MetricKind = "gauge", *, wrap: bool = True) -> bytes | None:
    """``value`` as both formats write it; None where a metric of ``kind`` cannot have it."""
    try:
        number = float(value)
    except OverflowError:
        return None
    if not _is_allowed(number, kind):
        return None
    if isinstance(value, int):
        return b"%d" % (value % EXACT if wrap and kind == "counter" else value)
    if math.isfinite(value):
        return repr(value).encode()
    return b"NaN" if math.isnan(value) else b"+Inf" if value > 0 else b"-Inf"


def _is_allowed(number: float, kind: MetricKind) -> bool:
    match kind:
        case "counter":
            return 0 <= number < math.inf
        case "info":
            return number == 1
        case "stateset":
            return number in {0, 1}
        case _:
            return True
