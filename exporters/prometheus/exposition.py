"""What ``/metrics`` says: lines are rendered when a poll ends, a scrape only joins them."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as SelfMetric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from exporters.prometheus.account import LIMITS, Account
from exporters.prometheus.heads import Head, OpenMetricsHeads, text_head
from exporters.prometheus.limits import Room
from exporters.prometheus.own import HEADS, OwnFamilies
from exporters.prometheus.selection import EVERYTHING, Selection
from exporters.prometheus.text import Template, are_label_names, is_metric_name, label_block, make_template, render
from exporters.summary import STALE_INTERVALS, Moment
from netmon.clock import Millis
from netmon.contracts import Snapshot
from netmon.conventions import CHECK_LABELS
from netmon.model import Check, Family, MetricKind, Observation, State
from netmon.settings import SeriesLimits

_log = logging.getLogger("netmon.exporters.prometheus")

_SELF_SUFFIXES = ("", "_total", "_created", "_bucket", "_count", "_sum", "_info", "_gcount", "_gsum")
_Templates: TypeAlias = dict[tuple[tuple[str, ...], int], Template]


_Labels: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Block:
    """The labels a check asked for, those it got, and how they are written."""

    wanted: _Labels
    got: _Labels
    block: bytes


@dataclass(slots=True)
class _Store:
    """One family over all checks: the first check's kind and help hold for all, ``chunks`` by check."""

    kind: MetricKind
    help: str
    stateset: bool = True
    chunks: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class _Held:
    """What is kept of one check: where its chunks are, what helps to render the next, and how many of the series of
    its last poll were left out, by limit."""

    check: Check
    block: bytes
    expires: Millis
    families: list[str] = field(default_factory=list)
    templates: _Templates = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)


