"""What ``/metrics`` says: lines are rendered when a poll ends, a scrape only joins them."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as SelfMetric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from exporters.prometheus.account import Account
from exporters.prometheus.heads import Head, OpenMetricsHeads, text_head
from exporters.prometheus.own import HEADS, OwnFamilies
from exporters.prometheus.selection import EVERYTHING, Selection
from exporters.prometheus.text import Template, are_label_names, is_metric_name, label_block, make_template, render
from exporters.summary import STALE_INTERVALS, Moment
from netmon.clock import Millis
from netmon.contracts import Snapshot
from netmon.conventions import CHECK_LABELS
from netmon.model import Check, Family, MetricKind, Observation, State

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
    """What is kept of one check: where its chunks are and what helps to render the next."""

    check: Check
    block: bytes
    expires: Millis
    families: list[str] = field(default_factory=list)
    templates: _Templates = field(default_factory=dict)


class Exposition:
    """Everything netmon tells Prometheus. Lives on the event loop; listens to observations.

    Families of a check are those of its last poll: one that taught nothing, or lies more than three intervals back,
    leaves none. ``registry`` holds the metrics about netmon itself; the exposition adds its own.
    ``wrap_large_counters``: counters from 2^53 start again at 0, as in snmp_exporter.
    """

    def __init__(self, snapshot: Snapshot, registry: CollectorRegistry, *, wrap_large_counters: bool = True) -> None:
        self._snapshot = snapshot
        self._registry = registry
        self._wrap = wrap_large_counters
        self._own = OwnFamilies(self._block)
        self._stores: dict[str, _Store] = {}
        self._held: dict[str, _Held] = {}
        self._owners: dict[_Labels, str] = {}
        self._blocks: dict[str, _Block] = {}
        self._account = Account(registry)

    def observed(self, observation: Observation) -> None:
        """Render the families that a poll brought, in place of those of the poll before."""
        check, reading = observation.check, observation.reading
        block = self._block(check)
        before = self._held.get(check.id)
        held = _Held(check, block, observation.started + STALE_INTERVALS * check.interval)
        known = before.templates if before is not None and before.block == block else {}
        families = () if reading.state is State.UNKNOWN else reading.families
        self._render(held, known, families)
        self._held[check.id] = held
        if before is not None:
            self._remove_chunks(check.id, set(before.families).difference(held.families))

    def forget(self, check_id: str) -> None:
        """Drop everything about the check, at once."""
        held = self._held.pop(check_id, None)
        if held is not None:
            self._remove_chunks(check_id, held.families)
        self._release(check_id)
        self._own.forget(check_id)

    def prepare(self) -> Iterator[None]:
        """Work ahead for ``scrape``, a slice at a time: whoever scrapes lets others have their turn between slices."""
        return self._own.prepare(self._snapshot)

    def scrape(self, selection: Selection = EVERYTHING, *, openmetrics: bool = False) -> list[bytes]:
        """The exposition in pieces, to be joined: families in order of name, then the metrics about netmon itself."""
        self._expire()
        own = self._own.lines(Moment(self._snapshot), selection)
        selves = list(self._registry.collect()) if selection.is_everything else []
        reserved = {metric.name + suffix for metric in selves for suffix in _SELF_SUFFIXES}
        names = sorted(name for name in {*own, *self._stores} if name not in reserved)
        heads = OpenMetricsHeads({*names, *reserved})
        parts: list[bytes] = []
        for name in names:
            head, chunks = self._family(name, own, selection)
            if any(chunks):
                parts.append(heads.head(head) if openmetrics else text_head(head))
                parts.extend(chunks)
        generate = generate_openmetrics if openmetrics else generate_latest
        parts.append(generate(_Collected(selves)))
        return parts

    def _family(self, name: str, own: dict[str, list[bytes]], selection: Selection) -> tuple[Head, Iterable[bytes]]:
        if name in own:
            return HEADS[name], own[name]
        store = self._stores[name]
        head = Head(name, store.kind, store.help, store.stateset)
        if selection.is_everything:
            return head, store.chunks.values()
        held = self._held
        return head, [chunk for check, chunk in store.chunks.items() if selection.takes_check(held[check].check)]

    def _render(self, held: _Held, known: _Templates, families: tuple[Family, ...]) -> None:
        """Render each family into its store, with the templates ``known`` from the poll before."""
        for family in families:
            store, why = self._store(family, held)
            if store is None:
                self._account.refused.labels(why).inc()
                _log.debug("family refused", extra={"check": held.check.id, "family": family.name, "why": why})
                continue
            template = self._template(family, held, known)
            chunk, dropped = render(template, family.name, family.kind, family.values, wrap=self._wrap)
            if dropped:
                self._account.dropped.labels("value").inc(dropped)
            if chunk:
                store.stateset = store.stateset and family.name in family.label_names
                store.chunks[held.check.id] = chunk
                self._stores[family.name] = store
                held.families.append(family.name)

    def _store(self, family: Family, held: _Held) -> tuple[_Store | None, str]:
        """Where the family belongs, or why it cannot be shown."""
        if not is_metric_name(family.name):
            return None, "name"
        if family.name in HEADS or family.name in held.families:
            return None, "reserved"
        if not are_label_names(family.label_names):
            return None, "labels"
        if len(family.series) != len(family.values):
            return None, "shape"
        store = self._stores.get(family.name)
        if store is None or (store.kind != family.kind and set(store.chunks) == {held.check.id}):
            return _Store(family.kind, family.help), ""
        return (store, "") if store.kind == family.kind else (None, "type")

    def _template(self, family: Family, held: _Held, known: _Templates) -> Template:
        key = (family.label_names, id(family.series))
        template = held.templates.get(key) or known.get(key)
        if template is None:
            template = make_template(held.block, family.label_names, family.series)
            self._account.dropped.labels("duplicate").inc(template.dropped)
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
            self._remove_chunks(check_id, held.families)
            held.families = []
            self._account.expired.inc()

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
