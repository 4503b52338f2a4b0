"""How pages are drawn: templates with everything escaped, in one language."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

from netmon.i18n import translations

_STATIC = Path(__file__).parent / "static"
STYLE, SCRIPT = _STATIC / "style.css", _STATIC / "live.js"
_HOUR = {"Cache-Control": "max-age=3600"}


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("exporters.web"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def render(template: str, language: str, values: dict[str, Any]) -> str:
    """The text of ``template`` with ``values``."""
    return _environment(language).get_template(template).render(language=language, **values)


def draw(template: str, language: str, values: dict[str, Any]) -> Response:
    """The page ``template`` with ``values``."""
    text = render(template, language, values)
    return HTMLResponse(text, headers={"Cache-Control": "no-store", "Content-Language": language})


def style() -> Response:
    """The style sheet of all pages."""
    return FileResponse(STYLE, media_type="text/css", headers=_HOUR)


def script() -> Response:
    """What keeps a status page live."""
    return FileResponse(SCRIPT, media_type="text/javascript", headers=_HOUR)
