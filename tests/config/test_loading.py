import dataclasses
import ssl
from pathlib import Path

import pytest

from netmon.config import Configuration, find, load
from netmon.errors import ConfigError
from netmon.model import Role, Service, SiteKind
from netmon.settings import HttpSettings, Secret, SnmpSettings
from tests.config.good import GOOD, OTHER_SECRET, SECRET, changed, problems, read, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    return read(tmp_path_factory.mktemp("good").resolve(), GOOD)


def test_settings_are_read(good: Configuration) -> None:
    assert (good.timezone, good.language, good.heartbeat, good.http_threads) == ("Europe/Paris", "fr", 10_000, 8)
    assert (good.web.host, good.web.port) == ("127.0.0.1", 8730)
    assert (good.source, good.files) == (Path("netmon.yml"), (Path("netmon.yml"), Path("more/web.yml")))
    assert good.data_dir.is_absolute()
    assert good.data_dir.name == "var"


def test_communes_and_sites_are_read(good: Configuration) -> None:
    begles = good.inventory.communes["Bègles"]
    assert (begles.insee, begles.siren, begles.population, begles.tile) == ("33039", "213300395", 31831, (4, 5))
    site = good.inventory.sites["begles-mairie"]
    assert (site.kind, site.commune, site.sensitive) == (SiteKind.TOWN_HALL, "Bègles", True)


def test_the_port_of_a_node_is_that_of_its_address_then_its_own_then_the_default(good: Configuration) -> None:
    assert {node.id: node.port for node in good.inventory.nodes.values()} == {
        "core-1": 161, "dist-1": 1161, "sw-begles-1": 162, "ups-1": 1161
    }  # fmt: skip


def test_a_node_has_an_snmp_check_unless_told_otherwise(good: Configuration) -> None:
    assert list(good.inventory.checks) == ["core-1/snmp", "dist-1/snmp", "sw-begles-1/snmp", "portail", "supervision"]
    check = good.inventory.checks["sw-begles-1/snmp"]
    assert check.labels == ("Bègles", "begles-mairie", "sw-begles-1", "snmp")
    assert (check.collector, check.target, check.via) == ("snmp", "sw-begles-1.example:162", ("dist-1", "core-1"))
    assert (check.interval, check.timeout, check.fall, check.rise) == (60_000, 1_500, 2, 1)
    node = good.inventory.nodes["sw-begles-1"]
    assert (node.name, node.role) == ("Commutateur de la mairie", Role.ACCESS_SWITCH)


def test_snmp_settings_are_the_nodes_over_the_shared_ones(good: Configuration) -> None:
    own = good.inventory.checks["sw-begles-1/snmp"].settings
    assert isinstance(own, SnmpSettings)
    assert (own.engine, own.retries, own.max_repetitions) == ("pysnmp", 2, 10)
    assert own.modules == ("system", "if_mib", "ups_mib")
    assert (own.credential.auth_protocol, own.credential.auth_password) == ("SHA256", Secret(OTHER_SECRET))
    assert (own.credential.priv_protocol, own.credential.priv_password) == ("AES", Secret(OTHER_SECRET))
    shared = good.inventory.checks["core-1/snmp"].settings
    assert isinstance(shared, SnmpSettings)
    assert (shared.engine, shared.modules, shared.max_repetitions) == ("netmon", ("system", "if_mib"), 25)
    assert (shared.credential.version, shared.credential.community) == ("2c", Secret(SECRET))


def test_credentials_can_be_asked_for_by_name(good: Configuration) -> None:
    found = {name: (one.version, one.username) for name, one in good.credentials.items()}
    assert found == {"lecture": ("2c", ""), "private": ("3", "netmon")}


def test_http_settings_are_read(good: Configuration) -> None:
    check = good.inventory.checks["portail"]
    assert check.labels == ("Bordeaux", "dc-lac", "", "portail")
    assert (check.target, check.via, check.fall) == ("https://portail.example/accueil", ("dist-1",), 3)
    settings = check.settings
    assert isinstance(settings, HttpSettings)
    assert dict(settings.headers) == {"Accept": "text/html", "Authorization": Secret(f"Bearer {SECRET}")}
    assert (settings.expected_status, settings.max_bytes, settings.slow) == ((200, 304), 65_536, 2_000)
    assert (settings.connect_to, settings.tls.min_days) == (("127.0.0.1", 8443), 30)


def test_a_check_on_a_node_stands_where_the_node_does_and_is_reached_through_it(good: Configuration) -> None:
    check = good.inventory.checks["supervision"]
    assert check.labels == ("Bègles", "begles-mairie", "sw-begles-1", "supervision")
    assert check.via == ("sw-begles-1",)


def test_a_star_stands_for_every_commune(good: Configuration) -> None:
    assert good.inventory.services["portail-citoyens"].communes == ("Bègles", "Bordeaux")
    assert good.inventory.services["ecoles"] == Service(
        "ecoles", "Réseau des écoles", "schools", ("Bègles",), "at_least(1, sw-begles-1/snmp, dist-1) and core-1"
    )


def test_a_contract_says_its_objective_in_percent(good: Configuration) -> None:
    contract = good.inventory.contracts["c-2026"]
    assert (contract.objective, contract.communes, contract.families) == (0.995, (), ())
    assert (contract.hours, contract.policy) == ("24/7", "icinga,unknown=up")
    office = good.inventory.contracts["c-bureau"]
    assert (office.objective, office.communes, office.families) == (0.999, ("Bordeaux",), ("web",))
    assert (office.hours, office.policy) == ("Mo-Fr 08:00-18:00; PH off", "contract")


