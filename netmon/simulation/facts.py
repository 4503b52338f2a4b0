"""What the simulation knows of Bordeaux Métropole, read from the package's own data; and how French names are made."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

from netmon.model import Commune

_DATA = "data/bordeaux-metropole.json"

Entry: TypeAlias = dict[str, Any]
"""One record of the data file; ``metropolis`` gives it its type."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The data file: communes by name, each one's area, and the raw lists the metropolis is built from."""

    communes: tuple[Commune, ...]
    areas: dict[str, str]
    places: tuple[Entry, ...]
    hubs: tuple[Entry, ...]
    schools: tuple[str, ...]
    portals: tuple[Entry, ...]
    plain_http: frozenset[str]
    own_hosting: frozenset[str]


@cache
def facts() -> Facts:
    """The data file's contents, read once."""
    raw = json.loads(resources.files("netmon.simulation").joinpath(_DATA).read_text(encoding="utf-8"))
    communes = tuple(
        Commune(
            entry["name"], entry["insee"], entry["population"], (entry["tile"][0], entry["tile"][1]), entry["siren"]
        )
        for entry in raw["communes"]
    )
    return Facts(
        communes=communes,
        areas={entry["name"]: entry["area"] for entry in raw["communes"]},
        places=tuple(raw["places"]),
        hubs=tuple(raw["hubs"]),
        schools=tuple(raw["schools"]),
        portals=tuple(raw["portals"]),
        plain_http=frozenset(raw["plain_http"]),
        own_hosting=frozenset(raw["own_hosting"]),
    )


def slug(name: str) -> str:
    """``Villenave-d'Ornon`` as ``villenave-d-ornon``: what an id is made of."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def of(name: str) -> str:
    """``de Bègles``, ``d'Ambès``, ``du Bouscat``: the name after the French preposition."""
    if name.startswith("Le "):
        return f"du {name.removeprefix('Le ')}"
    vowel = unicodedata.normalize("NFKD", name)[0] in "AEIOUY"
    return f"d'{name}" if vowel else f"de {name}"
