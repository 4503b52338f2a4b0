"""``/probe``: what it answers, about whom it does not, and that a fault of ours is not the target's."""

import gzip
import socket
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters.web.probe import HELP, read_timeout
from netmon.config.blackboxyml import ProbeFiles
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.model import Check, Family, Reading, State
from tests.collectors.http.servers import OK, Authority, Server, answer, answer_by_path, hang, redirect
from tests.exporters.web.probe_endpoint import probing, watching
from tests.exporters.web.snmp_endpoint import Answer

HTTP = "modules:\n  http_2xx:\n    prober: http\n"
POST = """\
modules:
  post:
    prober: http
    timeout: 5s
    http:
      method: POST
      headers: {X-Api-Key: hidden-key}
      body: hidden-body
      basic_auth: {username: u, password: hidden-password}
"""


def values(text: str) -> dict[str, float]:
    """Samples without labels, by name."""
    families = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_target_is_answered_in_the_words_of_blackbox_exporter() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda scraper: scraper.get({"target": f"127.0.0.1:{server.port}"}))
    assert (told.status, told.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = {family.name: family for family in text_string_to_metric_families(told.text)}
    assert list(families) == sorted(families)
    assert {name: (family.documentation, family.type) for name, family in families.items()} == {
        name: (HELP[name], "gauge") for name in families
    }
    assert "\nprobe_success 1\n" in told.text
    assert "\nprobe_http_status_code 200\n" in told.text
    phases = [sample.labels for sample in families["probe_http_duration_seconds"].samples]
    assert phases == [{"phase": name} for name in ("connect", "processing", "resolve", "tls", "transfer")]


def test_the_answer_is_compressed_where_that_is_asked_for() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get({"target": server.url}, Accept_Encoding="gzip"))
    assert told.headers["content-encoding"] == "gzip"
    assert values(gzip.decompress(told.body).decode())["probe_success"] == 1


def test_a_target_that_is_down_is_a_good_answer() -> None:
    told = probing(HTTP, lambda scraper: scraper.get({"target": f"http://127.0.0.1:{free_port()}/"}))
    found = values(told.text)
    assert (told.status, found["probe_success"], found["probe_http_status_code"]) == (200, 0, 0)
    assert found["probe_duration_seconds"] > 0


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"module": "nope", "target": "x"}, 400, 'Unknown module "nope"\n'),
        ({"module": 'a"b\n', "target": "x"}, 400, 'Unknown module "a\\"b?"\n'),
        ({}, 400, "Target parameter is missing\n"),
        ({"target": ""}, 400, "Target parameter is missing\n"),
        ({"target": "http://"}, 400, "the target is not a URL"),
        ({"target": "a b"}, 400, "the target is not a URL"),
        ({"target": "x\x00y"}, 400, "a parameter is too long or has characters that cannot be shown\n"),
        ({"target": "x" * 3000}, 400, "a parameter is too long or has characters that cannot be shown\n"),
        ({"module": "tcp", "target": "127.0.0.1"}, 400, "target '127.0.0.1' is not host:port or [IPv6]:port\n"),
        ({"module": "icmp", "target": "a/b"}, 400, "target 'a/b' is not a host, host:port or [IPv6]:port\n"),
        ({"module": "grpc", "target": "x"}, 400, 'Module "grpc" cannot be used here: blackbox.yml:'),
        ({"module": "host", "target": "127.0.0.1", "hostname": "b"}, 400, "host header defined both in module"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(query: dict[str, str], status: int, said: str) -> None:
    more = "  tcp: {prober: tcp}\n  icmp: {prober: icmp}\n  grpc: {prober: grpc}\n"
    more += "  host: {prober: http, http: {headers: {Host: a}}}\n"
    told = probing(HTTP + more, lambda scraper: scraper.get(query))
    assert told.status == status
    assert told.text.startswith(said)


def test_a_header_that_is_no_timeout_is_an_error() -> None:
    told = probing(HTTP, lambda s: s.get({"target": "127.0.0.1"}, X_Prometheus_Scrape_Timeout_Seconds="soon"))
    words = 'Failed to parse timeout from Prometheus header: strconv.ParseFloat: parsing "soon": invalid syntax\n'
    assert (told.status, told.text) == (500, words)


@pytest.mark.parametrize(
    ("header", "waits"), [("", None), ("10", 9_500), ("0.4", 400), ("0", None), ("-3", None), ("1e3", 999_500)]
)
def test_a_part_of_prometheus_timeout_is_kept_back(header: str, waits: int | None) -> None:
    assert read_timeout(header, 0.5) == waits


@pytest.mark.parametrize(
    ("timeout", "header", "at_most"), [("", "1.5", "1 s"), ("250ms", "1.5", "0.25 s"), ("250ms", "", "0.25 s")]
)
def test_the_shorter_of_both_timeouts_holds(timeout: str, header: str, at_most: str) -> None:
    text = HTTP + (f"    timeout: {timeout}\n" if timeout else "")
    headers = {"X_Prometheus_Scrape_Timeout_Seconds": header} if header else {}
    with Server(hang) as server:
        told = probing(text, lambda s: s.get({"target": server.url, "debug": "true"}, **headers))
    assert f"at most {at_most}\n" in told.text
    assert values(told.text.split("returned:\n")[1].split("\n\n\n")[0])["probe_success"] == 0


# --- Who may be asked -------------------------------------------------------------------------------------------------


def test_a_stranger_is_not_asked() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get({"target": server.url}), allowed=())
    assert (told.status, server.requests) == (403, [])
    assert told.text == "target '127.0.0.1' is neither in the inventory nor in web.probe_allow\n"


