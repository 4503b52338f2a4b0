"""The kinds of value a key can hold: how each is read, what a message says was expected, what the JSON Schema says."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.config.source import Scalar, kind_of, shown
from netmon.config.wrong import Advisor, WrongError

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a value may need to know: the names there are, by kind, and the zone of civil times."""

    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    zone: ZoneInfo = UTC
    advisor: Advisor = field(default_factory=Advisor)


Parse: TypeAlias = Callable[[Scalar, Context], object]


@dataclass(frozen=True, eq=False)
class Kind:
    """How a scalar is read. ``words`` complete "expected …", ``parse`` raises WrongError; ``schema`` is for editors."""

    words: str
    parse: Parse
    schema: Mapping[str, object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)

    def _validate(self, value: object, info: ValidationInfo) -> object:
        context = info.context if isinstance(info.context, Context) else Context()
        if not isinstance(value, Scalar) or value.null:
            raise custom(WrongError(f"expected {self.words}, found {kind_of(value)}"))
        try:
            return self.parse(value, context)
        except WrongError as error:
            raise custom(error) from None


def custom(error: WrongError) -> PydanticCustomError:
    """The error as pydantic carries it; read back by ``netmon.config.problems``."""
    return PydanticCustomError("wrong", "{message}", {"message": str(error), "error": error})


@dataclass(frozen=True, eq=False)
class Or:
    """Instead of the container the annotation says, the word ``word`` may stand; it is read as ``value``."""

    word: str
    value: object
    container: str
    schema: Mapping[str, object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: object, inner: core_schema.ValidatorFunctionWrapHandler) -> object:
            if isinstance(value, Scalar) and value == self.word:
                return self.value
            if isinstance(value, Scalar):
                raise custom(WrongError(f"expected {self.container} or {self.word}, found {kind_of(value)}"))
            return inner(value)

        return core_schema.no_info_wrap_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        inner = handler(schema)
        return {
            "anyOf": [option for option in inner.get("anyOf", [inner]) if option != {"type": "null"}] + [self.schema]
        }


@dataclass(frozen=True, eq=False)
class Several(Kind):
    """One value of a kind, or a list of them; read as a tuple."""

    item: Kind

    def _validate(self, value: object, info: ValidationInfo) -> object:
        context = info.context if isinstance(info.context, Context) else Context()
        if not isinstance(value, list):
            return super()._validate(value, info)
        return tuple(self._one(index, item, context) for index, item in enumerate(value))

    def _one(self, index: int, item: object, context: Context) -> object:
        if not isinstance(item, Scalar) or item.null:
            raise custom(WrongError(f"expected {self.item.words}, found {kind_of(item)}", below=(index,)))
        try:
            return self.item.parse(item, context)
        except WrongError as error:
            raise custom(WrongError(str(error), error.offset, (index,))) from None


def several(item: Kind) -> Several:
    """One value of the kind ``item``, or a list of them."""
    schema = {"anyOf": [dict(item.schema), {"type": "array", "items": dict(item.schema)}]}
    return Several(
        f"{item.words}, or a list of them", lambda scalar, context: (item.parse(scalar, context),), schema, item
    )


# --- Texts and names --------------------------------------------------------------------------------------------------

MAX_TEXT = 1000


def read_text(scalar: Scalar, _: Context | None = None) -> str:
    """One line, in Unicode's composed form, so that an 'è' is the same whichever way it was typed."""
    text = unicodedata.normalize("NFC", scalar)
    if not text.strip() or not text.isprintable() or len(text) > MAX_TEXT:
        raise WrongError(f"expected a text on one line, of 1 to {MAX_TEXT} characters")
    return text


def text() -> Kind:
    """One line of text."""
    return Kind("a text", read_text, {"type": "string", "minLength": 1})


def body() -> Kind:
    """Text of any number of lines."""
    return Kind("a text", lambda scalar, _: str(scalar), {"type": "string"})


def matching(words: str, pattern: str, forbidden: Collection[str] = ()) -> Kind:
    """A text of the form ``pattern``, except the words of ``forbidden``."""
    compiled = re.compile(pattern)

    def parse(scalar: Scalar, _: Context) -> str:
        if not compiled.fullmatch(scalar):
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        if scalar in forbidden:
            raise WrongError(f"{shown(scalar)} is a word of the expressions: take another")
        return str(scalar)

    return Kind(words, parse, {"type": "string", "pattern": f"^{pattern}$"})


def reference(kind: str, *, show: bool = True) -> Kind:
    """The name of a ``kind`` of thing that is configured. ``show`` off: messages do not repeat what was written."""

    def parse(scalar: Scalar, context: Context) -> str:
        name = unicodedata.normalize("NFC", scalar)
        names = context.names.get(kind, ())
        if name not in names:
            called = f"is called {shown(name)}" if show else "has this name"
            raise WrongError(f"no {kind} {called}{context.advisor.hint(name, names)}")
        return name

    article = "an" if kind[0] in "aeio" else "a"
    return Kind(f"the name of {article} {kind}", parse, {"type": "string"})


