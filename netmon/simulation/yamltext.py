"""Writing the little YAML a configuration needs: a record a line while it fits, quoted only where it must be.

Reading YAML belongs to ``netmon.config``; this only writes what any YAML 1.1 or 1.2 reader takes for the same values.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value]"

_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ0-9 ./'’–_-]*")
_WIDTH = 120
_DURATION = re.compile(r"[0-9]+(ms|s|m|h|d)")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that YAML 1.1 reads as something else than text."""


def scalar(text: str) -> str:
    """A text as a YAML scalar that fits into a flow collection."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(" ")
    return text if plain or _DURATION.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def flow(value: Value) -> str:
    """Any value in flow style, on one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return repr(value)


def duration(length: Millis) -> str:
    """A length of time with the largest unit that makes it whole: ``90s``, ``4h``."""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if length and length % size == 0:
            return f"{length // size}{unit}"
    return f"{length}ms"


def document(head: Sequence[str], key: str, records: Iterable[Mapping[str, Value]]) -> str:
    """A file with one list: comment lines, then ``key:`` with its records."""
    lines = [*(f"# {line}".rstrip() for line in head), "", f"{key}:"]
    listed = [line for record in records for line in _item(record)]
    if not listed:
        lines[-1] += " []"
    return "\n".join([*lines, *listed]) + "\n"


def _item(record: Mapping[str, Value], indent: str = "  ") -> list[str]:
    line = f"{indent}- {flow(record)}"
    if len(line) <= _WIDTH:
        return [line]
    first, *rest = _block(record, indent + "  ")
    return [f"{indent}- {first.lstrip()}", *rest]


def _block(record: Mapping[str, Value], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in record.items():
        line = f"{indent}{key}: {flow(value)}"
        if len(line) > _WIDTH and isinstance(value, Mapping):
            lines += [f"{indent}{key}:", *_block(value, indent + "  ")]
        elif len(line) > _WIDTH and not isinstance(value, str) and isinstance(value, Sequence):
            lines.append(f"{indent}{key}:")
            for item in value:
                lines += _item(item, indent + "  ") if isinstance(item, Mapping) else [f"{indent}  - {flow(item)}"]
        else:
            lines.append(line)
    return lines
