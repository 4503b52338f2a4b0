"""Keys, digests and ciphers of SNMPv3, with the RFCs' own examples and with pysnmp as the oracle."""

from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.type import univ
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel

from collectors.snmp.crypto import _HASHES, Keys, Salts, extended, keys_for, localized, password_key
from collectors.snmp.pysnmp_engine import _AUTH, _PRIV
from netmon import ber
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AuthProtocol, PrivProtocol, Secret, SnmpCredential

AUTHS: tuple[AuthProtocol, ...] = get_args(AuthProtocol)
PRIVS: tuple[PrivProtocol, ...] = get_args(PrivProtocol)
PASSWORDS = (b"password-of-auth", "mot de passe très long, répété".encode(), b"eight888")
"""Few of them: pysnmp takes a while to hash a megabyte."""

passwords = st.sampled_from(PASSWORDS)
engine_ids = st.binary(min_size=5, max_size=32)
octets8 = st.binary(min_size=8, max_size=8)
times = st.integers(0, 2**31 - 1)


def oracle(table: dict[Any, Any], name: str) -> Any:
    services = SnmpUSMSecurityModel.AUTH_SERVICES if table is _AUTH else SnmpUSMSecurityModel.PRIV_SERVICES
    return services[table[name]]


def credential(auth: AuthProtocol, priv: PrivProtocol | None, password: bytes) -> SnmpCredential:
    secret = Secret(password.decode())
    return SnmpCredential("v3", "3", None, "u", auth, secret, priv, secret if priv else None)


