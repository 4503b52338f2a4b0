"""netmon's ``/snmp`` beside Debian's snmp_exporter: the same modules on the same agents give the same samples.

Whatever differs on purpose is listed in ``collectors/snmp/README.md``; each such difference has a test here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.snmp.modules import MODULES
from netmon import ber
from netmon.snmpmodules import Extract, Index, Lookup, Metric, Module
from tests.collectors.snmp.agents import Agent, Data, Mib, Request, oid, response, switch
from tests.daemon.daemon import daemon
from tests.exporters.web.snmp_endpoint import devices, scraping
from tests.peers.programs import free_port, snmpd
from tests.peers.snmp_exporter import (
    Exposition,
    Peer,
    check,
    compare,
    new_format,
    old_format,
    ours,
    snmp_exporter,
    yaml,
)

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    directory = tmp_path_factory.mktemp("snmp_exporter")
    with snmp_exporter(directory, old_format(new_format(EVERY.values()))) as running:
        yield running


SHOWCASE = "1.3.6.1.4.1.53864.7"
"""Below an enterprise of nobody's: an object of every type."""
_INDEXED = (Index("row"),)


def _show(arc: int, name: str, kind: str, **more: object) -> Metric:
    return Metric(name, f"{SHOWCASE}.{arc}", kind, f'Help of {name} with a \\ and "quotes" - {arc}', **more)  # type: ignore[arg-type]


_CELSIUS = (("", (Extract("([0-9.]+) C", "$1"),)),)
_ENUM = ((1, "up"), (2, "down"), (3, "testing"))
SHOWCASE_MODULE = Module(
    "showcase",
    (SHOWCASE,),
    (f"{SHOWCASE}.50.0", "1.3.6.1.2.1.1.3.0"),
    (
        Metric("sysUpTime", "1.3.6.1.2.1.1.3", "gauge", "uptime"),
        _show(50, "aScalar", "gauge"),
        _show(1, "anInteger", "gauge", indexes=_INDEXED),
        _show(2, "aCounter", "counter", indexes=_INDEXED),
        _show(3, "aText", "DisplayString", indexes=_INDEXED),
        _show(4, "someOctets", "OctetString", indexes=_INDEXED),
        _show(5, "anAddress", "PhysAddress48", indexes=_INDEXED),
        _show(6, "anIp", "InetAddressIPv4", indexes=_INDEXED),
        _show(7, "anIpv6", "InetAddressIPv6", indexes=_INDEXED),
        _show(8, "aDate", "DateAndTime", indexes=_INDEXED),
        _show(9, "aState", "EnumAsInfo", indexes=_INDEXED, enum_values=_ENUM),
        _show(10, "aStateSet", "EnumAsStateSet", indexes=_INDEXED, enum_values=_ENUM),
        _show(11, "someBits", "Bits", indexes=_INDEXED, enum_values=((0, "first"), (1, "second"), (9, "tenth"))),
        _show(12, "aWide", "counter", indexes=_INDEXED),
        _show(13, "anIdentifier", "DisplayString", indexes=_INDEXED),
        _show(15, "anInet", "InetAddress", indexes=_INDEXED),
        _show(17, "aFloat", "Float", indexes=_INDEXED),
        _show(18, "aTemperature", "DisplayString", indexes=_INDEXED, regex_extracts=_CELSIUS),
        _show(19, "labelled", "gauge", indexes=_INDEXED, lookups=(
            Lookup(("row",), "aText", f"{SHOWCASE}.3", "DisplayString"),
            Lookup(("row",), "anAddress", f"{SHOWCASE}.5", "PhysAddress48"),
            Lookup(("row",), "next", f"{SHOWCASE}.1", "gauge"),
            Lookup(("next",), "nextText", f"{SHOWCASE}.3", "DisplayString"),
            Lookup((), "row"),
        )),
        _show(21, "byName", "gauge", indexes=(Index("name", "DisplayString"), Index("port"))),
        _show(22, "byFixed", "gauge", indexes=(Index("octets", "OctetString", 3), Index("port"))),
        _show(23, "byImplied", "gauge", indexes=(Index("port"), Index("name", "DisplayString", 0, True))),
        _show(24, "byMac", "gauge", indexes=(Index("mac", "PhysAddress48"), Index("vlan"))),
        _show(25, "byInet", "gauge", indexes=(Index("peer", "InetAddress"), Index("port"))),
        _show(26, "byIp", "gauge", indexes=(Index("ip", "InetAddressIPv4"),)),
        _show(27, "byEnum", "gauge", indexes=(Index("state", "EnumAsInfo", enum_values=_ENUM),)),
        _show(28, "byMissingSize", "gauge", indexes=(Index("peer", "InetAddressMissingSize"),)),
    ),
)  # fmt: skip
EVERY = {**MODULES, SHOWCASE_MODULE.name: SHOWCASE_MODULE}


