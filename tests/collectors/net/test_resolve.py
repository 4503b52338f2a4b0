"""Which of a name's addresses is asked, and who may be."""

import socket

import pytest

from collectors.net.connect import connect
from collectors.net.deadline import Deadline
from collectors.net.resolve import Address, Resolver, ip_hash, ip_protocol
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import AddressChoice

FOUND: list[Address] = [
    (socket.AF_INET6, ("2001:db8::1", 80, 0, 0)), (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_INET, ("192.0.2.2", 80)), (socket.AF_INET6, ("2001:db8::2", 80, 0, 0)),
]  # fmt: skip
ONLY4 = FOUND[1:3]


class Allowed:
    """Allows the addresses it was made with, and notes what it was asked."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses
        self.asked: list[tuple[str, str]] = []

    def allows(self, host: str, address: str) -> bool:
        self.asked.append((host, address))
        return address in self._addresses


def resolve(monkeypatch: pytest.MonkeyPatch, found: list[Address], choice: AddressChoice) -> list[str]:
    def lookup(host: str, port: int, *, type: int, flags: int) -> list[tuple[object, ...]]:  # noqa: A002
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not an address")
        return [(family, type, 6, "", address) for family, address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return [str(address[0]) for _, address in Resolver().resolve("portail.example", 80, Deadline(5), choice)]


@pytest.mark.parametrize(
    ("found", "choice", "asked"),
    [
        (FOUND, AddressChoice(), ["2001:db8::1", "192.0.2.1", "192.0.2.2", "2001:db8::2"]),
        (FOUND, AddressChoice("ip4"), ["192.0.2.1"]),
        (FOUND, AddressChoice("ip6", fallback=False), ["2001:db8::1"]),
        (ONLY4, AddressChoice("ip6"), ["192.0.2.1"]),
        (FOUND, AddressChoice(source="192.0.2.9"), ["192.0.2.1", "192.0.2.2"]),
        (FOUND, AddressChoice("ip6", source="192.0.2.9"), ["192.0.2.1"]),
        (FOUND, AddressChoice(guard=Allowed("192.0.2.2", "2001:db8::2")), ["192.0.2.2", "2001:db8::2"]),
        (FOUND, AddressChoice("ip4", guard=Allowed("192.0.2.2")), ["192.0.2.2"]),
        (FOUND, AddressChoice("ip4", guard=Allowed("2001:db8::2")), ["2001:db8::2"]),
    ],
)
def test_the_address_chosen_is_the_address_asked(
    monkeypatch: pytest.MonkeyPatch, found: list[Address], choice: AddressChoice, asked: list[str]
) -> None:
    assert resolve(monkeypatch, found, choice) == asked


def test_without_fallback_the_other_family_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(socket.gaierror, match="ip6"):
        resolve(monkeypatch, ONLY4, AddressChoice("ip6", fallback=False))
    with pytest.raises(socket.gaierror, match="2001:db8::9"):
        resolve(monkeypatch, ONLY4, AddressChoice(source="2001:db8::9"))


def test_addresses_that_may_not_be_asked_are_ours_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Allowed("10.0.0.1")
    with pytest.raises(CollectError) as caught:
        resolve(monkeypatch, ONLY4, AddressChoice(guard=guard))
    assert caught.value.reason is Reason.FORBIDDEN
    assert caught.value.detail == "portail.example leads to 192.0.2.1, which may not be asked"
    assert guard.asked == [("portail.example", "192.0.2.1"), ("portail.example", "192.0.2.2")]


def test_an_address_given_as_such_is_checked_too() -> None:
    guard = Allowed("127.0.0.1")
    assert Resolver().resolve("127.0.0.1", 80, Deadline(5), AddressChoice(guard=guard))
    with pytest.raises(CollectError, match=r"^127\.0\.0\.2, which may not be asked$"):
        Resolver().resolve("127.0.0.2", 80, Deadline(5), AddressChoice(guard=guard))
    # 127.1 is an address to the system: what it stands for is what counts.
    assert Resolver().resolve("127.1", 80, Deadline(5), AddressChoice(guard=guard))[0][1][0] == "127.0.0.1"


def test_the_hash_of_an_address_is_blackbox_exporters() -> None:
    assert ip_hash((socket.AF_INET, ("127.0.0.1", 80))) == 3668918509
    assert ip_hash((socket.AF_INET6, ("::1", 80, 0, 0))) != ip_hash((socket.AF_INET6, ("::2", 80, 0, 0)))
    assert [ip_protocol(address) for address in FOUND] == [6, 4, 4, 6]


def test_packets_leave_from_the_address_asked_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        target: Address = (socket.AF_INET, listener.getsockname())
        connection, _ = connect([target], Deadline(5), lambda _: None, source="127.0.0.77")
        accepted, peer = listener.accept()
        with connection, accepted:
            assert peer[0] == "127.0.0.77"
        with pytest.raises(CollectError) as caught:
            connect([target], Deadline(5), lambda _: None, source="192.0.2.1")
    assert caught.value.reason is Reason.NO_SOCKET
