"""The shipped Grafana dashboards, from the code that makes them: ``python -m netmon.cli.dashboards``."""

import sys
from collections.abc import Iterator
from pathlib import Path

from exporters.grafana.dashboards import as_json, everything
from exporters.grafana.tilemap import tiles_of
from netmon.config import load
from netmon.i18n import LANGUAGES

PATH = Path("config/grafana/dashboards")
_EXAMPLE = Path("config/netmon.yml")
"""Whose communes are on the shipped map; an export draws those of the installation."""


def files() -> Iterator[tuple[Path, str]]:
    """Each dashboard's path below ``PATH`` and its JSON.

    Raises:
        ConfigError: the example configuration cannot be read.
    """
    tiles = tiles_of(load(_EXAMPLE).inventory.communes.values())
    for language in LANGUAGES:
        for dashboard in everything(language, tiles):
            yield Path(language) / f"{dashboard.uid}.json", as_json(dashboard)


if __name__ == "__main__":
    for name, text in files():
        path = PATH / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{PATH}\n")