def showcase() -> Data:
    """An agent's objects for ``SHOWCASE_MODULE``: plain rows, and rows with something odd."""
    data: Data = {
        oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, ber.encode_integer(2**31 + 5)),
        oid(f"{SHOWCASE}.50.0"): (ber.INTEGER, ber.encode_integer(-7)),
        oid("1.3.9.1.0"): (ber.INTEGER, b"\x00"),
    }

    def put(arc: int, tag: int, *contents: bytes) -> None:
        for row, content in enumerate(contents, 1):
            data[oid(f"{SHOWCASE}.{arc}.{row}")] = (tag, content)

    number = ber.encode_integer
    put(1, ber.INTEGER, number(2), number(3), number(-1), number(2**31 - 1))
    put(2, ber.COUNTER32, number(0), number(2**32 - 1), b"\xff\xff\xff\xfe")
    put(3, ber.OCTET_STRING, b"plain", b"", "accès é".encode(), b'back\\slash "quoted"\nline', b"tab\there")
    put(4, ber.OCTET_STRING, b"\x00\x01\xfe", b"", b"abc")
    put(5, ber.OCTET_STRING, bytes.fromhex("001122aabbcc"), bytes.fromhex("ffffffffffff"))
    put(6, ber.IP_ADDRESS, bytes((192, 0, 2, 1)), bytes(4))
    put(7, ber.OCTET_STRING, bytes.fromhex("20010db8000000000000000000000001"))
    put(8, ber.OCTET_STRING, bytes.fromhex("07ea0b170c1e2d00"), bytes.fromhex("07ea0b170c1e2d002b0200"), b"short")
    put(9, ber.INTEGER, number(1), number(2), number(9))
    put(10, ber.INTEGER, number(1), number(3), number(9))
    put(11, ber.OCTET_STRING, b"\x80\x40", b"\x40", b"")
    put(12, ber.COUNTER64, number(2**53), number(2**64 - 1), number(12))
    put(13, ber.OBJECT_IDENTIFIER, ber.encode_oid("1.3.6.1.4.1.9"), ber.encode_oid("0.0"))
    put(14, ber.INTEGER, number(1), number(2), number(9))
    put(15, ber.OCTET_STRING, bytes((192, 0, 2, 9)), bytes.fromhex("20010db8" + "00" * 11 + "02"), b"\x01\x02")
    put(17, ber.OPAQUE, bytes.fromhex("9f780441b9999a"), bytes.fromhex("9f7804c2280000"))
    put(18, ber.OCTET_STRING, b"23.5 C", b"n/a", b"7 C")
    put(19, ber.INTEGER, number(5), number(6), number(7))
    for arcs in ("21.2.101.48.7", "21.0.8", "22.1.2.3.9", "23.4.101.116.104", "24.0.17.34.170.187.204.12"):
        data[oid(f"{SHOWCASE}.{arcs}")] = (ber.INTEGER, number(4))
    for arcs in ("25.1.4.192.0.2.1.80", "25.2.16." + ".".join(["32", "1"] + ["0"] * 14) + ".443", "26.192.0.2.77"):
        data[oid(f"{SHOWCASE}.{arcs}")] = (ber.INTEGER, number(4))
    for arcs in ("27.1", "27.2", "27.7", "28.1.192.0.2.1"):
        data[oid(f"{SHOWCASE}.{arcs}")] = (ber.INTEGER, number(4))
    return data


def test_every_type_index_and_lookup_is_shown_alike(peer: Peer) -> None:
    with Agent(Mib(showcase())) as agent:
        shown = compare(peer, agent.port, "showcase", {"showcase": SHOWCASE_MODULE})
    assert len(shown.values) > 60


@pytest.mark.parametrize("module", ["system", "if_mib"])
def test_a_simulated_switch_is_shown_alike(peer: Peer, module: str) -> None:
    data = switch(48)
    del data[oid("1.3.6.1.2.1.31.1.1.1.1.9")]
    with Agent(Mib(data)) as agent:
        shown = compare(peer, agent.port, module)
    assert shown.values


@pytest.mark.parametrize("module", ["system", "if_mib", "host_resources_mib"])
def test_a_real_agent_is_shown_alike(peer: Peer, tmp_path: Path, module: str) -> None:
    with snmpd(tmp_path, community="public") as port:
        shown = compare(peer, port, module)
    assert shown.values


