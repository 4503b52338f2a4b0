"""Health of HPE and Aruba devices: ProCurve (ArubaOS-Switch), AOS-CX, Comware, and Aruba mobility controllers."""

from collectors.snmp.builtin.tables import index, lookups, module, scalars, table
from netmon.snmpmodules import Index

_HP = "1.3.6.1.4.1.11.2.14.11"
_SENSOR = f"{_HP}.1.2.6.1"

PROCURVE = module(
    "procurve_health",
    scalars(
        f"{_HP}.5.1.9.6",  # STATISTICS-MIB
        (1, "hpSwitchCpuStat", "gauge", "How busy the processor is, in percent"),
    ),
    table(  # NETSWITCH-MIB
        f"{_HP}.5.1.1.2.1.1.1",
        index("hpLocalMemSlotIndex"),
        (),
        (5, "hpLocalMemTotalBytes", "gauge", "Bytes of memory in the slot"),
        (6, "hpLocalMemFreeBytes", "gauge", "Bytes of memory in the slot that are free"),
        (7, "hpLocalMemAllocBytes", "gauge", "Bytes of memory in the slot in use"),
    ),
    table(  # HP-ICF-CHASSIS
        _SENSOR,
        index("hpicfSensorIndex"),
        lookups("hpicfSensorIndex", ("hpicfSensorDescr", f"{_SENSOR}.7")),
        (4, "hpicfSensorStatus", "gauge", "What the sensor watches: 1 unknown, 2 bad, 3 warning, 4 good, 5 notPresent"),
        (5, "hpicfSensorWarnings", "counter", "Times that the sensor warned"),
        (6, "hpicfSensorFailures", "counter", "Times that the sensor found a failure"),
    ),
    table(  # FAN-MIB
        f"{_HP}.5.1.54.2.1.1",
        index("hpicfFanIndex"),
        (),
        (4, "hpicfFanState", "gauge", "The fan: 0 failed, 1 removed, 2 off, 3 underspeed, 4 overspeed, 5 ok"),
        (6, "hpicfFanNumFailures", "counter", "Times that the fan failed"),
    ),
    table(  # POWERSUPPLY-MIB
        f"{_HP}.5.1.55.1.1.1",
        index("hpicfPsBayNum"),
        (),
        (
            2,
            "hpicfPsState",
            "gauge",
            "The power supply: 1 psNotPresent, 2 psNotPlugged, 3 psPowered, 4 psFailed, 5 psPermFailure",
        ),
        (3, "hpicfPsFailures", "counter", "Times that the power supply failed"),
        (4, "hpicfPsTemp", "gauge", "Temperature of the power supply, in degrees Celsius"),
        (6, "hpicfPsWattageCur", "gauge", "Power it gives, in watts"),
        (7, "hpicfPsWattageMax", "gauge", "Power it can give, in watts"),
    ),
)

_CX = "1.3.6.1.4.1.47196.4.1.1.3"
_FAN = f"{_CX}.11.5.1.1"
_FAN_INDEX = ("arubaWiredFanGroupIndex", "arubaWiredFanTrayIndex", "arubaWiredFanSlotIndex")
_PSU = f"{_CX}.11.2.1.1"
_PSU_INDEX = ("arubaWiredPSUGroupIndex", "arubaWiredPSUSlotIndex")
_TEMP = f"{_CX}.11.3.1.1"
_TEMP_INDEX = (
    "arubaWiredTempSensorGroupIndex",
    "arubaWiredTempSensorSlotTypeIndex",
    "arubaWiredTempSensorSlotIndex",
    "arubaWiredTempSensorIndex",
)
_MEMBER = f"{_CX}.15.1.2.1"

