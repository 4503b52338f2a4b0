"""Modules of power supplies: APC (PowerNet-MIB of Schneider Electric). UPS-MIB (RFC 1628) is ``ups_mib``."""

from collectors.snmp.builtin.tables import index, lookups, module, scalars, table

_UPS = "1.3.6.1.4.1.318.1.1.1"
_UIO = "1.3.6.1.4.1.318.1.1.25.1.2.1"
_SENSOR = ("uioSensorStatusPortID", "uioSensorStatusSensorID")

APC = module(
    "apc_powernet",
    scalars(
        _UPS,
        ("1.1.1", "upsBasicIdentModel", "DisplayString", "Model of the UPS"),
        ("1.2.1", "upsAdvIdentFirmwareRevision", "DisplayString", "Revision of its firmware"),
        ("1.2.3", "upsAdvIdentSerialNumber", "DisplayString", "Its serial number"),
        (
            "2.1.1",
            "upsBasicBatteryStatus",
            "gauge",
            "Battery: 1 unknown, 2 batteryNormal, 3 batteryLow, 4 batteryInFaultCondition",
        ),
        ("2.1.2", "upsBasicBatteryTimeOnBattery", "gauge", "Time on battery so far, in hundredths of a second"),
        ("2.2.1", "upsAdvBatteryCapacity", "gauge", "Battery charge left, in percent"),
        ("2.2.2", "upsAdvBatteryTemperature", "gauge", "Temperature of the battery, in degrees Celsius"),
        ("2.2.3", "upsAdvBatteryRunTimeRemaining", "gauge", "Time the battery would last, in hundredths of a second"),
        ("2.2.4", "upsAdvBatteryReplaceIndicator", "gauge", "Battery to be replaced: 1 no, 2 yes"),
        ("2.2.8", "upsAdvBatteryActualVoltage", "gauge", "Battery voltage, in volts"),
        ("2.3.1", "upsHighPrecBatteryCapacity", "gauge", "Battery charge left, in tenths of a percent"),
        (
            "2.3.2",
            "upsHighPrecBatteryTemperature",
            "gauge",
            "Temperature of the battery, in tenths of a degree Celsius",
        ),
        ("2.3.4", "upsHighPrecBatteryActualVoltage", "gauge", "Battery voltage, in tenths of a volt"),
        ("3.2.1", "upsAdvInputLineVoltage", "gauge", "Input voltage, in volts"),
        ("3.2.4", "upsAdvInputFrequency", "gauge", "Input frequency, in hertz"),
        (
            "3.2.5",
            "upsAdvInputLineFailCause",
            "gauge",
            (
                "Why it last went to battery: 1 noTransfer, 2 highLineVoltage, 3 brownout, 4 blackout,"
                " 5 smallMomentarySag, 6 deepMomentarySag, 7 smallMomentarySpike, 8 largeMomentarySpike, 9 selfTest,"
                " 10 rateOfVoltageChange"
            ),
        ),
        ("3.3.1", "upsHighPrecInputLineVoltage", "gauge", "Input voltage, in tenths of a volt"),
        ("3.3.4", "upsHighPrecInputFrequency", "gauge", "Input frequency, in tenths of a hertz"),
        (
            "4.1.1",
            "upsBasicOutputStatus",
            "gauge",
            (
                "The UPS: 1 unknown, 2 onLine, 3 onBattery, 4 onSmartBoost, 5 timedSleeping, 6 softwareBypass, 7 off,"
                " 8 rebooting, 9 switchedBypass, 10 hardwareFailureBypass, 11 sleepingUntilPowerReturn, 12 onSmartTrim"
            ),
        ),
        ("4.2.1", "upsAdvOutputVoltage", "gauge", "Output voltage, in volts"),
        ("4.2.2", "upsAdvOutputFrequency", "gauge", "Output frequency, in hertz"),
        ("4.2.3", "upsAdvOutputLoad", "gauge", "Load, in percent of capacity"),
        ("4.2.4", "upsAdvOutputCurrent", "gauge", "Output current, in amperes"),
        ("4.3.1", "upsHighPrecOutputVoltage", "gauge", "Output voltage, in tenths of a volt"),
        ("4.3.2", "upsHighPrecOutputFrequency", "gauge", "Output frequency, in tenths of a hertz"),
        ("4.3.3", "upsHighPrecOutputLoad", "gauge", "Load, in tenths of a percent of capacity"),
        ("4.3.4", "upsHighPrecOutputCurrent", "gauge", "Output current, in tenths of an ampere"),
        (
            "7.2.3",
            "upsAdvTestDiagnosticsResults",
            "gauge",
            "Last self-test: 1 ok, 2 failed, 3 invalidTest, 4 testInProgress",
        ),
    ),
    table(
        _UIO,
        index(*_SENSOR),
        lookups(_SENSOR, ("uioSensorStatusSensorName", f"{_UIO}.3"), ("uioSensorStatusSensorLocation", f"{_UIO}.4")),
        (
            6,
            "uioSensorStatusTemperatureDegC",
            "gauge",
            "Temperature at the probe, in degrees Celsius; -1: not measured",
        ),
        (7, "uioSensorStatusHumidity", "gauge", "Relative humidity at the probe, in percent; -1: not measured"),
        (9, "uioSensorStatusAlarmStatus", "gauge", "The probe: 1 normal, 2 warning, 3 critical, 4 not applicable"),
        (10, "uioSensorStatusCommStatus", "gauge", "Whether it is heard: 1 notInstalled, 2 commsOK, 3 commsLost"),
    ),
)
