"""What is lost if devices stop, as lines of text: how much of everything first, then names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from exporters.terminal.layout import cut, flow
from exporters.terminal.look import Look
from netmon.i18n import mark

_INDENT = "  "
_KINDS = (
    ("down", mark("Services down")),
    ("weaker", mark("Services with nothing to spare")),
    ("communes", mark("Communes")),
    ("sites", mark("Sites")),
    ("lost", mark("Nodes cut off")),
    ("checks", mark("Checks lost")),
)
_STATES = {"lost": "unreachable", "checks": "unreachable", "down": "down", "weaker": "degraded"}


class ImpactScreen:
    """Draws in ``width`` columns. ``names`` are people's names of ids; ``everyone`` is how many communes there are."""

    def __init__(self, look: Look, width: int, names: Mapping[str, str], everyone: int) -> None:
        self._look = look
        self._width = width
        self._names = names
        self._everyone = everyone

    def draw(self, document: Mapping[str, Any]) -> list[Text]:
        """The verdict, then everything that is lost, by kind."""
        found: dict[str, Sequence[str]] = {
            **{kind: document[kind] for kind in ("lost", "checks", "sites", "communes")}, **document["services"],
        }  # fmt: skip
        lines = list(self._verdict(document, found))
        for kind, title in _KINDS:
            if found[kind]:
                lines += [Text(), self._title(kind, self._look.gettext(title), len(found[kind]))]
                lines += self._listed(kind, found[kind])
        return [cut(line, self._width, "..." if self._look.ascii else "…") for line in lines]

    def _verdict(self, document: Mapping[str, Any], found: Mapping[str, Sequence[str]]) -> Iterator[Text]:
        look = self._look
        nodes = ", ".join(document["nodes"])
        yield Text(look.text(look.gettext("If this stops: %(nodes)s") % {"nodes": nodes}), "bold")
        counts = (
            look.ngettext("%(n)s device", "%(n)s devices", len(found["lost"])),
            look.ngettext("%(n)s service", "%(n)s services", len(found["down"])),
            look.ngettext("%(n)s site", "%(n)s sites", len(found["sites"])),
            look.ngettext("%(n)s commune", "%(n)s communes", len(found["communes"])),
            look.gettext("%(n)s inhabitants") % {"n": look.number(document["population"]) or "0"},
        )
        state = "down" if found["down"] else "degraded" if found["lost"] or found["weaker"] else "up"
        words = {"down": mark("services stop"), "degraded": mark("nothing stops, something is weaker"),
                 "up": mark("nothing else is lost")}  # fmt: skip
        yield from flow([look.tag(state, look.gettext(words[state])), *(Text(count) for count in counts)], self._width)

    def _title(self, kind: str, title: str, count: int) -> Text:
        state = _STATES.get(kind)
        glyph = f"{self._look.glyph(state)} " if state else ""
        return Text(glyph).append(f"{title} ({count})", "bold underline")

    def _listed(self, kind: str, ids: Sequence[str]) -> list[Text]:
        if kind == "communes" and len(ids) == self._everyone > 1:
            return [Text(_INDENT + self._look.gettext("all of them"))]
        named = kind in {"down", "weaker", "sites"}
        cells = [Text(self._look.text(self._names.get(each, each) if named else each)) for each in ids]
        return [Text(_INDENT).append_text(line) for line in flow(cells, self._width - len(_INDENT))]
