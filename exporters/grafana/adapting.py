"""A shipped dashboard made one's own: the communes on its map, and where netmon's pages are."""

import json
from collections.abc import Sequence
from typing import Any

from exporters.grafana.tilemap import Tile, redraw

_ADDRESS = "netmon"
"""The variable that links to netmon's pages begin with."""


def adapted(text: str, *, tiles: Sequence[Tile] = (), address: str = "") -> str:
    """The JSON of a dashboard with these communes on its map and netmon at this address, where they are given.

    Raises:
        ValueError: this is no dashboard.
    """
    dashboard = json.loads(text)
    if tiles:
        redraw(dashboard, tiles)
    if address:
        _point(dashboard, address.rstrip("/"))
    return json.dumps(dashboard, indent=1, ensure_ascii=False) + "\n"


def _point(dashboard: dict[str, Any], address: str) -> None:
    for variable in dashboard["templating"]["list"]:
        if variable["name"] == _ADDRESS:
            chosen = {"selected": True, "text": address, "value": address}
            variable |= {"query": address, "current": chosen, "options": [chosen]}
