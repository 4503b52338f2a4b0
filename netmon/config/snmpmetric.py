"""Modules of a ``snmp.yml``: what a tree says of them, into ``netmon.snmpmodules``, or every problem."""

import re
from collections.abc import Mapping
from typing import Any

from netmon.config.looking import Looking, Where
from netmon.config.source import kind_of, shown
from netmon.snmpmodules import (
    INDEX_TYPES,
    LOOKUP_TYPES,
    METRIC_TYPES,
    EnumValues,
    Extract,
    Filter,
    Index,
    Lookup,
    Metric,
    Module,
    StaticFilter,
)
from netmon.strptime import PatternError, compile_pattern

MODULE_KEYS = (
    "walk", "get", "metrics", "filters", "max_repetitions", "retries", "timeout", "use_unconnected_udp_socket",
    "allow_nonincreasing_oids",
)  # fmt: skip
_METRIC_KEYS = (
    "name", "oid", "type", "help", "indexes", "lookups", "regex_extracts", "datetime_pattern", "enum_values",
    "display_hint", "offset", "scale",
)  # fmt: skip
_INDEX_KEYS = ("labelname", "type", "fixed_size", "implied", "enum_values")
_LOOKUP_KEYS = ("labels", "labelname", "oid", "type", "display_hint", "enum_values")
_EXTRACT_KEYS = ("regex", "value")
_FILTER_KEYS = ("oid", "targets", "values")
_STATIC_KEYS = ("targets", "indices")

_OID = re.compile(r"\.?(?:[01]\.[0-3]?[0-9]|2\.[0-9]{1,9})(?:\.[0-9]{1,9}){0,126}")
_ARCS = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10}){0,127}")
_OID_WORDS = "an object identifier in numbers, such as 1.3.6.1.2.1.2.2.1.10"
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_NAME_WORDS = "a metric's name (letters, digits, '_' and ':', no digit first)"
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LABEL_WORDS = "a label's name (letters, digits and '_', no digit first)"
_SUFFIX = re.compile(r"[a-zA-Z0-9_:]*")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")
_HINT = re.compile(r"(?:(?:\*\d+[dxoat](?:[^\d*][^\d*]?)?)|(?:\d+[dxoat][^\d*]?))+", re.DOTALL)
_MAX_ARC = 2**32 - 1
_MAX_RETRIES = 100
_MAX_REPETITIONS = 2**31 - 1
_MAX_SIZE = 128