class Exposition:
    """Everything netmon tells Prometheus. Lives on the event loop; listens to observations.

    Families of a check are those of its last poll: one that taught nothing, or lies more than three intervals back,
    leaves none. ``registry`` holds the metrics about netmon itself; the exposition adds its own, unless it goes on with
    the ``account`` of the one before.
    ``wrap_large_counters``: counters from 2^53 start again at 0, as in snmp_exporter. ``limits`` bound what targets can
    make of it.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        registry: CollectorRegistry,
        *,
        wrap_large_counters: bool = True,
        limits: SeriesLimits = SeriesLimits(),  # noqa: B008 (frozen)
        account: Account | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._registry = registry
        self._wrap = wrap_large_counters
        self._own = OwnFamilies(self._block)
        self._stores: dict[str, _Store] = {}
        self._held: dict[str, _Held] = {}
        self._owners: dict[_Labels, str] = {}
        self._blocks: dict[str, _Block] = {}
        self._limits = limits
        self._room = Room(limits)
        self._cut = dict.fromkeys(LIMITS, 0)
        self.account = account or Account(registry)
        self.account.begin(limits, lambda: self._room.total)

    def observed(self, observation: Observation) -> None:
        """Render the families that a poll brought, in place of those of the poll before."""
        check, reading = observation.check, observation.reading
        block = self._block(check)
        before = self._held.get(check.id)
        held = _Held(check, block, observation.started + STALE_INTERVALS * check.interval)
        known = before.templates if before is not None and before.block == block else {}
        families = () if reading.state is State.UNKNOWN else reading.families
        self._render(held, known, self._fitting(held, families))
        self._held[check.id] = held
        self._tell_cut(held, before.cut if before is not None else {})
        if before is not None:
            self._remove_chunks(check.id, set(before.families).difference(held.families))

    def forget(self, check_id: str) -> None:
        """Drop everything about the check, at once."""
        held = self._held.pop(check_id, None)
        if held is not None:
            self._clear(held)
            before, held.cut = held.cut, {}
            self._tell_cut(held, before)
        self._release(check_id)
        self._own.forget(check_id)

    def prepare(self) -> Iterator[None]:
        """Work ahead for ``scrape``, a slice at a time: whoever scrapes lets others have their turn between slices."""
        return self._own.prepare(self._snapshot)

    def scrape(self, selection: Selection = EVERYTHING, *, openmetrics: bool = False) -> list[bytes]:
        """The exposition in pieces, to be joined: families in order of name, then the metrics about netmon itself."""
        self._expire()
        own = self._own.lines(Moment(self._snapshot), selection)
        selves = list(self._registry.collect()) if selection.tells_daemon else []
        reserved = {metric.name + suffix for metric in selves for suffix in _SELF_SUFFIXES}
        names = sorted(name for name in {*own, *self._stores} if name not in reserved)
        heads = OpenMetricsHeads({*names, *reserved})
        chosen = None if selection.is_everything else self._chosen(selection)
        parts: list[bytes] = []
        for name in names:
            head, chunks = self._family(name, own, chosen)
            if any(chunks):
                parts.append(heads.head(head) if openmetrics else text_head(head))
                parts.extend(chunks)
        generate = generate_openmetrics if openmetrics else generate_latest
        parts.append(generate(_Collected(selves)))
        return parts

    def _chosen(self, selection: Selection) -> list[str]:
        return [check_id for check_id, held in self._held.items() if selection.takes_check(held.check)]

    def _family(self, name: str, own: dict[str, list[bytes]], chosen: list[str] | None) -> tuple[Head, Iterable[bytes]]:
        """A family's head and lines, of the checks ``chosen`` (None: of all)."""
        if name in own:
            return HEADS[name], own[name]
        store = self._stores[name]
        head = Head(name, store.kind, store.help, store.stateset)
        if chosen is None:
            return head, store.chunks.values()
        return head, [store.chunks[check_id] for check_id in chosen if check_id in store.chunks]

    def _fitting(self, held: _Held, families: tuple[Family, ...]) -> list[tuple[Family, _Store]]:
        """The families that can be shown and fit, with their stores: whole ones, for half a table has wrong sums."""
        fitting: list[tuple[Family, _Store]] = []
        seen: set[str] = set()
        room = left = self._room.on_node(held.check)
        for family in families:
            store, why = self._store(family, held.check.id, seen)
            if store is None:
                self.account.refused.labels(why).inc()
                _log.debug("family refused", extra={"check": held.check.id, "family": family.name, "why": why})
            elif len(family.series) > left:
                held.cut["node"] = held.cut.get("node", 0) + len(family.series)
            else:
                left -= len(family.series)
                seen.add(family.name)
                fitting.append((family, store))
        if not self._room.has(held.check, room - left):
            held.cut["total"], fitting, left = room - left, [], room
        for going in self._room.take(held.check, room - left):
            self._cut_later(going)
        return fitting

    def _cut_later(self, check_id: str) -> None:
        """Hide a check that has to go for one before it; at its next poll it may show again what fits."""
        held = self._held[check_id]
        self._clear(held)
        held.families = []

    def _clear(self, held: _Held) -> None:
        self._remove_chunks(held.check.id, held.families)
        self._room.leave(held.check.id)

    def _tell_cut(self, held: _Held, before: dict[str, int]) -> None:
        """Count what limits cut from the check, where ``before`` was cut at its last poll; say so when that is new."""
        for limit in (*before, *(each for each in held.cut if each not in before)):
            was, now = before.get(limit, 0), held.cut.get(limit, 0)
            if was == now:
                continue
            in_all, self._cut[limit] = self._cut[limit], self._cut[limit] - was + now
            self.account.cut.labels(limit).set(self._cut[limit])
            if limit == "node" and not was:
                _log.warning(
                    "%s: %d series are left out: they and those of the node's other checks are more than %d "
                    "(exposition.series_per_node)", held.check.id, now, self._limits.per_node,
                )  # fmt: skip
            elif limit == "total" and not in_all:
                _log.warning(
                    "%s and perhaps other checks show nothing of what they read: there are more than %d series "
                    "(exposition.series)", held.check.id, self._limits.total,
                )  # fmt: skip

    def _render(self, held: _Held, known: _Templates, families: list[tuple[Family, _Store]]) -> None:
        """Render each family into its store, with the templates ``known`` from the poll before."""
        for family, store in families:
            template = self._template(family, held, known)
            chunk, dropped = render(template, family.name, family.kind, family.values, wrap=self._wrap)
            if dropped:
                self.account.dropped.labels("value").inc(dropped)
            if chunk:
                store.stateset = store.stateset and family.name in family.label_names
                store.chunks[held.check.id] = chunk
                self._stores[family.name] = store
                held.families.append(family.name)

    def _store(self, family: Family, check_id: str, seen: set[str]) -> tuple[_Store | None, str]:
        """Where the family belongs, or why it cannot be shown; ``seen`` are those that the poll brought before it."""
        if not is_metric_name(family.name):
            return None, "name"
        if family.name in HEADS or family.name in seen:
            return None, "reserved"
        if not are_label_names(family.label_names):
            return None, "labels"
        if len(family.series) != len(family.values):
            return None, "shape"
        store = self._stores.get(family.name)
        if store is None or (store.kind != family.kind and set(store.chunks) == {check_id}):
            return _Store(family.kind, family.help), ""
        return (store, "") if store.kind == family.kind else (None, "type")

    def _template(self, family: Family, held: _Held, known: _Templates) -> Template:
        key = (family.label_names, id(family.series))
        template = held.templates.get(key) or known.get(key)
        if template is None:
            template = make_template(held.block, family.label_names, family.series)
            self.account.dropped.labels("duplicate").inc(template.dropped)
        held.templates[key] = template
        return template

    def _block(self, check: Check) -> bytes:
        """The check's label block; where another check has the same labels, its id, or more, tells it apart."""
        known = self._blocks.get(check.id)
        if known is not None and known.wanted == check.labels:
            return known.block
        self._release(check.id)
        wanted = got = check.labels
        attempt = 0
        while self._owners.setdefault(got, check.id) != check.id:
            got = (*wanted[:-1], f"{check.id}~{attempt}" if attempt else check.id)
            attempt += 1
        block = label_block(CHECK_LABELS, got)
        self._blocks[check.id] = _Block(wanted, got, block)
        return block

    def _release(self, check_id: str) -> None:
        known = self._blocks.pop(check_id, None)
        if known is not None:
            del self._owners[known.got]

    def _expire(self) -> None:
        now = self._snapshot.now()
        for check_id in [check_id for check_id, held in self._held.items() if held.expires < now and held.families]:
            held = self._held[check_id]
            self._clear(held)
            held.families = []
            self.account.expired.inc()

    def _remove_chunks(self, check_id: str, names: Iterable[str]) -> None:
        for name in names:
            store = self._stores.get(name)
            if store is not None:
                store.chunks.pop(check_id, None)
                if not store.chunks:
                    del self._stores[name]


class _Collected(CollectorRegistry):
    """Metrics already collected, as the library's renderers want them."""

    def __init__(self, metrics: list[SelfMetric]) -> None:
        super().__init__(auto_describe=False)
        self._collected = metrics

    def collect(self) -> Iterator[SelfMetric]:
        yield from self._collected
