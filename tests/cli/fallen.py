"""A history that a daemon left: devices fell, and nobody watches any more."""

from pathlib import Path

from netmon.clock import HOUR, MINUTE, ManualClock, SystemClock
from netmon.config import load
from netmon.conventions import Reason
from netmon.engine.pipeline import Pipeline
from netmon.history import open_history
from netmon.model import MonitorEvent, Observation, Reading, State

CONFIGURATION = """
data_dir: data
web: {listen: "127.0.0.1:1"}
credentials: {lecture: {version: 2c, community: "${file:community}"}}
snmp: {credential: lecture}
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
  - {name: Ambès, insee: "33004", population: 3500, tile: [4, 1]}
sites:
  - {id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}
  - {id: ecole, name: École, kind: school, commune: Ambès}
nodes:
  - {id: core, site: mairie, role: core_router, address: 192.0.2.1}
  - {id: dist, site: mairie, role: distribution_router, address: 192.0.2.2, uplinks: [core]}
  - {id: acc, site: ecole, role: access_switch, address: 192.0.2.3, uplinks: [dist]}
  - {id: other, site: ecole, role: access_switch, address: 192.0.2.4, uplinks: [core]}
checks:
  - {id: portail, site: ecole, via: [acc], http: {url: "http://192.0.2.9/"}}
services:
  - {id: web, name: Site, family: web, communes: [Ambès], expression: portail}
contracts:
  - {id: marche, name: Marché, kind: market, provider: Op, customer: Métropole, objective: 99.9, gtr: {within: 4h}}
"""


def fallen(tmp_path: Path) -> list[str]:
    """``dist`` fell an hour ago and took ``acc`` and ``portail`` along; ``other`` fell by itself. The options that
    name the configuration."""
    (tmp_path / "netmon.yml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "community").write_text("secret")
    (tmp_path / "data").mkdir()
    configuration = load(tmp_path / "netmon.yml")
    store = open_history(configuration.history)
    clock = ManualClock(SystemClock().now() - HOUR)
    store.record([MonitorEvent(clock.now(), "started")])
    pipeline = Pipeline(configuration.inventory, store, clock.now)
    for minute in range(6):
        for name in ("core", "dist", "acc", "other", "portail"):
            check = configuration.inventory.checks.get(name) or configuration.inventory.checks[f"{name}/snmp"]
            fails = minute > 1 and name != "core"
            reading = Reading(State.DOWN, Reason.TIMEOUT, "no answer") if fails else Reading(State.UP)
            pipeline.observe(Observation(check, clock.now(), 0.0, reading))
            clock.advance(1000)
        clock.advance(MINUTE)
    store.heartbeat(clock.now()).result()
    store.close()
    return ["-c", str(tmp_path / "netmon.yml")]
