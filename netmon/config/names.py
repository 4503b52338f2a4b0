"""What refers to what: the names there are, names given twice, uplinks that lead nowhere, names in expressions.

Read from the raw tree, so that one wrong value elsewhere in an entry hides none of these.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from netmon import expression
from netmon.config.source import MapNode, Mark, Scalar, inside, kind_of, mappings, shown, text_of, texts_of
from netmon.config.wrong import Advisor
from netmon.errors import Problem

SNMP_CHECK = "snmp"
ICMP_CHECK = "icmp"
OBJECT_SECTIONS = {"sites": "site", "nodes": "node", "checks": "check", "services": "service"}


@dataclass
class Names:
    """Names by kind: commune, site, node, check, service, contract, calendar, credential, schedule, receiver, and
    object for what is watched.

    ``unwatched`` are the nodes without any check.
    """

    by_kind: dict[str, dict[str, Mark]] = field(default_factory=dict)
    unwatched: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, Mark]:
        """The names of one kind, each with the place that gives it."""
        return self.by_kind.setdefault(kind, {})


def snmp_check_id(node: str) -> str:
    """The id of a node's SNMP check."""
    return f"{node}/{SNMP_CHECK}"


def icmp_check_id(node: str) -> str:
    """The id of a node's ICMP check."""
    return f"{node}/{ICMP_CHECK}"


def collect(tree: MapNode) -> Names:
    """The names of the whole configuration, and what is wrong with them as names."""
    names = Names()
    _communes(tree, names)
    _objects(tree, names)
    for section, kind in (("contracts", "contract"), ("calendars", "calendar")):
        for index, item in mappings(tree.get(section)):
            _add(names, f"{section}[{index}]", kind, text_of(item, "id"), names.of(kind))
    _readers(tree, names)
    credentials = tree.get("credentials")
    if isinstance(credentials, MapNode):
        names.of("credential").update({str(name): mark for name, mark in credentials.keys_at.items()})
    for kind in ("commune", *OBJECT_SECTIONS.values()):
        names.of("object").update(names.of(kind))
    names.of("object")["*"] = tree.mark
    return names


def _communes(tree: MapNode, names: Names) -> None:
    codes: dict[str, Mark] = {}
    tiles: dict[tuple[str, ...], Mark] = {}
    for index, commune in mappings(tree.get("communes")):
        where = f"communes[{index}]"
        _add(names, where, "commune", text_of(commune, "name"), names.of("commune"))
        _add(names, where, "INSEE code", text_of(commune, "insee"), codes, key="insee")
        tile = tuple(str(coordinate) for _, coordinate in texts_of(commune, "tile"))
        if len(tile) == 2 and tile in tiles:
            message = f"another commune lies on this tile (line {tiles[tile].line} of {tiles[tile].source.name})"
            names.problems.append(commune["tile"].mark.problem(f"{where}.tile", message))
        elif len(tile) == 2:
            tiles[tile] = commune["tile"].mark


def _readers(tree: MapNode, names: Names) -> None:
    """The schedules of reports, the users who may read them, and who is told of incidents."""
    reports, users = tree.get("reports"), dict[str, Mark]()
    if isinstance(reports, MapNode):
        for index, item in mappings(reports.get("schedules")):
            _add(names, f"reports.schedules[{index}]", "schedule", text_of(item, "id"), names.of("schedule"))
        for index, item in mappings(reports.get("accounts")):
            _add(names, f"reports.accounts[{index}]", "user", text_of(item, "user"), users, key="user")
    alerts = tree.get("alerts")
    if isinstance(alerts, MapNode):
        for index, item in mappings(alerts.get("receivers")):
            _add(names, f"alerts.receivers[{index}]", "receiver", text_of(item, "id"), names.of("receiver"))


def _objects(tree: MapNode, names: Names) -> None:
    taken: dict[str, Mark] = {}
    for section, kind in OBJECT_SECTIONS.items():
        for index, item in mappings(tree.get(section)):
            name = text_of(item, "id")
            if _add(names, f"{section}[{index}]", "object", name, taken) and name is not None:
                names.of(kind)[str(name)] = name.mark
                if kind == "node" and text_of(item, "snmp") != "false":
                    names.of("check")[snmp_check_id(name)] = name.mark
                if kind == "node" and "icmp" in item and kind_of(item["icmp"]) != "nothing":
                    names.of("check")[icmp_check_id(name)] = name.mark
    watched = {str(text_of(check, "node")) for _, check in mappings(tree.get("checks"))}
    checks = names.of("check")
    own = {node for node in names.of("node") if {snmp_check_id(node), icmp_check_id(node)} & checks.keys()}
    names.unwatched = names.of("node").keys() - own - watched


