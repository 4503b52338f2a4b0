"""Inventories from elsewhere become configuration that loads; ours becomes targets that Prometheus takes."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.cli import main
from netmon.cli.foreign import in_clear
from netmon.cli.found import Draft, Wishes
from netmon.cli.sources import from_csv, from_groups
from netmon.config import load
from netmon.errors import UsageError
from netmon.model import Inventory
from tests.exporters.snapshots import AMBES, BEGLES, make_snapshot

BASE = """include: [imported*.yml]
credentials: {lecture: {version: 2c, community: "${file:community}"}}
snmp: {credential: lecture}
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
  - {name: Ambès, insee: "33004", population: 3300, tile: [5, 0]}
sites:
  - {id: mairie-begles, name: Hôtel de ville, kind: town_hall, commune: Bègles}
"""
CSV = """Nom;Adresse;Commune;Site;Rôle;Uplinks
SW Bègles 1;192.0.2.10;begles;Hôtel de ville;core_router;
SW Bègles 2;192.0.2.11:1161;Bègles;Hôtel de ville;edge;SW Bègles 1

AP école;[2001:db8::7]:161;Ambès;École « du Bourg »;;sw-begles-1, sw-begles-2
Portail;https://portail.example/a?b=1;Bègles;;;
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "community").write_text("public\n")
    (tmp_path / "netmon.yml").write_text(BASE, encoding="utf-8")
    return tmp_path


