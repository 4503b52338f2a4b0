from collections import Counter

import pytest

from netmon.expression import parse, references
from netmon.model import Role, SiteKind
from netmon.simulation.build import build
from netmon.simulation.facts import of, slug
from netmon.simulation.metropolis import Metropolis


def test_the_same_seed_builds_the_same_metropolis() -> None:
    assert build(5, 2.0) == build(5, 2.0)


def test_at_scale_1_there_are_about_90_devices_and_40_web_sites(metropolis: Metropolis) -> None:
    assert Counter(device.role for device in metropolis.devices.values()) == {
        Role.CORE_ROUTER: 4,
        Role.DISTRIBUTION_ROUTER: 8,
        Role.ACCESS_SWITCH: 58,
        Role.UPS: 12,
        Role.WIFI_CONTROLLER: 6,
        Role.FIREWALL: 2,
    }
    assert len(metropolis.endpoints) == 40
    assert len(metropolis.communes) == 28


@pytest.mark.parametrize(("scale", "switches"), [(0.1, 28), (1.0, 58), (3.0, 174)])
def test_scale_changes_the_number_of_access_switches(scale: float, switches: int) -> None:
    assert len(build(1, scale).of_role(Role.ACCESS_SWITCH)) == switches


def test_a_scale_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        build(1, 0)


@pytest.mark.parametrize("scale", [0.1, 1.0, 4.0])
def test_every_commune_has_a_switch_of_its_own_and_several_services(scale: float) -> None:
    metropolis = build(1, scale)
    own = Counter(metropolis.commune_of(device.id) for device in metropolis.of_role(Role.ACCESS_SWITCH))
    services = Counter(commune for service in metropolis.services for commune in service.communes)
    for commune in metropolis.communes:
        assert own[commune.name] >= 1
        assert services[commune.name] >= 9


@pytest.mark.parametrize("scale", [0.1, 1.0, 4.0])
def test_devices_stand_after_those_above_them_and_have_a_port_for_each_link(scale: float) -> None:
    metropolis = build(1, scale)
    seen: set[str] = set()
    for device in metropolis.devices.values():
        assert set(device.uplinks) <= seen
        assert len(set(device.uplinks)) == len(device.uplinks)
        seen.add(device.id)
    roots = {device.id for device in metropolis.devices.values() if not device.uplinks}
    assert roots == {device.id for device in metropolis.of_role(Role.CORE_ROUTER)}


@pytest.mark.parametrize("scale", [0.1, 1.0, 4.0])
def test_every_id_is_unique_and_every_name_in_an_expression_exists(scale: float) -> None:
    metropolis = build(1, scale)
    ids = [*metropolis.sites, *metropolis.devices, *metropolis.endpoints, *(s.id for s in metropolis.services)]
    assert [id_ for id_, count in Counter(ids).items() if count > 1] == []
    known = {*metropolis.devices, *metropolis.endpoints}
    for service in metropolis.services:
        assert set(references(parse(service.expression))) <= known


def test_sites_are_of_every_kind_and_each_has_a_device(metropolis: Metropolis) -> None:
    assert {site.kind for site in metropolis.sites.values()} == set(SiteKind) - {SiteKind.OTHER}
    assert all(metropolis.at_site.values())


def test_the_ring_of_cores_is_closed(metropolis: Metropolis) -> None:
    assert {lower for lower, _ in metropolis.ring} == {upper for _, upper in metropolis.ring}
    assert len(metropolis.ring) == 4


@pytest.mark.parametrize(
    ("name", "phrase", "key"),
    [
        ("Bègles", "de Bègles", "begles"),
        ("Ambès", "d'Ambès", "ambes"),
        ("Eysines", "d'Eysines", "eysines"),
        ("Le Haillan", "du Haillan", "le-haillan"),
        ("Villenave-d'Ornon", "de Villenave-d'Ornon", "villenave-d-ornon"),
        ("Saint-Médard-en-Jalles", "de Saint-Médard-en-Jalles", "saint-medard-en-jalles"),
    ],
)
def test_names_take_their_french_preposition_and_become_ids(name: str, phrase: str, key: str) -> None:
    assert of(name) == phrase
    assert slug(name) == key
