"""What Grafana does with a dashboard before Prometheus sees it: variables filled in, one question per target."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

DIRECTORY = Path(__file__).parents[3] / "config" / "grafana"
FILES = sorted((DIRECTORY / "dashboards").rglob("*.json"))

ALL = {"job": ".+"}
"""What a variable becomes when all values are chosen, where that is not ``.*``."""
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
INTERVALS = {"__rate_interval": "1m", "__range": "1h", "__interval": "30s"}


@dataclass(frozen=True)
class Target:
    """One question of one panel."""

    dashboard: str
    panel: str
    kind: str
    ref: str
    expr: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.dashboard, self.panel, self.ref


def shipped() -> list[dict[str, Any]]:
    """Every shipped dashboard."""
    return [json.loads(path.read_text("utf-8")) for path in FILES]


def panels_of(dashboard: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel but the rows, those in folded rows too."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def targets_of(dashboard: Mapping[str, Any], chosen: Mapping[str, str] = MappingProxyType({})) -> Iterator[Target]:
    """Every question with its variables filled in: those ``chosen``, for the others all values."""
    for panel in panels_of(dashboard):
        for target in panel["targets"]:
            expr = filled(target["expr"], chosen)
            yield Target(dashboard["uid"], panel["title"], panel["type"], target["refId"], expr)


def filled(expression: str, chosen: Mapping[str, str] = MappingProxyType({})) -> str:
    """The expression as Prometheus gets it."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return INTERVALS.get(name) or chosen.get(name) or ALL.get(name, ".*")

    return _VARIABLE.sub(value, expression)
