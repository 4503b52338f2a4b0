"""The stored reports under ``/reports/``: their files and an index of each folder, nothing outside."""

import asyncio
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from exporters.web.pages import draw

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}


class StoredReports:
    """Serves the folder ``root``. What is not a report (by its ending), hidden, or a link to elsewhere is not there."""

    def __init__(self, root: Path, language: str) -> None:
        self._root = root
        self._language = language

    def routes(self) -> list[Route]:
        return [Route("/reports", self._to_index), Route("/reports/{path:path}", self._respond)]

    async def _to_index(self, _: Request) -> Response:
        return RedirectResponse("/reports/", 308)

    async def _respond(self, request: Request) -> Response:
        name: str = request.path_params["path"]
        found = await asyncio.to_thread(self._find, name)
        if found is None:
            raise HTTPException(404, "No such report")
        if found.suffix in _TYPES and not found.is_dir():
            return FileResponse(found, media_type=_TYPES[found.suffix], headers={"Cache-Control": "no-cache"})
        if name and not name.endswith("/"):
            return RedirectResponse(f"/reports/{quote(name)}/", 308)
        entries = await asyncio.to_thread(_entries, found)
        return draw("reports.html", self._language, {"folder": name.strip("/"), "entries": entries})

    def _find(self, name: str) -> Path | None:
        """The file or folder, when it is one to show; the top folder also before there is one."""
        parts = name.strip("/").split("/") if name.strip("/") else []
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
