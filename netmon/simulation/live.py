"""The faults while someone looks: dense enough that there is always one to see and one just mended."""

from collections.abc import Callable

from netmon.clock import HOUR, MINUTE, SECOND, Millis
from netmon.model import Role
from netmon.simulation.faults import FaultKind, Faults
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.seeded import Chance

_LEAD: Millis = 6 * MINUTE
"""Faults begin this long before the live part, so that it opens on a network with something already wrong."""
_SHORTEST: Millis = 70 * SECOND
"""Seven polls of the demo: long enough to be confirmed whatever the pace."""
_LASTING = (FaultKind.HTTP_500, FaultKind.STOPPED, FaultKind.WRONG_CONTENT)
_WORKS_EVERY: Millis = 20 * MINUTE


class Live:
    """Writes the faults of [start, end) into ``faults``; ``pace`` 2 makes everything come twice as fast."""

    def __init__(
        self,
        metropolis: Metropolis,
        chance: Chance,
        faults: Faults,
        start: Millis,
        end: Millis,
        pace: float,
        interval: Millis,
    ) -> None:
        self._metropolis = metropolis
        self._chance = chance
        self._faults = faults
        self._start = start
        self._end = end
        self._pace = pace
        self._interval = interval
        self._switches = [switch for switch in metropolis.of_role(Role.ACCESS_SWITCH) if len(switch.uplinks) == 1]
        self._busy: dict[str, Millis] = {}

    def write(self) -> None:
        """The opening, then one fault after another; beside them a lasting one, planned works, and blips."""
        self._lasting(self._opening())
        at = self._start + self._spaced(70, 100)
        deck: list[Callable[[Millis], None]] = []
        while at < self._end:
            deck = deck or self._chance.shuffled(self._kinds())
            deck.pop()(at)
            at += self._spaced(60, 110)
        self._works()
        self._blips()

    def _opening(self) -> Millis:
        """Two faults under way, one certificate to worry about, and the first new fault within seconds.

        Returns when the last of those under way ends.
        """
        start, early = self._start, self._start - _LEAD
        certificate = self._chance.pick([e.id for e in self._metropolis.endpoints.values() if e.secure and not e.site])
        self._busy[certificate] = self._end
        warned = start - 3 * 24 * HOUR
        self._faults.web(FaultKind.CERTIFICATE_EXPIRES, certificate, warned, self._end - warned)
        switch, first = self._switch(start, 5 * MINUTE), self._switch(start, 5 * MINUTE)
        self._faults.link_cut(switch, self._above(switch), early, start + self._length(80, 110) - early)
        begin, end = early + 2 * MINUTE, start + self._length(200, 300)
        self._faults.web(FaultKind.HTTP_500, self._web(start, end - start), begin, end - begin)
        self._faults.link_cut(first, self._above(first), start + 8 * SECOND, self._length(150, 240))
        return end

    def _lasting(self, at: Millis) -> None:
        """Many faults cannot be seen all the time they last; one that can is always there, relieved before it ends."""
        while at < self._end:
            begin, length = at - 20 * SECOND, self._length(240, 420)
            if self._chance.happens(0.5):
                switch = self._switch(begin, length)
                self._faults.link_cut(switch, self._above(switch), begin, length)
            else:
                self._faults.web(self._chance.pick(_LASTING), self._web(begin, length), begin, length)
            at = begin + length

    def _kinds(self) -> list[Callable[[Millis], None]]:
        return [
            self._link_cut, self._link_cut, self._hub_power, self._site_power, self._reboot, self._restart_unseen,
            self._flapping, self._slow_device, self._redundant_link,
            *(self._web_fault(kind) for kind in (
                FaultKind.HTTP_500, FaultKind.HANG, FaultKind.CERTIFICATE_EXPIRED, FaultKind.WRONG_CONTENT,
                FaultKind.SLOW_WEB, FaultKind.STOPPED, FaultKind.RESET,
            )),
        ]  # fmt: skip

    def _link_cut(self, at: Millis) -> None:
        length = self._length(150, 360)
        switch = self._switch(at, length)
        self._faults.link_cut(switch, self._above(switch), at, length)

    def _hub_power(self, at: Millis) -> None:
        """On battery for a minute or two, then the branch goes dark."""
        site = self._chance.pick([router.site for router in self._metropolis.of_role(Role.DISTRIBUTION_ROUTER)])
        battery = self._length(60, 100)
        self._faults.power_cut(site, at, battery + self._length(150, 300), battery)

    def _site_power(self, at: Millis) -> None:
        length = self._length(150, 300)
        site = self._metropolis.devices[self._switch(at, length)].site
        held = any(self._metropolis.devices[id_].role is Role.UPS for id_ in self._metropolis.at_site[site])
        self._faults.power_cut(site, at, length + (60 * SECOND if held else 0), 60 * SECOND if held else 0)

    def _reboot(self, at: Millis) -> None:
        self._faults.reboot(self._switch(at, 2 * MINUTE), at, max(_SHORTEST, self._length(70, 110)))

    def _restart_unseen(self, at: Millis) -> None:
        """Too short for a poll to miss; only sysUpTime tells."""
        self._faults.reboot(self._switch(at, MINUTE), at, self._interval * 4 // 10)

    def _flapping(self, at: Millis) -> None:
        self._faults.flapping(self._switch(at, 5 * MINUTE), at, self._length(240, 300), 3 * self._interval)

    def _slow_device(self, at: Millis) -> None:
        length = self._length(120, 240)
        self._faults.slow_device(self._switch(at, length), at, length)

    def _redundant_link(self, at: Millis) -> None:
        lower, upper = self._chance.pick(self._metropolis.ring)
        self._faults.link_cut(lower, upper, at, self._length(120, 300))

    def _web_fault(self, kind: FaultKind) -> Callable[[Millis], None]:
        def begin(at: Millis) -> None:
            length = self._length(120, 300)
            self._faults.web(kind, self._web(at, length, kind is FaultKind.CERTIFICATE_EXPIRED), at, length)

        return begin

    def _works(self) -> None:
        at = self._start + self._spaced(200, 280)
        while at < self._end:
            switch = self._switch(at, 5 * MINUTE)
            recorded = self._start - self._chance.instant(24 * HOUR, 72 * HOUR)
            self._faults.works(switch, (at, at + 5 * MINUTE), (at + 40 * SECOND, at + 160 * SECOND), recorded)
            at += int(_WORKS_EVERY / self._pace)

    def _blips(self) -> None:
        at = self._start + self._spaced(20, 60)
        everything = (*self._metropolis.devices, *self._metropolis.endpoints)
        while at < self._end:
            self._faults.blip(self._chance.pick(everything), at, self._interval * 7 // 10)
            at += self._spaced(100, 300)

    def _spaced(self, low: float, high: float) -> Millis:
        return max(1, int(self._chance.between(low, high) / self._pace)) * SECOND

    def _length(self, low: float, high: float) -> Millis:
        return max(_SHORTEST, self._spaced(low, high))

    def _switch(self, at: Millis, length: Millis) -> str:
        """A switch nothing else is happening to, as far as there is one."""
        return self._free([switch.id for switch in self._switches], at, length)

    def _web(self, at: Millis, length: Millis, secure: bool = False) -> str:
        checks = [e.id for e in self._metropolis.endpoints.values() if e.secure or not secure]
        return self._free(checks, at, length)

    def _free(self, among: list[str], at: Millis, length: Millis) -> str:
        idle = [id_ for id_ in among if self._busy.get(id_, 0) <= at] or among
        chosen = self._chance.pick(idle)
        self._busy[chosen] = at + length + 2 * MINUTE
        return chosen

    def _above(self, switch: str) -> str:
        return self._metropolis.devices[switch].uplinks[0]
