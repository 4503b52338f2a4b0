"""The built-in modules on whole recordings, against a plain reading of them: object by object, as snmp_exporter reads.

The plain reading walks subtrees, finds for each instance the metric it belongs to, and looks labels up among all
instances. It shares with the collector only how single values become texts. Where there are no recordings, this file is
not collected (``conftest.py``).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from collectors.snmp.codec import decode_value
from collectors.snmp.contract import Value
from collectors.snmp.families import Assembler
from collectors.snmp.indexes import decode
from collectors.snmp.modules import MODULES
from collectors.snmp.plan import plan
from collectors.snmp.texts import SUBTYPES, text
from netmon.ber import encode_oid, parse_oid
from netmon.snmpmodules import Metric, Module
from tests.collectors.snmp.recordings import RECORDINGS, recorded

Oid = tuple[int, ...]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def values_of(path: Path) -> dict[Oid, Value]:
    values = {}
    for name, (tag, content) in recorded(path).items():
        value = decode_value(tag, content)
        if value is not None:
            values[name] = value
    return values


# --- The collector's way ----------------------------------------------------------------------------------------------


def by_columns(module: Module, values: Mapping[Oid, Value]) -> Samples:
    requests = plan([module])
    encoded = {encode_oid(name): value for name, value in sorted(values.items())}
    columns = {
        one.prefix: {
            name[len(one.prefix) :]: value
            for name, value in encoded.items()
            if name.startswith(one.prefix) and len(name) > len(one.prefix)
        }
        for one in requests.columns
    }
    got = {name: encoded[name] for name in requests.instances if name in encoded}
    found: Samples = {}
    for family in Assembler(requests).assemble(got, columns):
        for sample in family.samples():
            key = sample.name, frozenset(sample.labels)
            assert key not in found, "a series twice"
            found[key] = sample.value
    return found


# --- The plain way ----------------------------------------------------------------------------------------------------


def by_objects(module: Module, values: Mapping[Oid, Value]) -> Samples:
    walks, gets = [parse_oid(oid) for oid in module.walk], {parse_oid(oid) for oid in module.get}
    seen = {n: v for n, v in sorted(values.items()) if n in gets or any(n[: len(walk)] == walk for walk in walks)}
    metrics = {parse_oid(metric.oid): metric for metric in module.metrics}
    found: Samples = {}
    for name, value in seen.items():
        for length in range(1, len(name) + 1):
            metric = metrics.get(name[:length])
            if metric is not None:
                for sample, labels, number in shown(metric, name[length:], value, seen):
                    found.setdefault((sample, frozenset(labels.items())), number)
                break
    return found


Shown = Iterator[tuple[str, dict[str, str], float]]


def shown(metric: Metric, index: Oid, value: Value, seen: Mapping[Oid, Value]) -> Shown:
    labels = labels_of(metric, index, seen)
    if metric.type not in {"gauge", "counter", "Float", "Double", "EnumAsInfo", "EnumAsStateSet"}:
        said = text(value, typed(metric.type, metric.oid, index, seen), metric.display_hint)
        yield from (
            extracted(metric, labels, said)
            if metric.regex_extracts
            else [(metric.name, {metric.name: said, **labels}, 1.0)]
        )
    elif isinstance(value, int | float):
        yield from numbers(metric, labels, value)


def numbers(metric: Metric, labels: dict[str, str], number: float) -> Shown:
    state = dict(metric.enum_values).get(int(number), str(number))
    if metric.type == "EnumAsInfo":
        yield f"{metric.name}_info", {**labels, metric.name: state}, 1
    elif metric.type == "EnumAsStateSet":
        for name, holds in {**{name: 0 for _, name in metric.enum_values}, state: 1}.items():
            yield metric.name, {**labels, metric.name: name}, holds
    else:
        yield metric.name, labels, number * (metric.scale or 1) + metric.offset


def extracted(metric: Metric, labels: dict[str, str], said: str) -> Shown:
    for suffix, attempts in metric.regex_extracts:
        fits = (re.fullmatch(one.regex, said) for one in attempts)
        found = next((match for match in fits if match), None)
        if found:
            yield metric.name + suffix, labels, float(found[1])


def labels_of(metric: Metric, index: Oid, seen: Mapping[Oid, Value]) -> dict[str, str]:
    labels: dict[str, str] = {}
    places: dict[str, Oid] = {}
    for one in metric.indexes:
        part = decode(one, index)
        labels[one.labelname], places[one.labelname], index = part.text, part.arcs, part.rest
    for lookup in metric.lookups:
        if not lookup.labels:
            del labels[lookup.labelname]
            continue
        place = tuple(arc for label in lookup.labels for arc in places.get(label, (-1,)))
        value = seen.get((*parse_oid(lookup.oid), *place))
        labels[lookup.labelname] = ""
        if value is not None:
            kind = typed(lookup.type, lookup.oid, place, seen)
            state = dict(lookup.enum_values).get(value) if isinstance(value, int) and kind == "EnumAsInfo" else None
            labels[lookup.labelname] = state or text(value, kind, lookup.display_hint)
            places[lookup.labelname] = (value if isinstance(value, int) else 0,)
    return labels


def typed(kind: str, oid: str, index: Oid, seen: Mapping[Oid, Value]) -> str:
    if kind not in SUBTYPES:
        return kind
    *start, last = parse_oid(oid)
    told = seen.get((*start, last - 1, *index))
    return SUBTYPES[kind].get(told, "OctetString") if isinstance(told, int) else "OctetString"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_columns_give_what_reading_object_by_object_gives(path: Path) -> None:
    values = values_of(path)
    total = 0
    for module in MODULES.values():
        ours, plain = by_columns(module, values), by_objects(module, values)
        assert ours == plain, module.name
        total += len(plain)
    assert total > 20
