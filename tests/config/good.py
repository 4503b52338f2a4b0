"""A configuration in which everything stands once, and what reading a variant of it says."""

import os
from collections.abc import Mapping
from pathlib import Path

from netmon.config import Configuration, load
from netmon.errors import ConfigError

SECRET = "Tr0ub4dor&3-never-shown"
OTHER_SECRET = "c0rrect-h0rse-battery"

MAIN = """\
data_dir: var
timezone: Europe/Paris
language: fr
heartbeat: 10s
include: [more/*.yml]
web: {listen: "127.0.0.1:8730"}
defaults: {interval: 30s, timeout: 5s, fall: 2, rise: 1}
snmp: {credential: lecture, port: 1161, retries: 2}
http: {threads: 8}
credentials:
  lecture: {version: 2c, community: "${file:secret}"}
  private:
    version: 3
    username: netmon
    auth: {protocol: SHA256, password: "${env:NETMON_TEST_SECRET}"}
    priv: {protocol: AES, password: "${credential:privacy}"}
communes:
  - {name: Bègles, insee: "33039", siren: "213300395", population: 31831, tile: [4, 5]}
  - {name: Bordeaux, insee: "33063", population: 265328, tile: [3, 3]}
sites:
  - {id: begles-mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles, sensitive: true}
  - {id: dc-lac, name: Centre de données, kind: data_centre, commune: Bordeaux}
nodes:
  - {id: core-1, site: dc-lac, role: core_router, address: "192.0.2.1:161"}
  - {id: dist-1, site: dc-lac, role: distribution_router, address: 192.0.2.2, uplinks: [core-1]}
  - id: sw-begles-1
    name: Commutateur de la mairie
    site: begles-mairie
    role: access_switch
    address: sw-begles-1.example
    uplinks: [dist-1, core-1]
    snmp: {credential: private, modules: [system, if_mib, ups_mib], engine: pysnmp, port: 162, max_repetitions: 10}
    interval: 60s
    timeout: 1500ms
  - {id: ups-1, site: dc-lac, role: ups, address: "2001:db8::1", snmp: false}
"""

MORE = """\
checks:
  - id: portail
    site: dc-lac
    via: [dist-1]
    http:
      url: https://portail.example/accueil
      headers: {Accept: text/html, Authorization: "Bearer ${file:../secret}"}
      expect_status: [200, 304]
      body_regex: Bien?venue
      max_bytes: 64KiB
      slow: 2s
      connect_to: 127.0.0.1:8443
      tls: {min_days: 30}
    fall: 3
  - id: supervision
    node: sw-begles-1
    http: {url: "http://192.0.2.9:8080/"}
services:
  - {id: portail-citoyens, name: Portail, family: web, communes: "*", expression: "all(portail, core-1)"}
  - id: ecoles
    name: Réseau des écoles
    family: schools
    communes: [Bègles]
    expression: at_least(1, sw-begles-1/snmp, dist-1) and core-1
contracts:
  - {id: c-2026, name: Contrat, provider: Métropole, customer: communes, objective: 99.5, policy: "icinga,unknown=up"}
  - id: c-bureau
    name: Heures de bureau
    provider: Métropole
    customer: Bordeaux
    objective: 99.9 %
    communes: [Bordeaux]
    families: [web]
    hours: Mo-Fr 08:00-18:00; PH off
maintenance:
  - {object: sw-begles-1, from: 2026-11-24 22:00, to: 2026-11-25 02:00+01:00, text: Mise à jour}
"""

GOOD = {"netmon.yml": MAIN, "more/web.yml": MORE, "secret": f"{SECRET}\n", "credentials.d/privacy": OTHER_SECRET}


def write(directory: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below ``directory``; the path of the main one."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return directory / "netmon.yml"


def read(directory: Path, files: Mapping[str, str | bytes]) -> Configuration:
    """The configuration of the files, read as an operator would who stands in ``directory``."""
    write(directory, files)
    before = Path.cwd()
    os.environ["NETMON_TEST_SECRET"] = OTHER_SECRET
    os.environ["CREDENTIALS_DIRECTORY"] = str(directory / "credentials.d")
    os.chdir(directory)
    try:
        return load(Path("netmon.yml"))
    finally:
        os.chdir(before)
        del os.environ["NETMON_TEST_SECRET"], os.environ["CREDENTIALS_DIRECTORY"]


def problems(directory: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """What is wrong with the files; nothing when they are good."""
    try:
        read(directory, files)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def changed(old: str, new: str) -> dict[str, str]:
    """The good files with ``old``, which stands once in one of them, replaced."""
    found = [name for name, text in GOOD.items() if old in text]
    assert len(found) == 1, f"{old!r} stands in {found}"
    assert GOOD[found[0]].count(old) == 1, f"{old!r} stands more than once"
    return {**GOOD, found[0]: GOOD[found[0]].replace(old, new)}
