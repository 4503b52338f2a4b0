"""Building the metropolis: sites and devices first, web sites on them, services over both."""

from typing import Any

from netmon.model import Commune, Role, Site, SiteKind
from netmon.simulation.agreements import CONTRACTS
from netmon.simulation.facts import Facts, facts, of, slug
from netmon.simulation.metropolis import AREAS, DATA_CENTRES, DOMAIN, Device, Endpoint, Metropolis
from netmon.simulation.offer import services
from netmon.simulation.seeded import Chance

SWITCHES_AT_SCALE_1 = 58
_WORDS = {
    SiteKind.SCHOOL: "ecole",
    SiteKind.LIBRARY: "bibliotheque",
    SiteKind.MEDIA_LIBRARY: "mediatheque",
    SiteKind.POOL: "piscine",
    SiteKind.TRAM: "tram",
    SiteKind.DEPOT: "depot",
}
_BIG = 20_000
"""Inhabitants from which a town hall has two uplinks and 48 ports."""


def build(seed: int, scale: float = 1.0) -> Metropolis:
    """The metropolis of ``seed``. ``scale`` multiplies the access switches; each commune keeps at least its own.

    Raises:
        ValueError: ``scale`` is not above 0.
    """
    if scale <= 0:
        raise ValueError("scale must be above 0")
    builder = _Builder(seed, facts())
    builder.backbone()
    builder.town_halls()
    switches = max(len(builder.facts.communes), round(SWITCHES_AT_SCALE_1 * scale))
    builder.places(switches - len(builder.facts.communes))
    builder.power_supplies()
    builder.web()
    sites, devices, endpoints = builder.sites, builder.devices, builder.endpoints
    return Metropolis(
        seed=seed,
        scale=scale,
        communes=builder.facts.communes,
        sites=sites,
        devices=devices,
        endpoints=endpoints,
        services=services(builder.facts, sites, devices, endpoints),
        contracts=CONTRACTS,
        ring=builder.ring,
    )


