"""From pydantic's errors to problems an operator can act on: the place, a legible path, what was expected."""

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from netmon.config.source import ListNode, Location, MapNode, Scalar, Tree, child, inside, kind_of, mark_of, shown
from netmon.config.wrong import Advisor, WrongError
from netmon.errors import Problem

_KEY = "[key]"
_CONTAINERS = {"tuple_type": "a list", "list_type": "a list", "dict_type": "a mapping", "model_type": "a mapping"}


def label(tree: Tree, location: Location) -> str:
    """A dotted path: entries of lists by their id or name where they have one, else by index."""
    words: list[str] = []
    node: Tree | None = tree
    for depth, step in enumerate(location):
        node = child(node, step)
        name = _name_of(node) if depth == 1 and isinstance(step, int) else ""
        words.append(f".{name}" if name else f"[{step}]" if isinstance(step, int) else f".{step}")
    return "".join(words).removeprefix(".")


def _name_of(item: Tree | None) -> str:
    if not isinstance(item, MapNode):
        return ""
    name = item.get("id", item.get("name"))
    usable = isinstance(name, Scalar) and name and name.isprintable() and len(name) <= 60
    return str(name) if usable else ""


def translate(
    error: ValidationError, model: type[BaseModel], tree: Tree, prefix: Location, advisor: Advisor
) -> list[Problem]:
    """The problems of one entry of ``tree``, which stands at ``prefix`` and was read as ``model``."""
    details = error.errors(include_url=False, include_input=False)
    return [
        _problem(detail, model, tree, tuple(prefix), advisor)
        for detail in details
        if not _echo(detail, _at(tree, (*prefix, *detail["loc"])))
    ]


def _echo(detail: Any, value: Tree | None) -> bool:
    """Whether pydantic calls a list too short only because it left out the items it found wrong."""
    return detail["type"] == "too_short" and isinstance(value, ListNode) and len(value) >= detail["ctx"]["min_length"]


def _problem(
    detail: Any, model: type[BaseModel], tree: Tree, prefix: tuple[str | int, ...], advisor: Advisor
) -> Problem:
    location = prefix + tuple(detail["loc"])
    is_key = bool(location) and location[-1] == _KEY
    if is_key:
        location = location[:-1]
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "wrong":
        return _wrong(context["error"], tree, location, is_key)
    owner, fields = _owner(model, detail["loc"])
    if kind == "extra_forbidden":
        message = f"unknown key{_key_hint(str(location[-1]), fields, _at(tree, location), advisor)}"
        return mark_of(tree, location, key=True).problem(label(tree, location), message)
    if kind == "missing":
        return mark_of(tree, location[:-1]).problem(
            label(tree, location), f"is required: {_describe(owner, location[-1])}"
        )
    return mark_of(tree, location).problem(label(tree, location), _shape(kind, context, tree, location))


def _key_hint(key: str, fields: list[str], value: Tree | None, advisor: Advisor) -> str:
    """A key without a value is most often the rest of a text that a comma cut: ``{expression: all(a, b)}``."""
    hint = advisor.hint(key, fields)
    if isinstance(value, Scalar) and value.null and "did you mean" not in hint:
        return "; between braces { } a text with a comma needs quotes"
    return hint


def _wrong(error: WrongError, tree: Tree, location: tuple[str | int, ...], is_key: bool) -> Problem:
    location = (*location, *error.below)
    value = _at(tree, location)
    if is_key or error.below or not isinstance(value, Scalar) or not error.offset:
        return mark_of(tree, location, key=is_key).problem(label(tree, location), str(error))
    return inside(value, error.offset).problem(label(tree, location), str(error))


def _at(tree: Tree, location: Location) -> Tree | None:
    node: Tree | None = tree
    for step in location:
        node = child(node, step)
    return node


def _shape(kind: str, context: Mapping[str, Any], tree: Tree, location: Location) -> str:
    if kind in _CONTAINERS:
        found = kind_of(_at(tree, location))
        mend = ": put it in brackets [ ]" if (_CONTAINERS[kind], found) == ("a list", "text") else ""
        return f"expected {_CONTAINERS[kind]}, found {found}{mend}"
    if kind in {"too_short", "too_long"}:
        wanted = context.get("min_length", context.get("max_length"))
        bound = "at least" if kind == "too_short" else "at most"
        return f"expected {bound} {wanted} {'value' if wanted == 1 else 'values'}, found {context['actual_length']}"
    return f"cannot be read ({kind})"


def _owner(model: type[BaseModel], location: Location) -> tuple[type[BaseModel], list[str]]:
    """The model whose key stands last in ``location``, and the keys it has."""
    steps = iter(location[:-1])
    for step in steps:
        info = next((info for name, info in model.model_fields.items() if (info.alias or name) == step), None)
        inner, nested = _inner(info.annotation) if info else (None, 0)
        if inner is None:
            break
        model = inner
        for _ in range(nested):
            next(steps, None)
    return model, [info.alias or name for name, info in model.model_fields.items()]


def _inner(annotation: Any) -> tuple[type[BaseModel] | None, int]:
    """The model in an annotation and how many steps (index, key) lead to it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, 0
    origin = get_origin(annotation)
    for argument in get_args(annotation):
        model, steps = _inner(argument)
        if model is not None:
            return model, steps if origin in {Union, types.UnionType} else steps + 1
    return None, 0


def _describe(model: type[BaseModel], key: str | int) -> str:
    for name, info in model.model_fields.items():
        if (info.alias or name) == key:
            text = (info.description or "").rstrip(".")
            return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    return shown(str(key))
