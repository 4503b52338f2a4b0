"""Good targets among hostile ones, in one daemon: the hostile are named, the good are polled on time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netmon import ber
from tests.collectors.http.servers import OK, Server, answer, drip, flood, hang
from tests.collectors.snmp.agents import Agent, Mib, Request, response, switch
from tests.daemon.daemon import configuration, daemon
from tests.peers.programs import fetch, fetch_json, wait_for

GOOD_NODES, GOOD_SITES = 6, 6
EXPECTED = {
    "silent/snmp": {"timeout"},
    "garbage/snmp": {"garbage", "timeout"},
    "endless/snmp": {"oid_loop", "too_large", "timeout", "partial"},
    "hang": {"timeout"},
    "dripping": {"timeout"},
    "bottomless": {"too_large", "timeout"},
    "headers": {"timeout", "protocol", "too_large"},
    "nonsense": {"protocol"},
}


def endless(message: bytes) -> list[bytes]:
    """Whatever is walked, more rows follow, for ever."""
    request = Request(message)
    if request.pdu == ber.GET_REQUEST:
        return Mib(switch(1))(message)
    name = request.names[0]
    column, row = (name[:-1], name[-1]) if name[-2] > 1_000_000 else ((*name, 1_000_001), 0)
    rows = ((*column, number) for number in range(row + 1, row + 51))
    return [response(request, [(each, ber.INTEGER, b"\x01") for each in rows])]


@contextlib.contextmanager
def neighbours() -> Iterator[dict[str, int]]:
    """Every kind of target; its port by the name of its check."""
    with contextlib.ExitStack() as stack:
        agents = {
            "silent": lambda _: [],
            "garbage": lambda _: [b"\x30\x82garbage"],
            "endless": endless,
        }
        agents |= {f"good-{number}": Mib(switch(4)) for number in range(GOOD_NODES)}
        servers = {
            "hang": hang,
            "dripping": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
            "bottomless": flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536),
            "headers": drip(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n"),
            "nonsense": answer(b"220 mail.example ESMTP\r\n"),
        }
        servers |= {f"site-{number}": answer(OK) for number in range(GOOD_SITES)}
        ports = {f"{name}/snmp": stack.enter_context(Agent(say)).port for name, say in agents.items()}
        yield ports | {name: stack.enter_context(Server(talk)).port for name, talk in servers.items()}


def written(ports: dict[str, int]) -> str:
    lines = ['credentials: {c: {version: 2c, community: "${file:community}"}}', "snmp: {credential: c, retries: 1}"]
    nodes = [
        f'  - {{id: {name.removesuffix("/snmp")}, site: mairie, role: access_switch, address: "127.0.0.1:{port}"}}'
        for name, port in ports.items()
        if name.endswith("/snmp")
    ]
    checks = [
        f'  - {{id: {name}, site: mairie, http: {{url: "http://127.0.0.1:{port}/"}}}}'
        for name, port in ports.items()
        if not name.endswith("/snmp")
    ]
    return "\n".join([*lines, "nodes:", *nodes, "checks:", *checks]) + "\n"


def problems(port: int) -> dict[str, str]:
    document: Any = fetch_json(f"http://127.0.0.1:{port}/api/v1/status") or {"problems": []}
    return {problem["id"]: problem["reason"] for problem in document["problems"]}


def samples(text: str, name: str) -> dict[str, float]:
    found = {}
    for line in text.splitlines():
        if line.startswith(name + "{"):
            labels, _, value = line.partition("} ")
            node, check = (labels.split(f'{key}="')[1].split('"')[0] for key in ("node", "check"))
            found[f"{node}/{check}" if node else check] = float(value)
    return found


def test_hostile_targets_are_named_and_harm_no_other(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("public")
    with neighbours() as ports:
        file, port = configuration(tmp_path, written(ports))
        with daemon(file, port):
            wait_for(lambda: len(problems(port)) >= len(EXPECTED), 30)
            named = problems(port)
            text = fetch(f"http://127.0.0.1:{port}/metrics") or ""
    for name, reasons in EXPECTED.items():
        shown = named.get(name) or named.get(name.removesuffix("/snmp"))
        assert shown in reasons, (name, shown)
    up = samples(text, "netmon_check_up")
    good = {name for name in ports if name.startswith(("good-", "site-"))}
    assert {name for name, value in up.items() if value == 1} - {"endless/snmp"} == good, "what it did answer is kept"
    assert {name for name in samples(text, "netmon_check_failures_total") if name in good} == good
    assert all(value == 0 for name, value in samples(text, "netmon_check_failures_total").items() if name in good)
    assert 'netmon_polls_skipped_total{why="missed"} 0.0' in text
    assert "Traceback" not in (tmp_path / "program.log").read_text()
