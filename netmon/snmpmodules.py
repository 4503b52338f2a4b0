"""What to ask SNMP agents for and how to show it: modules as plain data, of the shape of snmp_exporter's ``snmp.yml``.

They stand here because configuration reads them from files, ``collectors.snmp`` has built-in ones and polls by them,
and neither knows the other. Object identifiers are dotted texts without a leading dot. Nothing here is compiled: that
is ``collectors.snmp``'s, at first use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from netmon.clock import Millis
from netmon.settings import SnmpCredential

EnumValues: TypeAlias = tuple[tuple[int, str], ...]
"""Names of the values of an enumeration, or of the bits of a BITS, in the order of the file."""

METRIC_TYPES: Final = (
    "gauge", "counter", "Float", "Double", "OctetString", "DisplayString", "PhysAddress48", "InetAddress",
    "InetAddressIPv4", "InetAddressIPv6", "InetAddressMissingSize", "LldpPortId", "DateAndTime", "ParseDateAndTime",
    "NTPTimeStamp", "EnumAsInfo", "EnumAsStateSet", "Bits",
)  # fmt: skip
"""What a metric can be shown as."""

INDEX_TYPES: Final = (
    "gauge", "counter", "Integer", "Integer32", "OctetString", "DisplayString", "PhysAddress48", "InetAddress",
    "InetAddressIPv4", "InetAddressIPv6", "InetAddressMissingSize", "LldpPortId", "EnumAsInfo",
)  # fmt: skip
"""What a part of a table's index can be."""

LOOKUP_TYPES: Final = (*INDEX_TYPES, "Bits", "EnumAsStateSet", "Float", "Double")
"""What the value a lookup finds can be shown as."""


@dataclass(frozen=True, slots=True)
class Index:
    """One part of a table's index. ``fixed_size`` 0: the length comes first, unless ``implied`` (RFC 2578, 7.7)."""

    labelname: str
    type: str = "gauge"
    fixed_size: int = 0
    implied: bool = False
    enum_values: EnumValues = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A label whose value the column ``oid`` has under the index made of ``labels``: parts of the index, or what
    earlier lookups found. Without ``labels`` the label ``labelname`` is dropped instead."""

    labels: tuple[str, ...]
    labelname: str
    oid: str = ""
    type: str = "DisplayString"
    display_hint: str = ""
    enum_values: EnumValues = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """A number out of a text: ``regex`` (Go's syntax, the whole text must match), ``value`` a template, ``$1``."""

    regex: str
    value: str = "$1"


@dataclass(frozen=True, slots=True)
class Metric:
    """One object and how it is exported. Without ``indexes`` it is a scalar, whose instance is ``oid``.0 as a rule.

    ``regex_extracts`` are (what is added to the name, attempts in order); ``scale`` 0 means none, ``offset`` is added
    after it; ``datetime_pattern`` is one of strptime, for ``ParseDateAndTime``; ``display_hint`` is of RFC 2579, 3.1.
    """

    name: str
    oid: str
    type: str
    help: str
    indexes: tuple[Index, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    regex_extracts: tuple[tuple[str, tuple[Extract, ...]], ...] = ()
    datetime_pattern: str = ""
    enum_values: EnumValues = ()
    display_hint: str = ""
    offset: float = 0.0
    scale: float = 0.0


@dataclass(frozen=True, slots=True)
class Filter:
    """Of the columns ``targets`` only the rows are asked for in which the column ``oid`` matches one of ``values``
    (regular expressions of Go's, found anywhere in the text). Several filters of one target must all agree."""

    oid: str
    targets: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaticFilter:
    """Of the columns ``targets`` only the rows ``indices`` are asked for."""

    targets: tuple[str, ...]
    indices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """``walk`` are subtrees, ``get`` instances; of both only what ``metrics`` name is asked for.

    ``retries`` and ``timeout`` (of one try, milliseconds) hold where a poll has no settings of its own, as does
    ``max_repetitions``; None: the module does not say. ``slow`` are columns that hardly ever change (names, types):
    not every poll reads them. ``source`` is where the module stands, ``file:line``; empty for the built-in ones.
    """

    name: str
    walk: tuple[str, ...]
    get: tuple[str, ...]
    metrics: tuple[Metric, ...]
    filters: tuple[Filter, ...] = ()
    static_filters: tuple[StaticFilter, ...] = ()
    max_repetitions: int | None = None
    retries: int | None = None
    timeout: Millis | None = None
    allow_nonincreasing_oids: bool = False
    use_unconnected_udp_socket: bool = False
    slow: tuple[str, ...] = ()
    source: str = field(default="", compare=False)


DEFAULT_MAX_REPETITIONS: Final = 25
DEFAULT_RETRIES: Final = 3
DEFAULT_TIMEOUT: Final[Millis] = 5000
"""What snmp_exporter takes where a module does not say."""


@dataclass(frozen=True, slots=True)
class ModuleLibrary:
    """What module files say: ``modules`` and ``auths`` by name (``auths`` are credentials for ``/snmp``)."""

    modules: Mapping[str, Module] = field(default_factory=dict)
    auths: Mapping[str, SnmpCredential] = field(default_factory=dict)
