"""Health of Alcatel-Lucent OmniSwitches: ALCATEL-IND1-HEALTH-MIB and ALCATEL-IND1-CHASSIS-MIB.

AOS 6 has them below 6486.800, AOS 7 and 8 below 6486.801, with other numbers for the columns.
"""

from collectors.snmp.builtin.standard import ENT_INDEX, ENT_NAMES
from collectors.snmp.builtin.tables import index, module, scalars, table

_AOS6, _AOS8 = "1.3.6.1.4.1.6486.800.1", "1.3.6.1.4.1.6486.801.1"
_OPERATION = (
    "The part: 1 up, 2 down, 3 testing, 4 unknown, 5 secondary, 6 notPresent, 7 unpowered, 8 master, 9 idle, 10 pwrsave"
)
_RANGE = "1 unknown, 2 notPresent, 3 underThreshold, 4 overFirstThreshold, 5 overDangerThreshold"
_WARNS = "Temperature at which the device warns, in degrees Celsius"
_STOPS = "Temperature at which the device stops, in degrees Celsius"
_FAN = "The fan: 0 noStatus, 1 notRunning, 2 running"
_FAN_INDEX = index("entPhysicalIndex", "alaChasEntPhysFanLocalIndex")
_SLOT = index("healthModuleSlot")

OMNISWITCH_6 = module(
    "omniswitch6_health",
    scalars(
        f"{_AOS6}.2.1.16.1.1.1",
        (9, "healthDeviceMemoryLatest", "gauge", "Memory in use, in percent"),
        (13, "healthDeviceCpuLatest", "gauge", "How busy the processor is, in percent"),
        (14, "healthDeviceCpu1MinAvg", "gauge", "How busy the processor was in the last minute, in percent"),
        (15, "healthDeviceCpu1HrAvg", "gauge", "How busy the processor was in the last hour, in percent"),
    ),
    table(  # of a stack, its switches
        f"{_AOS6}.2.1.16.1.1.2.1.1",
        _SLOT,
        (),
        (11, "healthModuleMemory1MinAvg", "gauge", "Memory of the module in use over the last minute, in percent"),
        (15, "healthModuleCpu1MinAvg", "gauge", "How busy its processor was in the last minute, in percent"),
        (16, "healthModuleCpu1HrAvg", "gauge", "How busy its processor was in the last hour, in percent"),
    ),
    table(
        f"{_AOS6}.1.1.3.1.1.3.1",
        ENT_INDEX,
        ENT_NAMES,
        (4, "chasHardwareBoardTemp", "gauge", "Temperature of the board, in degrees Celsius; 0: not measured"),
        (5, "chasHardwareCpuTemp", "gauge", "Temperature of the processor, in degrees Celsius; 0: not measured"),
        (6, "chasTempRange", "gauge", f"The temperature: {_RANGE}"),
        (7, "chasTempThreshold", "gauge", _WARNS),
        (8, "chasDangerTempThreshold", "gauge", _STOPS),
    ),
    table(f"{_AOS6}.1.1.3.1.1.11.1", _FAN_INDEX, ENT_NAMES, (2, "alaChasEntPhysFanStatus", "gauge", _FAN)),
    table(f"{_AOS6}.1.1.1.1.1.1", ENT_INDEX, ENT_NAMES, (2, "chasEntPhysOperStatus", "gauge", _OPERATION)),
)

OMNISWITCH_8 = module(
    "omniswitch8_health",
    table(  # slot 0: the device as a whole
        f"{_AOS8}.2.1.16.1.1.1.1.1",
        _SLOT,
        (),
        (8, "healthModuleMemory1MinAvg", "gauge", "Memory of the module in use over the last minute, in percent"),
        (11, "healthModuleCpu1MinAvg", "gauge", "How busy its processor was in the last minute, in percent"),
        (12, "healthModuleCpu1HrAvg", "gauge", "How busy its processor was in the last hour, in percent"),
    ),
    table(
        f"{_AOS8}.1.1.3.1.1.3.1",
        ENT_INDEX,
        ENT_NAMES,
        (4, "chasTempRange", "gauge", f"The temperature: {_RANGE}"),
        (5, "chasTempThreshold", "gauge", _WARNS),
        (6, "chasDangerTempThreshold", "gauge", _STOPS),
        (8, "chasCPMAHardwareBoardTemp", "gauge", "Temperature of the board, in degrees Celsius; 0: not measured"),
    ),
    table(  # AOS 8: of each part that has a sensor
        f"{_AOS8}.1.1.1.1.2.1",
        ENT_INDEX,
        ENT_NAMES,
        (1, "chasEntTempCurrent", "gauge", "Temperature of the part, in degrees Celsius"),
        (2, "chasEntTempThreshold", "gauge", _WARNS),
        (3, "chasEntTempDangerThreshold", "gauge", "Temperature at which the part is switched off, in degrees Celsius"),
        (4, "chasEntTempStatus", "gauge", f"The temperature: {_RANGE}"),
    ),
    table(
        f"{_AOS8}.1.1.3.1.1.11.1",
        _FAN_INDEX,
        ENT_NAMES,
        (2, "alaChasEntPhysFanStatus", "gauge", _FAN),
        (4, "alaChasEntPhysFanSpeed", "gauge", "Turns of the fan in a minute"),
    ),
    table(
        f"{_AOS8}.1.1.1.1.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (2, "chasEntPhysOperStatus", "gauge", _OPERATION),
        (3, "chasEntPhysPower", "gauge", "Watts a power supply can give, or a module may take; 0: not told"),
        (34, "chasEntPhysPowerUsed", "gauge", "Watts that a power supply gives now; 0 for other parts"),
    ),
)

OMNISWITCH = (OMNISWITCH_6, OMNISWITCH_8)