def test_planned_works_are_in_the_configured_zone_unless_an_offset_is_given(good: Configuration) -> None:
    window = good.maintenance[0]
    assert (window.start, window.end) == (1_795_554_000_000, 1_795_568_400_000)
    assert window.end is not None
    assert window.end - window.start == 4 * 3_600_000


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "nodes:\nsites:\n", "{}", "\ufeffnodes: []\n"])
def test_a_configuration_with_no_nodes_at_all_is_valid(tmp_path: Path, text: str) -> None:
    configuration = read(tmp_path, {"netmon.yml": text})
    assert configuration.inventory.checks == {}
    assert (configuration.web.port, configuration.language) == (8730, "fr")
    assert configuration.data_dir == Path("/var/lib/netmon")


def test_values_are_what_their_keys_expect_not_what_they_look_like(tmp_path: Path) -> None:
    text = """\
communes: [{name: no, insee: 01234, population: 12, tile: [0, 0]}]
sites: [{id: 0815, name: 22:30, kind: pool, commune: no}]
snmp: {credential: on}
credentials: {on: {version: 1, community: "${file:secret}"}}
nodes: [{id: y, name: 1e3, site: 0815, role: other, address: 10.0.0.1}]
"""
    configuration = read(tmp_path, {"netmon.yml": text, "secret": "x"})
    assert configuration.inventory.communes["no"].insee == "01234"
    assert configuration.inventory.sites["0815"].name == "22:30"
    assert configuration.inventory.nodes["y"].name == "1e3"


def test_letters_with_accents_are_the_same_however_they_were_typed(tmp_path: Path) -> None:
    files = changed("commune: Bègles, sensitive", "commune: Be\u0300gles, sensitive")
    assert read(tmp_path, files).inventory.sites["begles-mairie"].commune == "Bègles"


def test_anchors_aliases_and_merges_work(tmp_path: Path) -> None:
    text = """\
communes: [{name: B, insee: "33039", population: 1, tile: [0, 0]}]
sites: [{id: s, name: S, kind: pool, commune: B}]
checks:
  - &web {id: a, site: s, interval: 1m, http: &http {url: "http://a.example/", slow: 1s}}
  - {<<: *web, id: b, http: {<<: *http, url: "http://b.example/"}}
  - {id: c, <<: [*web], http: *http}
"""
    checks = read(tmp_path, {"netmon.yml": text}).inventory.checks
    assert [check.interval for check in checks.values()] == [60_000] * 3
    assert [check.target for check in checks.values()] == [f"http://{name}.example/" for name in "aba"]


def test_ca_files_and_data_are_beside_the_file_that_says_them(tmp_path: Path) -> None:
    roots = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    if not Path(roots).exists():
        pytest.skip("needs the package ca-certificates")
    more = 'http: {ca_file: ca.pem}\ndata_dir: var\nchecks: [{id: a, http: {url: "https://a.example/"}}]\n'
    pem = Path(roots).read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    files = {"netmon.yml": "include: [sub/more.yml]", "sub/more.yml": more, "sub/ca.pem": pem}
    configuration = read(tmp_path, files)
    assert configuration.data_dir == tmp_path.resolve() / "sub" / "var"
    settings = configuration.inventory.checks["a"].settings
    assert isinstance(settings, HttpSettings)
    assert settings.tls.ca_file == str(tmp_path.resolve() / "sub" / "ca.pem")


def test_the_configuration_cannot_be_changed(good: Configuration) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        good.language = "en"  # type: ignore[misc]


def test_without_a_name_the_usual_places_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("netmon.config.loading.DEFAULT_PATHS", (Path("config/netmon.yml"), tmp_path / "etc.yml"))
    with pytest.raises(ConfigError, match=r"no configuration: expected config/netmon\.yml or .*, or a file after -c"):
        load()
    (tmp_path / "etc.yml").write_text("language: en\n")
    assert load().language == "en"
    write(tmp_path, {"config/netmon.yml": "language: fr\n"})
    assert find() == Path("config/netmon.yml")


def test_the_configuration_that_operators_copy_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    inventory = load().inventory
    assert len(inventory.communes) == 28
    assert len(inventory.nodes) >= 80
    assert {check.collector for check in inventory.checks.values()} == {"snmp", "http"}


def test_the_good_files_are_good(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


def test_works_may_repeat_and_nodes_may_accept_what_lldp_tells(tmp_path: Path) -> None:
    (tmp_path / "netmon.yml").write_text(
        """
communes: [{name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}]
sites: [{id: mairie, name: Mairie, kind: town_hall, commune: Bègles}]
nodes:
  - {id: core, site: mairie, role: core_router, address: 192.0.2.1, snmp: false}
  - {id: a, site: mairie, role: other, address: 192.0.2.2, snmp: false, uplinks: [core, b], accept_lldp: true}
  - {id: b, site: mairie, role: other, address: 192.0.2.3, snmp: false, uplinks: [a, core]}
maintenance:
  - {object: a, from: 2026-11-24 22:00, to: 2026-11-25 02:00, rrule: "FREQ=WEEKLY;BYDAY=TU", text: Sauvegarde}
  - {object: b, from: 2026-11-24 22:00, to: 2026-11-25 02:00, text: Recâblage}
""",
        "utf-8",
    )
    configuration = load(tmp_path / "netmon.yml")
    assert [window.object for window in configuration.maintenance] == ["b"]
    assert [(work.object, work.rule) for work in configuration.recurring] == [("a", "FREQ=WEEKLY;BYDAY=TU")]
    assert [node.accept_lldp for node in configuration.inventory.nodes.values()] == [False, True, False]
    assert configuration.inventory.nodes["b"].uplinks == ("a", "core")
