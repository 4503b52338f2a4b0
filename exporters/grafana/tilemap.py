"""The tile map of the communes as elements of a Grafana canvas: plain JSON, so that an export can redraw it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from netmon.model import Commune

TILE_WIDTH, TILE_HEIGHT, GAP = 104, 52, 6
PANEL = "canvas"
_UNKNOWN = "#8e8e8e"
"""The colour of a commune of which nothing is known: its series is absent."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A commune and its place on the map, counted from the upper left."""

    name: str
    column: int
    row: int


def tiles_of(communes: Iterable[Commune]) -> list[Tile]:
    """The communes as places on the map."""
    return [Tile(commune.name, *commune.tile) for commune in communes]


def elements(tiles: Iterable[Tile]) -> list[dict[str, Any]]:
    """A box per commune with its name, painted by the series of that name, and below it the value of that series."""
    made: list[dict[str, Any]] = []
    for tile in tiles:
        made += (_box(tile), _value(tile))
    return made


def redraw(dashboard: Mapping[str, Any], tiles: Iterable[Tile]) -> None:
    """Put other communes on every map of a dashboard."""
    drawn = elements(tiles)
    for panel in dashboard["panels"]:
        if panel["type"] == PANEL:
            panel["options"]["root"]["elements"] = drawn


def _box(tile: Tile) -> dict[str, Any]:
    text = {"mode": "fixed", "fixed": tile.name}
    config = {"align": "center", "valign": "top", "size": 12, "color": {"fixed": "#ffffff"}, "text": text}
    return _element(f"{tile.name} ·", "rectangle", config, tile, 0, TILE_HEIGHT)


def _value(tile: Tile) -> dict[str, Any]:
    text = {"mode": "field", "field": tile.name, "fixed": ""}
    config = {"align": "center", "valign": "middle", "size": 15, "color": {"fixed": "#ffffff"}, "text": text}
    return _element(tile.name, "metric-value", config, tile, TILE_HEIGHT // 2, TILE_HEIGHT // 2)


def _element(name: str, kind: str, config: dict[str, Any], tile: Tile, down: int, height: int) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "config": config,
        "constraint": {"horizontal": "left", "vertical": "top"},
        "placement": {
            "left": tile.column * (TILE_WIDTH + GAP),
            "top": tile.row * (TILE_HEIGHT + GAP) + down,
            "width": TILE_WIDTH,
            "height": height,
            "rotation": 0,
        },
        "background": {"color": {"field": tile.name, "fixed": _UNKNOWN}},
        "border": {"color": {"fixed": "dark-green"}, "width": 0},
        "connections": [],
    }
