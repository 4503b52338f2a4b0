"""What ``?commune=``, ``?node=`` and ``?only=`` select, wherever they may stand."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from exporters.prometheus import Selection
from netmon.model import Inventory


def selected(request: Request, inventory: Inventory) -> Selection:
    """What the query asks for. Of several names some may be unknown: they were known when somebody wrote them down.
    Where all are, it is a slip of the pen: no scrape that went well, and no list of targets that are gone.

    Raises:
        HTTPException: 404; 400 for an ``?only=`` of something else than netmon.
    """
    only = request.query_params.get("only")
    if only not in {None, "netmon"}:
        raise HTTPException(400, "'only' takes 'netmon'")
    communes, nodes = (frozenset(request.query_params.getlist(name)) for name in ("commune", "node"))
    for what, asked, known in (("commune", communes, inventory.communes), ("node", nodes, inventory.nodes)):
        if asked and asked.isdisjoint(known):
            raise HTTPException(404, f"No {what} is called '{min(asked)}'")
    return Selection(communes, nodes, daemon_only=only == "netmon")
