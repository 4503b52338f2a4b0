"""Values out of a tree one by one, with our messages: for formats that others defined and that come in large files.

The tree is one of ``plainyaml``, without places, or one of ``reader``, with them. At the first thing wrong in the
former ``PlacesNeededError`` ends the reading: it is done again with the latter, to say where.
"""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from netmon.clock import DAY, Millis
from netmon.config.source import ListNode, MapNode, Scalar, inside, kind_of, shown
from netmon.config.wrong import Advisor
from netmon.errors import Problem
from netmon.goregex import RegexError, compile_go

Where: TypeAlias = tuple[Any, ...]
"""A path from the inside out: (where the container stands, key or index); () is the root."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DURATION = re.compile(r"(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+")
_DURATION_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")
_UNITS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N", ""})


class PlacesNeededError(Exception):
    """Something is wrong, and the tree does not know where it stands."""


class Looking:
    """Takes values and collects what is wrong with them."""

    def __init__(self, advisor: Advisor | None = None) -> None:
        self.advisor = advisor or Advisor()
        self.problems: list[Problem] = []

    def wrong(self, node: object, where: Where, message: str, offset: int = 0) -> None:
        """Something is wrong with ``node``, which stands at ``where``."""
        if not isinstance(node, Scalar | MapNode | ListNode):
            raise PlacesNeededError
        mark = inside(node, offset) if offset and isinstance(node, Scalar) else node.mark
        self.problems.append(mark.problem(path_of(where), message))

    def wrong_key(self, node: object, key: str, where: Where, message: str) -> None:
        """Something is wrong with a key of the mapping ``node``."""
        if not isinstance(node, MapNode):
            raise PlacesNeededError
        self.problems.append(node.keys_at[key].problem(path_of((where, key)), message))

    def mapping(self, node: object, where: Where, keys: Collection[str]) -> Mapping[str, Any]:
        """A mapping of which only ``keys`` are known; nothing counts as empty."""
        if not isinstance(node, dict):
            if node != "":
                self.wrong(node, where, f"expected a mapping, found {kind_of(node)}")
            return {}
        for key in node:
            if key not in keys:
                self.wrong_key(node, key, where, f"unknown key{self.advisor.hint(key, keys)}")
        return node

    def table(self, node: Mapping[str, Any], key: str, where: Where) -> Mapping[str, Any]:
        """The mapping under ``key``, whatever keys it has; none counts as empty."""
        value = node.get(key, "")
        if isinstance(value, dict):
            return value
        if value != "":
            self.wrong(value, (where, key), f"expected a mapping, found {kind_of(value)}")
        return {}

    def items(self, node: Mapping[str, Any], key: str, where: Where) -> list[Any]:
        """The list under ``key``; none counts as empty."""
        value = node.get(key, "")
        if isinstance(value, list):
            return value
        if value != "":
            self.wrong(value, (where, key), f"expected a list, found {kind_of(value)}")
        return []

    def text(self, node: Mapping[str, Any], key: str, where: Where) -> str:
        """The text under ``key``; none counts as empty."""
        value = node.get(key, "")
        if isinstance(value, str):
            return str(value) if type(value) is not str else value
        self.wrong(value, (where, key), f"expected text, found {kind_of(value)}")
        return ""

    def texts(self, node: Mapping[str, Any], key: str, where: Where) -> tuple[str, ...]:
        """The texts of the list under ``key``."""
        values = self.items(node, key, where)
        for index, value in enumerate(values):
            if not isinstance(value, str):
                self.wrong(value, ((where, key), index), f"expected text, found {kind_of(value)}")
        return tuple(str(value) for value in values if isinstance(value, str))

    def required(self, node: Mapping[str, Any], key: str, where: Where, pattern: re.Pattern[str], words: str) -> str:
        """The text under ``key``, of the form ``pattern``."""
        value = self.text(node, key, where)
        if not pattern.fullmatch(value):
            if key in node:
                found = "nothing" if not value else shown(value)
                self.wrong(node[key], (where, key), f"expected {words}, found {found}")
            else:
                self.wrong(node, (where, key), f"is required: {words}")
        return value

    def choice(self, node: Mapping[str, Any], key: str, where: Where, names: Collection[str], default: str = "") -> str:
        """One of ``names`` under ``key``; without ``default`` it is required."""
        value = self.text(node, key, where)
        if value in names or (not value and default):
            return value or default
        if key in node:
            near = self.advisor.hint(value, names)
            near = near if near.startswith("; did") else ""
            self.wrong(node[key], (where, key), f"expected one of {', '.join(names)}, found {shown(value)}{near}")
        else:
            self.wrong(node, (where, key), f"is required: one of {', '.join(names)}")
        return value

    def whole(self, node: Mapping[str, Any], key: str, where: Where, low: int, high: int) -> int | None:
        """The whole number under ``key``; None when none is there."""
        value = self.text(node, key, where)
        if not value:
            return None
        if not _WHOLE.fullmatch(value) or not low <= int(value) <= high:
            self.wrong(node[key], (where, key), f"expected a whole number from {low} to {high}, found {shown(value)}")
            return None
        return int(value)

    def real(self, node: Mapping[str, Any], key: str, where: Where) -> float:
        """The number under ``key``; 0 when none is there."""
        value = self.text(node, key, where)
        if not value:
            return 0.0
        if not _REAL.fullmatch(value) or math.isinf(float(value)):
            self.wrong(node[key], (where, key), f"expected a number, found {shown(value)}")
            return 0.0
        return float(value)

    def flag(self, node: Mapping[str, Any], key: str, where: Where, *, default: bool = False) -> bool:
        """The yes or no under ``key``; ``default`` when none is there."""
        value = self.text(node, key, where)
        if value not in _TRUE and value not in _FALSE:
            self.wrong(node[key], (where, key), f"expected true or false, found {shown(value)}")
        return value in _TRUE if value else default

    def duration(self, node: Mapping[str, Any], key: str, where: Where) -> Millis | None:
        """The length of time under ``key``, as Go writes it (``1m30s``); None when none is there."""
        value = self.text(node, key, where)
        if not value:
            return None
        parts = _DURATION_PART.findall(value) if _DURATION.fullmatch(value) else []
        length = sum(float(number) * _UNITS[unit] for number, unit in parts)
        if not 1 <= length <= DAY:
            self.wrong(
                node[key], (where, key), f"expected a duration from 1ms to 24h, such as 5s, found {shown(value)}"
            )
            return None
        return round(length)

    def go_regex(self, value: object, where: Where, *, whole: bool = False) -> str:
        """A regular expression of Go's, as it is written; ``whole``: it is to match from end to end."""
        if not isinstance(value, str):
            self.wrong(value, where, f"expected text, found {kind_of(value)}")
            return ""
        try:
            compile_go(value, whole=whole)
        except RegexError as error:
            self.wrong(value, where, f"not a regular expression of Go's: {error}", error.position)
        return str(value)


def path_of(where: Where) -> str:
    """A dotted path."""
    steps: list[str] = []
    while where:
        where, step = where
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step}")
    return "".join(reversed(steps)).removeprefix(".")