AOS_CX = module(
    "aoscx_health",
    table(  # ARUBAWIRED-SYSTEMINFO-MIB
        f"{_CX}.22.1.0.1.1",
        (
            Index("arubaWiredSystemInfoModuleType", "DisplayString"),
            Index("arubaWiredSystemInfoModuleName", "DisplayString"),
        ),
        (),
        (3, "arubaWiredSystemInfoCpu", "gauge", "How busy the processors of the module are, in percent"),
        (4, "arubaWiredSystemInfoMemory", "gauge", "Memory of the module in use, in percent"),
        (10, "arubaWiredSystemInfoCpuAvgOneMin", "gauge", "The same of the processors over a minute, in percent"),
        (11, "arubaWiredSystemInfoCpuAvgFiveMin", "gauge", "The same of the processors over five minutes, in percent"),
    ),
    table(  # ARUBAWIRED-VSF-MIB
        _MEMBER,
        index("arubaWiredVsfMemberIndex"),
        lookups("arubaWiredVsfMemberIndex", ("arubaWiredVsfMemberProductName", f"{_MEMBER}.6")),
        (2, "arubaWiredVsfMemberRole", "DisplayString", "What the member is in the stack"),
        (3, "arubaWiredVsfMemberStatus", "DisplayString", "How the member is"),
        (9, "arubaWiredVsfMemberCpuUtil", "gauge", "How busy the member's processor is, in percent"),
        (10, "arubaWiredVsfMemberMemoryUtil", "gauge", "Memory of the member in use, in percent"),
    ),
    table(  # ARUBAWIRED-TEMPSENSOR-MIB
        _TEMP,
        index(*_TEMP_INDEX),
        lookups(_TEMP_INDEX, ("arubaWiredTempSensorName", f"{_TEMP}.5")),
        (6, "arubaWiredTempSensorState", "DisplayString", "How the sensor finds the temperature"),
        (7, "arubaWiredTempSensorTemperature", "gauge", "Temperature, in thousandths of a degree Celsius"),
    ),
    table(  # ARUBAWIRED-FAN-MIB
        _FAN,
        index(*_FAN_INDEX),
        lookups(_FAN_INDEX, ("arubaWiredFanName", f"{_FAN}.4")),
        (5, "arubaWiredFanState", "DisplayString", "How the fan is"),
        (8, "arubaWiredFanRPM", "gauge", "Turns of the fan in a minute; -1: cannot be told"),
        (10, "arubaWiredFanStateEnum", "gauge", "The fan: 1 unknown, 2 empty, 3 uninitialized, 4 ok, 5 fault"),
    ),
    table(  # ARUBAWIRED-POWERSUPPLY-MIB
        _PSU,
        index(*_PSU_INDEX),
        lookups(_PSU_INDEX, ("arubaWiredPSUName", f"{_PSU}.3")),
        (4, "arubaWiredPSUState", "DisplayString", "How the power supply is"),
        (7, "arubaWiredPSUInstantaneousPower", "gauge", "Power it gives now, in watts"),
        (8, "arubaWiredPSUMaximumPower", "gauge", "Power it can give, in watts"),
        (9, "arubaWiredPSUNumberFailures", "gauge", "Its failures since it was put in or the switch started"),
        (
            11,
            "arubaWiredPSUStateEnum",
            "gauge",
            (
                "The power supply: 1 ok, 2 faultAbsent, 3 faultInput, 4 faultOutput, 5 faultPOE, 6 faultNoRecov,"
                " 7 alert, 8 unknown, 9 unsupported, 10 warning, 11 init, 12 empty, 13 faultAirflow,"
                " 14 faultRedundancy, 15 faultMixedInput, 16 overvoltage, 17 undervoltage"
            ),
        ),
    ),
)

_H3C = "1.3.6.1.4.1.25506"
_H3C_NAMES = lookups(
    "hh3cEntityExtPhysicalIndex",
    ("entPhysicalDescr", "1.3.6.1.2.1.47.1.1.1.1.2"),
    ("entPhysicalName", "1.3.6.1.2.1.47.1.1.1.1.7"),
)
_DEVICE = "1 active, 2 deactive, 3 notInstalled, 4 unsupported"

COMWARE = module(
    "comware_health",
    table(  # HH3C-ENTITY-EXT-MIB
        f"{_H3C}.2.6.1.1.1.1",
        index("hh3cEntityExtPhysicalIndex"),
        _H3C_NAMES,
        (6, "hh3cEntityExtCpuUsage", "gauge", "How busy the part's processor is, in percent; 0: it has none"),
        (8, "hh3cEntityExtMemUsage", "gauge", "Memory of the part in use, in percent; 0: it has none"),
        (12, "hh3cEntityExtTemperature", "gauge", "Temperature of the part, in degrees Celsius; 65535: not measured"),
        (13, "hh3cEntityExtTemperatureThreshold", "gauge", "Temperature at which the part warns; 65535: none"),
        (
            19,
            "hh3cEntityExtErrorStatus",
            "gauge",
            (
                "The part: 1 notSupported, 2 normal, 3 postFailure, 4 entityAbsent, 11 poeError, 21 stackError,"
                " 22 stackPortBlocked, 23 stackPortFailed, 31 sfpRecvError, 32 sfpSendError, 33 sfpBothError,"
                " 41 fanError, 51 psuError, 61 rpsError, 71 moduleFaulty, 81 sensorError, 91 hardwareFaulty"
            ),
        ),
    ),
    table(  # HH3C-LSW-DEV-ADM-MIB
        f"{_H3C}.8.35.9.1.1.1",
        index("hh3cDevMFanNum"),
        (),
        (2, "hh3cDevMFanStatus", "gauge", f"The fan: {_DEVICE}"),
    ),
    table(
        f"{_H3C}.8.35.9.1.2.1",
        index("hh3cDevMPowerNum"),
        (),
        (2, "hh3cDevMPowerStatus", "gauge", f"The power supply: {_DEVICE}"),
    ),
)

_WLSX = "1.3.6.1.4.1.14823.2.2.1"

ARUBA_CONTROLLER = module(
    "arubaos_health",
    table(  # WLSX-SYSTEMEXT-MIB
        f"{_WLSX}.2.1.13.1",
        index("sysExtProcessorID"),
        lookups("sysExtProcessorID", ("sysExtProcessorDescr", f"{_WLSX}.2.1.13.1.2")),
        (3, "sysExtProcessorLoad", "gauge", "How busy the processor is, in percent"),
    ),
    table(  # WLSX-SWITCH-MIB
        f"{_WLSX}.1.1.11.1",
        index("sysXMemoryIndex"),
        (),
        (2, "sysXMemorySize", "gauge", "Memory, in kilobytes"),
        (3, "sysXMemoryUsed", "gauge", "Memory in use, in kilobytes"),
        (4, "sysXMemoryFree", "gauge", "Memory that is free, in kilobytes"),
    ),
    scalars(
        f"{_WLSX}.1.3",
        (1, "wlsxSwitchTotalNumAccessPoints", "gauge", "Access points on the controller"),
        (2, "wlsxSwitchTotalNumStationsAssociated", "gauge", "Stations on the controller"),
    ),
)

HPE = (PROCURVE, AOS_CX, COMWARE, ARUBA_CONTROLLER)