@pytest.mark.parametrize(
    ("hash_name", "key", "local"),
    [
        ("md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha1", "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_the_password_of_rfc_3414_becomes_the_keys_it_prints(hash_name: str, key: str, local: str) -> None:
    """Sections A.3.1 and A.3.2."""
    assert password_key(hash_name, b"maplesyrup").hex() == key
    assert localized(hash_name, bytes.fromhex(key), b"\0" * 11 + b"\x02").hex() == local


def test_a_key_is_extended_as_the_draft_of_3des_prints_it() -> None:
    """draft-reeder-snmpv3-usm-3desede-00, section B.2: the second half is the key of the first taken for a password."""
    engine_id = b"\0" * 11 + b"\x02"
    key = localized("sha1", password_key("sha1", b"maplesyrup"), engine_id)
    whole = extended("AES256C", "sha1", key, engine_id)
    assert whole.hex().startswith("6695febc9288e36282235fc7151f128497b38f3f")
    assert whole.hex()[40:] == "9b8b6d78936ba6e7d19dfd9c"


@pytest.mark.parametrize(("auth", "priv"), list(product(AUTHS, PRIVS)))
@settings(max_examples=15, deadline=None)
@given(password=st.just(PASSWORDS[0]), engine_id=engine_ids)
def test_keys_are_those_of_pysnmp(auth: AuthProtocol, priv: PrivProtocol, password: bytes, engine_id: bytes) -> None:
    hash_name = _HASHES[auth][0]
    theirs = oracle(_AUTH, auth).localize_key(univ.OctetString(password_key(hash_name, password)), _id(engine_id))
    key = localized(hash_name, password_key(hash_name, password), engine_id)
    assert bytes(theirs) == key
    hashed = univ.OctetString(password_key(hash_name, password))
    theirs = oracle(_PRIV, priv).localize_key(_AUTH[auth], hashed, _id(engine_id))
    assert bytes(theirs)[:32] == extended(priv, hash_name, key, engine_id)


def _id(engine_id: bytes) -> univ.OctetString:
    return univ.OctetString(engine_id)


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_is_hashed_as_pysnmp_hashes_it(auth: AuthProtocol, password: bytes) -> None:
    assert bytes(oracle(_AUTH, auth).hash_passphrase(password)) == password_key(_HASHES[auth][0], password)


@pytest.mark.parametrize("auth", AUTHS)
@settings(max_examples=15, deadline=None)
@given(password=passwords, engine_id=engine_ids, before=st.binary(max_size=40), after=st.binary(max_size=60))
def test_pysnmp_accepts_our_digests(
    auth: AuthProtocol, password: bytes, engine_id: bytes, before: bytes, after: bytes
) -> None:
    ours = keys_for(credential(auth, None, password), engine_id).authentication
    assert ours is not None
    blank = before + bytes(ours.octets) + after
    digest = ours.sign(blank)
    assert ours.verify(blank, digest)
    whole = before + digest + after
    if whole.index(digest) == len(before):  # it looks for it
        key = univ.OctetString(ours.key)
        oracle(_AUTH, auth).authenticate_incoming_message(key, univ.OctetString(digest), whole)


@pytest.mark.parametrize("auth", AUTHS)
@settings(max_examples=15, deadline=None)
@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed_wherever_it_is(auth: AuthProtocol, place: int, bit: int) -> None:
    keys = keys_for(credential(auth, None, PASSWORDS[0]), b"\x80\0\0\0\x01").authentication
    assert keys is not None
    message = bytes(range(200))
    digest = keys.sign(message)
    whole = bytearray(message + digest)
    whole[place % len(whole)] ^= 1 << bit
    assert not keys.verify(bytes(whole[:200]), bytes(whole[200:]))
    assert not keys.verify(message, digest[:-1])
    assert not keys.verify(message, b"")


@pytest.mark.parametrize(
    ("auth", "priv"), [("MD5", "DES"), *((auth, priv) for auth in ("SHA", "SHA512") for priv in PRIVS)]
)
@settings(max_examples=15, deadline=None)
@given(engine_id=engine_ids, boots=times, time=times, salt=octets8, plain=st.binary(min_size=1, max_size=300))
def test_each_reads_what_the_other_encrypted(
    auth: AuthProtocol, priv: PrivProtocol, engine_id: bytes, boots: int, time: int, salt: bytes, plain: bytes
) -> None:
    ours = keys_for(credential(auth, priv, PASSWORDS[0]), engine_id).privacy
    assert ours is not None
    hash_name = _HASHES[auth][0]
    key = extended(priv, hash_name, localized(hash_name, password_key(hash_name, PASSWORDS[0]), engine_id), engine_id)
    service, theirs = oracle(_PRIV, priv), univ.OctetString(key)
    clock = boots.to_bytes(4) + time.to_bytes(4)

    secret = ours.encrypt(plain, clock, salt)
    read = service.decrypt_data(theirs, (boots, time, univ.OctetString(salt)), univ.OctetString(secret))
    assert bytes(read)[: len(plain)] == plain

    secret, their_salt = service.encrypt_data(theirs, (boots, time, None), plain)
    assert ours.decrypt(bytes(secret), clock, bytes(their_salt))[: len(plain)] == plain


def test_half_a_des_block_is_refused() -> None:
    privacy = keys_for(credential("SHA", "DES", PASSWORDS[0]), b"\x80\0\0\0\x01").privacy
    assert privacy is not None
    with pytest.raises(ber.BerError, match="no whole number of DES blocks"):
        privacy.decrypt(bytes(12), bytes(8), bytes(8))


def test_salts_never_come_twice_and_do_not_begin_alike() -> None:
    one, other = Salts(), Salts()
    made = [one() for _ in range(5_000)]
    assert len(set(made)) == 5_000
    assert other() not in made


def test_salts_come_round_after_the_last_one() -> None:
    salts = Salts()
    salts._next = 2**64 - 2
    assert [salts().hex() for _ in range(3)] == ["ffffffffffffffff", "0000000000000000", "0000000000000001"]


def test_a_user_without_authentication_has_no_keys() -> None:
    assert keys_for(SnmpCredential("v3", "3", None, "u"), b"\x80\0\0\0\x01") == Keys()


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (SnmpCredential("v3", "3", None, "u", "SHA"), "auth password of at least 8"),
        (SnmpCredential("v3", "3", None, "u", "SHA", Secret("seven77")), "auth password of at least 8"),
        (SnmpCredential("v3", "3", None, "u", "SHA", Secret("eight888"), "AES"), "priv password of at least 8"),
        (SnmpCredential("v3", "3", None, "u", None, None, "AES", Secret("eight888")), "privacy without authentication"),
    ],
)
def test_an_incomplete_credential_is_ours_to_mend(broken: SnmpCredential, problem: str) -> None:
    with pytest.raises(CollectError, match=problem) as caught:
        keys_for(broken, b"\x80\0\0\0\x01")
    assert caught.value.reason is Reason.CREDENTIAL


def test_a_host_that_refuses_a_protocol_is_told_apart_from_an_agent_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def fips(*_: object) -> None:
        raise ValueError("[digital envelope routines] unsupported")

    monkeypatch.setattr("hashlib.new", fips)
    password_key.cache_clear()
    with pytest.raises(CollectError, match="this host's cryptography refuses") as caught:
        keys_for(credential("MD5", "DES", b"never hashed before"), b"\x80\0\0\0\x01")
    assert caught.value.reason is Reason.CREDENTIAL