def imported(base: Path, *arguments: str) -> Inventory:
    """What is watched once the import's result is included."""
    files = ("-c", str(base / "netmon.yml"), "-o", str(base / "imported.yml"))
    assert main(["inventory", "import", *arguments, *files]) == 0
    return load(base / "netmon.yml").inventory


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_becomes_configuration_that_loads(
    base: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (base / "a.csv").write_bytes(CSV.replace("\n", "\r\n").encode(encoding))
    inventory = imported(base, "csv", str(base / "a.csv"), "--role", "edge=access_switch", "--credential", "lecture")
    told = {node.id: (node.site, node.role.value, node.address, node.port) for node in inventory.nodes.values()}
    assert told == {
        "sw-begles-1": ("mairie-begles", "core_router", "192.0.2.10", 161),
        "sw-begles-2": ("mairie-begles", "access_switch", "192.0.2.11", 1161),
        "ap-ecole": ("ecole-du-bourg", "other", "2001:db8::7", 161),
    }
    assert inventory.nodes["ap-ecole"].uplinks == ("sw-begles-1", "sw-begles-2")
    assert inventory.sites["ecole-du-bourg"].commune == "Ambès"
    assert inventory.checks["portail"].target == "https://portail.example/a?b=1"
    assert capsys.readouterr().err == "3 nodes, 1 checks and 2 new sites\n"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,commune\na,b\n", ":1: no column for addresses: expected address, adresse, ip, target, cible, url"),
        ("", ":1: no column for addresses"),
        ("address,commune\n192.0.2.1,Bègle\n", ":2: no commune is called 'Bègle'"),
        ("address\n192.0.2.1\n", ":2: no commune: give one for all with --commune"),
        ("name,address,commune\na,192.0.2.1,Bègles\nA,192.0.2.2,Bègles\n", ":3: the id 'a' is taken by "),
        ("name,address,commune\nmairie-begles,192.0.2.1,Bègles\n", "the id 'mairie-begles' is taken by the config"),
        (
            "name,address,commune\na,192.0.2.1 ; rm,Bègles\n",
            "IPv6), found '192.0.2.1 ; rm'",
        ),
        ("name,address,commune\n???,192.0.2.1,Bègles\n", ":2: no id can be made of '???'"),
        ("name,address,commune\na,192.0.2.1,Bègles,x\n", ":2: more values than the head has columns"),
        ("name,address,commune,uplinks\na,192.0.2.1,Bègles,nobody\n", "a: the uplink 'nobody' is no device found"),
        ('name,address,commune\n"a\x00"x,192.0.2.1,Bègles\n', ":"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_line(
    base: Path, table: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (base / "a.csv").write_text(table, encoding="utf-8")
    assert main(["inventory", "import", "csv", str(base / "a.csv"), "-c", str(base / "netmon.yml")]) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


@given(st.binary(max_size=200) | st.text('nameadrscou,;\n"0123456789.è\t', max_size=200).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_any_table_is_refused_in_one_line_or_becomes_configuration_that_loads(content: bytes) -> None:
    draft, refusal = Draft(None, Wishes(commune="Bègles")), ""
    try:
        for found in from_csv(b"name,address,site,uplinks\nsw-1,192.0.2.1\n" + content, "a.csv"):
            draft.add(found)
        text = draft.text("a.csv")
    except UsageError as error:
        refusal, text = str(error), ""
    assert refusal.isprintable()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "community").write_text("public")
        (Path(folder) / "netmon.yml").write_text(BASE, encoding="utf-8")
        (Path(folder) / "imported.yml").write_text(text, encoding="utf-8")
        assert ("sw-1" in load(Path(folder) / "netmon.yml").inventory.nodes) is bool(text)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({}, "sd: expected a list of groups"),
        ([3], "sd: [0]: expected 'targets', a list of texts"),
        ([{"targets": [1]}], "sd: [0]: expected 'targets', a list of texts"),
        ([{"targets": [], "labels": {"a": 1}}], "sd: [0]: expected 'labels', names with texts"),
        (
            [{"targets": ["a"], "labels": {"__meta_netmon_collector": "dns"}}],
            "sd: [0].targets[0]: a check of kind 'dns' cannot be made of a target alone",
        ),
    ],
)
def test_groups_that_cannot_be_used_are_one_clear_line(groups: Any, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        list(from_groups(groups, "sd"))
    assert str(refused.value).startswith(message)


def test_targets_in_yaml_become_nodes_and_checks(base: Path) -> None:
    (base / "sd.yml").write_text(
        "- targets: ['192.0.2.1', '192.0.2.2']\n  labels: {commune: Bègles, site: Dépôt, role: ups}\n"
        "- targets: ['https://a.example/']\n  labels: {commune: Bègles, name: site web}\n",
        encoding="utf-8",
    )
    inventory = imported(base, "file_sd", str(base / "sd.yml"))
    assert {node.id: node.role.value for node in inventory.nodes.values()} == {"192.0.2.1": "ups", "192.0.2.2": "ups"}
    assert inventory.checks["site-web"].collector == "http"
    (base / "sd.yml").write_text("- targets: ['db.example:5432']\n", encoding="utf-8")
    inventory = imported(base, "file_sd", str(base / "sd.yml"), "--as", "tcp", "--commune", "Ambès")
    assert [check.target for check in inventory.checks.values()] == ["db.example:5432"]


def test_importing_again_brings_the_file_up_to_date_and_tells_what_changed(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = base / "a.csv"
    head = "name,address,commune,site\n"
    rows = ["sw-1,192.0.2.1,Bègles,École\n", "sw-2,192.0.2.2,Ambès,École\n", "sw-3,192.0.2.3,Ambès,Crèche\n"]
    table.write_text(head + "".join(rows), encoding="utf-8")
    before = imported(base, "csv", str(table))
    capsys.readouterr()
    assert imported(base, "csv", str(table)).nodes == before.nodes
    assert capsys.readouterr().err.splitlines()[1:] == ["nothing else than before"]
    changed = ["sw-4,192.0.2.4,Ambès,École\n", rows[1].replace("192.0.2.2", "192.0.2.9"), rows[0]]
    table.write_text(head + "".join(changed), encoding="utf-8")
    after = imported(base, "csv", str(table))
    assert {node.id: node.address for node in after.nodes.values()} == {
        "sw-4": "192.0.2.4", "sw-2": "192.0.2.9", "sw-1": "192.0.2.1",
    }  # fmt: skip
    assert after.nodes["sw-1"].site == before.nodes["sw-1"].site == "ecole"
    assert after.nodes["sw-2"].site == before.nodes["sw-2"].site == "ambes-ecole"
    assert capsys.readouterr().err.splitlines()[1:5] == [
        "removed site creche", "removed node sw-3", "added node sw-4", "changed node sw-2: address",
    ]  # fmt: skip


def test_an_import_overwrites_nothing_but_an_import(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (base / "a.csv").write_text("address,commune\n192.0.2.1,Bègles\n", encoding="utf-8")
    main_file = str(base / "netmon.yml")
    assert main(["inventory", "import", "csv", str(base / "a.csv"), "-c", main_file, "-o", main_file]) == 64
    assert "is there already, and no import made it" in capsys.readouterr().err
    assert (base / "netmon.yml").read_text(encoding="utf-8") == BASE


def test_every_mistake_of_a_table_is_told_at_once_and_what_is_odd_is_noted(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["sw-1,192.0.2.1,Bègles", "sw-2,,Bègles", "sw-3,192.0.2.1,Bègles", "sw-4,192.0.2.4,Nantes"]
    arguments = ["inventory", "import", "csv", str(base / "a.csv"), "-c", str(base / "netmon.yml")]
    (base / "a.csv").write_text("\n".join(["name,address,commune", *rows, *[",x,"] * 30]), encoding="utf-8")
    assert main(arguments) == 64
    out, err = capsys.readouterr()
    told = err.splitlines()
    assert out == ""
    assert told[0].endswith("a.csv:3: no address")
    assert told[1].endswith("a.csv:5: no commune is called 'Nantes'")
    assert (len(told), told[-1]) == (21, "… and 12 more")
    (base / "a.csv").write_text("\n".join(["name\taddress\tcommune", rows[0], rows[2]]).replace(",", "\t"), "utf-16")
    assert main(arguments) == 0
    assert "a.csv:3: 'sw-3' has the address of 'sw-1'\n" in capsys.readouterr().err


# --- NetBox and http_sd -----------------------------------------------------------------------------------------------


class FakeNetBox(BaseHTTPRequestHandler):
    """Answers the two lists that are asked for, in pages of two, to whoever has the token."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        kind = parts.path.removeprefix("/api/dcim/").strip("/")
        if parts.path == "/elsewhere/api/dcim/sites/":
            self._answer(302, {}, Location="http://127.0.0.1:1/")
        elif parts.path.startswith("/odd/"):
            self._answer(200, {"results": [1]})
        elif parts.path == "/sd":
            self._answer(200, [{"targets": ["192.0.2.9"], "labels": {"commune": "Bègles", "node": "sw-9"}}])
        elif self.headers["Authorization"] not in {"Token 0123456789", "Bearer nbt_key.token"}:
            self._answer(403, {"detail": "no"})
        elif kind == "devices" and query.get("status") != "active":
            self._answer(400, {})
        else:
            self._page(SITES if kind == "sites" else DEVICES, int(query["offset"]))

    def _page(self, records: list[dict[str, Any]], offset: int) -> None:
        after = offset + 2
        self._answer(
            200,
            {
                "count": len(records),
                "next": "http://internal.example/api/?limit=2" if after < len(records) else None,
                "results": records[offset:after],
            },
        )

    def _answer(self, status: int, document: Any, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


SITES: list[dict[str, Any]] = [
    {"id": 1, "name": "Hôtel de ville", "region": {"name": "Bègles"}, "custom_fields": {"commune": "Ambès"}},
    {"id": 2, "name": "Dépôt", "region": {"name": "Ambès"}, "custom_fields": {"commune": "Ambès"}},
    {"id": 3, "name": "Nulle part", "region": None, "custom_fields": {}},
]
DEVICES: list[dict[str, Any]] = [
    {"id": 10, "name": "sw-1", "site": {"id": 1, "name": "Hôtel de ville"}, "role": {"slug": "access-switch"},
     "primary_ip": {"address": "192.0.2.1/24"}},
    {"id": 11, "name": "sw-2", "site": {"id": 2, "name": "Dépôt"}, "device_role": {"slug": "cœur"},
     "primary_ip4": {"address": "192.0.2.2/24"}},
    {"id": 12, "name": "sans adresse", "site": {"id": 2, "name": "Dépôt"}, "role": None, "primary_ip": None},
    {"id": 13, "name": None, "display": "Onduleur 3", "site": {"id": 2, "name": "Dépôt"}, "role": {"slug": "ups"},
     "primary_ip": {"address": "2001:db8::1/64"}},
    {"id": 14, "name": "sw-5", "site": {"id": 1, "name": "Hôtel de ville"}, "role": {"slug": "ups"},
     "primary_ip": {"address": "192.0.2.5/24"}},
]  # fmt: skip


@pytest.fixture
def netbox() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeNetBox) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("token", ["0123456789", "nbt_key.token"])
def test_the_pages_of_a_netbox_become_configuration(
    base: Path, netbox: str, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", token)
    inventory = imported(base, "netbox", netbox, "--token", "${env:NETBOX_TOKEN}")
    told = {node.id: (node.site, node.role.value, node.address) for node in inventory.nodes.values()}
    assert told == {
        "sw-1": ("mairie-begles", "access_switch", "192.0.2.1"),
        "sw-2": ("depot", "other", "192.0.2.2"),
        "onduleur-3": ("depot", "ups", "2001:db8::1"),
        "sw-5": ("mairie-begles", "ups", "192.0.2.5"),
    }
    assert inventory.nodes["onduleur-3"].name == "Onduleur 3"
    assert capsys.readouterr().err.splitlines() == [
        "role 'cœur' is not one of netmon's: taken as 'other' (--role mends it)",
        "4 nodes, 0 checks and 1 new sites",
        "1 devices have no primary address and were left out",
    ]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://netbox.example/", True),
        ("http://192.0.2.1:8000/", True),
        ("https://netbox.example/", False),
        ("http://localhost:8000/", False),
        ("http://[::1]:8000/", False),
    ],
)
def test_where_somebody_on_the_way_could_read_a_token_is_known(url: str, told: bool) -> None:
    assert in_clear(url) is told


def test_a_custom_field_may_tell_the_commune(base: Path, netbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "0123456789")
    arguments = ("--token", "${env:NETBOX_TOKEN}", "--commune-field", "commune")
    inventory = imported(base, "netbox", netbox, *arguments)
    assert {inventory.sites[node.site].commune for node in inventory.nodes.values()} == {"Ambès"}


@pytest.mark.parametrize(
    ("path", "arguments", "code", "message"),
    [
        ("", (), 69, "HTTP status 403 (the token is missing, or not good for this)"),
        ("/elsewhere", (), 69, "HTTP status 302 (a redirect, which is not followed: give the address it leads to)"),
        ("/odd", (), 69, "what answers is no NetBox: expected a page of results"),
        ("", ("--token", "0123456789"), 64, "--token: expected a reference: ${file:…}, ${env:…} or ${credential:…}"),
        ("", ("--token", "${env:NOBODY_SET_IT}"), 64, "--token: the environment variable NOBODY_SET_IT is not set"),
        ("", ("--role", "a=b"), 64, "--role a=b: expected WORD=ROLE, with one of core_router"),
    ],
)
def test_a_netbox_that_cannot_be_used_is_one_clear_line(
    base: Path, netbox: str, path: str, arguments: tuple[str, ...], code: int, message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    asked = ["inventory", "import", "netbox", f"{netbox}{path}", *arguments, "-c", str(base / "netmon.yml")]
    assert main(asked) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err
    assert "0123456789" not in err


@pytest.mark.parametrize("kind", ["netbox", "http_sd"])
@pytest.mark.parametrize("token", [(), ("--token", "${env:NETBOX_TOKEN}")])
def test_what_is_no_address_over_http_is_not_asked(
    base: Path, kind: str, token: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "0123456789")
    (base / "targets.json").write_text("[]")
    asked = ["inventory", "import", kind, f"file://{base}/targets.json", *token, "-c", str(base / "netmon.yml")]
    assert main(asked) == 64
    assert capsys.readouterr().err == "expected a URL, http://… or https://…\n"


def test_targets_over_http_become_configuration(base: Path, netbox: str) -> None:
    inventory = imported(base, "http_sd", f"{netbox}/sd")
    (node,) = inventory.nodes.values()
    assert (node.id, node.address, node.site) == ("sw-9", "192.0.2.9", "begles")


# --- Out --------------------------------------------------------------------------------------------------------------


def test_what_one_netmon_exports_another_imports(base: Path, tmp_path: Path) -> None:
    main_file = Path("config/netmon.yml")
    targets = tmp_path / "targets.json"
    arguments = ["--collector", "snmp", "--collector", "http", "-c", str(main_file), "-o", str(targets)]
    assert main(["inventory", "export", "file_sd", *arguments]) == 0
    theirs = load(main_file).inventory
    communes = "communes:\n" + Path("config/bordeaux-metropole/communes.yml").read_text().partition("communes:\n")[2]
    text = BASE.partition("communes:")[0] + communes
    (base / "netmon.yml").write_text(text, encoding="utf-8")
    ours = imported(base, "file_sd", str(targets))
    assert {node.id: (node.address, node.port, node.role, node.uplinks) for node in ours.nodes.values()} == {
        node.id: (node.address, node.port, node.role, node.uplinks)
        for node in theirs.nodes.values()
        if any(check.node == node.id and check.collector == "snmp" for check in theirs.checks.values())
    }
    assert {check.target for check in ours.checks.values()} == {
        check.target for check in theirs.checks.values() if check.collector in {"snmp", "http"}
    }


def discovered(folder: Path, job: str, make: Callable[[int], str]) -> list[dict[str, Any]]:
    """The targets that a real Prometheus with the configuration ``make`` (port) finds for ``job`` at our /sd."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool (Debian: prometheus)")
    snapshot = make_snapshot([BEGLES, AMBES])

    def ask(port: int) -> list[dict[str, Any]]:
        (folder / "prometheus.yml").write_text(make(port))
        done = subprocess.run(
            [promtool, "check", "service-discovery", "--timeout=3s", str(folder / "prometheus.yml"), job],
            capture_output=True, check=True,
        )  # fmt: skip
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    async def run() -> list[dict[str, Any]]:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None))
        await server.start()
        try:
            return await asyncio.to_thread(ask, server.port)
        finally:
            await server.stop()

    return asyncio.run(run())


@pytest.mark.peer
def test_prometheus_takes_our_targets(tmp_path: Path) -> None:
    def make(port: int) -> str:
        relabel = [{"source_labels": ["__address__"], "target_label": "__param_target"}]
        url = f"http://127.0.0.1:{port}/sd/prometheus?collector=snmp&commune=Amb%C3%A8s"
        jobs = [{"job_name": "n", "http_sd_configs": [{"url": url}], "relabel_configs": relabel}]
        return json.dumps({"scrape_configs": jobs})

    found = discovered(tmp_path, "n", make)
    assert {target["discoveredLabels"]["__meta_netmon_check_id"] for target in found} == {
        "sw-c33004-1/snmp", "sw-c33004-2/snmp",
    }  # fmt: skip
    labels = {target["labels"]["node"]: target["labels"] for target in found}["sw-c33004-1"]
    assert (labels["commune"], labels["check"]) == ("Ambès", "snmp")
    assert not any(name.startswith("__meta") for name in labels)


@pytest.mark.peer
@pytest.mark.parametrize(("job", "collector", "module"), [("devices", "snmp", None), ("websites", "http", "http_2xx")])
def test_the_shipped_configuration_asks_targets_for_what_they_are(
    job: str, collector: str, module: str | None, tmp_path: Path
) -> None:
    """Of devices the targets themselves tell the modules: the configuration does not replace them."""
    shipped = Path("config/prometheus/prometheus.yml").read_text()
    found = discovered(tmp_path, job, lambda port: shipped.replace("127.0.0.1:8730", f"127.0.0.1:{port}"))
    assert {target["discoveredLabels"]["__meta_netmon_collector"] for target in found} == {collector}
    assert {target["labels"].get("__param_module") for target in found} == {module}
    assert all(target["labels"]["__param_target"] == target["labels"]["instance"] for target in found)


def test_a_collector_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inventory", "export", "file_sd", "--collector", "snmpp", "-c", "config/netmon.yml"]) == 64
    assert "--collector snmpp: expected" in capsys.readouterr().err
