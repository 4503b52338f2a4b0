"""Health of devices of Juniper, Huawei, Fortinet and MikroTik."""

from collectors.snmp.builtin.standard import ENT_INDEX, ENT_NAMES
from collectors.snmp.builtin.tables import extract, index, lookups, module, scalars, table
from netmon.snmpmodules import Lookup

# JUNIPER-MIB and JUNIPER-ALARM-MIB.
_JNX = "1.3.6.1.4.1.2636.3"
_JNX_INDEX = (
    "jnxOperatingContentsIndex",
    "jnxOperatingL1Index",
    "jnxOperatingL2Index",
    "jnxOperatingL3Index",
)
_FRU_INDEX = ("jnxFruContentsIndex", "jnxFruL1Index", "jnxFruL2Index", "jnxFruL3Index")
_ALARM = "1 other, 2 off, 3 on"

JUNIPER = module(
    "juniper_health",
    table(
        f"{_JNX}.1.13.1",
        index(*_JNX_INDEX),
        lookups(_JNX_INDEX, ("jnxOperatingDescr", f"{_JNX}.1.13.1.5")),
        (
            6,
            "jnxOperatingState",
            "gauge",
            "The part: 1 unknown, 2 running, 3 ready, 4 reset, 5 runningAtFullSpeed, 6 down, 7 standby",
        ),
        (7, "jnxOperatingTemp", "gauge", "Temperature of the part, in degrees Celsius; 0: not measured"),
        (8, "jnxOperatingCPU", "gauge", "How busy the part's processor is, in percent; 0: it has none"),
        (11, "jnxOperatingBuffer", "gauge", "Buffer memory of the part in use, in percent; 0: it has none"),
        (13, "jnxOperatingUpTime", "gauge", "Time the part has been up, in hundredths of a second"),
        (15, "jnxOperatingMemory", "gauge", "Memory of the part, in megabytes; 0: it has none"),
    ),
    table(
        f"{_JNX}.1.15.1",
        index(*_FRU_INDEX),
        lookups(_FRU_INDEX, ("jnxFruName", f"{_JNX}.1.15.1.5")),
        (
            8,
            "jnxFruState",
            "gauge",
            (
                "The part that can be changed: 1 unknown, 2 empty, 3 present, 4 ready, 5 announceOnline, 6 online,"
                " 7 anounceOffline, 8 offline, 9 diagnostic, 10 standby"
            ),
        ),
    ),
    scalars(
        f"{_JNX}.4.2",
        ("2.1", "jnxYellowAlarmState", "gauge", f"The yellow alarm lamp: {_ALARM}"),
        ("2.2", "jnxYellowAlarmCount", "gauge", "Yellow alarms present"),
        ("3.1", "jnxRedAlarmState", "gauge", f"The red alarm lamp: {_ALARM}"),
        ("3.2", "jnxRedAlarmCount", "gauge", "Red alarms present"),
    ),
)

# HUAWEI-ENTITY-EXTENT-MIB.
_HW = "1.3.6.1.4.1.2011.5.25.31.1.1"

HUAWEI = module(
    "huawei_health",
    table(
        f"{_HW}.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (2, "hwEntityOperStatus", "gauge", "The part: 1 notSupported, 2 disabled, 3 enabled, 4 offline"),
        (5, "hwEntityCpuUsage", "gauge", "How busy the part's processor is, in percent; 0: it has none"),
        (7, "hwEntityMemUsage", "gauge", "Memory of the part in use, in percent; 0: it has none"),
        (9, "hwEntityMemSize", "gauge", "Memory of the part, in bytes; 0: it has none"),
        (11, "hwEntityTemperature", "gauge", "Temperature of the part, in degrees Celsius; 0: not measured"),
        (12, "hwEntityTemperatureThreshold", "gauge", "Temperature at which the part warns, in degrees Celsius"),
    ),
    table(
        f"{_HW}.10.1",
        index("hwEntityFanSlot", "hwEntityFanSn"),
        (),
        (5, "hwEntityFanSpeed", "gauge", "Speed of the fan, in percent of its highest"),
        (6, "hwEntityFanPresent", "gauge", "Whether the fan is there: 1 present, 2 absent"),
        (7, "hwEntityFanState", "gauge", "The fan: 1 normal, 2 abnormal"),
    ),
    table(
        f"{_HW}.18.1",
        index("hwEntityPwrSlot", "hwEntityPwrSn"),
        (),
        (5, "hwEntityPwrPresent", "gauge", "Whether the power supply is there: 1 present, 2 absent"),
        (6, "hwEntityPwrState", "gauge", "The power supply: 1 supply, 2 notSupply, 3 sleep, 4 unknown"),
    ),
)

# FORTINET-FORTIGATE-MIB.
_FG = "1.3.6.1.4.1.12356.101"
_FG_SENSOR = index("fgHwSensorEntIndex")
_FG_SENSOR_NAME = lookups("fgHwSensorEntIndex", ("fgHwSensorEntName", f"{_FG}.4.3.2.1.2"))

