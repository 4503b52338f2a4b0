"""The built-in modules on recordings of the devices they are for: every number recorded is shown, with its labels.

What is expected is read from the recording; where there are none, this file is not collected (``conftest.py``).
"""

from collections import Counter

import pytest

from collectors.snmp.modules import MODULES
from netmon import ber
from netmon.model import State
from netmon.snmpmodules import Metric
from tests.collectors.snmp.agents import Agent, Data, Mib
from tests.collectors.snmp.polling import check, poll, samples
from tests.collectors.snmp.recordings import DEVICES, recorded

ANSWERED = {
    ("airos_airos8", "airos_health"): "memTotal ubntRadioFreq ubntRadioTxPower ubntRadioDistance ubntWlStatSignal"
    " ubntWlStatNoiseFloor ubntWlStatTxRate ubntWlStatRxRate ubntWlStatStaCount ubntHostCpuLoad",
    ("aos6_aos6", "q_bridge_mib"): "dot1qPvid",
    ("apc_smt750x-nmc2", "apc_powernet"): "upsBasicIdentModel upsAdvIdentFirmwareRevision upsAdvIdentSerialNumber"
    " upsAdvBatteryRunTimeRemaining upsAdvBatteryReplaceIndicator upsHighPrecBatteryCapacity"
    " upsHighPrecBatteryTemperature upsHighPrecBatteryActualVoltage upsHighPrecInputLineVoltage"
    " upsHighPrecInputFrequency upsBasicOutputStatus upsHighPrecOutputVoltage upsHighPrecOutputFrequency"
    " upsHighPrecOutputLoad upsHighPrecOutputCurrent uioSensorStatusTemperatureDegC uioSensorStatusHumidity"
    " uioSensorStatusAlarmStatus uioSensorStatusCommStatus",
    ("arubaos-cx_6300m", "aoscx_health"): "arubaWiredVsfMemberRole arubaWiredVsfMemberStatus"
    " arubaWiredVsfMemberCpuUtil arubaWiredVsfMemberMemoryUtil",
    ("arubaos-cx_6300m", "entity_sensor_mib"): "entPhySensorType entPhySensorScale entPhySensorPrecision"
    " entPhySensorValue entPhySensorOperStatus",
    ("arubaos-cx_6300m", "host_resources_mib"): "hrSystemNumUsers hrMemorySize hrStorageAllocationUnits hrStorageSize"
    " hrStorageUsed hrProcessorLoad",
    ("arubaos_vmc", "arubaos_health"): "sysExtProcessorLoad sysXMemorySize sysXMemoryUsed sysXMemoryFree"
    " wlsxSwitchTotalNumAccessPoints wlsxSwitchTotalNumStationsAssociated",
    ("awplus", "q_bridge_mib"): "dot1qVlanStaticName dot1qPvid",
    ("comware_a5500", "comware_health"): "hh3cEntityExtCpuUsage hh3cEntityExtMemUsage hh3cEntityExtTemperature"
    " hh3cEntityExtTemperatureThreshold hh3cDevMFanStatus hh3cDevMPowerStatus",
    ("comware_a5500", "entity_mib"): "entPhysicalContainedIn entPhysicalClass entPhysicalHardwareRev"
    " entPhysicalFirmwareRev entPhysicalSoftwareRev entPhysicalSerialNum entPhysicalModelName",
    ("comware_a5500", "q_bridge_mib"): "dot1qVlanStaticName dot1qPvid",
    ("eaton-mgeups_5px", "ups_mib"): "upsBatteryStatus upsEstimatedMinutesRemaining upsInputVoltage"
    " upsOutputPercentLoad upsOutputSource",
    ("edgeswitch_es-24-250w", "edgeswitch_health"): "agentSwitchCpuProcessMemFree agentSwitchCpuProcessMemAvailable"
    " agentSwitchCpuProcessTotalUtilization5s agentSwitchCpuProcessTotalUtilization60s"
    " agentSwitchCpuProcessTotalUtilization300s boxServicesFanItemState boxServicesFanSpeed"
    " boxServicesTempSensorState boxServicesTempSensorTemperature",
    ("edgeswitch_es-24-250w", "lldp_mib"): "lldpRemChassisIdSubtype lldpRemPortIdSubtype",
    ("fortigate_100e", "fortinet_health"): "fgSysVersion fgSysCpuUsage fgSysMemUsage fgSysMemCapacity fgSysSesCount"
    " fgSysSesRate1 fgVpnTunnelUpCount",
    ("fortigate_100e", "bgp4_mib"): "bgpLocalAs",
    ("ios_2960x", "cisco_health"): "cpmCPUTotal5secRev cpmCPUTotal1minRev cpmCPUTotal5minRev ciscoMemoryPoolUsed"
    " ciscoMemoryPoolFree ciscoMemoryPoolLargestFree ciscoEnvMonTemperatureStatusValue"
    " ciscoEnvMonTemperatureThreshold ciscoEnvMonTemperatureState ciscoEnvMonFanState ciscoEnvMonSupplyState"
    " ciscoEnvMonSupplySource entSensorType entSensorScale entSensorPrecision entSensorValue",
    ("ios_2960x", "entity_mib"): "entPhysicalClass entPhysicalSerialNum entPhysicalModelName",
    ("ios_2960x", "power_ethernet_mib"): "pethMainPsePower pethMainPseOperStatus pethMainPseConsumptionPower"
    " pethMainPseUsageThreshold",
    ("iosxe_c9300", "entity_mib"): "entPhysicalClass entPhysicalSoftwareRev entPhysicalSerialNum",
    ("junos_ex", "bgp4_mib"): "bgpLocalAs bgpPeerState bgpPeerAdminStatus bgpPeerRemoteAs bgpPeerInUpdates"
    " bgpPeerOutUpdates bgpPeerInTotalMessages bgpPeerOutTotalMessages bgpPeerFsmEstablishedTime"
    " bgpPeerInUpdateElapsedTime",
    ("junos_ex", "juniper_health"): "jnxOperatingState jnxOperatingTemp jnxOperatingCPU jnxOperatingBuffer"
    " jnxOperatingUpTime jnxOperatingMemory jnxFruState jnxYellowAlarmState jnxRedAlarmState",
    ("junos_ex", "power_ethernet_mib"): "pethMainPsePower pethMainPseOperStatus pethMainPseConsumptionPower",
    ("procurve_2520", "entity_sensor_mib"): "entPhySensorType entPhySensorValue",
    ("procurve_2520", "procurve_health"): "hpSwitchCpuStat hpicfSensorStatus hpicfSensorWarnings hpicfSensorFailures"
    " hpicfFanState hpicfFanNumFailures hpicfPsState hpicfPsFailures hpicfPsTemp hpicfPsWattageCur hpicfPsWattageMax",
    ("procurve_2520", "q_bridge_mib"): "dot1qVlanStaticName dot1qPvid",
    ("unifi_nanohd", "host_resources_mib"): "hrSystemUptime hrSystemNumUsers hrProcessorLoad",
    ("unifi_nanohd", "unifi_health"): "memTotal memFree laLoadInt unifiApSystemModel unifiApSystemVersion"
    " unifiRadioCuTotal unifiRadioCuSelfRx unifiRadioCuSelfTx unifiRadioOtherBss unifiVapChannel unifiVapNumStations"
    " unifiVapTxPower",
    ("vrp_5720", "bgp4_mib"): "bgpLocalAs bgpPeerState bgpPeerRemoteAs",
    ("vrp_5720", "entity_mib"): "entPhysicalClass entPhysicalSerialNum",
    ("vrp_5720", "huawei_health"): "hwEntityOperStatus hwEntityCpuUsage hwEntityMemUsage hwEntityMemSize"
    " hwEntityTemperature hwEntityTemperatureThreshold",
    ("vrp_5720", "lldp_mib"): "lldpRemChassisIdSubtype lldpRemPortIdSubtype",
    ("vrp_5720", "q_bridge_mib"): "dot1qVlanStaticName",
}
"""Recording and module: what the recording answers of it, at least."""