class ModuleReading(Looking):
    """Reads modules."""

    def module(self, node: object, where: Where, source: str) -> Module:
        """One module; ``source`` tells where it stands."""
        said = self.mapping(node, where, MODULE_KEYS)
        dynamic, static = self._filters(said, where)
        return Module(
            name=str(where[1]),
            walk=self._oids(said, "walk", where, short=True),
            get=self._oids(said, "get", where),
            metrics=tuple(
                self._metric(metric, ((where, "metrics"), index))
                for index, metric in enumerate(self.items(said, "metrics", where))
            ),
            filters=dynamic,
            static_filters=static,
            max_repetitions=self.whole(said, "max_repetitions", where, 0, _MAX_REPETITIONS) or None,
            retries=self.whole(said, "retries", where, 0, _MAX_RETRIES),
            timeout=self.duration(said, "timeout", where),
            allow_nonincreasing_oids=self.flag(said, "allow_nonincreasing_oids", where),
            use_unconnected_udp_socket=self.flag(said, "use_unconnected_udp_socket", where),
            source=source,
        )

    # --- Metrics ------------------------------------------------------------------------------------------------------

    def _metric(self, node: object, where: Where) -> Metric:
        if not isinstance(node, dict):
            self.wrong(node, where, f"expected a mapping, found {kind_of(node)}")
            return Metric("", "0.0", "gauge", "")
        said = self.mapping(node, where, _METRIC_KEYS)
        indexes = tuple(
            self._index(index, ((where, "indexes"), at)) for at, index in enumerate(self.items(said, "indexes", where))
        )
        return Metric(
            name=self.required(said, "name", where, _NAME, _NAME_WORDS),
            oid=self._oid(said, "oid", where),
            type=self.choice(said, "type", where, METRIC_TYPES),
            help=self.text(said, "help", where),
            indexes=indexes,
            lookups=self._lookups(said, where, {index.labelname for index in indexes}) if "lookups" in said else (),
            regex_extracts=self._extracts(said, where) if "regex_extracts" in said else (),
            datetime_pattern=self._pattern(said, where),
            enum_values=self._enum(said, where) if "enum_values" in said else (),
            display_hint=self._hint(said, where),
            offset=self.real(said, "offset", where),
            scale=self.real(said, "scale", where),
        )

    def _index(self, node: object, where: Where) -> Index:
        said = self.mapping(node, where, _INDEX_KEYS)
        return Index(
            self.required(said, "labelname", where, _LABEL, _LABEL_WORDS),
            self.choice(said, "type", where, INDEX_TYPES),
            self.whole(said, "fixed_size", where, 0, _MAX_SIZE) or 0,
            self.flag(said, "implied", where),
            self._enum(said, where) if "enum_values" in said else (),
        )

    def _lookups(self, metric: Mapping[str, Any], where: Where, known: set[str]) -> tuple[Lookup, ...]:
        """Lookups in order; each may use parts of the index and what those before it found: ``known``."""
        lookups = []
        for at, node in enumerate(self.items(metric, "lookups", where)):
            place = ((where, "lookups"), at)
            said = self.mapping(node, place, _LOOKUP_KEYS)
            labels = self.texts(said, "labels", place)
            for index, label in enumerate(labels):
                if label not in known:
                    message = f"no index and no lookup before is called {shown(label)}{self.advisor.hint(label, known)}"
                    self.wrong(said["labels"][index], ((place, "labels"), index), message)
            lookup = self._lookup(said, place, labels)
            known.add(lookup.labelname)
            lookups.append(lookup)
        return tuple(lookups)

    def _lookup(self, said: Mapping[str, Any], where: Where, labels: tuple[str, ...]) -> Lookup:
        return Lookup(
            labels,
            self.required(said, "labelname", where, _LABEL, _LABEL_WORDS),
            self._oid(said, "oid", where) if labels or said.get("oid") else "",
            self.choice(said, "type", where, LOOKUP_TYPES, default="OctetString"),
            self._hint(said, where),
            self._enum(said, where) if "enum_values" in said else (),
        )

    def _enum(self, metric: Mapping[str, Any], where: Where) -> EnumValues:
        values = self.table(metric, "enum_values", where)
        for key, name in values.items():
            if not _NUMBER.fullmatch(key):
                place = (where, "enum_values")
                self.wrong_key(values, key, place, f"expected a whole number as key, found {shown(key)}")
            elif not isinstance(name, str):
                self.wrong(name, ((where, "enum_values"), key), f"expected text, found {kind_of(name)}")
        return tuple((int(key), str(name)) for key, name in values.items() if _NUMBER.fullmatch(key))

    def _extracts(self, metric: Mapping[str, Any], where: Where) -> tuple[tuple[str, tuple[Extract, ...]], ...]:
        found = self.table(metric, "regex_extracts", where)
        extracts = []
        for suffix in found:
            place = (where, "regex_extracts")
            if not _SUFFIX.fullmatch(suffix):
                self.wrong_key(found, suffix, place, "expected what can stand at the end of a metric's name")
            attempts = self.items(found, suffix, place)
            extracts.append(
                (suffix, tuple(self._extract(one, ((place, suffix), at)) for at, one in enumerate(attempts)))
            )
        return tuple(extracts)

    def _extract(self, node: object, where: Where) -> Extract:
        said = self.mapping(node, where, _EXTRACT_KEYS)
        if "regex" not in said:
            self.wrong(node, (where, "regex"), "is required: a regular expression")
        regex = self.go_regex(said.get("regex", ""), (where, "regex"), whole=True)
        return Extract(regex, self.text(said, "value", where) if "value" in said else "$1")

    def _pattern(self, said: Mapping[str, Any], where: Where) -> str:
        pattern = self.text(said, "datetime_pattern", where)
        if not pattern:
            if said.get("type") == "ParseDateAndTime":
                self.wrong(said, (where, "datetime_pattern"), "is required by the type ParseDateAndTime")
            return ""
        try:
            compile_pattern(pattern)
        except PatternError as error:
            self.wrong(said["datetime_pattern"], (where, "datetime_pattern"), str(error), error.position)
        return pattern

    def _hint(self, said: Mapping[str, Any], where: Where) -> str:
        hint = self.text(said, "display_hint", where)
        if hint and not _HINT.fullmatch(hint):
            words = "a DISPLAY-HINT for octets (RFC 2579, 3.1), such as 1x:"
            self.wrong(said["display_hint"], (where, "display_hint"), f"expected {words}, found {shown(hint)}")
        return hint

    # --- What is asked ------------------------------------------------------------------------------------------------

    def _oid(self, said: Mapping[str, Any], key: str, where: Where) -> str:
        value = self.text(said, key, where)
        if _OID.fullmatch(value) or self._is_oid(value):
            return value.removeprefix(".")
        if key in said:
            self.wrong(said[key], (where, key), f"expected {_OID_WORDS}, found {shown(value) if value else 'nothing'}")
        else:
            self.wrong(said, (where, key), f"is required: {_OID_WORDS}")
        return "0.0"

    def _is_oid(self, value: str, least: int = 2) -> bool:
        if not _ARCS.fullmatch(value.removeprefix(".")):
            return False
        arcs = [int(arc) for arc in value.removeprefix(".").split(".")]
        second = arcs[1] if len(arcs) > 1 else 0
        return len(arcs) >= least and arcs[0] <= 2 and max(arcs) <= _MAX_ARC and (arcs[0] == 2 or second < 40)

    def _oids(self, said: Mapping[str, Any], key: str, where: Where, *, short: bool = False) -> tuple[str, ...]:
        """The identifiers of a list; ``short``: one number is enough."""
        values = self.texts(said, key, where)
        for at, value in enumerate(values):
            if not self._is_oid(value, 1 if short else 2):
                self.wrong(said[key][at], ((where, key), at), f"expected {_OID_WORDS}, found {shown(value)}")
        return tuple(value.removeprefix(".") for value in values)

    def _filters(self, said: Mapping[str, Any], where: Where) -> tuple[tuple[Filter, ...], tuple[StaticFilter, ...]]:
        """A list holds dynamic filters; a mapping holds them under ``dynamic``, and static ones under ``static``."""
        node: Any = said.get("filters", "")
        place = (where, "filters")
        if not isinstance(node, dict):
            return self._dynamic(said, "filters", where), ()
        self.mapping(node, place, ("static", "dynamic"))
        static = [
            StaticFilter(self._targets(entry, at), self._indices(entry, at))
            for index, one in enumerate(self.items(node, "static", place))
            for at in [((place, "static"), index)]
            for entry in [self.mapping(one, at, _STATIC_KEYS)]
        ]
        return self._dynamic(node, "dynamic", place), tuple(static)

    def _dynamic(self, said: Mapping[str, Any], key: str, where: Where) -> tuple[Filter, ...]:
        filters = []
        for index, one in enumerate(self.items(said, key, where)):
            at = ((where, key), index)
            entry = self.mapping(one, at, _FILTER_KEYS)
            values = enumerate(self.items(entry, "values", at))
            patterns = tuple(self.go_regex(value, ((at, "values"), place)) for place, value in values)
            filters.append(Filter(self._oid(entry, "oid", at), self._targets(entry, at), patterns))
        return tuple(filters)

    def _targets(self, entry: Mapping[str, Any], where: Where) -> tuple[str, ...]:
        return self._oids(entry, "targets", where)

    def _indices(self, entry: Mapping[str, Any], where: Where) -> tuple[str, ...]:
        indices = self.texts(entry, "indices", where)
        for at, index in enumerate(indices):
            if not _ARCS.fullmatch(index):
                message = f"expected an index in numbers, such as 2 or 10.1.4, found {shown(index)}"
                self.wrong(entry["indices"][at], ((where, "indices"), at), message)
        return indices