def choice(names: Collection[str], convert: Callable[[str], object] = str, *, show: bool = True) -> Kind:
    """One of ``names``, then ``convert``-ed."""
    words = f"one of {', '.join(names)}" if len(names) > 1 else "".join(names)

    def parse(scalar: Scalar, context: Context) -> object:
        if scalar not in names:
            near = context.advisor.hint(scalar, names)
            near = near if near.startswith("; did") else ""
            raise WrongError(f"expected {words}{f', found {shown(scalar)}' if show else ''}{near}")
        return convert(str(scalar))

    numbers = [int(name) for name in names if name.isdecimal()]  # unquoted, editors take them for numbers
    return Kind(words, parse, {"enum": [*names, *numbers]})


def flag() -> Kind:
    """true or false."""

    def parse(scalar: Scalar, _: Context) -> bool:
        if not scalar.plain or scalar not in {"true", "false", "True", "False", "TRUE", "FALSE"}:
            raise WrongError(f"expected true or false, found {shown(scalar)}{_unquoted(scalar)}")
        return scalar.lower() == "true"

    return Kind("true or false", parse, {"type": "boolean"})


def _unquoted(scalar: Scalar) -> str:
    return "" if scalar.plain else " in quotes"


# --- Numbers ----------------------------------------------------------------------------------------------------------

_WHOLE = re.compile(r"0|[1-9][0-9]{0,11}")
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%?")
_DURATION = re.compile(r"([0-9]{1,12})(ms|s|m|h|d)")
_BYTES = re.compile(r"([0-9]{1,12}) ?(B|KiB|MiB|GiB)?")
_DURATION_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_BYTE_UNITS = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}


def whole(minimum: int, maximum: int) -> Kind:
    """A whole number from ``minimum`` to ``maximum``."""
    words = f"a whole number from {minimum} to {maximum}"

    def parse(scalar: Scalar, _: Context) -> int:
        if not scalar.plain or not _WHOLE.fullmatch(scalar) or not minimum <= int(scalar) <= maximum:
            raise WrongError(f"expected {words}, found {shown(scalar)}{_unquoted(scalar)}")
        return int(scalar)

    return Kind(words, parse, {"type": "integer", "minimum": minimum, "maximum": maximum})


def percent(*, zero: bool = False) -> Kind:
    """A percentage above 0 (with ``zero``: from 0) and up to 100, read as a ratio."""
    words = "a percentage from 0 to 100" if zero else "a percentage above 0 and up to 100"
    least = "minimum" if zero else "exclusiveMinimum"

    def parse(scalar: Scalar, _: Context) -> float:
        match = _PERCENT.fullmatch(scalar)
        if not match or not 0 <= float(match[1]) <= 100 or (float(match[1]) == 0 and not zero):
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        whole_part, _dot, decimals = match[1].partition(".")
        return int(whole_part + decimals) / float(10 ** (2 + len(decimals)))

    return Kind(words, parse, {"type": ["number", "string"], least: 0, "maximum": 100})


def seconds(minimum: float, maximum: float) -> Kind:
    """A number of seconds without a unit, as Prometheus' exporters write some settings."""
    words = f"a number of seconds from {minimum:g} to {maximum:g}, without a unit"

    def parse(scalar: Scalar, _: Context) -> float:
        if not scalar.plain or not _SECONDS.fullmatch(scalar) or not minimum <= float(scalar) <= maximum:
            raise WrongError(f"expected {words}, found {shown(scalar)}{_unquoted(scalar)}")
        return float(scalar)

    return Kind(words, parse, {"type": "number", "minimum": minimum, "maximum": maximum})


def duration_text(length: Millis) -> str:
    """A length of time as configuration writes it: ``30s``, ``1500ms``."""
    return _with_unit(length, _DURATION_UNITS) if length else "0s"


def bytes_text(size: int) -> str:
    """A number of bytes as configuration writes it: ``1MiB``."""
    return _with_unit(size, _BYTE_UNITS)


def _with_unit(value: int, units: Mapping[str, int]) -> str:
    return next(f"{value // size}{unit}" for unit, size in units.items() if value >= size and value % size == 0)


def duration(minimum: Millis, maximum: Millis) -> Kind:
    """A length of time with its unit, in milliseconds."""
    words = f"a duration from {duration_text(minimum)} to {duration_text(maximum)} with its unit (ms, s, m, h, d)"

    def parse(scalar: Scalar, _: Context) -> Millis:
        match = _DURATION.fullmatch(scalar)
        length = int(match[1]) * _DURATION_UNITS[match[2]] if match else -1
        if not minimum <= length <= maximum:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return length

    return Kind(words, parse, {"type": "string", "pattern": f"^{_DURATION.pattern}$"})


def byte_size(minimum: int, maximum: int) -> Kind:
    """A number of bytes, plain or with its unit."""
    words = f"a size from {bytes_text(minimum)} to {bytes_text(maximum)}, in bytes or with its unit (KiB, MiB, GiB)"

    def parse(scalar: Scalar, _: Context) -> int:
        match = _BYTES.fullmatch(scalar)
        size = int(match[1]) * _BYTE_UNITS[match[2] or "B"] if match else -1
        if not minimum <= size <= maximum:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return size

    return Kind(words, parse, {"type": ["integer", "string"], "pattern": f"^{_BYTES.pattern}$"})