def test_a_name_is_no_way_around_the_list() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get({"target": f"http://localhost:{server.port}/"}), allowed=["192.0.2.0/24"])
    assert (told.status, server.requests) == (403, [])
    assert told.text.startswith("localhost leads to ")
    assert told.text.endswith("neither in the inventory nor in web.probe_allow\n")


@pytest.mark.parametrize(
    "target", ["http://2130706433:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/"]
)
def test_no_spelling_of_an_address_is_a_way_around_the_list(target: str) -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get({"target": target.format(port=server.port)}), allowed=["192.0.2.0/24"])
    assert (told.status, server.requests) == (403, [])


def test_a_redirect_is_no_way_around_the_list() -> None:
    with Server(answer(OK)) as inside:
        with Server(answer(redirect(f"http://127.0.0.2:{inside.port}/"))) as server:
            told = probing(HTTP, lambda s: s.get({"target": server.url}), allowed=["127.0.0.1"])
        assert (told.status, inside.requests) == (403, [])
    assert "127.0.0.2" in told.text


def test_a_name_that_leads_nowhere_is_a_stranger_too_unless_it_is_known() -> None:
    target = {"target": "http://nobody.invalid/"}
    told = probing(HTTP, lambda s: s.get(target))
    assert (told.status, "nobody.invalid" in told.text) == (403, True)
    known = probing(HTTP, lambda s: s.get(target), allowed=["*.invalid"])
    assert (known.status, values(known.text)["probe_success"]) == (200, 0)


def test_a_check_of_the_inventory_may_be_asked() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get({"target": server.url}), allowed=(), inventory=watching(server.url))
    assert (told.status, values(told.text)["probe_success"]) == (200, 1)


def test_a_stranger_behind_a_proxy_is_not_asked() -> None:
    with Server(answer(OK)) as proxy:
        text = f"{HTTP}    http: {{proxy_url: {proxy.url}, skip_resolve_phase_with_proxy: true}}\n"
        told = probing(text, lambda s: s.get({"target": "http://intranet.example/"}))
    assert (told.status, proxy.requests) == (403, [])


# --- Parameters -------------------------------------------------------------------------------------------------------


