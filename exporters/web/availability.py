"""``/api/v1/availability``: a period's figures by contract and commune, folded from the history when asked."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.reports import Readers
from netmon.errors import NetmonError, UsageError

WAITING = 8
"""More than so many at once are sent away."""


class AvailabilityEndpoint:
    """``answer`` makes the document of a period as an operator says it, the current month where it is empty; it blocks,
    and is asked from a thread, one at a time.

    ``readers``: whose account is of a commune sees the rows of that one (``insee`` by name); None: everybody sees all.
    """

    def __init__(
        self,
        answer: Callable[[str], Mapping[str, Any]],
        readers: Readers | None = None,
        insee: Mapping[str, str] | None = None,
    ) -> None:
        self._answer = answer
        self._readers = readers
        self._insee = insee or {}
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def respond(self, request: Request) -> Response:
        """The document; 400 for what is no period, 401 for a stranger, 503 while too many ask."""
        mine = (await self._readers.access(request)).communes if self._readers else None
        if self._waiting >= WAITING:
            raise HTTPException(503, "too many ask for figures just now", {"Retry-After": "5"})
        self._waiting += 1
        try:
            async with self._turn:
                content = await asyncio.to_thread(self._answer, request.query_params.get("period", ""))
        except UsageError as error:
            raise HTTPException(400, str(error)) from None
        except NetmonError as error:
            raise HTTPException(503, str(error)) from None
        finally:
            self._waiting -= 1
        if mine is not None:
            rows = [row for row in content["rows"] if self._insee.get(row["commune"]) in mine]
            content = {**content, "rows": rows}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})
