"""What the metropolis offers on its network: services as expressions over checks and nodes."""

from collections.abc import Iterable, Mapping

from netmon.model import Role, Service, Site, SiteKind
from netmon.simulation.facts import Facts, of, slug
from netmon.simulation.metropolis import Device, Endpoint

_CULTURE = frozenset({SiteKind.LIBRARY, SiteKind.MEDIA_LIBRARY, SiteKind.POOL, SiteKind.DEPOT})


def services(
    known: Facts, sites: Mapping[str, Site], devices: Mapping[str, Device], endpoints: Mapping[str, Endpoint]
) -> tuple[Service, ...]:
    """The services of each commune, in the communes' order, then those for all."""
    switches = [device for device in devices.values() if device.role is Role.ACCESS_SWITCH]
    found: list[Service] = []
    for commune in known.communes:
        mine = [(device, sites[device.site]) for device in switches if sites[device.site].commune == commune.name]
        found += _of_commune(commune.name, known.areas[commune.name], mine)
    everyone = tuple(commune.name for commune in known.communes)
    trams = [device.id for device in switches if sites[device.site].kind is SiteKind.TRAM]
    return (*found, *_for_all(everyone, trams, endpoints))


def _of_commune(commune: str, area: str, switches: list[tuple[Device, Site]]) -> list[Service]:
    key, name, only = slug(commune), of(commune), (commune,)
    hall = f"sw-{key}-1"
    found = [
        Service(f"{key}-reseau", f"Réseau de la mairie {name}", "network", only, hall),
        Service(f"{key}-site-web", f"Site web {name}", "web", only, f"web-mairie-{key}"),
        Service(f"{key}-wifi", f"Wi-fi public {name}", "wifi", only, f"{hall} and any(wlc-{area}, wlc-lac)"),
    ]
    schools = [device.id for device, site in switches if site.kind is SiteKind.SCHOOL]
    if schools:
        found.append(Service(f"{key}-ecoles", f"Réseau des écoles {name}", "schools", only, _all(schools)))
    others = [device.id for device, site in switches if site.kind in _CULTURE]
    if others:
        title = f"Réseau des équipements {name}"
        found.append(Service(f"{key}-equipements", title, "network", only, _all(others)))
    return found


def _for_all(everyone: tuple[str, ...], trams: list[str], endpoints: Mapping[str, Endpoint]) -> list[Service]:
    stations = [f"at_least({len(trams) - 1}, {', '.join(trams)})"] if len(trams) > 1 else trams
    needs = {
        "portail-citoyens": ("web", ["web-portail-citoyens", "fw-lac-1"]),
        "billettique": ("ticketing", ["web-billettique", *stations]),
        "consultation": ("consultation", ["web-consultation", "fw-pessac-1"]),
        "energie": ("energy", ["web-energie", "fw-pessac-1"]),
        "wifi-ecoles": ("wifi", ["web-wifi-ecoles", "any(wlc-lac, wlc-pessac)"]),
        "catalogue": ("web", ["web-catalogue"]),
        "familles": ("web", ["web-familles"]),
    }
    return [
        Service(id_, endpoints[f"web-{id_}"].title, family, everyone, _all(members))
        for id_, (family, members) in needs.items()
    ]


def _all(members: Iterable[str]) -> str:
    named = list(members)
    return named[0] if len(named) == 1 else f"all({', '.join(named)})"
