"""The present of some communes: what stands there, what they use, and what takes something of theirs along."""

from collections.abc import Iterable
from dataclasses import replace

from starlette.exceptions import HTTPException

from exporters.summary import Moment
from netmon.model import Inventory

_ALL = ".*"
"""What Grafana puts into a link for all communes."""


class PartOf(Moment):
    """``whole`` as far as it is about the communes ``names``. Devices and sites elsewhere keep their names."""

    def __init__(self, whole: Moment, names: frozenset[str]) -> None:
        super().__init__(whole)
        inventory = whole.inventory
        communes = {name: commune for name, commune in inventory.communes.items() if name in names}
        self.inventory = replace(inventory, communes=communes)
        self._checks = {name: view for name, view in self._checks.items() if view.check.commune in names}
        self._nodes = {name: view for name, view in self._nodes.items() if _commune_of(name, inventory) in names}
        self._services = {
            name: view
            for name, view in self._services.items()
            if (service := inventory.services.get(name)) and ("*" in service.communes or names & {*service.communes})
        }
        self._incidents = [view for view in self._incidents if view.commune in names or names & {*view.takes.communes}]
        sites = {name for name, site in inventory.sites.items() if site.commune in names}
        known = {"*", *sites, *self._checks, *self._nodes, *self._services}
        self.planned = lambda start, end: [each for each in whole.planned(start, end) if each.object in known]


def asked_communes(asked: Iterable[str], inventory: Inventory) -> frozenset[str]:
    """The communes of ``?commune=``, repeated, or with commas between them and braces around as in Grafana's links.

    Empty: all.

    Raises:
        HTTPException: there is no such commune.
    """
    names = frozenset(name for text in asked for name in _unbraced(text).split(",") if name)
    if _ALL in names:
        return frozenset()
    unknown = sorted(names - inventory.communes.keys())
    if unknown:
        raise HTTPException(404, f"No commune is called '{unknown[0]}'")
    return names


def _commune_of(node_id: str, inventory: Inventory) -> str:
    node = inventory.nodes.get(node_id)
    site = inventory.sites.get(node.site) if node else None
    return site.commune if site else ""


def _unbraced(text: str) -> str:
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text
