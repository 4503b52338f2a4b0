"""The truth: what a poll of any check would see at any instant, computed from the script.

The agents and web sites behave as it says, the past is replayed from it, and reports are compared with it. A device is
silent while it is off or away, or while every one of its uplinks is cut or leads to a silent device.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from netmon.clock import DAY, SECOND, Millis
from netmon.conventions import Reason
from netmon.expression import Expression, evaluate, parse, references
from netmon.model import MaintenanceWindow, Reading, State
from netmon.simulation.faults import RESTARTING, Fault, FaultKind
from netmon.simulation.intervals import Span, Spans
from netmon.simulation.metropolis import Metropolis, device_of
from netmon.simulation.script import Script
from netmon.simulation.seeded import Chance

_AWAY = frozenset({FaultKind.REBOOT, FaultKind.WORKS, FaultKind.FLAPPING, FaultKind.BLIP})
_TICK: Millis = 10
"""TimeTicks are hundredths of a second (RFC 2578)."""

SLOW_DEVICE_DELAY: Millis = 8 * SECOND
"""How late a slow device answers: longer than any poll of the demo waits."""
SLOW_WEB_DELAY: Millis = 1500
"""How long a slow web site takes: beyond the checks' ``slow``, within their timeout."""

WEB_FAULTS: tuple[tuple[FaultKind, State, Reason, str], ...] = (
    (FaultKind.BLIP, State.DOWN, Reason.CONNECT_REFUSED, "connection refused"),
    (FaultKind.STOPPED, State.DOWN, Reason.CONNECT_REFUSED, "connection refused"),
    (FaultKind.RESET, State.DOWN, Reason.RESET, "connection reset by the server"),
    (FaultKind.CERTIFICATE_EXPIRED, State.DOWN, Reason.TLS_EXPIRED, "certificate has expired"),
    (FaultKind.HANG, State.DOWN, Reason.TIMEOUT, "no answer"),
    (FaultKind.WORKS, State.DOWN, Reason.STATUS, "status 503"),
    (FaultKind.HTTP_500, State.DOWN, Reason.STATUS, "status 500"),
    (FaultKind.WRONG_CONTENT, State.DOWN, Reason.BODY, "body does not match"),
    (FaultKind.SLOW_WEB, State.DEGRADED, Reason.SLOW, f"took {SLOW_WEB_DELAY} ms"),
    (FaultKind.CERTIFICATE_EXPIRES, State.DEGRADED, Reason.TLS_EXPIRES_SOON, "certificate expires soon"),
)
"""How each fault of a web site is seen, in the order in which a client would run into it."""