FORTINET = module(
    "fortinet_health",
    scalars(
        f"{_FG}.4.1",
        (1, "fgSysVersion", "DisplayString", "Version of FortiOS"),
        (3, "fgSysCpuUsage", "gauge", "How busy the processors are, in percent"),
        (4, "fgSysMemUsage", "gauge", "Memory in use, in percent"),
        (5, "fgSysMemCapacity", "gauge", "Memory, in kilobytes"),
        (6, "fgSysDiskUsage", "gauge", "Disk in use, in megabytes"),
        (7, "fgSysDiskCapacity", "gauge", "Disk, in megabytes"),
        (8, "fgSysSesCount", "gauge", "Sessions there are"),
        (11, "fgSysSesRate1", "gauge", "Sessions set up in a second, over the last minute"),
    ),
    scalars(f"{_FG}.12.1", (1, "fgVpnTunnelUpCount", "gauge", "IPsec tunnels that are up")),
    scalars(f"{_FG}.13.1", (1, "fgHaSystemMode", "gauge", "Cluster: 1 standalone, 2 activeActive, 3 activePassive")),
    table(
        f"{_FG}.4.4.2.1",
        index("fgProcessorEntIndex"),
        (),
        (2, "fgProcessorUsage", "gauge", "How busy the processor was in the last minute, in percent"),
    ),
    table(
        f"{_FG}.4.3.2.1",
        _FG_SENSOR,
        _FG_SENSOR_NAME,
        (4, "fgHwSensorEntAlarmStatus", "gauge", "Whether the sensor gives an alarm: 0 no, 1 yes"),
    ),
    (
        extract(
            "fgHwSensorEntValue",
            f"{_FG}.4.3.2.1.3",
            "The reading: degrees Celsius, turns in a minute or volts, as the sensor's name tells",
            ("", r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*"),
            indexes=_FG_SENSOR,
            lookups=_FG_SENSOR_NAME,
        ),
    ),
    table(
        f"{_FG}.13.2.1.1",
        index("fgHaStatsIndex"),
        lookups("fgHaStatsIndex", ("fgHaStatsHostname", f"{_FG}.13.2.1.1.11")),
        (3, "fgHaStatsCpuUsage", "gauge", "How busy the member's processors are, in percent"),
        (4, "fgHaStatsMemUsage", "gauge", "Memory of the member in use, in percent"),
        (12, "fgHaStatsSyncStatus", "gauge", "Whether the member's configuration agrees: 0 no, 1 yes"),
    ),
)

# MIKROTIK-MIB; processors and memory are told by host_resources_mib.
_MTXR = "1.3.6.1.4.1.14988.1.1.3"
_MTXR_UNITS = ((1, "celsius"), (2, "rpm"), (3, "dV"), (4, "dA"), (5, "dW"), (6, "status"))
_GAUGE_LABELS = (
    *lookups("mtxrGaugeIndex", ("mtxrGaugeName", f"{_MTXR}.100.1.2")),
    Lookup(("mtxrGaugeIndex",), "mtxrGaugeUnit", f"{_MTXR}.100.1.4", "EnumAsInfo", enum_values=_MTXR_UNITS),
)

MIKROTIK = module(
    "mikrotik_health",
    scalars(
        _MTXR,
        (8, "mtxrHlVoltage", "gauge", "Supply voltage, in tenths of a volt"),
        (10, "mtxrHlTemperature", "gauge", "Temperature, in tenths of a degree Celsius"),
        (11, "mtxrHlProcessorTemperature", "gauge", "Temperature of the processor, in tenths of a degree Celsius"),
        (12, "mtxrHlPower", "gauge", "Power taken, in tenths of a watt"),
        (13, "mtxrHlCurrent", "gauge", "Current, in milliamperes"),
        (15, "mtxrHlPowerSupplyState", "gauge", "Whether the power supply is well: 0 no, 1 yes"),
        (16, "mtxrHlBackupPowerSupplyState", "gauge", "Whether the second power supply is well: 0 no, 1 yes"),
        (17, "mtxrHlFanSpeed1", "gauge", "Turns of the first fan in a minute"),
        (18, "mtxrHlFanSpeed2", "gauge", "Turns of the second fan in a minute"),
    ),
    table(  # RouterOS 6.47 and later: all the device has, each with its unit
        f"{_MTXR}.100.1",
        index("mtxrGaugeIndex"),
        _GAUGE_LABELS,
        (
            3,
            "mtxrGaugeValue",
            "gauge",
            "The reading, in its unit (dV, dA, dW: tenths); of a status 0 is well, 1 failed",
        ),
    ),
)

VENDORS = (JUNIPER, HUAWEI, FORTINET, MIKROTIK)