def test_a_daemon_without_nodes_answers_from_the_same_module_file(tmp_path: Path) -> None:
    document = new_format([SHOWCASE_MODULE, MODULES["if_mib"]])
    (tmp_path / "snmp.yml").write_text(yaml(document), encoding="utf-8")
    port = free_port()
    file = tmp_path / "netmon.yml"
    file.write_text(
        f"data_dir: var\nweb: {{listen: '127.0.0.1:{port}', probe_allow: [127.0.0.0/8]}}\n"
        "snmp: {module_files: [snmp.yml]}\n"
    )
    with snmp_exporter(tmp_path, old_format(document)) as other, daemon(file, port) as process:
        mine = Peer(f"http://127.0.0.1:{port}", process.pid)
        for data, module in ((showcase(), "showcase"), (switch(24), "if_mib")):
            with Agent(Mib(data)) as agent:
                theirs = other.scrape(f"127.0.0.1:{agent.port}", module)
                check(theirs, mine.scrape(f"127.0.0.1:{agent.port}", module), theirs)
        assert mine.scrape("192.0.2.1", "if_mib")[0] == 403


@pytest.mark.parametrize(
    "query", ["module=system", "target=", "target=127.0.0.1&target=127.0.0.1", "target=127.0.0.1&module=none"]
)
def test_a_request_that_makes_no_sense_is_refused_in_the_same_words(peer: Peer, query: str) -> None:
    theirs = peer.get(query)
    mine = scraping(devices(("127.0.0.1", 9)), lambda scraper: scraper.get(query))
    assert (mine.status, mine.text) == theirs
    assert theirs[0] == 400


def test_a_silent_agent_is_a_failed_scrape_of_both(peer: Peer) -> None:
    with Agent(lambda _: []) as agent:
        place = f"127.0.0.1:{agent.port}"
        mine = scraping(
            devices(("127.0.0.1", agent.port)),
            lambda scraper: scraper.get({"target": place}, X_Prometheus_Scrape_Timeout_Seconds="0.8"),
        )
    theirs = peer.scrape(place, "system")  # nobody listens there any more
    assert (mine.status, theirs[0]) == (500, 500)
    line = "An error has occurred while serving metrics:\n\n"
    assert mine.text.startswith(line)
    assert theirs[1].startswith(line)


