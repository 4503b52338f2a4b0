"""Health of Ubiquiti devices: UniFi access points, airOS radios, EdgeSwitches."""

from collectors.snmp.builtin.tables import extract, index, lookups, module, scalars, table

# UBNT-UniFi-MIB, UBNT-AirMAX-MIB, FROGFOOT-RESOURCES-MIB, and UCD-SNMP-MIB.
_UBNT = "1.3.6.1.4.1.41112.1"
_FROGFOOT = "1.3.6.1.4.1.10002.1.1.1"
_RESOURCES = (
    *scalars(
        f"{_FROGFOOT}.1",
        (1, "memTotal", "gauge", "Memory, in kilobytes"),
        (2, "memFree", "gauge", "Memory that is free, in kilobytes"),
    ),
    *table(  # older ones have nothing else to tell how busy they are
        f"{_FROGFOOT}.4.2.1",
        index("loadIndex"),
        (),
        (3, "loadValue", "gauge", "Load over 1, 5, 15 minutes (loadIndex 1, 2, 3); its MIB names no unit"),
    ),
)
_RADIO = f"{_UBNT}.6.1.1.1"
_VAP = f"{_UBNT}.6.1.2.1"

UNIFI = module(
    "unifi_health",
    _RESOURCES,
    table(
        "1.3.6.1.4.1.2021.10.1",
        index("laIndex"),
        (),
        (5, "laLoadInt", "gauge", "Average load over 1, 5 and 15 minutes (laIndex 1, 2, 3), in hundredths"),
    ),
    scalars(
        f"{_UBNT}.6.3",
        (3, "unifiApSystemModel", "DisplayString", "Model"),
        (6, "unifiApSystemVersion", "DisplayString", "Version of its software"),
    ),
    table(
        _RADIO,
        index("unifiRadioIndex"),
        lookups("unifiRadioIndex", ("unifiRadioRadio", f"{_RADIO}.3")),
        (6, "unifiRadioCuTotal", "gauge", "How much of the time the channel is busy, in percent"),
        (7, "unifiRadioCuSelfRx", "gauge", "How much of the time it receives, in percent"),
        (8, "unifiRadioCuSelfTx", "gauge", "How much of the time it sends, in percent"),
        (9, "unifiRadioOtherBss", "gauge", "How much of the time others on the channel send, in percent"),
    ),
    table(
        _VAP,
        index("unifiVapIndex"),
        lookups("unifiVapIndex", ("unifiVapEssId", f"{_VAP}.6"), ("unifiVapRadio", f"{_VAP}.9")),
        (4, "unifiVapChannel", "gauge", "Channel"),
        (8, "unifiVapNumStations", "gauge", "Stations connected"),
        (21, "unifiVapTxPower", "gauge", "Power it sends with, in dBm"),
    ),
)

AIROS = module(
    "airos_health",
    _RESOURCES,
    table(
        f"{_UBNT}.4.1.1",
        index("ubntRadioIndex"),
        (),
        (4, "ubntRadioFreq", "gauge", "Frequency, in megahertz"),
        (6, "ubntRadioTxPower", "gauge", "Power it sends with, in dBm"),
        (7, "ubntRadioDistance", "gauge", "Distance it is set for, in metres"),
    ),
    table(
        f"{_UBNT}.4.5.1",
        index("ubntWlStatIndex"),
        (),
        (5, "ubntWlStatSignal", "gauge", "Strength of the signal, in dBm"),
        (8, "ubntWlStatNoiseFloor", "gauge", "Noise floor, in dBm"),
        (9, "ubntWlStatTxRate", "gauge", "Rate it sends with, in bits per second"),
        (10, "ubntWlStatRxRate", "gauge", "Rate it receives with, in bits per second"),
        (15, "ubntWlStatStaCount", "gauge", "Stations connected"),
    ),
    scalars(f"{_UBNT}.4.8", (3, "ubntHostCpuLoad", "gauge", "How busy the processor is, in hundredths of a percent")),
)

# EdgeSwitch-SWITCHING-MIB and EdgeSwitch-BOXSERVICES-PRIVATE-MIB (Broadcom FASTPATH).
_FP = "1.3.6.1.4.1.4413.1.1"

EDGESWITCH = module(
    "edgeswitch_health",
    scalars(
        f"{_FP}.1.1.4",
        (1, "agentSwitchCpuProcessMemFree", "gauge", "Memory that is free, in kilobytes"),
        (2, "agentSwitchCpuProcessMemAvailable", "gauge", "Memory, in kilobytes"),
    ),
    (
        extract(
            "agentSwitchCpuProcessTotalUtilization",
            f"{_FP}.1.1.4.9",
            "How busy the processor was in the last seconds, in percent",
            *((f"{seconds}s", f"(?:.*[^0-9])?{seconds} Secs \\( *([0-9.]+)%\\).*") for seconds in (5, 60, 300)),
        ),
    ),
    table(
        f"{_FP}.43.1.6.1",
        index("boxServicesFansUnitIndex", "boxServicesFansIndex"),
        (),
        (
            3,
            "boxServicesFanItemState",
            "gauge",
            "The fan: 1 notpresent, 2 operational, 3 failed, 4 powering, 5 nopower",
        ),
        (4, "boxServicesFanSpeed", "gauge", "Turns of the fan in a minute; 0: not measured"),
    ),
    table(
        f"{_FP}.43.1.7.1",
        index("boxServicesPowSupplyUnitIndex", "boxServicesPowSupplyIndex"),
        (),
        (
            3,
            "boxServicesPowSupplyItemState",
            "gauge",
            "The power supply: 1 notpresent, 2 operational, 3 failed, 4 powering, 5 nopower",
        ),
    ),
    table(
        f"{_FP}.43.1.8.1",
        index("boxServicesTempSensorUnitIndex", "boxServicesTempSensorIndex"),
        (),
        (
            4,
            "boxServicesTempSensorState",
            "gauge",
            "The temperature: 0 low, 1 normal, 2 warning, 3 critical, 4 shutdown",
        ),
        (5, "boxServicesTempSensorTemperature", "gauge", "Temperature, in degrees Celsius"),
    ),
)

UBIQUITI = (UNIFI, AIROS, EDGESWITCH)