def _add(names: Names, where: str, kind: str, name: Scalar | None, taken: dict[str, Mark], key: str = "") -> bool:
    if name is None:
        return False
    composed = unicodedata.normalize("NFC", name)
    if composed not in taken:
        taken[composed] = name.mark
        return True
    first = taken[composed]
    path = f"{where}.{key or ('name' if kind == 'commune' else 'id')}"
    message = f"{shown(composed)} is taken already, on line {first.line} of {first.source.name}"
    names.problems.append(name.mark.problem(path, message))
    return False


def uplink_circles(tree: MapNode) -> Iterator[Problem]:
    """A problem for each circle of uplinks that no way leads out of: rings are good, but must hang on a root, or
    nothing tells what is cut off. Nothing is reached through itself."""
    places = _uplinks(tree)
    done = _hanging_on_a_root(places)
    for node, uppers in places.items():
        if node in uppers and node in done:
            mark, path = uppers[node]
            yield mark.problem(path, f"uplinks cannot lead in a circle: {_arrows([node, node])}")
    for start in places:
        if start in done:
            continue
        trail: dict[str, Iterator[str]] = {start: iter(places[start])}
        while trail:
            node, rest = next(reversed(trail.items()))
            upper = next(rest, None)
            if upper is None:
                done.add(node)
                del trail[node]
            elif upper in trail:
                mark, path = places[node][upper]
                ids = list(trail)
                circle = [*ids[ids.index(upper) :], upper]
                yield mark.problem(path, f"uplinks cannot lead in a circle: {_arrows(circle)}")
            elif upper in places and upper not in done:
                trail[upper] = iter(places[upper])


def _hanging_on_a_root(places: Mapping[str, Mapping[str, object]]) -> set[str]:
    """The nodes that some way up from leads to a node without uplinks."""
    below: dict[str, list[str]] = {}
    for node, uppers in places.items():
        for upper in uppers:
            below.setdefault(upper, []).append(node)
    ahead = [name for name in (*places, *below) if not places.get(name)]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(below.get(name, ()))
    return found


def _arrows(circle: list[str]) -> str:
    ids = circle if len(circle) <= 8 else [*circle[:4], "…", *circle[-3:]]
    return " -> ".join(ids)


def _uplinks(tree: MapNode) -> Mapping[str, dict[str, tuple[Mark, str]]]:
    places: dict[str, dict[str, tuple[Mark, str]]] = {}
    for _, item in mappings(tree.get("nodes")):
        name = text_of(item, "id")
        if name is not None and name not in places:
            places[str(name)] = {
                str(uplink): (uplink.mark, f"nodes.{name}.uplinks[{index}]")
                for index, uplink in texts_of(item, "uplinks")
            }
    return places


def wrong_expressions(tree: MapNode, names: Names, advisor: Advisor) -> Iterator[Problem]:
    """A problem for each expression that cannot be read and for each name in one that nothing has."""
    known = names.of("check").keys() | names.of("node").keys()
    for index, item in mappings(tree.get("services")):
        text, name = text_of(item, "expression"), text_of(item, "id")
        if text is None:
            continue
        path = f"services.{name}.expression" if name else f"services[{index}].expression"
        try:
            references = expression.references(expression.parse(text))
        except expression.ExpressionError as error:
            yield inside(text, error.column).problem(path, str(error))
            continue
        except RecursionError:
            yield text.mark.problem(path, "an expression nested too deeply")
            continue
        for reference in references:
            message = ""
            if reference not in known:
                message = f"no check or node is called {shown(reference)}{advisor.hint(reference, known)}"
            elif reference in names.unwatched:
                message = f"the node {shown(reference)} has no check, so nothing tells its state"
            if message:
                yield inside(text, _offset(text, reference)).problem(path, message)


def _offset(text: str, name: str) -> int:
    match = re.search(rf"(?<![^\s(),]){re.escape(name)}(?![^\s(),])", text)
    return match.start() if match else 0
