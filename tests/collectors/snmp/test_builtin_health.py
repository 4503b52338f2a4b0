"""What the modules of vendors' health show of devices written here, in the shape that public recordings have."""

from collections.abc import Mapping

import pytest

from netmon import ber
from netmon.model import State
from tests.collectors.snmp.agents import Agent, Data, Mib
from tests.collectors.snmp.polling import check, poll, samples

ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
AOS6, AOS8 = "1.3.6.1.4.1.6486.800.1", "1.3.6.1.4.1.6486.801.1"
MIKROTIK = "1.3.6.1.4.1.14988.1.1.3"
FORTINET = "1.3.6.1.4.1.12356.101.4.3.2.1"
CISCO = "1.3.6.1.4.1.9.9.109.1.1.1.1"

Objects = Mapping[str, int | str]

STACK_6: Objects = {
    f"{ENTITY}.7.600": "Chassis",
    f"{AOS6}.1.1.1.1.1.1.2.97": 7,
    f"{AOS6}.1.1.3.1.1.3.1.4.600": 41,
    f"{AOS6}.1.1.3.1.1.3.1.6.600": 4,
    f"{AOS6}.1.1.3.1.1.3.1.7.600": 40,
    f"{AOS6}.1.1.3.1.1.3.1.8.600": 55,
    f"{AOS6}.1.1.3.1.1.11.1.2.600.1": 2,
    f"{AOS6}.1.1.3.1.1.11.1.2.600.2": 1,
    f"{AOS6}.2.1.16.1.1.1.9.0": 61,
    f"{AOS6}.2.1.16.1.1.2.1.1.11.2": 58,
    f"{AOS6}.2.1.16.1.1.2.1.1.15.2": 17,
}
CHASSIS_8: Objects = {
    f"{ENTITY}.7.280": "PS-1",
    f"{ENTITY}.7.460": "FanTray-1",
    f"{AOS8}.1.1.1.1.1.1.2.280": 1,
    f"{AOS8}.1.1.1.1.1.1.3.280": 600,
    f"{AOS8}.1.1.1.1.1.1.34.280": 95,
    f"{AOS8}.1.1.1.1.2.1.1.3": 52,
    f"{AOS8}.1.1.1.1.2.1.2.3": 70,
    f"{AOS8}.1.1.1.1.2.1.4.3": 3,
    f"{AOS8}.1.1.3.1.1.3.1.4.211": 3,
    f"{AOS8}.1.1.3.1.1.3.1.5.211": 66,
    f"{AOS8}.1.1.3.1.1.3.1.6.211": 81,
    f"{AOS8}.1.1.3.1.1.3.1.8.211": 39,
    f"{AOS8}.1.1.3.1.1.11.1.2.460.3": 2,
    f"{AOS8}.1.1.3.1.1.11.1.4.460.3": 7800,
    f"{AOS8}.2.1.16.1.1.1.1.1.11.0": 21,
    f"{AOS8}.2.1.16.1.1.1.1.1.11.1001": 24,
}
GAUGES: Objects = {
    f"{MIKROTIK}.100.1.2.17": "cpu-temperature",
    f"{MIKROTIK}.100.1.2.7001": "fan1-speed",
    f"{MIKROTIK}.100.1.2.7201": "psu1-voltage",
    f"{MIKROTIK}.100.1.2.7301": "psu1-current",
    f"{MIKROTIK}.100.1.2.7401": "power-consumption",
    f"{MIKROTIK}.100.1.2.7501": "psu2-state",
    f"{MIKROTIK}.100.1.2.7601": "of-tomorrow",
    f"{MIKROTIK}.100.1.3.17": 47,
    f"{MIKROTIK}.100.1.3.7001": 4100,
    f"{MIKROTIK}.100.1.3.7201": 121,
    f"{MIKROTIK}.100.1.3.7301": 9,
    f"{MIKROTIK}.100.1.3.7401": 238,
    f"{MIKROTIK}.100.1.3.7501": 1,
    f"{MIKROTIK}.100.1.3.7601": 5,
    f"{MIKROTIK}.100.1.4.17": 1,
    f"{MIKROTIK}.100.1.4.7001": 2,
    f"{MIKROTIK}.100.1.4.7201": 3,
    f"{MIKROTIK}.100.1.4.7301": 4,
    f"{MIKROTIK}.100.1.4.7401": 5,
    f"{MIKROTIK}.100.1.4.7501": 6,
    f"{MIKROTIK}.100.1.4.7601": 7,
}
SENSORS: Objects = {
    f"{FORTINET}.2.1": "+3.3V",
    f"{FORTINET}.2.2": "Fan 2",
    f"{FORTINET}.2.3": "PS2 Temp",
    f"{FORTINET}.2.4": "TD4",
    f"{FORTINET}.3.1": "3.2981",
    f"{FORTINET}.3.2": "3600",
    f"{FORTINET}.3.3": "",
    f"{FORTINET}.3.4": " -4 ",
    f"{FORTINET}.4.1": 0,
    f"{FORTINET}.4.2": 0,
    f"{FORTINET}.4.3": 1,
    f"{FORTINET}.4.4": 0,
}
MEMBERS: Objects = {
    f"{ENTITY}.7.3000": "Switch 3",
    f"{CISCO}.2.31": 3000,
    f"{CISCO}.17.31": 2_100_000,
    f"{CISCO}.19.31": 1_900_000,
}

