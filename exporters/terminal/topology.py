"""The topology as a tree: each node under its uplinks, with its state and what LLDP says of its links."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from exporters.terminal.layout import cut
from exporters.terminal.look import GLYPHS, Look
from netmon.i18n import mark

_TOLD = {"configured": mark("not seen by LLDP"), "seen": mark("seen by LLDP only")}


class TopologyScreen:
    """Draws in ``width`` columns."""

    def __init__(self, look: Look, width: int) -> None:
        self._look = look
        self._width = width

    def draw(self, document: Mapping[str, Any], *, differences_only: bool = False) -> list[Text]:
        """The tree, then where configuration and LLDP disagree."""
        lines = [] if differences_only else [self._summary(document), Text(), *self._tree(document)]
        differences = list(self._differences(document))
        if differences:
            title = Text(self._look.gettext("Configuration and LLDP disagree"), "bold")
            lines += [*([Text()] if lines else []), title, *differences]
        elif differences_only:
            lines.append(Text(self._look.gettext("Configuration and LLDP do not disagree.")))
        return [cut(line, self._width, "..." if self._look.ascii else "…") for line in lines]

    def _summary(self, document: Mapping[str, Any]) -> Text:
        """How many devices are how, the worst first."""
        look = self._look
        states = [node["state"] for node in document["nodes"]]
        line = Text(look.ngettext("%(n)s device", "%(n)s devices", len(states)), "bold")
        for state in GLYPHS:
            if state in states:
                line.append("  ").append_text(look.badge(state)).append(f" {states.count(state)}", "")
        return line

    def _tree(self, document: Mapping[str, Any]) -> Iterator[Text]:
        """Each node under its first uplink; the others are named beside it, so that each is shown once."""
        nodes = {node["id"]: node for node in document["nodes"]}
        below: dict[str, list[str]] = {}
        placed: set[str] = set()
        ahead = [name for name, node in nodes.items() if not node["uplinks"]]
        tops = list(ahead)
        while len(placed) < len(nodes):
            if not ahead:  # a ring that hangs on nothing
                tops.append(next(name for name in nodes if name not in placed))
                ahead.append(tops[-1])
            upper = ahead.pop(0)
            placed.add(upper)
            for name, node in nodes.items():
                if upper in node["uplinks"] and name not in placed and name not in ahead:
                    below.setdefault(upper, []).append(name)
                    ahead.append(name)
        for top in tops:
            yield from self._branch(top, "", nodes, below, "")

    def _branch(
        self, name: str, before: str, nodes: Mapping[str, Any], below: Mapping[str, list[str]], under: str
    ) -> Iterator[Text]:
        node, look = nodes[name], self._look
        line = Text(before).append_text(self._state(node["state"])).append(f" {name}", "")
        others = [up for up in node["uplinks"] if up != under]
        if others:
            line.append(f"  + {', '.join(others)}", "dim")
        yield line
        children = below.get(name, [])
        stem = before.replace("├── ", "│   ").replace("└── ", "    ").replace("|-- ", "|   ").replace("`-- ", "    ")
        for place, child in enumerate(children):
            last = place == len(children) - 1
            corner = ("`-- " if last else "|-- ") if look.ascii else ("└── " if last else "├── ")
            yield from self._branch(child, stem + corner, nodes, below, name)

    def _state(self, state: str | None) -> Text:
        if state is None:
            return Text("-" if self._look.ascii else "·")
        return Text(self._look.glyph(state)) if state == "up" else self._look.badge(state)

    def _differences(self, document: Mapping[str, Any]) -> Iterator[Text]:
        look = self._look
        for link in document["links"]:
            if link["disagrees"]:
                ports = " - ".join(filter(None, (link["lower_port"], link["upper_port"])))
                told = _TOLD[link["told"]]
                word = look.gettext(told)
                accepted = look.gettext("accepted")
                more = f", {accepted}" if link["accepted"] else ""
                where = f" ({look.text(ports)})" if ports else ""
                yield Text("  " + look.named(f"{link['lower']} - {link['upper']}{where}", f"{word}{more}"))
        for each in document["strangers"]:
            name = look.text(each["name"] or each["chassis"])
            word = look.gettext("is no node of the configuration")
            yield Text("  " + look.named(f"{each['node']} {look.text(each['port'])}", f"{name} {word}"))
