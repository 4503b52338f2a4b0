"""Modules of standard MIBs that many vendors keep."""

from collectors.snmp.builtin.tables import index, lookups, module, scalars, table
from netmon.snmpmodules import Index, Lookup

# HOST-RESOURCES-MIB, RFC 2790.
_HR = "1.3.6.1.2.1.25"
_STORAGE = lookups("hrStorageIndex", ("hrStorageDescr", f"{_HR}.2.3.1.3"))
_DEVICE = lookups("hrDeviceIndex", ("hrDeviceDescr", f"{_HR}.3.2.1.3"))

HOST_RESOURCES = module(
    "host_resources_mib",
    scalars(
        _HR,
        ("1.1", "hrSystemUptime", "gauge", "Time since the host itself started, in hundredths of a second"),
        ("1.5", "hrSystemNumUsers", "gauge", "Sessions of users open on the host"),
        ("1.6", "hrSystemProcesses", "gauge", "Processes loaded or running"),
        ("2.2", "hrMemorySize", "gauge", "Main memory, in kilobytes"),
    ),
    table(
        f"{_HR}.2.3.1",
        index("hrStorageIndex"),
        _STORAGE,
        (4, "hrStorageAllocationUnits", "gauge", "Size of one unit of this storage, in bytes"),
        (5, "hrStorageSize", "gauge", "Size of this storage, in its units"),
        (6, "hrStorageUsed", "gauge", "How much of this storage is taken, in its units"),
        (7, "hrStorageAllocationFailures", "counter", "Requests for this storage that could not be met"),
    ),
    table(
        f"{_HR}.3.3.1",
        index("hrDeviceIndex"),
        _DEVICE,
        (2, "hrProcessorLoad", "gauge", "Share of the last minute this processor was not idle, in percent"),
    ),
)

# ENTITY-MIB, RFC 6933, and ENTITY-SENSOR-MIB, RFC 3433.
_ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
ENT_INDEX = index("entPhysicalIndex")
ENT_NAMES = lookups("entPhysicalIndex", ("entPhysicalDescr", f"{_ENTITY}.2"), ("entPhysicalName", f"{_ENTITY}.7"))

ENTITY = module(
    "entity_mib",
    table(
        _ENTITY,
        ENT_INDEX,
        ENT_NAMES,
        (4, "entPhysicalContainedIn", "gauge", "The entPhysicalIndex of what holds this part; 0: nothing does"),
        (
            5,
            "entPhysicalClass",
            "gauge",
            (
                "Kind of part: 1 other, 2 unknown, 3 chassis, 4 backplane, 5 container, 6 powerSupply, 7 fan, 8 sensor,"
                " 9 module, 10 port, 11 stack, 12 cpu"
            ),
        ),
        (8, "entPhysicalHardwareRev", "DisplayString", "Revision of the hardware"),
        (9, "entPhysicalFirmwareRev", "DisplayString", "Revision of the firmware"),
        (10, "entPhysicalSoftwareRev", "DisplayString", "Revision of the software"),
        (11, "entPhysicalSerialNum", "DisplayString", "Serial number of the part, as its maker gave it"),
        (13, "entPhysicalModelName", "DisplayString", "Model of the part, as its maker names it"),
    ),
)

ENTITY_SENSOR = module(
    "entity_sensor_mib",
    table(
        "1.3.6.1.2.1.99.1.1.1",
        ENT_INDEX,
        ENT_NAMES,
        (
            1,
            "entPhySensorType",
            "gauge",
            (
                "What is measured: 1 other, 2 unknown, 3 voltsAC, 4 voltsDC, 5 amperes, 6 watts, 7 hertz, 8 celsius,"
                " 9 percentRH, 10 rpm, 11 cmm, 12 truthvalue"
            ),
        ),
        (
            2,
            "entPhySensorScale",
            "gauge",
            "Power of 1000 of the unit, counted from 1: 7 micro, 8 milli, 9 units, 10 kilo, 11 mega",
        ),
        (3, "entPhySensorPrecision", "gauge", "Decimals that the value carries; negative: accurate digits"),
        (4, "entPhySensorValue", "gauge", "The reading, in the unit of type and scale, without its decimal point"),
        (5, "entPhySensorOperStatus", "gauge", "The sensor itself: 1 ok, 2 unavailable, 3 nonoperational"),
    ),
)

# POWER-ETHERNET-MIB, RFC 3621.
_POE = "1.3.6.1.2.1.105.1"

POWER_ETHERNET = module(
    "power_ethernet_mib",
    table(
        f"{_POE}.1.1",
        index("pethPsePortGroupIndex", "pethPsePortIndex"),
        (),
        (3, "pethPsePortAdminEnable", "gauge", "Whether the port may give power: 1 true, 2 false"),
        (
            6,
            "pethPsePortDetectionStatus",
            "gauge",
            "The port: 1 disabled, 2 searching, 3 deliveringPower, 4 fault, 5 test, 6 otherFault",
        ),
        (7, "pethPsePortPowerPriority", "gauge", "Who keeps power when it runs short: 1 critical, 2 high, 3 low"),
        (10, "pethPsePortPowerClassifications", "gauge", "Class of the device that is fed: 1 class0 to 5 class4"),
        (12, "pethPsePortPowerDeniedCounter", "counter", "Times that power was refused to the port"),
        (13, "pethPsePortOverLoadCounter", "counter", "Times that the port was overloaded"),
        (14, "pethPsePortShortCounter", "counter", "Times that the port was short-circuited"),
    ),
    table(
        f"{_POE}.3.1.1",
        index("pethMainPseGroupIndex"),
        (),
        (2, "pethMainPsePower", "gauge", "Power that the supply can give to ports, in watts"),
        (3, "pethMainPseOperStatus", "gauge", "The supply: 1 on, 2 off, 3 faulty"),
        (4, "pethMainPseConsumptionPower", "gauge", "Power that ports take, in watts"),
        (5, "pethMainPseUsageThreshold", "gauge", "Usage above which the device warns, in percent"),
    ),
)

