"""``--filter`` and ``--sort`` over open problems."""

import datetime as dt
import difflib
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from exporters.summary import plain
from exporters.terminal.look import GLYPHS
from exporters.terminal.status import ProblemLine, Status
from netmon.conventions import Reason
from netmon.errors import UsageError

Test: TypeAlias = Callable[[ProblemLine, dt.datetime], bool]


def _urgency(problem: ProblemLine) -> float:
    clock = problem.incident.tightest if problem.incident else None
    return clock.urgency if clock else float("inf")


_FIELDS: dict[str, Callable[[ProblemLine], Iterable[str]]] = {
    "state": lambda problem: (problem.state,),
    "kind": lambda problem: (problem.kind,),
    "id": lambda problem: (problem.id,),
    "name": lambda problem: (problem.name, problem.id),
    "reason": lambda problem: (problem.reason,),
    "detail": lambda problem: (problem.detail,),
    "commune": lambda problem: tuple(problem.places),
    "site": lambda problem: (problem.site,),
    "cause": lambda problem: problem.causes,
    "incident": lambda problem: (problem.incident.id,) if problem.incident else (),
    "handled": lambda problem: (problem.incident.handled or "nobody",) if problem.incident else (),
}
_CLOSED: dict[str, tuple[str, ...]] = {
    "state": tuple(GLYPHS),
    "kind": ("node", "check", "service", "incident"),
    "handled": ("nobody", "acknowledged", "notified", "started", "paused"),
    "reason": tuple(str(reason) for reason in Reason),
}
"""Fields of which all values are known: another one is a slip, not a question that finds nothing."""
_SORTS: dict[str, Callable[[ProblemLine], object]] = {
    "since": lambda problem: problem.since,
    "duration": lambda problem: -problem.since.timestamp(),  # shortest first
    "name": lambda problem: plain(problem.name),
    "commune": lambda problem: (plain(problem.commune), plain(problem.name)),
    "reason": lambda problem: problem.reason,
    "takes": lambda problem: -problem.takes["nodes"] - problem.takes["services"],
    "people": lambda problem: -problem.incident.population if problem.incident else 0,
    "clock": _urgency,
}
"""What is to be seen first comes first; ``since`` the longest, ``duration`` the shortest."""
SORT_KEYS = ("state", *_SORTS)
_TERM = re.compile(r"([a-z]+)(!=|=|~|>|<)(.*)", re.DOTALL)
_DURATION = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def find_commune(status: Status, wanted: str) -> str:
    """The commune's full name; accents, capitals and hyphens do not matter, and a unique beginning is enough.

    Raises:
        UsageError: no such commune, or several.
    """
    return find_name((commune.name for commune in status.communes), wanted)


def find_name(communes: Iterable[str], wanted: str) -> str:
    """The same among ``communes``.

    Raises:
        UsageError: no such commune, or several.
    """
    names = {plain(name): name for name in communes}
    key = plain(wanted)
    if key in names:
        return names[key]
    starting = [name for name in names if name.startswith(key)]
    if len(starting) == 1:
        return names[starting[0]]
    near = starting or difflib.get_close_matches(key, names, n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(names[name] for name in near)}?" if near else ""
    raise UsageError(f"no commune is called '{wanted}'{hint}")


def choose(status: Status, commune: str, sort: str, filter_by: str) -> Status:
    """What of ``status`` is wanted: one commune's part, the problems of a filter, in an order. Empty: everything.

    Raises:
        UsageError: no such commune, filter or order.
    """
    if commune:
        status = status.of_commune(find_commune(status, commune))
    wanted = parse_filter(filter_by)
    chosen = [problem for problem in status.problems if wanted(problem, status.generated)]
    return replace(status, problems=sort_problems(chosen, sort), filtered=bool(filter_by))


def parse_filter(text: str) -> Test:
    """Read ``KEY=VALUE``, ``KEY!=VALUE``, ``KEY~PART`` and ``since>1h``; separated by spaces, all must hold.

    ``|`` separates values any of which will do. Accents and capitals do not matter.

    Raises:
        UsageError: with what was expected.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--filter: {error}") from error
    tests = [_term(word) for word in words]
    return lambda problem, now: all(test(problem, now) for test in tests)


def sort_problems(problems: Sequence[ProblemLine], key: str) -> tuple[ProblemLine, ...]:
    """By ``key``; ``-`` before it turns the order round. ``state`` is the order they come in, worst first.

    Raises:
        UsageError: no such key.
    """
    name = key.removeprefix("-")
    if name not in SORT_KEYS:
        raise UsageError(f"--sort: '{name}' is not known: expected one of {', '.join(SORT_KEYS)}")
    if name == "state":
        return tuple(reversed(problems)) if key.startswith("-") else tuple(problems)
    return tuple(sorted(problems, key=_SORTS[name], reverse=key.startswith("-")))  # type: ignore[arg-type]


def _term(word: str) -> Test:
    match = _TERM.fullmatch(word)
    if match is None:
        raise UsageError(f"--filter: '{word}' is not KEY=VALUE, KEY!=VALUE, KEY~PART or since>1h")
    key, operator, value = match.groups()
    if key == "since":
        return _since(operator, value)
    if key not in _FIELDS or operator in "<>":
        keys = ", ".join(_FIELDS)
        raise UsageError(
            f"--filter: '{word}' is not known: expected one of {keys} with = != or ~, or since with > or <"
        )
    if operator != "~":
        _refuse_slips(key, value.split("|"))
    wanted = [plain(part) for part in value.split("|")]

    def matches(problem: ProblemLine, _: dt.datetime) -> bool:
        found = [plain(text) for text in _FIELDS[key](problem)]
        if operator == "~":
            return any(part in text for part in wanted for text in found)
        return any(text in wanted for text in found) is (operator == "=")

    return matches


def _refuse_slips(key: str, values: Sequence[str]) -> None:
    known = {plain(name): name for name in _CLOSED.get(key, ())}
    for value in values if known else ():
        if plain(value) not in known:
            near = difflib.get_close_matches(plain(value), known, n=1)
            hint = f"did you mean {known[near[0]]}?" if near else f"expected one of {', '.join(known.values())}"
            raise UsageError(f"--filter: '{value}' is not a {key}: {hint}")


def _since(operator: str, value: str) -> Test:
    match = _DURATION.fullmatch(value)
    if match is None or operator not in "<>":
        raise UsageError(f"--filter: 'since{operator}{value}' is not a length of time: expected for example since>90m")
    length = dt.timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if operator == ">":
        return lambda problem, now: now - problem.since > length
    return lambda problem, now: now - problem.since < length
