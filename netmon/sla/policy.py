"""Policies: which seconds count, and how. Five answers, and presets that follow other systems' arithmetic.

Where the presets' answers come from, and where arithmetic on time cannot follow that system:

contract
    What the commune lived through. A target behind a broken link was of no use, whoever's fault it was; planned works
    and what nobody looked at leave both sides.
strict
    Whatever is not proven good is bad; only planned works leave.
icinga
    ``get_sla_ok_percent`` of Icinga DB: planned downtime is forgiven but stays in the denominator, WARNING is good,
    UNKNOWN and unreachable are bad, the last state bridges gaps. It calls an object without any history 100 %; here
    such an object has no figure.
nagios
    The availability report of Nagios Core with its defaults: scheduled downtime is a column of its own but the state
    below counts; WARNING, UNKNOWN and UNREACHABLE are not "OK"; "assume states during program downtime" carries the
    last state. Its soft states and "assumed initial states" have no counterpart.
zabbix
    The service SLI of Zabbix 6 and later: good unless a problem is open, so silence is good; excluded downtimes leave
    the uptime and the downtime. Its triggers' own severities are not known here: DEGRADED is a problem, UNKNOWN is
    not.
equipment
    The device at fault, not those behind it, and only what was measured.
centreon
    Centreon MBI: UNREACHABLE, UNKNOWN and planned downtime leave the denominator, WARNING is available. Its daily
    consolidation cannot be followed.
uptime-kuma
    Uptime Kuma counts heartbeats; this is its rule by time: maintenance leaves, PENDING and UP are up, all else is
    down, no heartbeat is nothing.
"""

from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from enum import IntEnum
from typing import Literal, TypeAlias

from netmon.errors import UsageError


class Answer(IntEnum):
    """What an instant is to the figure, from worst to best."""

    DOWN = 0
    EXCLUDED = 1
    UP = 2


MaintenanceAnswer: TypeAlias = Literal["excluded", "up", "counted"]
StateAnswer: TypeAlias = Literal["up", "down", "excluded"]
NoDataAnswer: TypeAlias = Literal["excluded", "carry", "down", "up"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Five answers. ``counted``: the state below maintenance counts; ``carry``: the last state bridges stops."""

    maintenance: MaintenanceAnswer = "excluded"
    degraded: StateAnswer = "up"
    unreachable: StateAnswer = "down"
    unknown: StateAnswer = "excluded"
    no_data: NoDataAnswer = "excluded"

    def items(self) -> tuple[tuple[str, str], ...]:
        """The answers as (key, answer), in the order of the table."""
        return tuple((key, getattr(self, key)) for key in KEYS)


KEYS = tuple(field.name for field in fields(Policy))
ANSWERS: dict[str, tuple[str, ...]] = {
    "maintenance": ("excluded", "up", "counted"),
    "degraded": ("up", "down", "excluded"),
    "unreachable": ("excluded", "down", "up"),
    "unknown": ("excluded", "down", "up"),
    "no_data": ("excluded", "carry", "down", "up"),
}
PRESETS: dict[str, Policy] = {
    "contract": Policy(),
    "strict": Policy("excluded", "down", "down", "down", "down"),
    "icinga": Policy("up", "up", "down", "down", "carry"),
    "nagios": Policy("counted", "down", "down", "down", "carry"),
    "zabbix": Policy("excluded", "down", "down", "up", "up"),
    "equipment": Policy("excluded", "up", "excluded", "excluded", "excluded"),
    "centreon": Policy("excluded", "up", "excluded", "excluded", "excluded"),
    "uptime-kuma": Policy("excluded", "up", "down", "down", "excluded"),
}


def parse_policy(text: str) -> Policy:
    """Read ``icinga``, ``unknown=down,no_data=carry`` or ``icinga,unknown=excluded``; keys not named: ``contract``'s.

    Raises:
        UsageError: an unknown preset, key or answer, with the nearest one; a preset that is not first; a key twice.
    """
    policy = PRESETS["contract"]
    seen: set[str] = set()
    for position, word in enumerate(part.strip() for part in text.split(",")):
        key, equals, answer = (part.strip() for part in word.partition("="))
        if not equals:
            policy = _preset(key, position)
            continue
        if key in seen:
            raise UsageError(f"policy: '{key}' is answered twice")
        seen.add(key)
        policy = _answered(policy, key, answer)
    return policy


def _preset(name: str, position: int) -> Policy:
    if name in ANSWERS:
        *most, last = (f"{name}={answer}" for answer in ANSWERS[name])
        raise UsageError(f"policy: '{name}' needs an answer: expected {', '.join(most)} or {last}")
    if name not in PRESETS:
        raise UsageError(f"policy: no preset or answer '{name}'{_nearest(name, (*PRESETS, *KEYS))}")
    if position:
        raise UsageError(f"policy: the preset '{name}' must come first, before the answers that change it")
    return PRESETS[name]


def _answered(policy: Policy, key: str, answer: str) -> Policy:
    if key not in ANSWERS:
        raise UsageError(f"policy: no key '{key}'{_nearest(key, KEYS)}")
    if answer not in ANSWERS[key]:
        raise UsageError(f"policy: '{key}' cannot be '{answer}'{_nearest(answer, ANSWERS[key])}")
    return replace(policy, **{key: answer})  # type: ignore[arg-type]


def _nearest(word: str, names: tuple[str, ...]) -> str:
    close = get_close_matches(word, names, n=1)
    return f": did you mean '{close[0]}'?" if close else f": expected {', '.join(names)}"