LOADS: Objects = {
    "1.3.6.1.4.1.10002.1.1.1.1.1.0": 60_000,
    "1.3.6.1.4.1.10002.1.1.1.4.2.1.3.1": 35,
    "1.3.6.1.4.1.10002.1.1.1.4.2.1.3.2": 27,
}

CASES: list[tuple[str, Objects, list[str]]] = [
    (
        "omniswitch6_health",
        STACK_6,
        [
            "alaChasEntPhysFanStatus 600 1 Chassis = 2",
            "alaChasEntPhysFanStatus 600 2 Chassis = 1",
            "chasDangerTempThreshold 600 Chassis = 55",
            "chasEntPhysOperStatus 97 = 7",
            "chasHardwareBoardTemp 600 Chassis = 41",
            "chasTempRange 600 Chassis = 4",
            "chasTempThreshold 600 Chassis = 40",
            "healthDeviceMemoryLatest = 61",
            "healthModuleCpu1MinAvg 2 = 17",
            "healthModuleMemory1MinAvg 2 = 58",
        ],
    ),
    (
        "omniswitch8_health",
        CHASSIS_8,
        [
            "alaChasEntPhysFanSpeed 460 3 FanTray-1 = 7800",
            "alaChasEntPhysFanStatus 460 3 FanTray-1 = 2",
            "chasCPMAHardwareBoardTemp 211 = 39",
            "chasDangerTempThreshold 211 = 81",
            "chasEntPhysOperStatus 280 PS-1 = 1",
            "chasEntPhysPower 280 PS-1 = 600",
            "chasEntPhysPowerUsed 280 PS-1 = 95",
            "chasEntTempCurrent 3 = 52",
            "chasEntTempStatus 3 = 3",
            "chasEntTempThreshold 3 = 70",
            "chasTempRange 211 = 3",
            "chasTempThreshold 211 = 66",
            "healthModuleCpu1MinAvg 0 = 21",
            "healthModuleCpu1MinAvg 1001 = 24",
        ],
    ),
    (
        "mikrotik_health",
        GAUGES,
        [
            "mtxrGaugeValue 17 cpu-temperature celsius = 47",
            "mtxrGaugeValue 7001 fan1-speed rpm = 4100",
            "mtxrGaugeValue 7201 psu1-voltage dV = 121",
            "mtxrGaugeValue 7301 psu1-current dA = 9",
            "mtxrGaugeValue 7401 power-consumption dW = 238",
            "mtxrGaugeValue 7501 psu2-state status = 1",
            "mtxrGaugeValue 7601 of-tomorrow 7 = 5",
        ],
    ),
    (
        "fortinet_health",
        SENSORS,
        [
            "fgHwSensorEntAlarmStatus 1 +3.3V = 0",
            "fgHwSensorEntAlarmStatus 2 Fan 2 = 0",
            "fgHwSensorEntAlarmStatus 3 PS2 Temp = 1",
            "fgHwSensorEntAlarmStatus 4 TD4 = 0",
            "fgHwSensorEntValue 1 +3.3V = 3.2981",
            "fgHwSensorEntValue 2 Fan 2 = 3600",
            "fgHwSensorEntValue 4 TD4 = -4",
        ],
    ),
    (
        "cisco_health",
        MEMBERS,
        [
            "cpmCPUMemoryHCFree 31 3000 Switch 3 = 1900000",
            "cpmCPUMemoryHCUsed 31 3000 Switch 3 = 2100000",
        ],
    ),
    ("unifi_health", LOADS, ["loadValue 1 = 35", "loadValue 2 = 27", "memTotal = 60000"]),
    ("airos_health", LOADS, ["loadValue 1 = 35", "loadValue 2 = 27", "memTotal = 60000"]),
]


def device(objects: Objects) -> Data:
    """An agent's objects, with sysUpTime before and something behind them all."""
    data: Data = {
        ber.parse_oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, b"\x64"),
        ber.parse_oid("1.3.9.1.0"): (ber.INTEGER, b"\x00"),
    }
    for name, value in objects.items():
        text = isinstance(value, str)
        content = value.encode() if isinstance(value, str) else ber.encode_integer(value)
        data[ber.parse_oid(name)] = (ber.OCTET_STRING if text else ber.INTEGER, content)
    return data


@pytest.mark.parametrize(("module", "objects", "expected"), CASES, ids=[case[0] for case in CASES])
def test_health_of_a_device_is_shown_with_its_parts_and_units(
    module: str, objects: Objects, expected: list[str]
) -> None:
    with Agent(Mib(device(objects))) as agent:
        reading = poll(check(agent.port, modules=(module,)))
    assert (reading.state, reading.detail) == (State.UP, "")
    shown = samples(reading)
    lines = [
        " ".join([name, *(said for _, said in labels if said), "="]) + f" {value:.12g}"
        for (name, labels), value in shown.items()
    ]
    assert sorted(lines) == expected
