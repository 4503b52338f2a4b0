"""Both engines against a real Net-SNMP agent."""

from collections.abc import Iterator

import pytest

from netmon.conventions import Reason
from netmon.model import Reading, State
from netmon.settings import Secret, SnmpCredential, SnmpEngineName
from tests.collectors.snmp.polling import check, family, poll, samples
from tests.collectors.snmp.snmpd import Snmpd

pytestmark = pytest.mark.peer

AUTH, PRIV = Secret("password-of-auth"), Secret("password-of-priv")
MOVING = ("Octets", "Pkts", "sysUpTime")
"""What a machine changes between two polls."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Snmpd() as agent:
        yield agent.port


def still(reading: Reading) -> dict[object, float]:
    return {key: value for key, value in samples(reading).items() if not key[0].endswith(MOVING)}


@pytest.mark.parametrize("engine", ["netmon", "pysnmp"])
def test_a_real_agent_is_up_with_its_interfaces(port: int, engine: SnmpEngineName) -> None:
    reading = poll(check(port, engine=engine, timeout=8_000))
    assert (reading.state, reading.reason, reading.detail) == (State.UP, Reason.OK, "")
    assert reading.uptime is not None
    assert family(reading, "sysName").series == (("snmpd.bordeaux-metropole.example",),)
    assert family(reading, "sysLocation").series == (("Hôtel de ville",),)
    mtu = family(reading, "ifMtu")
    loopback = next(labels for labels in mtu.series if labels[2] == "lo")
    assert mtu.values[mtu.series.index(loopback)] == 65_536
    assert loopback[3] == "lo"


def test_both_engines_read_the_same_samples(port: int) -> None:
    readings = [poll(check(port, engine=engine, timeout=8_000)) for engine in ("netmon", "pysnmp", "netmon")]
    first, second, third = readings
    assert set(samples(first)) == set(samples(second))
    assert still(first) == still(second)
    for key, value in samples(first).items():
        assert value <= samples(second)[key] <= samples(third)[key] or key[0] not in MOVING
    assert family(first, "ifHCInOctets").kind == family(second, "ifHCInOctets").kind == "counter"


@pytest.mark.parametrize("repetitions", [1, 3, 200])
def test_the_repetitions_change_nothing_but_the_packets(port: int, repetitions: int) -> None:
    reading = poll(check(port, max_repetitions=repetitions, timeout=8_000))
    assert still(reading) == still(poll(check(port, timeout=8_000)))


def test_a_wrong_community_looks_like_silence(port: int) -> None:
    wrong = SnmpCredential("lecture", "2c", Secret("wrong"))
    reading = poll(check(port, credential=wrong, timeout=600))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.TIMEOUT)
    assert "wrong community look the same" in reading.detail


def test_v1_reads_what_v1_can(port: int) -> None:
    reading = poll(check(port, credential=SnmpCredential("v1", "1", Secret("public")), timeout=15_000))
    assert reading.state is State.UP
    names = {name for name, _ in samples(reading)}
    assert {"sysUpTime", "ifInOctets", "ifOperStatus"} <= names
    assert "ifHCInOctets" not in names  # Counter64 is not of v1


@pytest.mark.parametrize(
    "credential",
    [
        SnmpCredential("privacy", "3", None, "sha256user", "SHA256", AUTH, "AES", PRIV),
        SnmpCredential("authentication", "3", None, "shauser", "SHA", AUTH),
    ],
    ids=["authPriv SHA-256 AES", "authNoPriv SHA"],
)
def test_v3_reads_the_same_as_v2c(port: int, credential: SnmpCredential) -> None:
    reading = poll(check(port, credential=credential, timeout=15_000))
    assert reading.state is State.UP
    assert still(reading) == still(poll(check(port, timeout=8_000)))


@pytest.mark.parametrize(
    "credential",
    [
        SnmpCredential("nobody", "3", None, "nobody", "SHA256", AUTH, "AES", PRIV),
        SnmpCredential("wrong", "3", None, "sha256user", "SHA256", Secret("not the password"), "AES", PRIV),
    ],
    ids=["unknown user", "wrong password"],
)
def test_v3_tells_a_refused_credential_from_silence(port: int, credential: SnmpCredential) -> None:
    reading = poll(check(port, credential=credential, timeout=4_000))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.AUTHENTICATION)
    assert "refuses the credential" in reading.detail
    assert "not the password" not in reading.detail