CASES = [
    pytest.param(device, module, names.split(), id=f"{device} {module}") for (device, module), names in ANSWERED.items()
]
UNSIGNED = frozenset({ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64})


@pytest.mark.parametrize(("device", "module", "names"), CASES)
def test_a_recorded_device_answers_its_module(device: str, module: str, names: list[str]) -> None:
    path = DEVICES / f"{device}.snmprec"
    if not path.exists():
        pytest.skip(f"no recording {path.name}")
    data = recorded(path)
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port, modules=(module,), timeout=20_000))
    assert (reading.state, reading.detail) == (State.UP, "")
    shown = samples(reading)
    assert set(names) <= {name for name, _ in shown}
    for metric in MODULES[module].metrics:
        if metric.type in {"gauge", "counter"}:
            found = Counter(value for (name, _), value in shown.items() if name == metric.name)
            assert found == Counter(numbers(data, metric)), metric.name


@pytest.mark.parametrize(("device", "module", "names"), CASES)
def test_labels_are_what_the_recording_says(device: str, module: str, names: list[str]) -> None:
    path = DEVICES / f"{device}.snmprec"
    if not path.exists():
        pytest.skip(f"no recording {path.name}")
    data = recorded(path)
    with Agent(Mib(data)) as agent:
        reading = poll(check(agent.port, modules=(module,), timeout=20_000))
    shown = samples(reading)
    for metric in MODULES[module].metrics:
        said = {labels for name, labels in shown if name == metric.name}
        for lookup in metric.lookups:
            if lookup.labels == tuple(index.labelname for index in metric.indexes) and lookup.type == "DisplayString":
                expected = {text(data, lookup.oid, row) for row in rows(data, metric.oid)}
                assert {dict(labels)[lookup.labelname] for labels in said} == expected, lookup.labelname


def rows(data: Data, oid: str) -> list[tuple[int, ...]]:
    prefix = ber.parse_oid(oid)
    return [name[len(prefix) :] for name in data if name[: len(prefix)] == prefix]


def numbers(data: Data, metric: Metric) -> list[int]:
    prefix = ber.parse_oid(metric.oid)
    found = [data[(*prefix, *row)] for row in rows(data, metric.oid)]
    return [int.from_bytes(content, "big", signed=tag not in UNSIGNED) for tag, content in found]


def text(data: Data, oid: str, row: tuple[int, ...]) -> str:
    return data.get((*ber.parse_oid(oid), *row), (0, b""))[1].decode("utf-8", "replace")
