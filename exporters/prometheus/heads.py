"""HELP and TYPE lines of both formats, and the names they must not share."""

from collections.abc import Iterable
from dataclasses import dataclass

from netmon.model import MetricKind

_TEXT_TYPES: dict[MetricKind, str] = {
    "counter": "counter",
    "gauge": "gauge",
    "info": "gauge",
    "stateset": "gauge",
    "unknown": "untyped",
}
_SUFFIXES: dict[MetricKind, tuple[str, tuple[str, ...]]] = {
    "counter": ("_total", ("", "_created")),
    "info": ("_info", ("",)),
}


@dataclass(frozen=True, slots=True)
class Head:
    """What the lines above a family say. ``stateset``: every series carries the label OpenMetrics wants of one.

    ``labels`` are for the reference page; the lines do not name them.
    """

    name: str
    kind: MetricKind
    help: str
    stateset: bool = False
    labels: tuple[str, ...] = ()


def text_head(head: Head) -> bytes:
    """The lines of text 0.0.4; what it has no type for is a gauge."""
    documentation = head.help.replace("\\", r"\\").replace("\n", r"\n")
    return _lines(head.name, documentation, _TEXT_TYPES[head.kind])


class OpenMetricsHeads:
    """The lines of OpenMetrics, where a counter's family is named without ``_total`` and no two families may clash.

    A counter whose name does not end in ``_total`` (``ifHCInOctets``: a peer gave the name) is declared ``unknown``:
    OpenMetrics would rename it, and every dashboard would lose it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = set(names)

    def head(self, head: Head) -> bytes:
        documentation = head.help.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
        name, kind = self._declared(head)
        return _lines(name, documentation, kind)

    def _declared(self, head: Head) -> tuple[str, str]:
        if head.kind == "stateset" and not head.stateset:
            return head.name, "gauge"
        if head.kind not in _SUFFIXES:
            return head.name, head.kind
        suffix, ghosts = _SUFFIXES[head.kind]
        base = head.name.removesuffix(suffix)
        claimed = {base + ghost for ghost in ghosts}
        if base in {head.name, ""} or claimed & self._taken:
            return head.name, "gauge" if head.kind == "info" else "unknown"
        self._taken |= claimed
        return base, head.kind


def _lines(name: str, documentation: str, kind: str) -> bytes:
    text = f"# HELP {name} {documentation}\n# TYPE {name} {kind}\n"
    return text.encode("utf-8", "replace")