class _Builder:
    def __init__(self, seed: int, known: Facts) -> None:
        self.facts = known
        self.sites: dict[str, Site] = {}
        self.devices: dict[str, Device] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.ring = tuple(
            zip(
                ("core-lac-1", "core-lac-2", "core-pessac-1", "core-pessac-2"),
                ("core-lac-2", "core-pessac-1", "core-pessac-2", "core-lac-1"),
                strict=True,
            )
        )
        self._chance = Chance(seed, "build")
        self._switches: dict[str, int] = {}
        self._supplies: list[tuple[str, str, str]] = []

    def backbone(self) -> None:
        """Data centres with cores, firewalls and wi-fi controllers, then the hubs with the distribution routers."""
        for centre, commune in zip(DATA_CENTRES, ("Bordeaux", "Pessac"), strict=True):
            name = "Bordeaux-Lac" if centre == "lac" else "Pessac"
            site = self._site(f"dc-{centre}", f"Centre de données de {name}", SiteKind.DATA_CENTRE, commune, True)
            cores = tuple(self._device(f"core-{centre}-{n}", site, Role.CORE_ROUTER, 16) for n in (1, 2))
            self._device(f"fw-{centre}-1", site, Role.FIREWALL, 8, *cores)
            self._device(f"wlc-{centre}", site, Role.WIFI_CONTROLLER, 4, *cores)
            for number, core in enumerate(cores, 1):
                self._supplies.append((f"ups-{centre}-{number}", site, core))
        for hub in self.facts.hubs:
            self._hub(hub)

    def _hub(self, hub: dict[str, Any]) -> None:
        area, number, commune = hub["area"], hub["number"], hub["commune"]
        if hub["kind"] == SiteKind.TOWN_HALL:
            site = self._town_hall(commune)
        else:
            site = self._place(SiteKind(hub["kind"]), commune, hub["name"])
        router = f"dist-{area}-{number}"
        self._device(router, site, Role.DISTRIBUTION_ROUTER, 24, f"core-lac-{number}", f"core-pessac-{number}")
        if number == 1:
            self._device(f"wlc-{area}", site, Role.WIFI_CONTROLLER, 4, router)
        self._supplies.append((f"ups-{area}-{number}", site, router))

    def town_halls(self) -> None:
        """Each commune's first switch, in its town hall."""
        turn = dict.fromkeys(AREAS, 0)
        for commune in self.facts.communes:
            area = self.facts.areas[commune.name]
            turn[area] += 1
            routers = (f"dist-{area}-1", f"dist-{area}-2")
            site = self._town_hall(commune.name)
            if commune.population >= _BIG:
                self._switch(commune.name, site, 48, *routers)
            else:
                self._switch(commune.name, site, 24, routers[turn[area] % 2])

    def places(self, count: int) -> None:
        """The first ``count`` of the other places: those of the data file, then schools, by turns."""
        for place in self.facts.places[:count]:
            site = self._place(SiteKind(place["kind"]), place["commune"], place["name"])
            self._switch(place["commune"], site, place["ports"], *self._above(place["commune"], place["uplink"]))
        by_size = sorted(self.facts.communes, key=lambda commune: -commune.population)
        for extra in range(max(0, count - len(self.facts.places))):
            self._school(by_size[extra % len(by_size)], extra // len(by_size))

    def _school(self, commune: Commune, turn: int) -> None:
        names = self.facts.schools
        name = names[(turn + self.facts.communes.index(commune)) % len(names)]
        name += f" {turn // len(names) + 1}" if turn >= len(names) else ""
        site = self._place(SiteKind.SCHOOL, commune.name, f"Groupe scolaire {name}")
        ports = self._chance.pick((8, 16, 24, 24, 48))
        way = self._chance.pick(("one", "one", "two", "town_hall"))
        self._switch(commune.name, site, ports, *self._above(commune.name, way))

    def power_supplies(self) -> None:
        """UPSes at the data centres and hubs, each managed through a device of its own site."""
        for id_, site, above in self._supplies:
            self._device(id_, site, Role.UPS, 1, above)

    def web(self) -> None:
        """The communes' web sites, then those for all of the métropole."""
        for index, commune in enumerate(self.facts.communes):
            key = slug(commune.name)
            own = commune.name in self.facts.own_hosting
            self._endpoint(
                Endpoint(
                    id=f"web-mairie-{key}",
                    name=f"mairie-{key}.{DOMAIN}",
                    secure=commune.name not in self.facts.plain_http,
                    title=f"Mairie {of(commune.name)}",
                    phrase=f"Bienvenue sur le site {of(commune.name)}",
                    commune=commune.name,
                    site=f"{key}-mairie" if own else "",
                    host=f"sw-{key}-1" if own else f"fw-{DATA_CENTRES[index % 2]}-1",
                )
            )
        for portal in self.facts.portals:
            centre = portal["data_centre"]
            host, site = f"fw-{centre}-1", f"dc-{centre}"
            name = f"{portal['id']}.{DOMAIN}"
            self._endpoint(
                Endpoint(
                    f"web-{portal['id']}", name, True, portal["title"], portal["phrase"],
                    self.sites[site].commune, site, host, portal.get("behind", ""),
                )
            )  # fmt: skip

    def _endpoint(self, endpoint: Endpoint) -> None:
        self.endpoints[endpoint.id] = endpoint

    def _above(self, commune: str, way: str) -> tuple[str, ...]:
        area = self.facts.areas[commune]
        if way == "town_hall":
            return (f"sw-{slug(commune)}-1",)
        if way == "two":
            return (f"dist-{area}-1", f"dist-{area}-2")
        return (f"dist-{area}-{self._chance.pick((1, 2))}",)

    def _town_hall(self, commune: str) -> str:
        name = f"Hôtel de ville {of(commune)}"
        return self._site(f"{slug(commune)}-mairie", name, SiteKind.TOWN_HALL, commune, False)

    def _place(self, kind: SiteKind, commune: str, name: str) -> str:
        known = next((site.id for site in self.sites.values() if (site.commune, site.name) == (commune, name)), None)
        if known:
            return known
        stem = f"{slug(commune)}-{_WORDS[kind]}"
        number = 1 + sum(1 for id_ in self.sites if id_.startswith(f"{stem}-"))
        return self._site(f"{stem}-{number}", name, kind, commune, False)

    def _site(self, id_: str, name: str, kind: SiteKind, commune: str, sensitive: bool) -> str:
        self.sites.setdefault(id_, Site(id_, name, kind, commune, sensitive))
        return id_

    def _switch(self, commune: str, site: str, ports: int, *uplinks: str) -> None:
        self._switches[commune] = self._switches.get(commune, 0) + 1
        self._device(f"sw-{slug(commune)}-{self._switches[commune]}", site, Role.ACCESS_SWITCH, ports, *uplinks)

    def _device(self, id_: str, site: str, role: Role, ports: int, *uplinks: str) -> str:
        self.devices[id_] = Device(id_, site, role, ports, uplinks)
        return id_
