"""``/snmp``: what it answers, to whom, and about whom it does not."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from netmon.settings import InterfaceRule, Secret, SnmpCredential
from netmon.snmpmodules import Module
from tests.collectors.snmp.agents import Agent, Mib, Request, response, switch
from tests.collectors.snmp.snmpd import Snmpd
from tests.exporters.web.snmp_endpoint import Scraper, devices, scraping

COSTS = (
    "snmp_scrape_duration_seconds",
    "snmp_scrape_packets_retried",
    "snmp_scrape_packets_sent",
    "snmp_scrape_pdus_returned",
    "snmp_scrape_walk_duration_seconds",
)


def silent(_: bytes) -> list[bytes]:
    return []


def agent(answer: object = None, host: str = "127.0.0.1") -> Agent:
    return Agent(answer or Mib(switch(4)), host)  # type: ignore[arg-type]


def test_a_device_of_the_inventory_is_answered_without_labels_of_ours() -> None:
    with agent() as one:
        answer = scraping(
            devices((one.host, one.port)), lambda s: s.get({"target": f"{one.host}:{one.port}", "module": "if_mib"})
        )
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    octets = families["ifHCInOctets"]
    assert octets.type == "counter"
    assert {tuple(sample.labels) for sample in octets.samples} == {("ifIndex", "ifAlias", "ifDescr", "ifName")}
    assert octets.samples[0].labels["ifAlias"] == "liaison 1 é"
    assert octets.samples[0].value == 987_654_321_987
    for name in COSTS:
        (sample,) = families[name].samples
        assert sample.labels == {"module": "if_mib"}
    assert not [name for name in families if name.startswith("netmon_")]


def test_families_are_told_once_each_and_in_order() -> None:
    with agent() as one:
        place = f"{one.host}:{one.port}"
        query = [("target", place), ("module", "if_mib,system"), ("module", "ups_mib"), ("module", "system")]
        answer = scraping(devices((one.host, one.port)), lambda s: s.get(query))
    heads = [line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")]
    assert heads == sorted(set(heads))
    modules = [line for line in answer.text.splitlines() if line.startswith("snmp_scrape_pdus_returned{")]
    assert [line.split('"')[1] for line in modules] == ["if_mib", "system", "ups_mib"]


def test_a_node_is_also_known_by_its_name_and_asked_where_it_stands() -> None:
    with agent() as one:
        answer = scraping(devices((one.host, one.port)), lambda s: s.get({"target": "sw-0", "module": "system"}))
    assert (answer.status, "sysUpTime{} 123456" in answer.text) == (200, True)


@pytest.mark.parametrize("form", ["{host}:{port}", "udp://{host}:{port}", "localhost:{port}", "udp4://{host}:{port}"])
def test_a_target_has_many_forms(form: str) -> None:
    with agent() as one:
        target = form.format(host=one.host, port=one.port)
        answer = scraping(devices(), lambda s: s.get({"target": target, "module": "system"}), allowed=["127.0.0.0/8"])
    assert answer.status == 200, answer.text


def test_an_ipv6_target_stands_in_brackets() -> None:
    with agent(host="::1") as one:
        target = f"[::1]:{one.port}"
        answer = scraping(devices(), lambda s: s.get({"target": target, "module": "system"}), allowed=["::1"])
    assert answer.status == 200, answer.text


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("module=if_mib", "'target' parameter must be specified once"),
        ("target=&module=if_mib", "'target' parameter must be specified once"),
        ("target=sw-0&target=sw-0", "'target' parameter must be specified once"),
        ("target=sw-0&auth=a&auth=b", "'auth' parameter must only be specified once"),
        ("target=sw-0&snmp_context=a&snmp_context=b", "'snmp_context' parameter must only be specified once"),
        ("target=sw-0&module=,", "'module' parameter must contain at least one module name"),
        ("target=sw-0&module=nosuch", "Unknown module 'nosuch'"),
        ("target=sw-0&module=if_mib&auth=nosuch", "Unknown auth 'nosuch'"),
        ("target=sw-0&snmp_engineid=80001f88", "'snmp_engineid' parameter is not supported"),
        ("target=sw-0:port", "target 'sw-0:port' is not host, host:port or [IPv6]:port"),
        ("target=sw-0:99999", "target 'sw-0:99999' is not host, host:port or [IPv6]:port"),
        ("target=[::1", "target '[::1' is not host, host:port or [IPv6]:port"),
        ("target=tcp://sw-0", "target 'tcp://sw-0': only udp:// is spoken here"),
        ("target=sw-0%0a", "a parameter is too long or has characters that cannot be shown"),
    ],
)
def test_a_request_that_makes_no_sense_is_a_400_that_says_why(query: str, line: str) -> None:
    answer = scraping(devices(("127.0.0.1", 9)), lambda s: s.get(query))
    assert answer.status == 400
    assert answer.text.startswith(line)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "target", ["192.0.2.1", "127.0.0.2", "localhost", "[::1]", "2130706433", "127.1", "no.such.name.invalid", "0"]
)
def test_a_stranger_is_a_403_and_gets_no_packet(target: str) -> None:
    with agent() as one:
        answer = scraping(devices(("198.51.100.1", 161)), lambda s: s.get({"target": f"{target}:{one.port}".replace(
            "no.such.name.invalid:", "no.such.name.invalid")}))  # fmt: skip
        assert one.received == []
    assert answer.status in {400, 403}
    if answer.status == 403:
        assert "web.probe_allow" in answer.text or "does not resolve" in answer.text


def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    with agent() as one:
        target = f"localhost:{one.port}"
        refused = scraping(devices(), lambda s: s.get({"target": target}), allowed=["192.0.2.0/24"])
        assert one.received == []
        allowed = scraping(devices(), lambda s: s.get({"target": target, "module": "system"}), allowed=["localhost"])
    assert (refused.status, allowed.status) == (403, 200)
    assert refused.text.startswith("target 'localhost', which leads to ")


def test_the_credential_is_the_auth_named_else_the_devices_own() -> None:
    auths = {"public_v2": SnmpCredential("public_v2", "2c", Secret("theirs"))}
    own = SnmpCredential("own", "2c", Secret("ours"))
    with agent() as one:
        known = devices((one.host, one.port), credential=own)

        def communities(ask: str, **more: object) -> bytes:
            one.received.clear()
            assert scraping(known, lambda s: s.get(ask), **more).status == 200  # type: ignore[arg-type]
            return Request(one.received[0]).community

        assert communities("target=sw-0&module=system") == b"ours"
        assert communities("target=sw-0&module=system&auth=lecture") == b"public"
        assert communities("target=sw-0&module=system", auths=auths) == b"theirs"


def test_rules_about_interfaces_are_not_for_scrapers() -> None:
    with agent() as one:
        known = devices((one.host, one.port), interfaces=(InterfaceRule(keep=False),))
        answer = scraping(known, lambda s: s.get("target=sw-0"))
    assert answer.text.count("ifHCInOctets{") == 4


def test_a_module_that_says_how_often_to_try_is_heeded() -> None:
    once = Module("once", (), ("1.3.6.1.2.1.1.3.0",), MODULES["system"].metrics, retries=0)
    with agent(silent) as one:
        answer = scraping(
            devices((one.host, one.port)),
            lambda s: s.get("target=sw-0&module=once", X_Prometheus_Scrape_Timeout_Seconds="0.8"),
            collector=SnmpCollector({"once": once}),
            modules={"once": once},
        )
    assert (answer.status, len(one.received)) == (500, 1)


def test_a_silent_device_is_a_500_with_the_reason_within_the_time_prometheus_waits() -> None:
    with agent(silent) as one:
        query = {"target": "sw-0", "module": "if_mib,system"}
        begun = time.monotonic()
        answer = scraping(
            devices((one.host, one.port)), lambda s: s.get(query, X_Prometheus_Scrape_Timeout_Seconds="1.0")
        )
        took = time.monotonic() - begun
    assert answer.status == 500
    assert answer.text.startswith("An error has occurred while serving metrics:\n\nerror scraping target sw-0:\n")
    assert "* module if_mib: no answer from" in answer.text
    assert "* module system: no answer from" in answer.text
    assert took < 30
    assert len(one.received) == 2  # one module's request and its retry: whoever is silent is not asked again


@pytest.mark.parametrize("header", ["soon", "-1", "nan", "inf", "0"])
def test_a_timeout_header_that_is_no_number_of_seconds_is_refused(header: str) -> None:
    answer = scraping(
        devices(("127.0.0.1", 9)), lambda s: s.get("target=sw-0", X_Prometheus_Scrape_Timeout_Seconds=header)
    )
    assert (answer.status, "X-Prometheus-Scrape-Timeout-Seconds" in answer.text) == (400, True)


def test_a_failing_module_leaves_no_samples_and_does_not_spoil_the_others() -> None:
    mib = Mib(switch(4))

    def answer(message: bytes) -> list[bytes]:
        request = Request(message)
        if request.names[0][:8] == (1, 3, 6, 1, 2, 1, 31, 1):
            return [response(request, [], 5, index=1)]
        return mib(message)

    with agent(answer) as one:
        got = scraping(devices((one.host, one.port)), lambda s: s.get("target=sw-0&module=if_mib,system"))
    assert got.status == 200
    assert "ifOperStatus" not in got.text
    assert 'module="if_mib"' not in got.text
    assert "sysUpTime{} 123456" in got.text
    assert "# module if_mib failed: if_mib incomplete" in got.text
    assert list(text_string_to_metric_families(got.text))


def test_the_answer_is_packed_for_who_asks() -> None:
    with agent() as one:
        answer = scraping(
            devices((one.host, one.port)), lambda s: s.get("target=sw-0&module=system", Accept_Encoding="gzip")
        )
    assert answer.headers["content-encoding"] == "gzip"
    assert b"sysUpTime" in gzip.decompress(answer.body)


def test_many_requests_for_one_device_take_turns() -> None:
    inside = most = 0
    mib = Mib(switch(4))

    def answer(message: bytes) -> list[bytes]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.005)
        inside -= 1
        return mib(message)

    class Slow(Agent):
        """A device that tells when a second request comes before the first is answered."""

        overlapped = False

        def _serve(self) -> None:
            while True:
                message, source = self.socket.recvfrom(65_535)
                if not message:
                    return
                replies = self.answer(message)
                self.socket.setblocking(False)
                try:
                    self.socket.recvfrom(65_535)
                    self.overlapped = True
                except BlockingIOError:
                    pass
                self.socket.setblocking(True)
                for reply in replies:
                    self.socket.sendto(reply, source)

    with Slow(answer) as one:

        def ask(scraper: Scraper) -> list[int]:
            with ThreadPoolExecutor(4) as pool:
                found = pool.map(lambda _: scraper.get("target=sw-0&module=system").status, range(8))
                return list(found)

        statuses = scraping(devices((one.host, one.port)), ask)
        assert (statuses, one.overlapped) == ([200] * 8, False)


def test_rows_that_come_and_go_are_followed_from_scrape_to_scrape() -> None:
    data = switch(4)
    with agent(Mib(data)) as one:

        def ask(scraper: Scraper) -> list[int]:
            first = scraper.get("target=sw-0").text
            again = scraper.get("target=sw-0").text
            assert first.count("ifHCInOctets{") == again.count("ifHCInOctets{") == 4
            for column in [name for name in data if name[-1] == 4 and len(name) > 10]:
                del data[column]
            one.answer.names = sorted(data)  # type: ignore[attr-defined]
            return [text.count("ifHCInOctets{") for text in (first, again, scraper.get("target=sw-0").text)]

        assert scraping(devices((one.host, one.port)), ask) == [4, 4, 3]


def test_a_row_with_a_hostile_label_is_escaped() -> None:
    data = switch(1)
    data[(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18, 1)] = (4, b'vers "l\'etang"\\\n%d')
    with agent(Mib(data)) as one:
        text = scraping(devices((one.host, one.port)), lambda s: s.get("target=sw-0")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["ifHCInOctets"].samples[0].labels["ifAlias"] == 'vers "l\'etang"\\\n%d'


@pytest.mark.peer
def test_a_real_agent_is_asked_as_the_auth_says() -> None:
    password = Secret("password-of-auth")
    auths = {
        "v3": SnmpCredential("v3", "3", None, "sha256user", "SHA256", password, "AES", Secret("password-of-priv")),
        "wrong": SnmpCredential("wrong", "3", None, "sha256user", "SHA256", Secret("not the password")),
    }
    with Snmpd() as real:
        place = f"127.0.0.1:{real.port}"

        def ask(scraper: Scraper) -> list[tuple[int, str]]:
            queries = ("auth=v3", "auth=lecture", "auth=wrong", "auth=v3&snmp_context=elsewhere")
            asked = (f"target={place}&module=system,host_resources_mib&{query}" for query in queries)
            answers = [scraper.get(query, X_Prometheus_Scrape_Timeout_Seconds="3") for query in asked]
            return [(answer.status, answer.text) for answer in answers]

        by_v3, by_v2, wrong, elsewhere = scraping(devices(), ask, allowed=["127.0.0.1"], auths=auths)
    assert (by_v3[0], by_v2[0], wrong[0], elsewhere[0]) == (200, 200, 500, 500)
    for _, text in (by_v3, by_v2):
        assert 'sysName{sysName="snmpd.bordeaux-metropole.example"} 1' in text
        assert 'snmp_scrape_pdus_returned{module="host_resources_mib"}' in text
    assert "not the password" not in wrong[1]
    assert "usmStatsWrongDigests" in wrong[1]
