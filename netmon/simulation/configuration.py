"""The metropolis as configuration files: what the demo's daemon reads, and what an operator copies and edits.

Same metropolis, same bytes. Directories that are missing are made.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from netmon.clock import SECOND, Millis, to_datetime
from netmon.model import MaintenanceWindow, Role
from netmon.simulation.agreementtext import calendars, contracts
from netmon.simulation.metropolis import Device, Endpoint, Metropolis, node_check
from netmon.simulation.placement import Placement, wanted
from netmon.simulation.yamltext import Value, document, duration, flow

CREDENTIAL = "lecture"
COMMUNITY = "bordeaux-demo"
SECRET_FILE = "secrets/snmp-community"  # noqa: S105 - a file's name
CA_FILE = "demo-ca.pem"
WEB_FILE = "web.yml"
SCHEDULE = "hebdomadaire"
REFERENCES = ("core-lac-1", "core-pessac-1")
"""While neither answers, it is the demo's daemon that sees nothing: one in each data centre."""
FOLDER = "bordeaux-metropole"
SLOW: Millis = 1 * SECOND
_MODULES = {
    Role.ACCESS_SWITCH: ("system", "if_mib", "power_ethernet_mib"),
    Role.CORE_ROUTER: ("system", "if_mib", "entity_sensor_mib", "lldp_mib"),
    Role.DISTRIBUTION_ROUTER: ("system", "if_mib", "entity_sensor_mib", "lldp_mib"),
    Role.UPS: ("system", "if_mib", "ups_mib"),
}
"""What is read of a device, where it is more than the main file says."""
_ZONE = ZoneInfo("Europe/Paris")
_WEB_FILE = """\
# Who may ask, and how: the web configuration file of Prometheus' exporters. Read again when it changes: try it.

http_server_config:
  headers: {X-Content-Type-Options: nosniff, X-Frame-Options: SAMEORIGIN}
# basic_auth_users: {noc: "$2y$10$..."}     # htpasswd -nBC 10 noc
# tls_server_config: {cert_file: netmon.pem, key_file: netmon.key}
"""


def write_config(metropolis: Metropolis, directory: Path, placement: Placement | None = None) -> tuple[Path, ...]:
    """Write the inventory into ``directory``; without placement, where an idle machine would put everything.

    Raises:
        OSError: the directory cannot be written.
    """
    placement = placement or wanted(metropolis)
    documents = {
        "communes.yml": _communes(metropolis),
        "sites.yml": _sites(metropolis),
        "nodes.yml": _nodes(metropolis, placement),
        "checks.yml": _checks(metropolis, placement),
        "services.yml": _services(metropolis),
        "calendars.yml": calendars(),
        "contracts.yml": contracts(metropolis.contracts),
    }
    return tuple(_write(directory / name, text) for name, text in documents.items())


def write_maintenance(windows: Iterable[MaintenanceWindow], directory: Path) -> Path:
    """Write planned works as ``maintenance.yml``, in civil time of Paris with its offset.

    Raises:
        OSError: the directory cannot be written.
    """
    head = ("Planned works: while one lasts, its object's outages are not counted.",)
    records: list[Mapping[str, Value]] = [
        {
            "object": window.object,
            "from": to_datetime(window.start, _ZONE).isoformat(" ", "seconds"),
            "to": to_datetime(window.end, _ZONE).isoformat(" ", "seconds"),
            "text": window.text,
        }
        for window in windows
        if window.end is not None
    ]
    return _write(directory / "maintenance.yml", document(head, "maintenance", records))


def write_main(
    directory: Path,
    *,
    listen: str,
    data_dir: Path | str,
    language: str = "fr",
    interval: Millis = 10 * SECOND,
    timeout: Millis = 3 * SECOND,
) -> Path:
    """Write the demo's own ``netmon.yml`` with its secret; the agents' CA certificate is left there by the agents.

    Raises:
        OSError: the directory cannot be written.
    """
    secret = _write(directory / SECRET_FILE, COMMUNITY + "\n")
    secret.chmod(0o600)
    _write(directory / WEB_FILE, _WEB_FILE)
    credentials: Mapping[str, Value] = {CREDENTIAL: {"version": "2c", "community": f"${{file:{SECRET_FILE}}}"}}
    sections: Mapping[str, Value] = {
        "data_dir": str(data_dir),
        "timezone": "Europe/Paris",
        "language": language,
        "include": [f"{FOLDER}/*.yml"],
        "heartbeat": "10s",
        "web": {"listen": listen, "config_file": WEB_FILE},
        "defaults": {"interval": duration(interval), "timeout": duration(timeout), "fall": 2, "rise": 1},
        "snmp": {"credential": CREDENTIAL, "modules": ["system", "if_mib"]},
        "http": {"ca_file": CA_FILE},
        "vantage": {"references": [node_check(core) for core in REFERENCES]},
        "reports": {"schedules": [{"id": SCHEDULE, "every": "week", "on": "monday", "at": "06:00"}]},
        "credentials": credentials,
    }
    lines = ["# The main file of a demo, written by netmon demo. A start for your own is config/netmon.yml.", ""]
    lines += [f"{key}: {flow(value)}" for key, value in sections.items()]
    return _write(directory / "netmon.yml", "\n".join(lines) + "\n")


