"""The faults of the time before the demo: realistic rates, so that a report on it looks like one on a real network.

Every commune has something in each full month; most services end between 99 and 99.99 %, a few below their objective.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from netmon.clock import DAY, HOUR, MINUTE, Millis, from_datetime, to_datetime
from netmon.model import Role
from netmon.simulation.faults import CERTIFICATE_WARNING, FaultKind, Faults
from netmon.simulation.metropolis import Metropolis
from netmon.simulation.seeded import Chance

MONTH: Millis = 30 * DAY
_ZONE = ZoneInfo("Europe/Paris")
_SHORT_WEB = (FaultKind.HTTP_500, FaultKind.HANG, FaultKind.STOPPED, FaultKind.WRONG_CONTENT, FaultKind.RESET)


class Past:
    """Writes the faults of [start, end) into ``faults``."""

    def __init__(
        self, metropolis: Metropolis, chance: Chance, faults: Faults, start: Millis, end: Millis, interval: Millis
    ) -> None:
        self._metropolis = metropolis
        self._chance = chance
        self._faults = faults
        self._start = start
        self._end = end
        self._interval = interval
        self._switches = metropolis.of_role(Role.ACCESS_SWITCH)
        self._hubs = [router.site for router in metropolis.of_role(Role.DISTRIBUTION_ROUTER)]

    def write(self) -> None:
        """All of it, month by month from the start."""
        at = self._start
        while at < self._end:
            until = min(at + MONTH, self._end)
            self._month(at, until)
            at = until

    def _month(self, start: Millis, end: Millis) -> None:
        share = (end - start) / MONTH
        for commune in self._metropolis.communes:
            if self._chance.happens(share):
                self._incident(commune.name, start, end)
        for expected, fault in self._rates():
            for _ in range(self._chance.times(expected * share)):
                fault(start, end)
        for check in (*self._metropolis.devices, *self._metropolis.endpoints):
            for _ in range(self._chance.times(share)):
                self._faults.blip(check, self._chance.instant(start, end - self._interval), self._interval * 7 // 10)

    def _rates(self) -> tuple[tuple[float, Callable[[Millis, Millis], None]], ...]:
        """Expected events a month, for the whole métropole."""
        return (
            (2.0, self._excavator),
            (2.5, self._hub_power),
            (2.0, self._redundant_link),
            (5.0, self._works),
            (3.0, self._flapping),
            (4.0, self._slow_device),
            (6.0, self._portal),
            (5.0, self._slow_web),
            (1.5, self._certificate),
        )

    def _incident(self, commune: str, start: Millis, end: Millis) -> None:
        """What ordinarily happens to one commune: something short, to one of its things."""
        switches = [d for d in self._switches if self._metropolis.commune_of(d.id) == commune]
        switch = self._chance.pick(switches)
        length = self._chance.minutes(8, 90)
        begin = self._chance.instant(start, end - length)
        web = next(e.id for e in self._metropolis.endpoints.values() if e.commune == commune)
        battery = self._battery(switch.site)
        cut = partial(self._faults.link_cut, switch.id, switch.uplinks[0], begin, length)
        ordinary: tuple[Callable[[], None], ...] = (
            *([cut] if len(switch.uplinks) == 1 else []),
            partial(self._faults.power_cut, switch.site, begin, battery + length, battery),
            partial(self._faults.reboot, switch.id, begin, self._chance.minutes(2, 9)),
            partial(self._faults.web, self._chance.pick(_SHORT_WEB), web, begin, length),
        )
        self._chance.pick(ordinary)()

    def _battery(self, site: str) -> Millis:
        held = any(self._metropolis.devices[id_].role is Role.UPS for id_ in self._metropolis.at_site[site])
        return self._chance.minutes(12, 45) if held else 0

    def _excavator(self, start: Millis, end: Millis) -> None:
        """A fibre torn out of the ground takes most of a day: the month's objective is lost."""
        switch = self._chance.pick([switch for switch in self._switches if len(switch.uplinks) == 1])
        length = self._chance.minutes(240, 840)
        self._faults.link_cut(switch.id, switch.uplinks[0], self._chance.instant(start, end - length), length)

    def _hub_power(self, start: Millis, end: Millis) -> None:
        site = self._chance.pick(self._hubs)
        length = self._chance.minutes(5, 120)
        self._faults.power_cut(site, self._chance.instant(start, end - length), length, self._battery(site))

    def _redundant_link(self, start: Millis, end: Millis) -> None:
        routers = [(router.id, above) for router in self._metropolis.of_role(Role.DISTRIBUTION_ROUTER)
                   for above in router.uplinks]  # fmt: skip
        lower, upper = self._chance.pick([*routers, *self._metropolis.ring])
        length = self._chance.minutes(10, 600)
        self._faults.link_cut(lower, upper, self._chance.instant(start, end - length), length)

    def _works(self, start: Millis, end: Millis) -> None:
        """Announced for 22:00 to 02:00 in Paris; one in five overruns its window."""
        night = to_datetime(self._chance.instant(start, end - 2 * DAY), _ZONE).replace(hour=22, minute=0, second=0)
        begin = from_datetime(night.replace(microsecond=0))
        window = (begin, from_datetime((night + dt.timedelta(days=1)).replace(hour=2, microsecond=0)))
        if not start <= begin or window[1] + HOUR > end:
            return
        length = self._chance.minutes(10, 60)
        away = self._chance.instant(begin + 5 * MINUTE, window[1] - length)
        if self._chance.happens(0.2):
            away = window[1] - length // 2
        targets = (*self._switches, *self._metropolis.of_role(Role.DISTRIBUTION_ROUTER))
        object_ = self._chance.pick([*(device.id for device in targets), *self._metropolis.endpoints])
        self._faults.works(object_, window, (away, away + length), begin - self._chance.instant(2 * DAY, 6 * DAY))

    def _flapping(self, start: Millis, end: Millis) -> None:
        length = self._chance.minutes(15, 60)
        begin = self._chance.instant(start, end - length - 10 * MINUTE)
        self._faults.flapping(self._chance.pick(self._switches).id, begin, length, 2 * MINUTE)

    def _slow_device(self, start: Millis, end: Millis) -> None:
        device = self._chance.pick([d for d in self._metropolis.devices.values() if d.role is not Role.CORE_ROUTER])
        length = self._chance.minutes(4, 45)
        self._faults.slow_device(device.id, self._chance.instant(start, end - length), length)

    def _portal(self, start: Millis, end: Millis) -> None:
        portal = self._chance.pick([endpoint.id for endpoint in self._metropolis.endpoints.values()])
        length = self._chance.minutes(3, 120)
        self._faults.web(self._chance.pick(_SHORT_WEB), portal, self._chance.instant(start, end - length), length)

    def _slow_web(self, start: Millis, end: Millis) -> None:
        length = self._chance.minutes(10, 180)
        check = self._chance.pick(list(self._metropolis.endpoints))
        self._faults.web(FaultKind.SLOW_WEB, check, self._chance.instant(start, end - length), length)

    def _certificate(self, start: Millis, end: Millis) -> None:
        """Nobody minded the warning of the last two weeks; noticed in the morning."""
        check = self._chance.pick([endpoint.id for endpoint in self._metropolis.endpoints.values() if endpoint.secure])
        length = self._chance.minutes(60, 600)
        expiry = self._chance.instant(start, end - length)
        warned = max(self._start, expiry - CERTIFICATE_WARNING)
        self._faults.web(FaultKind.CERTIFICATE_EXPIRES, check, warned, expiry - warned)
        self._faults.web(FaultKind.CERTIFICATE_EXPIRED, check, expiry, length)
