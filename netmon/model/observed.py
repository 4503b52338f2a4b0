"""What is observed: samples, readings, observations. Frozen values, no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from netmon.clock import Millis
from netmon.conventions import Reason
from netmon.model.watched import Check, State

Number: TypeAlias = int | float
MetricKind: TypeAlias = Literal["gauge", "counter", "info", "stateset", "unknown"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One series with its value."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: Number


@dataclass(frozen=True, slots=True)
class Family:
    """Values of one metric, a column: ``values[i]`` belongs to the label values ``series[i]``.

    A collector hands over the same ``series`` tuple poll after poll while it has not changed: exporters recognise it by
    identity and keep what they rendered for it. Labels of the check (commune, site, node, check) are not in
    ``label_names``: they are added where the family is shown.
    """

    name: str
    kind: MetricKind
    help: str
    label_names: tuple[str, ...]
    series: tuple[tuple[str, ...], ...]
    values: tuple[Number, ...]

    def samples(self) -> Iterator[Sample]:
        """The family as single samples."""
        for labels, value in zip(self.series, self.values, strict=True):
            yield Sample(self.name, tuple(zip(self.label_names, labels, strict=True)), value)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the target keeps a sample's value: family, label values and, for SNMP, the object identifier."""

    name: str
    labels: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a collector learned about the target: UP, DEGRADED or DOWN with a reason (UNKNOWN is the poller's).

    ``detail`` is one line for people, never a label and without secrets. ``uptime`` is the raw sysUpTime in
    hundredths of a second, modulo 2^32 (RFC 3418), where the target tells it; ``engine_boots`` and ``engine_time`` (in
    seconds) are snmpEngineBoots and snmpEngineTime (RFC 3411), which many agents lack. ``log`` are the steps taken and
    ``origins`` where samples come from, for ``netmon probe``; empty unless asked for.
    """

    state: State
    reason: Reason = Reason.OK
    detail: str = ""
    families: tuple[Family, ...] = ()
    uptime: int | None = None
    log: tuple[str, ...] = ()
    engine_boots: int | None = None
    engine_time: int | None = None
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """A reading with its check and its time: ``started`` on the wall clock, ``duration`` in monotonic seconds."""

    check: Check
    started: Millis
    duration: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a node told of one neighbour by LLDP: its own port, and the neighbour's name, port and chassis."""

    port: str
    name: str
    remote_port: str
    chassis: str
