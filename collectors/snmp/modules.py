"""What to ask agents for, as data: the same structure as a module of snmp_exporter's snmp.yml.

Metric names, types and labels are those snmp_exporter gives for its stock modules, so that its dashboards and rules
work on ours. The built-in modules are ``system`` (SNMPv2-MIB), ``if_mib`` (IF-MIB, RFC 2863), ``ups_mib`` (UPS-MIB,
RFC 1628), and those of ``collectors.snmp.builtin``.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from collectors.snmp.builtin import BUILTIN
from collectors.snmp.iftypes import IF_TYPES
from netmon.snmpmodules import Index, Lookup, Metric, Module

_Entry: TypeAlias = tuple[int | str, str, str, str]


def _metrics(
    base: str, entries: Iterable[_Entry], indexes: tuple[Index, ...] = (), lookups: tuple[Lookup, ...] = ()
) -> tuple[Metric, ...]:
    return tuple(
        Metric(name, f"{base}.{arc}", kind, f"{text} - {base}.{arc}", indexes, lookups)
        for arc, name, kind, text in entries
    )


SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
"""Hundredths of a second since the agent started, modulo 2^32 (RFC 3418)."""

_SYSTEM = _metrics(
    "1.3.6.1.2.1.1",
    (
        (1, "sysDescr", "DisplayString", "What the device says it is: hardware, operating system, software"),
        (3, "sysUpTime", "gauge", "Time since the agent last started, in hundredths of a second"),
        (5, "sysName", "DisplayString", "The name its administrator gave the device"),
        (6, "sysLocation", "DisplayString", "Where its administrator says the device stands"),
    ),
)

_IF_TABLE = "1.3.6.1.2.1.2.2.1"
_IF_X_TABLE = "1.3.6.1.2.1.31.1.1.1"
_IF_INDEX = (Index("ifIndex"),)
_IF_LOOKUPS = (
    Lookup(("ifIndex",), "ifAlias", f"{_IF_X_TABLE}.18"),
    Lookup(("ifIndex",), "ifDescr", f"{_IF_TABLE}.2"),
    Lookup(("ifIndex",), "ifName", f"{_IF_X_TABLE}.1"),
)

_IF_ENTRIES: tuple[_Entry, ...] = (
    (1, "ifIndex", "gauge", "Number of the interface, greater than zero"),
    (4, "ifMtu", "gauge", "Largest packet the interface sends or receives, in octets"),
    (5, "ifSpeed", "gauge", "Bandwidth in bits per second; 4294967295 when it is more than that: see ifHighSpeed"),
    (6, "ifPhysAddress", "PhysAddress48", "Address of the interface on its own medium"),
    (7, "ifAdminStatus", "gauge", "State asked for: 1 up, 2 down, 3 testing"),
    (
        8,
        "ifOperStatus",
        "gauge",
        "State found: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 notPresent, 7 lowerLayerDown",
    ),
    (9, "ifLastChange", "gauge", "sysUpTime when the interface took its state, in hundredths of a second"),
    (10, "ifInOctets", "counter", "Octets received, framing included"),
    (11, "ifInUcastPkts", "counter", "Unicast packets received and passed on"),
    (12, "ifInNUcastPkts", "counter", "Multicast and broadcast packets received and passed on"),
    (13, "ifInDiscards", "counter", "Packets received without error yet not passed on"),
    (14, "ifInErrors", "counter", "Packets received with errors and therefore not passed on"),
    (15, "ifInUnknownProtos", "counter", "Packets received for a protocol the device does not speak"),
    (16, "ifOutOctets", "counter", "Octets sent, framing included"),
    (17, "ifOutUcastPkts", "counter", "Unicast packets handed over for sending"),
    (18, "ifOutNUcastPkts", "counter", "Multicast and broadcast packets handed over for sending"),
    (19, "ifOutDiscards", "counter", "Packets without error yet not sent"),
    (20, "ifOutErrors", "counter", "Packets that could not be sent because of errors"),
    (21, "ifOutQLen", "gauge", "Packets waiting to be sent"),
)

_IF_X_ENTRIES: tuple[_Entry, ...] = (
    (2, "ifInMulticastPkts", "counter", "Multicast packets received and passed on"),
    (3, "ifInBroadcastPkts", "counter", "Broadcast packets received and passed on"),
    (4, "ifOutMulticastPkts", "counter", "Multicast packets handed over for sending"),
    (5, "ifOutBroadcastPkts", "counter", "Broadcast packets handed over for sending"),
    (6, "ifHCInOctets", "counter", "Octets received, framing included, 64 bits wide"),
    (7, "ifHCInUcastPkts", "counter", "Unicast packets received and passed on, 64 bits wide"),
    (8, "ifHCInMulticastPkts", "counter", "Multicast packets received and passed on, 64 bits wide"),
    (9, "ifHCInBroadcastPkts", "counter", "Broadcast packets received and passed on, 64 bits wide"),
    (10, "ifHCOutOctets", "counter", "Octets sent, framing included, 64 bits wide"),
    (11, "ifHCOutUcastPkts", "counter", "Unicast packets handed over for sending, 64 bits wide"),
    (12, "ifHCOutMulticastPkts", "counter", "Multicast packets handed over for sending, 64 bits wide"),
    (13, "ifHCOutBroadcastPkts", "counter", "Broadcast packets handed over for sending, 64 bits wide"),
    (14, "ifLinkUpDownTrapEnable", "gauge", "Whether traps are sent when the link changes: 1 enabled, 2 disabled"),
    (15, "ifHighSpeed", "gauge", "Bandwidth in units of 1,000,000 bits per second"),
    (16, "ifPromiscuousMode", "gauge", "Whether frames for other stations are taken too: 1 true, 2 false"),
    (17, "ifConnectorPresent", "gauge", "Whether the interface has a physical connector: 1 true, 2 false"),
    (19, "ifCounterDiscontinuityTime", "gauge", "sysUpTime when a counter of the interface last lost its continuity"),
)

_IF_TYPE = Metric(
    "ifType", f"{_IF_TABLE}.3", "EnumAsInfo", f"Kind of interface - {_IF_TABLE}.3", _IF_INDEX, _IF_LOOKUPS,
    enum_values=IF_TYPES,
)  # fmt: skip

_IF_MIB = (
    *_metrics("1.3.6.1.2.1.2", ((1, "ifNumber", "gauge", "How many interfaces the device has, whatever their state"),)),
    _IF_TYPE,
    *_metrics(_IF_TABLE, _IF_ENTRIES, _IF_INDEX, _IF_LOOKUPS),
    *_metrics(_IF_X_TABLE, _IF_X_ENTRIES, _IF_INDEX, _IF_LOOKUPS),
)

_UPS = "1.3.6.1.2.1.33.1"
_UPS_SCALARS: tuple[_Entry, ...] = (
    ("2.1", "upsBatteryStatus", "gauge", "Battery: 1 unknown, 2 batteryNormal, 3 batteryLow, 4 batteryDepleted"),
    ("2.2", "upsSecondsOnBattery", "gauge", "Seconds on battery power so far; 0 when not on battery"),
    ("2.3", "upsEstimatedMinutesRemaining", "gauge", "Minutes until the battery is empty at the present load"),
    ("2.4", "upsEstimatedChargeRemaining", "gauge", "Battery charge left, in percent of full charge"),
    ("2.5", "upsBatteryVoltage", "gauge", "Battery voltage, in tenths of a volt DC"),
    ("2.6", "upsBatteryCurrent", "gauge", "Battery current, in tenths of an ampere DC"),
    ("2.7", "upsBatteryTemperature", "gauge", "Temperature at or near the battery, in degrees Celsius"),
    ("3.1", "upsInputLineBads", "counter", "How many times the input went out of tolerance"),
    (
        "4.1",
        "upsOutputSource",
        "gauge",
        "Power from: 1 other, 2 none, 3 normal, 4 bypass, 5 battery, 6 booster, 7 reducer",
    ),
    ("4.2", "upsOutputFrequency", "gauge", "Output frequency, in tenths of a hertz"),
    ("6.1", "upsAlarmsPresent", "gauge", "How many alarm conditions are present"),
)
_UPS_INPUT: tuple[_Entry, ...] = (
    (2, "upsInputFrequency", "gauge", "Input frequency, in tenths of a hertz"),
    (3, "upsInputVoltage", "gauge", "Input voltage, in volts RMS"),
)
_UPS_OUTPUT: tuple[_Entry, ...] = (
    (2, "upsOutputVoltage", "gauge", "Output voltage, in volts RMS"),
    (3, "upsOutputCurrent", "gauge", "Output current, in tenths of an ampere RMS"),
    (4, "upsOutputPower", "gauge", "Output true power, in watts"),
    (5, "upsOutputPercentLoad", "gauge", "Load on this output line, in percent of its capacity"),
)

_UPS_MIB = (
    *_metrics(_UPS, _UPS_SCALARS),
    *_metrics(f"{_UPS}.3.3.1", _UPS_INPUT, (Index("upsInputLineIndex"),)),
    *_metrics(f"{_UPS}.4.4.1", _UPS_OUTPUT, (Index("upsOutputLineIndex"),)),
)

_IF_SLOW = (*(f"{_IF_TABLE}.{arc}" for arc in (1, 2, 3, 4, 5, 6)), *(f"{_IF_X_TABLE}.{arc}" for arc in (1, 15, 17, 18)))
_ENTITY_SLOW = tuple(f"1.3.6.1.2.1.47.1.1.1.1.{arc}" for arc in range(2, 18))
_HOST_SLOW = ("1.3.6.1.2.1.25.2.3.1.3", "1.3.6.1.2.1.25.2.3.1.4", "1.3.6.1.2.1.25.3.2.1.3")
SLOW: frozenset[str] = frozenset((*_IF_SLOW, *_ENTITY_SLOW, *_HOST_SLOW))
"""Columns that hardly ever change: names, aliases, types and speeds of interfaces (a new speed comes with a change of
the link), what ENTITY-MIB says of parts, what storage and devices of a host are called."""


def _marked(module: Module) -> Module:
    """The module with its slow columns marked."""
    oids = [metric.oid for metric in module.metrics]
    oids += [lookup.oid for metric in module.metrics for lookup in metric.lookups]
    return replace(module, slow=tuple(dict.fromkeys(oid for oid in oids if oid in SLOW)))


MODULES: dict[str, Module] = {
    module.name: _marked(module)
    for module in (
        Module("system", (), tuple(f"{metric.oid}.0" for metric in _SYSTEM), _SYSTEM),
        Module("if_mib", ("1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1"), (), _IF_MIB),
        Module("ups_mib", (_UPS,), (), _UPS_MIB),
        *BUILTIN.values(),
    )
}
"""The modules that need no file, by name."""
