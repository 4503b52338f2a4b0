"""Health of Cisco devices, IOS and IOS-XE: processors, memory, temperatures, fans, power supplies."""

from collectors.snmp.builtin.standard import ENT_INDEX, ENT_NAMES
from collectors.snmp.builtin.tables import index, lookups, module, table
from netmon.snmpmodules import Lookup

_C = "1.3.6.1.4.1.9.9"
_STATE = "1 normal, 2 warning, 3 critical, 4 shutdown, 5 notPresent, 6 notFunctioning"
_ENV = f"{_C}.13.1"
_MEMORY = f"{_C}.48.1.1.1"
_POOL = f"{_C}.221.1.1.1.1"
_CPU_NAME = (
    Lookup(("cpmCPUTotalIndex",), "cpmCPUTotalPhysicalIndex", f"{_C}.109.1.1.1.1.2", "gauge"),
    Lookup(("cpmCPUTotalPhysicalIndex",), "entPhysicalName", "1.3.6.1.2.1.47.1.1.1.1.7"),
)

CISCO = module(
    "cisco_health",
    table(  # CISCO-PROCESS-MIB
        f"{_C}.109.1.1.1.1",
        index("cpmCPUTotalIndex"),
        _CPU_NAME,
        (6, "cpmCPUTotal5secRev", "gauge", "How busy the processor was in the last five seconds, in percent"),
        (7, "cpmCPUTotal1minRev", "gauge", "How busy the processor was in the last minute, in percent"),
        (8, "cpmCPUTotal5minRev", "gauge", "How busy the processor was in the last five minutes, in percent"),
        (17, "cpmCPUMemoryHCUsed", "gauge", "Memory of the processor in use, in kilobytes (IOS-XE)"),
        (19, "cpmCPUMemoryHCFree", "gauge", "Memory of the processor that is free, in kilobytes (IOS-XE)"),
    ),
    table(  # CISCO-MEMORY-POOL-MIB: IOS; on IOS-XE only what the IOS process has
        _MEMORY,
        index("ciscoMemoryPoolType"),
        lookups("ciscoMemoryPoolType", ("ciscoMemoryPoolName", f"{_MEMORY}.2")),
        (5, "ciscoMemoryPoolUsed", "gauge", "Bytes of the memory pool in use"),
        (6, "ciscoMemoryPoolFree", "gauge", "Bytes of the memory pool that are free"),
        (7, "ciscoMemoryPoolLargestFree", "gauge", "Bytes of its largest free piece"),
    ),
    table(  # CISCO-ENHANCED-MEMPOOL-MIB: IOS-XE
        _POOL,
        index("entPhysicalIndex", "cempMemPoolIndex"),
        (
            *lookups(("entPhysicalIndex", "cempMemPoolIndex"), ("cempMemPoolName", f"{_POOL}.3")),
            *lookups("entPhysicalIndex", ("entPhysicalName", "1.3.6.1.2.1.47.1.1.1.1.7")),
        ),
        (18, "cempMemPoolHCUsed", "gauge", "Bytes of the memory pool in use"),
        (20, "cempMemPoolHCFree", "gauge", "Bytes of the memory pool that are free"),
    ),
    table(  # CISCO-ENVMON-MIB
        f"{_ENV}.3.1",
        index("ciscoEnvMonTemperatureStatusIndex"),
        lookups("ciscoEnvMonTemperatureStatusIndex", ("ciscoEnvMonTemperatureStatusDescr", f"{_ENV}.3.1.2")),
        (3, "ciscoEnvMonTemperatureStatusValue", "gauge", "Temperature, in degrees Celsius"),
        (
            4,
            "ciscoEnvMonTemperatureThreshold",
            "gauge",
            "Temperature at which the device shuts down, in degrees Celsius",
        ),
        (6, "ciscoEnvMonTemperatureState", "gauge", f"The temperature: {_STATE}"),
    ),
    table(
        f"{_ENV}.4.1",
        index("ciscoEnvMonFanStatusIndex"),
        lookups("ciscoEnvMonFanStatusIndex", ("ciscoEnvMonFanStatusDescr", f"{_ENV}.4.1.2")),
        (3, "ciscoEnvMonFanState", "gauge", f"The fan: {_STATE}"),
    ),
    table(
        f"{_ENV}.5.1",
        index("ciscoEnvMonSupplyStatusIndex"),
        lookups("ciscoEnvMonSupplyStatusIndex", ("ciscoEnvMonSupplyStatusDescr", f"{_ENV}.5.1.2")),
        (3, "ciscoEnvMonSupplyState", "gauge", f"The power supply: {_STATE}"),
        (
            4,
            "ciscoEnvMonSupplySource",
            "gauge",
            "Where its power comes from: 1 unknown, 2 ac, 3 dc, 4 externalPowerSupply, 5 internalRedundant",
        ),
    ),
    table(  # CISCO-ENTITY-SENSOR-MIB
        f"{_C}.91.1.1.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (
            1,
            "entSensorType",
            "gauge",
            (
                "What is measured: 1 other, 2 unknown, 3 voltsAC, 4 voltsDC, 5 amperes, 6 watts, 7 hertz, 8 celsius,"
                " 9 percentRH, 10 rpm, 11 cmm, 12 truthvalue, 13 specialEnum, 14 dBm"
            ),
        ),
        (2, "entSensorScale", "gauge", "Power of 1000 of the unit, counted from 1: 7 micro, 8 milli, 9 units, 10 kilo"),
        (3, "entSensorPrecision", "gauge", "Decimals that the value carries"),
        (4, "entSensorValue", "gauge", "The reading, in the unit of type and scale, without its decimal point"),
        (5, "entSensorStatus", "gauge", "The sensor itself: 1 ok, 2 unavailable, 3 nonoperational"),
    ),
    table(  # CISCO-ENTITY-FRU-CONTROL-MIB
        f"{_C}.117.1.1.2.1",
        ENT_INDEX,
        ENT_NAMES,
        (
            2,
            "cefcFRUPowerOperStatus",
            "gauge",
            (
                "The power supply or fed part: 1 offEnvOther, 2 on, 3 offAdmin, 4 offDenied, 5 offEnvPower,"
                " 6 offEnvTemp, 7 offEnvFan, 8 failed, 9 onButFanFail, 10 offCooling, 11 offConnectorRating,"
                " 12 onButInlinePowerFail"
            ),
        ),
    ),
    table(
        f"{_C}.117.1.4.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (1, "cefcFanTrayOperStatus", "gauge", "The fan tray: 1 unknown, 2 up, 3 down, 4 warning"),
    ),
)
