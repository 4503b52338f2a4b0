"""The dashboards, in code: ``everything`` makes them in one language; needs grafana-foundation-sdk."""

import json
from collections.abc import Iterator, Sequence

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from exporters.grafana.dashboards import commune, itself, metropole, node, sla, web
from exporters.grafana.tilemap import Tile


def everything(language: str, tiles: Sequence[Tile]) -> Iterator[model.Dashboard]:
    """All dashboards in one language, the map with these communes.

    Raises:
        UsageError: no such language.
    """
    yield metropole.build(language, tiles)
    for part in (commune, node, web, sla, itself):
        yield part.build(language)


def as_json(dashboard: model.Dashboard) -> str:
    """The dashboard as a file of Grafana's."""
    return json.dumps(dashboard, cls=JSONEncoder, indent=1, ensure_ascii=False) + "\n"
