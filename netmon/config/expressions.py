"""Kinds of value that look into a page: CEL, JSON paths, CSS selectors. Their libraries are loaded when one is read."""

import re

from netmon.config.kinds import Kind
from netmon.config.wrong import WrongError

_CEL_ERROR = re.compile(r"ERROR: <input>:1:(\d{1,6}): (?:Syntax error: )?(.{1,60}?)(?: expecting |\n|$)")
_VARIABLE = "body"


def check_cel(expression: str) -> None:
    """Accept an expression of CEL over ``body``.

    Raises:
        WrongError: it is none, with the place in it.
    """
    import cel  # noqa: PLC0415

    try:
        unknown = [name for name in cel.compile(expression).variables() if name != _VARIABLE]
    except ValueError as error:
        told = _CEL_ERROR.search(str(error))
        words, column = (told[2], int(told[1]) - 1) if told else ("it cannot be read", 0)
        raise WrongError(f"not an expression of CEL: {words}", column) from None
    if unknown:
        raise WrongError(f"the page is called '{_VARIABLE}' here; there is no '{unknown[0]}'")


def cel_expression() -> Kind:
    """An expression of the Common Expression Language over ``body``."""

    def parse(text: str, _: object) -> str:
        check_cel(str(text))
        return str(text)

    return Kind("an expression of CEL over `body`", parse, {"type": "string"})


def json_path() -> Kind:
    """A path into JSON (RFC 9535)."""

    def parse(text: str, _: object) -> str:
        import jsonpath  # noqa: PLC0415

        try:
            jsonpath.JSONPathEnvironment(strict=True).compile(str(text))
        except (jsonpath.JSONPathError, RecursionError) as error:
            words = str(error).partition("\n")[0]
            raise WrongError(f"not a path such as $.items[0].name (RFC 9535): {words}") from None
        return str(text)

    return Kind("a JSON path (RFC 9535), such as `$.status`", parse, {"type": "string", "pattern": "^\\$"})


def css_selector() -> Kind:
    """A CSS selector."""

    def parse(text: str, _: object) -> str:
        import selectolax.lexbor  # noqa: PLC0415

        try:
            selectolax.lexbor.LexborHTMLParser("<p>").css_first(str(text))
        except selectolax.lexbor.SelectolaxError:
            raise WrongError("not a CSS selector") from None
        return str(text)

    return Kind("a CSS selector", parse, {"type": "string", "minLength": 1})
