"""The stored reports under ``/reports/``: an index by period and commune, and their files, nothing outside.

With accounts, everybody proves who asks; who may read some communes finds nothing else, not even that it exists.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from exporters.web.basicauth import BasicAuth, TooBusyError
from exporters.web.editions import Access, EditionEntry, editions
from exporters.web.pages import draw
from exporters.web.reportindex import commune_values, editions_document, index_values, period_values
from netmon.i18n import LANGUAGES

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".gz": "application/gzip",
    ".sig": "application/octet-stream",
    ".pem": "application/x-pem-file",
}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="netmon reports", charset="UTF-8"'}
_ALL = Access()


class Readers:
    """Who may read what: a way to prove who asks, and the access of each user."""

    def __init__(self, auth: BasicAuth, access: Mapping[str, Access]) -> None:
        self._auth = auth
        self._access = access

    async def access(self, request: Request) -> Access:
        """What the one who asks may read.

        Raises:
            HTTPException: nobody we know, or too many who want to be.
        """
        try:
            user = await self._auth.user_of(request.headers.get("authorization"))
        except TooBusyError:
            raise HTTPException(503, "Too many logins at once", {"Retry-After": "5"}) from None
        if user is None or user not in self._access:
            raise HTTPException(401, "Who asks?", _CHALLENGE)
        return self._access[user]


class StoredReports:
    """Serves the folder ``root``. What is not a report (by its ending), hidden, or a link to elsewhere is not there.

    ``readers`` None: whoever may use the listener may read everything.
    """

    def __init__(self, root: Path, language: str, readers: Readers | None = None) -> None:
        self._root = root
        self._language = language
        self._readers = readers

    def routes(self) -> list[Route]:
        return [
            Route("/reports", self._to_index),
            Route("/reports/{path:path}", self._respond),
            Route("/api/v1/reports", self._document),
        ]

    async def _to_index(self, _: Request) -> Response:
        return RedirectResponse("/reports/", 308)

    async def _respond(self, request: Request) -> Response:
        access = await self._readers.access(request) if self._readers else _ALL
        response = await self._answer(request, access)
        if self._readers:
            response.headers["Cache-Control"] = "private, no-cache"
            response.headers["Vary"] = "Authorization"
        return response

    async def _document(self, request: Request) -> Response:
        """What may be read, as JSON."""
        access = await self._readers.access(request) if self._readers else _ALL
        return JSONResponse(editions_document(await self._visible(access)), headers={"Cache-Control": "no-store"})

    async def _visible(self, access: Access) -> list[EditionEntry]:
        known = await asyncio.to_thread(editions, self._root)
        return [part for entry in known if (part := access.edition(entry)) is not None]

    async def _answer(self, request: Request, access: Access) -> Response:
        name: str = request.path_params["path"]
        parts = name.strip("/").split("/") if name.strip("/") else []
        if len(parts) <= 1:
            page = await self._index(request, access, parts)
            if page is not None:
                return page
        found = await asyncio.to_thread(self._find, parts) if access.may_read(parts) or not parts else None
        if found is None:
            raise HTTPException(404, "No such report")
        if found.suffix in _TYPES and not found.is_dir():
            return FileResponse(found, media_type=_TYPES[found.suffix], headers={"Cache-Control": "no-cache"})
        if name and not name.endswith("/"):
            return RedirectResponse(f"/reports/{quote(name)}/", 308)
        entries = await asyncio.to_thread(_entries, found)
        return draw("folder.html", self._language, {"folder": "/".join(parts), "entries": entries})

    async def _index(self, request: Request, access: Access, parts: list[str]) -> Response | None:
        """The index, of everything, a period (its folder) or a commune (``?commune=``); None: no edition is meant."""
        mine = await self._visible(access)
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else self._language
        keep = f"?lang={language}" if language != self._language else ""
        if parts:
            of_period = [entry for entry in mine if entry.period.label == parts[0]]
            if not of_period:
                return None
            if not request.url.path.endswith("/"):
                return RedirectResponse(f"/reports/{quote(parts[0])}/{keep}", 308)
            return draw("period.html", language, period_values(of_period, language, self._language))
        insee = request.query_params.get("commune", "")
        if insee:
            values = commune_values(mine, insee, language, self._language)
            if values is None:
                raise HTTPException(404, "No such report")
            return draw("commune.html", language, values)
        others = [] if access.communes is not None else await asyncio.to_thread(self._others, mine)
        return draw("reports.html", language, index_values(mine, others, language, self._language))

    def _others(self, known: list[EditionEntry]) -> list[tuple[str, str]]:
        """What lies in the folder besides editions: put there by hand, or by ``netmon report -o``."""
        periods = {f"{entry.period.label}/" for entry in known}
        return [(name, link) for name, link in _entries(self._root) if name not in periods]

    def _find(self, parts: list[str]) -> Path | None:
        """The file or folder, when it is one to show; the top folder also before there is one."""
        if any(part.startswith(".") or not part or "\0" in part or "\\" in part for part in parts):
            return None
        root = self._root.resolve()
        try:
            found = root.joinpath(*parts).resolve()
            is_shown = found.is_dir() or (found.is_file() and found.suffix in _TYPES)
        except OSError:  # a name too long for the file system
            return None
        return found if found.is_relative_to(root) and (is_shown or not parts) else None


def _entries(folder: Path) -> list[tuple[str, str]]:
    """Names and links of what can be asked for: folders first, the latest name first."""
    if not folder.is_dir():
        return []
    shown = [path for path in folder.iterdir() if not path.name.startswith(".")]
    folders = sorted((f"{path.name}/" for path in shown if path.is_dir()), reverse=True)
    files = sorted(path.name for path in shown if path.is_file() and path.suffix in _TYPES)
    return [(name, quote(name)) for name in (*folders, *files)]
