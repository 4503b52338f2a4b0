"""The inventory as targets for Prometheus: the groups of ``http_sd`` and ``file_sd``, one for each check.

``__param_module`` and ``__param_auth`` are what ``/snmp`` wants to be asked with. Labels named ``__meta_netmon_…`` are
there for relabelling only: Prometheus drops them afterwards.
"""

import re
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.prometheus import EVERYTHING, Selection
from exporters.web.selecting import selected
from netmon.contracts import Snapshot
from netmon.conventions import CHECK_LABELS
from netmon.model import Check, Inventory
from netmon.settings import SnmpSettings

Group: TypeAlias = dict[str, Any]

_USERINFO = re.compile(r"//[^/?#@]*@")


def target_groups(
    inventory: Inventory, collectors: frozenset[str] = frozenset(), selection: Selection = EVERYTHING
) -> list[Group]:
    """The checks of ``selection`` that ``collectors`` do (none: all) as groups, in the order of the configuration."""
    return [
        {"targets": [_USERINFO.sub("//", check.target)], "labels": _labels(inventory, check)}
        for check in inventory.checks.values()
        if selection.takes_check(check) and (not collectors or check.collector in collectors)
    ]


class Discovery:
    """Answers ``/sd/prometheus``."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    async def respond(self, request: Request) -> Response:
        """The targets; ``?collector=``, ``?commune=`` and ``?node=`` (repeatable) select.

        Raises:
            HTTPException: 404, where no commune or node asked for is known: Prometheus keeps the targets it has.
        """
        inventory = self._snapshot.inventory
        collectors = frozenset(request.query_params.getlist("collector"))
        groups = target_groups(inventory, collectors, selected(request, inventory))
        return JSONResponse(groups, headers={"Cache-Control": "no-store"})


def _labels(inventory: Inventory, check: Check) -> dict[str, str]:
    labels = dict(zip(CHECK_LABELS, check.labels, strict=True))
    site, node = inventory.sites.get(check.site), inventory.nodes.get(check.node)
    commune = inventory.communes.get(check.commune)
    labels |= {
        "__meta_netmon_collector": check.collector,
        "__meta_netmon_check_id": check.id,
        "__meta_netmon_insee": commune.insee if commune else "",
        "__meta_netmon_site_name": site.name if site else "",
        "__meta_netmon_site_kind": site.kind.value if site else "",
        "__meta_netmon_node_name": node.name if node else "",
        "__meta_netmon_role": node.role.value if node else "",
        "__meta_netmon_uplinks": ",".join(node.uplinks) if node else "",
    }
    if isinstance(check.settings, SnmpSettings):
        labels |= {"__param_module": ",".join(check.settings.modules), "__param_auth": check.settings.credential.name}
    return {name: value for name, value in labels.items() if value}