def _communes(metropolis: Metropolis) -> str:
    head = (
        "The 28 communes of Bordeaux Métropole.",
        "insee, siren: Code officiel géographique 2026; population: Insee, in force on 2026-01-01 (Licence Ouverte).",
        "tile: column and row on the tile map.",
    )
    records: list[Mapping[str, Value]] = [
        {"name": c.name, "insee": c.insee, "siren": c.siren, "population": c.population, "tile": c.tile}
        for c in metropolis.communes
    ]
    return document(head, "communes", records)


def _sites(metropolis: Metropolis) -> str:
    head = ("Sites: the buildings and places that are watched. Sensitive ones are left out of what the public sees.",)
    records: list[Mapping[str, Value]] = [
        {"id": s.id, "name": s.name, "kind": s.kind.value, "commune": s.commune}
        | ({"sensitive": True} if s.sensitive else {})
        for s in metropolis.sites.values()
    ]
    return document(head, "sites", records)


def _nodes(metropolis: Metropolis, placement: Placement) -> str:
    head = (
        "Nodes: the devices, polled over SNMP with the credential of the main file.",
        "uplinks: nodes any one of which is enough to reach it; without any it is a root.",
        "The addresses are those of the simulation: put your own.",
    )
    return document(head, "nodes", [_node(device, placement) for device in metropolis.devices.values()])


def _node(device: Device, placement: Placement) -> Mapping[str, Value]:
    host, port = placement.nodes[device.id]
    record: dict[str, Value] = {
        "id": device.id,
        "site": device.site,
        "role": device.role.value,
        "address": f"{host}:{port}",
    }
    if device.uplinks:
        record["uplinks"] = device.uplinks
    if device.role in _MODULES:
        record["snmp"] = {"modules": _MODULES[device.role]}
    return record


def _checks(metropolis: Metropolis, placement: Placement) -> str:
    head = (
        "Checks: the web sites, each with the words its page must show.",
        "connect_to: where the simulation answers for the name; leave it out for real sites.",
        "via: the node a site stands behind; while it is cut off, so is the site.",
        "steps: a journey over several pages; what a step extracts, later ones use.",
    )
    return document(head, "checks", [_check(endpoint, placement) for endpoint in metropolis.endpoints.values()])


def _check(endpoint: Endpoint, placement: Placement) -> Mapping[str, Value]:
    host, port = placement.endpoints[endpoint.id]
    where: dict[str, Value] = {"site": endpoint.site} if endpoint.site else {"commune": endpoint.commune}
    page: dict[str, Value] = {"url": endpoint.url, "connect_to": f"{host}:{port}", "body_regex": endpoint.phrase}
    asked = {**page, "slow": duration(SLOW)} if not endpoint.behind else _journey(endpoint, f"{host}:{port}")
    return {"id": endpoint.id, **where, "via": [endpoint.host], "http": asked}


def _journey(endpoint: Endpoint, address: str) -> Mapping[str, Value]:
    """The page, then the one its form leads to, as somebody goes who has an errand there."""
    found: Value = {"form": {"css": "form#suite", "attribute": "action"}}
    return {
        "connect_to": address,
        "slow": duration(SLOW),
        "steps": [
            {"name": "accueil", "url": endpoint.url, "body_regex": endpoint.phrase, "extract": found},
            {"name": "choix", "url": "{{form}}", "body_regex": endpoint.behind},
        ],
    }


def _services(metropolis: Metropolis) -> str:
    head = (
        "Services: what citizens and agents use, as expressions over checks and nodes.",
        'communes: those it counts for; "*" means all.',
    )
    everyone = tuple(commune.name for commune in metropolis.communes)
    records: list[Mapping[str, Value]] = [
        {
            "id": s.id,
            "name": s.name,
            "family": s.family,
            "communes": "*" if s.communes == everyone else s.communes,
            "expression": s.expression,
        }
        for s in metropolis.services
    ]
    return document(head, "services", records)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