def test_hostname_is_who_is_meant(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    text = f"{HTTP}    http: {{tls_config: {{ca_file: {authority.file}}}}}\n"
    with Server(answer(OK), authority.server("portail.example")) as server:
        told = probing(text, lambda s: s.get({"target": server.url, "hostname": "portail.example"}))
        other = probing(text, lambda s: s.get({"target": server.url, "hostname": "other.example"}))
    assert values(told.text)["probe_success"] == 1
    assert b"\r\nHost: portail.example\r\n" in server.requests[0]
    assert values(other.text)["probe_success"] == 0


def test_debug_tells_what_happened_and_shows_no_secret() -> None:
    with Server(answer_by_path({"/": OK})) as server:
        told = probing(POST, lambda s: s.get({"target": server.url, "module": "post", "debug": "true"}))
    logs, metrics, module = told.text.split("\n\n\n\n")
    assert (told.status, told.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert logs.startswith(f"Logs for the probe:\nBeginning probe: http of {server.url}, at most 5 s\n")
    assert "answer: 200" in logs
    assert metrics.startswith("Metrics that would have been returned:\n# HELP probe_dns_lookup_time_seconds ")
    assert module.startswith("Module configuration:\n# post (blackbox.yml:2)\nprober: http\ntimeout: 5s\nhttp:\n")
    assert "method: POST" in module
    assert "hidden" not in told.text
    assert b"hidden-key" in server.requests[0]


def test_a_password_in_a_target_is_not_shown() -> None:
    with Server(answer(OK)) as server:
        url = server.url.replace("//", "//user:hidden@")
        told = probing(HTTP, lambda s: s.get({"target": url, "debug": "true"}))
    assert f"http of {server.url}, at most" in told.text
    assert "hidden" not in told.text


def test_of_a_parameter_that_comes_twice_the_first_counts() -> None:
    with Server(answer(OK)) as server:
        told = probing(HTTP, lambda s: s.get([("target", server.url), ("target", "http://192.0.2.1/")]))
    assert values(told.text)["probe_success"] == 1


# --- Faults of ours ---------------------------------------------------------------------------------------------------


class Broken:
    """A collector that cannot look, or has nothing to say."""

    def __init__(self, reading: Reading | None = None) -> None:
        self._reading = reading

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def collect(self, check: Check, *, verbose: bool = False) -> Reading:
        if self._reading is None:
            raise CollectError(Reason.CREDENTIAL, "the CA file cannot be read")
        return self._reading


def ask_broken(reading: Reading | None = None, **query: str) -> Answer:
    query = {"target": "127.0.0.1", **query}
    return probing(HTTP, lambda s: s.get(query), collectors={"http": Broken(reading)})


def test_a_fault_of_ours_is_not_the_targets() -> None:
    told = ask_broken()
    assert (told.status, told.text) == (503, "netmon could not look: credential: the CA file cannot be read\n")
    debug = ask_broken(debug="true")
    assert debug.status == 503
    assert "# none: netmon could not look: credential: the CA file cannot be read\n" in debug.text
    assert "probe_success" not in debug.text


def test_while_netmon_starts_it_says_so() -> None:
    told = probing(HTTP, lambda s: s.get({"target": "127.0.0.1"}), collectors={})
    assert (told.status, told.text) == (503, "netmon could not look: not_polled: netmon is only just starting\n")


def test_success_and_duration_are_always_told_and_what_is_only_netmons_never() -> None:
    own = Family("netmon_probe_reason", "gauge", "", ("reason",), (("slow",),), (1,))
    extra = Family("probe_loss_ratio", "gauge", "", (), ((),), (0.5,))
    told = ask_broken(Reading(State.DEGRADED, Reason.SLOW, "", (own, extra)))
    assert sorted(values(told.text)) == ["probe_duration_seconds", "probe_success"]
    assert values(told.text)["probe_success"] == 1


def test_the_stock_file_of_debian_can_be_used() -> None:
    path = Path("/etc/prometheus/blackbox.yml")
    if not path.exists():
        pytest.skip("needs /etc/prometheus/blackbox.yml, from Debian's package prometheus-blackbox-exporter")
    files = ProbeFiles()
    files.read(path, "blackbox.yml")
    assert files.problems == []
    assert {"http_2xx", "tcp_connect", "icmp"} <= set(files.library)
