"""A history of one October, for what is reported of it."""

from pathlib import Path

from netmon.clock import DAY, HOUR, MINUTE, SECOND
from netmon.conventions import Reason
from netmon.history import open_history
from netmon.model import MonitorEvent, State, Transition

OCTOBER = 1_790_805_600_000  # 2026-10-01T00:00:00+02:00
CONFIGURATION = """
data_dir: data
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
  - {name: Le Haillan, insee: "33200", population: 11955, tile: [1, 3]}
sites:
  - {id: mairie, name: Hôtel de ville, kind: town_hall, commune: Bègles}
checks:
  - {id: portail, site: mairie, http: {url: "http://127.0.0.1:9/"}}
services:
  - {id: portail-citoyens, name: Portail des citoyens, family: web, communes: "*", expression: portail}
contracts:
  - {id: engagement, name: Contrat d'engagement, provider: Métropole, customer: villes, objective: 99.9, communes: "*"}
"""


def make_october(tmp_path: Path) -> Path:
    """A configuration whose history has October: up, one outage of three hours, and a daemon killed on the 20th."""
    path = tmp_path / "netmon.yml"
    path.write_text(CONFIGURATION, "utf-8")
    (tmp_path / "data").mkdir()
    down, up = OCTOBER + 9 * DAY, OCTOBER + 9 * DAY + 3 * HOUR
    store = open_history(tmp_path / "data" / "netmon.sqlite")
    store.record([MonitorEvent(OCTOBER - DAY, "started")])
    store.record(
        [
            Transition("portail", OCTOBER - DAY, OCTOBER - DAY, State.PENDING, State.UP, Reason.OK, OCTOBER - DAY),
            Transition("portail", down, down - 30 * SECOND, State.UP, State.DOWN, Reason.STATUS, down + MINUTE),
            Transition("portail", up, up - 30 * SECOND, State.DOWN, State.UP, Reason.OK, up),
        ]
    )
    store.heartbeat(OCTOBER + 20 * DAY)
    store.close()
    return path
