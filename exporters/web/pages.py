"""How pages are drawn: templates with everything escaped, in one language."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

from netmon.i18n import translations

STYLE = Path(__file__).parent / "static" / "style.css"


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


def draw(template: str, language: str, values: dict[str, Any]) -> Response:
    """The page ``template`` with ``values``."""
    text = _environment(language).get_template(template).render(language=language, **values)
    return HTMLResponse(text, headers={"Cache-Control": "no-store", "Content-Language": language})


def style() -> Response:
    """The style sheet of all pages."""
    return FileResponse(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