class World:
    """The metropolis under its script. Pure; what is asked for is computed once and kept."""

    def __init__(self, metropolis: Metropolis, script: Script) -> None:
        self.metropolis = metropolis
        self.script = script
        self._by_object: dict[str, list[Fault]] = {}
        for fault in script.faults:
            self._by_object.setdefault(fault.object, []).append(fault)
        self._silent: dict[str, Spans] = {}
        self._slow: dict[str, Spans] = {}
        self._boots: dict[str, list[Millis]] = {}
        self._web: dict[str, dict[FaultKind, Spans]] = {}
        self._cuts: dict[tuple[str, str], Spans] = self._all_cuts()

    # --- devices

    def silent(self, device: str) -> Spans:
        """When nothing is heard of a device."""
        known = self._silent.get(device)
        if known is None:
            above = self.metropolis.devices[device].uplinks
            known = self.off(device)
            if above:
                ways = [self.cut(device, upper) | self.silent(upper) for upper in above]
                lost = ways[0]
                for way in ways[1:]:
                    lost &= way
                known |= lost
            self._silent[device] = known
        return known

    def cut(self, lower: str, upper: str) -> Spans:
        """When the link between two devices carries nothing."""
        return self._cuts.get((lower, upper), _NEVER)

    def off(self, device: str, kinds: frozenset[FaultKind] = _AWAY) -> Spans:
        """When the device itself is away for one of ``kinds`` or for want of power, whatever its uplinks do."""
        site = self.metropolis.devices[device].site
        faults = (*self._faults(device, *kinds), *self._faults(site, FaultKind.POWER_CUT))
        return Spans(span for fault in faults for span in fault.active)

    def slow(self, device: str) -> Spans:
        """When the device answers too late."""
        if device not in self._slow:
            self._slow[device] = Spans(s for f in self._faults(device, FaultKind.SLOW_DEVICE) for s in f.active)
        return self._slow[device]

    def booted(self, device: str, at: Millis) -> Millis:
        """When a device last started, as of ``at``."""
        boots = self._boots_of(device)
        return boots[max(0, bisect_right(boots, at) - 1)]

    def on_battery(self, ups: str, at: Millis) -> tuple[Millis, Millis] | None:
        """For how long a UPS has run on its battery, and how long the battery holds in all; None: on mains."""
        for fault in self._faults(self.metropolis.devices[ups].site, FaultKind.POWER_CUT):
            if fault.start <= at < fault.end:
                held = fault.active[0][0] - fault.start if fault.active else 2 * (fault.end - fault.start)
                return at - fault.start, held
        return None

    def power_cuts(self, ups: str, at: Millis) -> int:
        """How often a UPS has lost its mains since it last started."""
        booted = self.booted(ups, at)
        cuts = self._faults(self.metropolis.devices[ups].site, FaultKind.POWER_CUT)
        return sum(1 for fault in cuts if booted <= fault.start <= at)

    def uptime(self, device: str, at: Millis) -> int:
        """sysUpTime: hundredths of a second since the last boot, modulo 2^32 (RFC 3418)."""
        return (at - self.booted(device, at)) // _TICK % 2**32

    # --- checks

    def changes(self, check: str) -> Sequence[Millis]:
        """Every instant at which what a poll sees may change, in order: state, reason, or the time of the last boot."""
        device = device_of(check)
        if device is not None:
            edges = {*self.silent(device).edges(), *self.slow(device).edges(), *self._boots_of(device)[1:]}
        else:
            edges = set(self.silent(self.metropolis.endpoints[check].host).edges())
            for spans in self._web_of(check).values():
                edges.update(spans.edges())
        return sorted(edges)

    def look(self, check: str, at: Millis) -> Reading:
        """What a poll at ``at`` sees, without samples.

        Raises:
            KeyError: there is no such check here.
        """
        device = device_of(check)
        if device is None:
            return self._look_at_web(check, at)
        if at in self.silent(device):
            return Reading(State.DOWN, Reason.TIMEOUT, "no answer")
        if at in self.slow(device):
            return Reading(State.DOWN, Reason.TIMEOUT, "no answer in time")
        return Reading(State.UP, uptime=self.uptime(device, at))

    def refused(self, check: str) -> Spans:
        """When a web site's server takes no connections: stopped, or cut off."""
        found = self._web_of(check)
        stopped = found.get(FaultKind.STOPPED, _NEVER) | found.get(FaultKind.BLIP, _NEVER)
        return stopped | self.silent(self.metropolis.endpoints[check].host)

    def web_fault(self, check: str, at: Millis) -> FaultKind | None:
        """What a web site suffers from; STOPPED also while its server cannot be reached."""
        if at in self.silent(self.metropolis.endpoints[check].host):
            return FaultKind.STOPPED
        found = self._web_of(check)
        return next((kind for kind, *_ in WEB_FAULTS if kind in found and at in found[kind]), None)

    # --- planned works, and what really was

    def maintenance(self, start: Millis, end: Millis) -> tuple[MaintenanceWindow, ...]:
        """The announced windows that touch [start, end)."""
        return self.script.maintenance(start, end)

    def truth(self, object_: str, start: Millis, end: Millis) -> tuple[Span, ...]:
        """When a check, device or service really was down within [start, end): planned or not, seen or not.

        A service is down as its expression says, taking what is silent behind a broken device for down.
        """
        service = next((service for service in self.metropolis.services if service.id == object_), None)
        if service is None:
            check = f"{object_}/snmp" if object_ in self.metropolis.devices else object_
            return tuple(self._down(check, start, end))
        expression = parse(service.expression)
        down = {name: Spans(self.truth(name, start, end)) for name in references(expression)}
        edges = sorted({start, end, *(edge for spans in down.values() for edge in spans.edges())})
        return tuple(Spans((since, until) for since, until in pairwise(edges) if _is_down(expression, down, since)))

    def _down(self, check: str, start: Millis, end: Millis) -> Spans:
        device = device_of(check)
        if device is not None:
            return (self.silent(device) | self.slow(device)).clip(start, end)
        down = self.silent(self.metropolis.endpoints[check].host)
        for kind, state, *_ in WEB_FAULTS:
            if state is State.DOWN and kind in self._web_of(check):
                down |= self._web_of(check)[kind]
        return down.clip(start, end)

    def _look_at_web(self, check: str, at: Millis) -> Reading:
        fault = self.web_fault(check, at)
        for kind, state, reason, detail in WEB_FAULTS:
            if kind is fault:
                return Reading(state, reason, detail)
        return Reading(State.UP)

    def _web_of(self, check: str) -> dict[FaultKind, Spans]:
        if check not in self._web:
            spans: dict[FaultKind, list[Span]] = {}
            for fault in self._by_object.get(check, ()):
                spans.setdefault(fault.kind, []).extend(fault.active)
            self._web[check] = {kind: Spans(found) for kind, found in spans.items()}
        return self._web[check]

    def _faults(self, object_: str, *kinds: FaultKind) -> list[Fault]:
        return [fault for fault in self._by_object.get(object_, ()) if fault.kind in kinds]

    def _boots_of(self, device: str) -> list[Millis]:
        """The first boot lies before the script, a few days to two years ago; then after every restart."""
        if device not in self._boots:
            chance = Chance(self.script.seed, "boot", device)
            first = self.script.start - chance.instant(2 * DAY, (30 if chance.happens(0.7) else 700) * DAY)
            site = self.metropolis.devices[device].site
            faults = (*self._faults(device, *RESTARTING), *self._faults(site, FaultKind.POWER_CUT))
            later = {span[1] for fault in faults for span in fault.active}
            self._boots[device] = [first, *sorted(later)]
        return self._boots[device]

    def _all_cuts(self) -> dict[tuple[str, str], Spans]:
        spans: dict[tuple[str, str], list[Span]] = {}
        for fault in self.script.faults:
            if fault.kind is FaultKind.LINK_CUT:
                spans.setdefault((fault.object, fault.peer), []).extend(fault.active)
        return {link: Spans(found) for link, found in spans.items()}


def _is_down(expression: Expression, down: Mapping[str, Spans], at: Millis) -> bool:
    return evaluate(expression, lambda name: State.DOWN if at in down[name] else State.UP) is State.DOWN


_NEVER = Spans()
