"""Simulated networks of any shape, with faults of links, devices and sites: what is true, and what a poll sees."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from netmon.clock import SECOND, ManualClock, Millis
from netmon.contracts import Event
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.engine.spread import due_between
from netmon.model import (
    Check,
    Commune,
    Inventory,
    Node,
    Observation,
    Reading,
    Role,
    Service,
    Site,
    SiteKind,
    State,
    Transition,
)
from tests.engine.small import Memo

START: Millis = 1_760_000_000_000
INTERVAL: Millis = 60 * SECOND
SITES = ("s0", "s1", "s2")


def make_check(node: str, via: tuple[str, ...], name: str) -> Check:
    return Check(
        f"{node}/{name}", name, name, node, "Bègles", "", node, via, INTERVAL, 2 * SECOND, 2 if name == "icmp" else 3, 1
    )


@dataclass(frozen=True)
class Shape:
    """``uplinks`` of each node, the nodes that also answer pings, the site of each node, the node before a web page."""

    uplinks: dict[str, tuple[str, ...]]
    pinged: frozenset[str]
    sites: dict[str, str]
    page: str

    def inventory(self) -> Inventory:
        checks = [make_check(node, ups, "snmp") for node, ups in self.uplinks.items()]
        checks += [make_check(node, self.uplinks[node], "icmp") for node in sorted(self.pinged)]
        checks.append(Check("page", "page", "http", "page", "Bègles", "", "", (self.page,), INTERVAL, 2 * SECOND, 3, 2))
        nodes = {
            node: Node(node, node, self.sites[node], Role.OTHER, "127.0.0.1", 161, ups)
            for node, ups in self.uplinks.items()
        }
        return Inventory(
            communes={"Bègles": Commune("Bègles", "33039", 31_831, (4, 5))},
            sites={site: Site(site, site, SiteKind.OTHER, "Bègles") for site in SITES},
            nodes=nodes,
            services={"web": Service("web", "Portail", "web", ("Bègles",), f"all(page, {self.page})")},
            checks={check.id: check for check in checks},
            contracts={},
        )

    def links(self) -> list[tuple[str, str]]:
        return [(node, up) for node, ups in self.uplinks.items() for up in ups]


@dataclass
class Net:
    """A network with its faults: ``cut`` links, ``off`` nodes, ``dark`` sites, ``mute`` SNMP agents and pages."""

    shape: Shape
    cut: set[tuple[str, str]] = field(default_factory=set)
    off: set[str] = field(default_factory=set)
    dark: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)

    def powered(self, node: str) -> bool:
        return node not in self.off and self.shape.sites[node] not in self.dark

    def answering(self) -> set[str]:
        """The nodes that a packet of ours reaches, along links in either direction."""
        ahead = [node for node, ups in self.shape.uplinks.items() if not ups and self.powered(node)]
        found: set[str] = set()
        while ahead:
            node = ahead.pop()
            if node in found:
                continue
            found.add(node)
            for lower, upper in self.shape.links():
                if (lower, upper) not in self.cut and node in (lower, upper):
                    other = upper if node == lower else lower
                    if self.powered(other):
                        ahead.append(other)
        return found

    def works(self, check: Check) -> bool:
        answering = self.answering()
        return check.id not in self.mute and (check.node or self.shape.page) in answering

    def heal(self) -> None:
        for faults in (self.cut, self.off, self.dark, self.mute):
            faults.clear()


class Watch:
    """The engine on a net, polled on its schedule and out of turn; can be stopped and started anew at any moment."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.inventory = net.shape.inventory()
        self.clock = ManualClock(START)
        self.memo = Memo()
        self.asked: list[Check] = []
        self.later: list[Callable[[], None]] = []
        self.polled = 0
        self.pipeline = self._start()

    def _start(self) -> Pipeline:
        pipeline = Pipeline(self.inventory, self.memo, self.clock.now)
        pipeline.doubt(self._ask, self.later.append, most=1)
        return pipeline

    def _ask(self, checks: Iterable[Check]) -> None:
        self.asked += [check for check in checks if check not in self.asked]

    def restart(self) -> list[object]:
        """What the engine finds to say when it takes up what the one before it left."""
        self.asked.clear()
        self.later.clear()
        self.pipeline = self._start()
        return list(self.pipeline.restore(last_transitions(self.memo.events), self.clock.now(), self.memo.steps))

    def poll(self, check: Check) -> None:
        works = self.net.works(check)
        reading = Reading(State.UP) if works else Reading(State.DOWN, Reason.TIMEOUT)
        self.polled += 1
        before = list(self.later)  # what is left for later comes after something else
        self.pipeline.observe(Observation(check, self.clock.now(), 0.0, reading))
        self.do_later(before)

    def do_later(self, some: Iterable[Callable[[], None]]) -> None:
        for each in list(some):
            self.later.remove(each)
            each()

    def live(self, span: Millis) -> Iterable[Check]:
        """Polls until ``span`` has passed, yielding after each."""
        start = self.clock.now()
        due = sorted(
            (at, check.id) for check in self.inventory.checks.values() for at in due_between(check, start, start + span)
        )
        for at, name in due:
            self.clock.set(max(at, self.clock.now()))
            self.poll(self.inventory.checks[name])
            yield self.inventory.checks[name]
            while self.asked:
                self.clock.advance(1)
                check = self.asked.pop(0)
                self.poll(check)
                yield check
        self.clock.set(max(start + span, self.clock.now()))
        self.pipeline.sweep()
        while self.later:
            self.do_later(self.later)


def last_transitions(events: Iterable[Event]) -> dict[str, Transition]:
    last: dict[str, Transition] = {}
    for event in events:
        if isinstance(event, Transition) and (event.object not in last or last[event.object].at <= event.at):
            last[event.object] = event
    return last


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Trees with redundant uplinks, and rings that hang on them."""
    count = draw(st.integers(2, 7))
    names = [f"n{number}" for number in range(count)]
    uplinks: dict[str, tuple[str, ...]] = {"n0": ()}
    for place, name in enumerate(names[1:], 1):
        above = st.lists(st.sampled_from(names[:place]), min_size=1, max_size=2, unique=True)
        uplinks[name] = () if place == 1 and draw(st.booleans()) else tuple(draw(above))
    length = draw(st.integers(0, 4))
    ring = [f"r{number}" for number in range(length)]
    ends = (draw(st.sampled_from(names)), draw(st.sampled_from(names)))
    for place, name in enumerate(ring):
        left = ring[place - 1] if place else ends[0]
        right = ring[place + 1] if place + 1 < length else ends[1]
        uplinks[name] = tuple(dict.fromkeys((left, right)))
    nodes = sorted(uplinks)
    return Shape(
        uplinks,
        frozenset(draw(st.sets(st.sampled_from(nodes)))),
        {node: draw(st.sampled_from(SITES)) for node in nodes},
        draw(st.sampled_from(nodes)),
    )
