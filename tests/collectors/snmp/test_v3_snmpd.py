"""Every level and protocol of SNMPv3 that Debian's snmpd offers, by both engines."""

from collections.abc import Iterator
from itertools import product

import pytest

from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import AuthProtocol, PrivProtocol, Secret, SnmpCredential, SnmpEngineName
from tests.collectors.snmp.polling import check, poll, samples
from tests.collectors.snmp.snmpd import Snmpd

pytestmark = pytest.mark.peer

AUTH, PRIV = Secret("password-of-auth"), Secret("password-of-priv")
MOVING = ("Octets", "Pkts", "sysUpTime")

AUTHS: dict[AuthProtocol, str] = {
    "MD5": "MD5",
    "SHA": "SHA",
    "SHA224": "SHA-224",
    "SHA256": "SHA-256",
    "SHA384": "SHA-384",
    "SHA512": "SHA-512",
}
PRIVS: dict[PrivProtocol | None, str] = {
    None: "",
    "DES": "DES",
    "AES": "AES",
    "AES192": "AES-192",
    "AES256": "AES-256",
    "AES192C": "AES-192-C",
    "AES256C": "AES-256-C",
}


def users() -> str:
    lines = ["createUser nobodys", "rouser -s usm nobodys noauth"]
    for (auth, theirs), (priv, cipher) in product(AUTHS.items(), PRIVS.items()):
        secret = f'{cipher} "{PRIV.reveal()}"' if cipher else ""
        lines.append(f'createUser {auth}x{priv} {theirs} "{AUTH.reveal()}" {secret}')
        lines.append(f"rouser -s usm {auth}x{priv} {'priv' if cipher else 'auth'}")
    return "\n".join((*lines, ""))


def credential(auth: AuthProtocol, priv: PrivProtocol | None) -> SnmpCredential:
    return SnmpCredential("v3", "3", None, f"{auth}x{priv}", auth, AUTH, priv, PRIV if priv else None)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Snmpd(users()) as agent:
        yield agent.port


def told(port: int, user: SnmpCredential | None, engine: SnmpEngineName = "netmon") -> dict[object, float]:
    asked = check(port, engine=engine, timeout=15_000)
    reading = poll(asked if user is None else check(port, engine=engine, timeout=15_000, credential=user))
    assert (reading.state, reading.reason, reading.detail) == (State.UP, Reason.OK, "")
    return {key: value for key, value in samples(reading).items() if not key[0].endswith(MOVING)}


@pytest.mark.parametrize(("auth", "priv"), list(product(AUTHS, PRIVS)))
def test_every_protocol_reads_what_v2c_reads(port: int, auth: AuthProtocol, priv: PrivProtocol | None) -> None:
    assert told(port, credential(auth, priv)) == told(port, None)


@pytest.mark.parametrize(
    "user",
    [
        SnmpCredential("v3", "3", None, "nobodys"),
        credential("MD5", None),
        credential("SHA", "DES"),
        credential("SHA256", "AES"),
        credential("SHA224", "AES192"),
        credential("SHA512", "AES256"),
        credential("MD5", "AES256"),
        credential("SHA", "AES192C"),
        credential("MD5", "AES256C"),
    ],
    ids=lambda user: f"{user.auth_protocol} {user.priv_protocol}",
)
def test_both_engines_read_the_same_samples(port: int, user: SnmpCredential) -> None:
    assert told(port, user) == told(port, user, "pysnmp")


REFUSED = {
    "unknown user": (SnmpCredential("v3", "3", None, "nobody", "SHA", AUTH), "no user of that name"),
    "wrong password": (
        SnmpCredential("v3", "3", None, "SHAxAES", "SHA", Secret("not the password"), "AES", PRIV),
        "wrong authentication password, or not SHA for this user",
    ),
    "wrong protocol": (
        SnmpCredential("v3", "3", None, "SHAxAES", "SHA384", AUTH, "AES", PRIV),
        "wrong authentication password, or not SHA384 for this user",
    ),
    "wrong level": (
        SnmpCredential("v3", "3", None, "SHAxNone", "SHA", AUTH, "AES", PRIV),
        "not set up for authPriv",
    ),
    "wrong privacy password": (
        SnmpCredential("v3", "3", None, "SHAxAES", "SHA", AUTH, "AES", Secret("not the password")),
        "it answers engine discovery but no request: wrong privacy password or protocol",
    ),
    "wrong context": (
        SnmpCredential("v3", "3", None, "SHAxAES", "SHA", AUTH, "AES", PRIV, context="nowhere"),
        "or context, which some agents do not tell",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_credential_says_what_to_mend(port: int, what: str) -> None:
    user, detail = REFUSED[what]
    reading = poll(check(port, credential=user, timeout=1_000))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.AUTHENTICATION)
    assert detail in reading.detail
    assert "not the password" not in reading.detail


@pytest.mark.parametrize("what", ["unknown user", "wrong password", "wrong protocol", "wrong level"])
def test_pysnmp_says_the_same_of_a_refused_credential(port: int, what: str) -> None:
    user, detail = REFUSED[what]
    reading = poll(check(port, credential=user, timeout=4_000, engine="pysnmp"))
    assert (reading.state, reading.reason) == (State.DOWN, Reason.AUTHENTICATION)
    assert detail in reading.detail


def test_a_user_may_ask_with_less_than_it_could(port: int) -> None:
    """SNMPv3 users have a least level; below it the agent's access control hides everything."""
    user = SnmpCredential("v3", "3", None, "SHAxAES", "SHA", AUTH)
    reading = poll(check(port, credential=user, timeout=4_000))
    assert reading.state is not State.UP
    assert "authorizationError" in reading.detail