def test_rows_that_repeat_without_end_are_a_failed_scrape_of_both(peer: Peer) -> None:
    turn = [oid("1.3.6.1.2.1.2.2.1.10.1"), oid("1.3.6.1.2.1.2.2.1.10.2")]

    def loop(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.pdu == ber.GET_REQUEST:
            return [response(request, [(name, ber.TIME_TICKS, b"\x01") for name in request.names])]
        return [response(request, [(turn[at % 2], ber.COUNTER32, b"\x01") for at in range(4)])]

    with Agent(loop) as agent:
        assert (peer.scrape(f"127.0.0.1:{agent.port}", "if_mib")[0], ours(agent.port, "if_mib")[0]) == (500, 500)


# --- The differences: each is a row of the table in collectors/snmp/README.md ---------------------------------------


def test_difference_identifiers_of_lldp_ports_are_readable(peer: Peer) -> None:
    """0.21 does not know the subtype of what a lookup finds; current releases do."""
    row = "0.3.1"
    data: Data = {
        oid(f"1.0.8802.1.1.2.1.4.1.1.4.{row}"): (ber.INTEGER, b"\x04"),
        oid(f"1.0.8802.1.1.2.1.4.1.1.5.{row}"): (ber.OCTET_STRING, bytes.fromhex("0a1b2c3d4e5f")),
        oid(f"1.0.8802.1.1.2.1.4.1.1.6.{row}"): (ber.INTEGER, b"\x05"),
        oid(f"1.0.8802.1.1.2.1.4.1.1.7.{row}"): (ber.OCTET_STRING, b"Gi1/0/24"),
        oid("1.3.6.1.2.1.1.3.0"): (ber.TIME_TICKS, b"\x01"),
    }
    with Agent(Mib(data)) as agent:
        theirs, mine = (
            text for _, text in (peer.scrape(f"127.0.0.1:{agent.port}", "lldp_mib"), ours(agent.port, "lldp_mib"))
        )
    assert 'lldpRemPortId="Gi1/0/24"' in mine
    assert 'lldpRemPortId="0x4769' in theirs


def test_difference_what_a_scrape_says_of_itself_names_its_module(peer: Peer) -> None:
    """As current releases do; 0.21 knows one module a scrape."""
    with Agent(Mib(switch(4))) as agent:
        theirs, mine = (
            text for _, text in (peer.scrape(f"127.0.0.1:{agent.port}", "if_mib"), ours(agent.port, "if_mib"))
        )
    said = [set(re.findall(r"^# .* snmp_scrape_.*$", text, re.MULTILINE)) for text in (theirs, mine)]
    assert said[0] == said[1]
    assert 'snmp_scrape_pdus_returned{module="if_mib"}' in mine
    assert "{module=" not in theirs


def test_difference_a_label_that_is_no_utf8_does_not_spoil_the_scrape(peer: Peer) -> None:
    """What is no UTF-8 becomes U+FFFD, as in current releases; 0.21 fails the scrape."""
    data = switch(2)
    data[oid("1.3.6.1.2.1.31.1.1.1.18.1")] = (ber.OCTET_STRING, b"\xff liaison")
    with Agent(Mib(data)) as agent:
        theirs, mine = peer.scrape(f"127.0.0.1:{agent.port}", "if_mib"), ours(agent.port, "if_mib")
    assert (theirs[0], mine[0]) == (500, 200)
    assert 'ifAlias="\N{REPLACEMENT CHARACTER} liaison"' in mine[1]


def test_difference_a_series_that_comes_twice_is_shown_once(tmp_path: Path) -> None:
    """As in current releases; 0.21 fails the scrape."""
    twice = Module(
        "twice",
        (f"{SHOWCASE}.1",),
        (),
        (_show(1, "anInteger", "gauge", indexes=_INDEXED, lookups=(Lookup((), "row"),)),),
    )
    document = old_format(new_format([twice]))
    with Agent(Mib(showcase())) as agent:
        mine = ours(agent.port, "twice", {"twice": twice})
        with snmp_exporter(tmp_path, document) as other:
            theirs = other.scrape(f"127.0.0.1:{agent.port}", "twice")
    assert (theirs[0], mine[0]) == (500, 200)
    assert mine[1].count("\nanInteger") == 1


@pytest.mark.parametrize("status", [1, 5], ids=["tooBig", "genErr"])
def test_difference_an_error_status_inside_a_walk_is_a_failed_module(peer: Peer, status: int) -> None:
    """The peer takes it for the end of the table: rows are missing and nothing says so. We fail the module, or, when it
    would not fit, ask for less."""
    mib = Mib(switch(30))

    def answer(message: bytes) -> list[bytes]:
        request = Request(message)
        late = request.names[0][:11] == oid("1.3.6.1.2.1.31.1.1.1.6") and len(request.names[0]) > 11
        if late and (status != 1 or request.second > 3):
            return [response(request, [], status, index=1)]
        return mib(message)

    with Agent(answer) as agent:
        theirs, mine = peer.scrape(f"127.0.0.1:{agent.port}", "if_mib"), ours(agent.port, "if_mib")
    assert theirs[0] == 200
    assert theirs[1].count("\nifHCOutOctets{") < 30
    if status == 1:
        assert (mine[0], mine[1].count("\nifHCInOctets{")) == (200, 30)
    else:
        assert (mine[0], "genErr" in mine[1]) == (500, True)


def test_difference_a_stranger_is_not_asked(peer: Peer) -> None:
    """The peer is an open relay: it asks whoever it is told to."""
    with Agent(Mib(switch(2))) as agent:
        assert peer.scrape(f"127.0.0.1:{agent.port}", "system")[0] == 200
        asked = len(agent.received)
        mine = scraping(devices(("192.0.2.1", 161)), lambda scraper: scraper.get(f"target=127.0.0.1:{agent.port}"))
        assert (mine.status, len(agent.received)) == (403, asked)


def test_difference_what_is_no_number_is_not_shown_as_0(tmp_path: Path) -> None:
    """A text, an identifier, an address or nothing at all where a number is due: the peer says 0, which nobody
    measured; a counter below zero it shows, though there is none. We leave them out."""
    kinds = {1: (ber.OCTET_STRING, b"12"), 2: (ber.OBJECT_IDENTIFIER, ber.encode_oid("1.3.6")), 3: (ber.NULL, b"")}
    kinds |= {4: (ber.IP_ADDRESS, bytes(4)), 5: (ber.INTEGER, b"\x07")}
    data: Data = {oid(f"{SHOWCASE}.1.{row}"): said for row, said in kinds.items()}
    data |= {oid(f"{SHOWCASE}.2.1"): (ber.INTEGER, b"\xfd"), oid("1.3.9.1.0"): (ber.INTEGER, b"\x00")}
    numbers, counts = _show(1, "aNumber", "gauge", indexes=_INDEXED), _show(2, "aCount", "counter", indexes=_INDEXED)
    module = Module("numbers", (SHOWCASE,), (), (numbers, counts))
    with Agent(Mib(data)) as agent:
        mine = Exposition.of(ours(agent.port, "numbers", {"numbers": module})[1])
        with snmp_exporter(tmp_path, old_format(new_format([module]))) as other:
            theirs = Exposition.of(other.scrape(f"127.0.0.1:{agent.port}", "numbers")[1])
    assert sorted(theirs.values.values()) == [-3, 0, 0, 0, 0, 7]
    assert list(mine.values.values()) == [7]
