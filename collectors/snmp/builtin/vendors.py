"""Health of devices of Juniper, Huawei, Alcatel-Lucent, Fortinet and MikroTik."""

from collectors.snmp.builtin.standard import ENT_INDEX, ENT_NAMES
from collectors.snmp.builtin.tables import index, lookups, module, scalars, table

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

# ALCATEL-IND1-HEALTH-MIB and ALCATEL-IND1-CHASSIS-MIB: AOS 6 below 6486.800, AOS 7 and 8 below 6486.801.
_AOS6, _AOS8 = "1.3.6.1.4.1.6486.800.1", "1.3.6.1.4.1.6486.801.1"
_OPERATION = (
    "The part: 1 up, 2 down, 3 testing, 4 unknown, 5 secondary, 6 notPresent, 7 unpowered, 8 master, 9 idle, 10 pwrsave"
)
_FAN = f"{_AOS8}.1.1.3.1.1.11.1"

OMNISWITCH_6 = module(
    "omniswitch6_health",
    scalars(
        f"{_AOS6}.2.1.16.1.1.1",
        (9, "healthDeviceMemoryLatest", "gauge", "Memory in use, in percent"),
        (13, "healthDeviceCpuLatest", "gauge", "How busy the processor is, in percent"),
        (14, "healthDeviceCpu1MinAvg", "gauge", "How busy the processor was in the last minute, in percent"),
        (15, "healthDeviceCpu1HrAvg", "gauge", "How busy the processor was in the last hour, in percent"),
    ),
    table(
        f"{_AOS6}.1.1.3.1.1.3.1",
        ENT_INDEX,
        ENT_NAMES,
        (4, "chasHardwareBoardTemp", "gauge", "Temperature of the board, in degrees Celsius; 0: not measured"),
        (5, "chasHardwareCpuTemp", "gauge", "Temperature of the processor, in degrees Celsius; 0: not measured"),
        (7, "chasTempThreshold", "gauge", "Temperature at which the device warns, in degrees Celsius"),
        (8, "chasDangerTempThreshold", "gauge", "Temperature at which the device stops, in degrees Celsius"),
    ),
    table(
        f"{_AOS6}.1.1.1.1.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (2, "chasEntPhysOperStatus", "gauge", _OPERATION),
    ),
)

OMNISWITCH_8 = module(
    "omniswitch8_health",
    table(
        f"{_AOS8}.2.1.16.1.1.1.1.1",
        index("healthModuleSlot"),
        (),
        (8, "healthModuleMemory1MinAvg", "gauge", "Memory in use over the last minute, in percent"),
        (11, "healthModuleCpu1MinAvg", "gauge", "How busy the processor was in the last minute, in percent"),
        (12, "healthModuleCpu1HrAvg", "gauge", "How busy the processor was in the last hour, in percent"),
    ),
    table(
        f"{_AOS8}.1.1.3.1.1.3.1",
        ENT_INDEX,
        ENT_NAMES,
        (8, "chasCPMAHardwareBoardTemp", "gauge", "Temperature of the board, in degrees Celsius; 0: not measured"),
    ),
    table(
        _FAN,
        index("entPhysicalIndex", "alaChasEntPhysFanUnitIndex"),
        ENT_NAMES,
        (2, "alaChasEntPhysFanStatus", "gauge", "The fan: 0 noStatus, 1 notRunning, 2 running"),
        (4, "alaChasEntPhysFanSpeed", "gauge", "Turns of the fan in a minute"),
    ),
    table(
        f"{_AOS8}.1.1.1.1.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (2, "chasEntPhysOperStatus", "gauge", _OPERATION),
    ),
)

# FORTINET-FORTIGATE-MIB.
_FG = "1.3.6.1.4.1.12356.101"

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
        index("fgHwSensorEntIndex"),
        lookups("fgHwSensorEntIndex", ("fgHwSensorEntName", f"{_FG}.4.3.2.1.2")),
        (4, "fgHwSensorEntAlarmStatus", "gauge", "Whether the sensor gives an alarm: 0 no, 1 yes"),
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
    table(
        f"{_MTXR}.100.1",
        index("mtxrGaugeIndex"),
        lookups("mtxrGaugeIndex", ("mtxrGaugeName", f"{_MTXR}.100.1.2")),
        (3, "mtxrGaugeValue", "gauge", "The reading, in the unit of mtxrGaugeUnit"),
        (
            4,
            "mtxrGaugeUnit",
            "gauge",
            "Unit: 1 celsius, 2 rpm, 3 tenths of a volt, 4 of an ampere, 5 of a watt, 6 status",
        ),
    ),
)

VENDORS = (JUNIPER, HUAWEI, OMNISWITCH_6, OMNISWITCH_8, FORTINET, MIKROTIK)