# LLDP-MIB, IEEE 802.1AB. The time filter that begins the index is left out: it would make new series of old neighbours.
_LLDP = "1.0.8802.1.1.2.1"
_REMOTE = f"{_LLDP}.4.1.1"
_REMOTE_INDEX = index("lldpRemTimeMark", "lldpRemLocalPortNum", "lldpRemIndex")
_REMOTE_KEY = ("lldpRemTimeMark", "lldpRemLocalPortNum", "lldpRemIndex")

LLDP = module(
    "lldp_mib",
    scalars(
        f"{_LLDP}.2",
        (1, "lldpStatsRemTablesLastChangeTime", "gauge", "sysUpTime when a neighbour last came, went or changed"),
        (2, "lldpStatsRemTablesInserts", "gauge", "Neighbours that came"),
        (3, "lldpStatsRemTablesDeletes", "gauge", "Neighbours that went"),
        (5, "lldpStatsRemTablesAgeouts", "gauge", "Neighbours that fell silent"),
    ),
    table(
        _REMOTE,
        _REMOTE_INDEX,
        (
            *lookups("lldpRemLocalPortNum", ("lldpLocPortId", f"{_LLDP}.3.7.1.3")),
            *lookups(_REMOTE_KEY, ("lldpRemChassisId", f"{_REMOTE}.5"), kind="OctetString"),
            *lookups(_REMOTE_KEY, ("lldpRemPortId", f"{_REMOTE}.7"), kind="LldpPortId"),
            *lookups(_REMOTE_KEY, ("lldpRemPortDesc", f"{_REMOTE}.8"), ("lldpRemSysName", f"{_REMOTE}.9")),
            Lookup((), "lldpRemTimeMark"),
        ),
        (
            4,
            "lldpRemChassisIdSubtype",
            "gauge",
            (
                "A neighbour, and what its lldpRemChassisId is: 1 chassisComponent, 2 interfaceAlias, 3 portComponent,"
                " 4 macAddress, 5 networkAddress, 6 interfaceName, 7 local"
            ),
        ),
    ),
    # How lldpRemPortId is to be read is told by the column before it.
    table(
        _REMOTE,
        _REMOTE_INDEX,
        (Lookup((), "lldpRemTimeMark"),),
        (
            6,
            "lldpRemPortIdSubtype",
            "gauge",
            (
                "What a neighbour's lldpRemPortId is: 1 interfaceAlias, 2 portComponent, 3 macAddress,"
                " 4 networkAddress, 5 interfaceName, 6 agentCircuitId, 7 local"
            ),
        ),
    ),
)

# BGP4-MIB, RFC 4273.
_BGP = "1.3.6.1.2.1.15"

BGP4 = module(
    "bgp4_mib",
    scalars(_BGP, (2, "bgpLocalAs", "gauge", "Number of the autonomous system the device belongs to")),
    table(
        f"{_BGP}.3.1",
        (Index("bgpPeerRemoteAddr", "InetAddressIPv4"),),
        (),
        (
            2,
            "bgpPeerState",
            "gauge",
            "The session: 1 idle, 2 connect, 3 active, 4 opensent, 5 openconfirm, 6 established",
        ),
        (3, "bgpPeerAdminStatus", "gauge", "What is wanted of it: 1 stop, 2 start"),
        (9, "bgpPeerRemoteAs", "gauge", "Number of the peer's autonomous system"),
        (10, "bgpPeerInUpdates", "counter", "UPDATE messages received"),
        (11, "bgpPeerOutUpdates", "counter", "UPDATE messages sent"),
        (12, "bgpPeerInTotalMessages", "counter", "Messages received"),
        (13, "bgpPeerOutTotalMessages", "counter", "Messages sent"),
        (15, "bgpPeerFsmEstablishedTransitions", "counter", "Times that the session was established"),
        (16, "bgpPeerFsmEstablishedTime", "gauge", "Seconds it has been established, or since it was last"),
        (24, "bgpPeerInUpdateElapsedTime", "gauge", "Seconds since the last UPDATE message came"),
    ),
)

# Q-BRIDGE-MIB, RFC 4363; ports by BRIDGE-MIB, RFC 4188.
_Q = "1.3.6.1.2.1.17.7.1"
_PORT = (
    Lookup(("dot1dBasePort",), "ifIndex", "1.3.6.1.2.1.17.1.4.1.2", "gauge"),
    Lookup(("ifIndex",), "ifName", "1.3.6.1.2.1.31.1.1.1.1"),
)

Q_BRIDGE = module(
    "q_bridge_mib",
    scalars(
        f"{_Q}.1",
        (2, "dot1qMaxVlanId", "gauge", "Largest VLAN number the device can use"),
        (4, "dot1qNumVlans", "gauge", "VLANs there are"),
    ),
    table(
        f"{_Q}.4.3.1",
        index("dot1qVlanIndex"),
        (),
        (1, "dot1qVlanStaticName", "DisplayString", "Name of the VLAN"),
    ),
    table(
        f"{_Q}.4.5.1",
        index("dot1dBasePort"),
        _PORT,
        (1, "dot1qPvid", "gauge", "VLAN of frames that come untagged"),
    ),
)

STANDARD = (HOST_RESOURCES, ENTITY, ENTITY_SENSOR, POWER_ETHERNET, LLDP, BGP4, Q_BRIDGE)
