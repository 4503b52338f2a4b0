"""Links as LLDP tells of them beside the configured ones."""

import dataclasses

from netmon.model import Family, Neighbour, Node
from netmon.state.neighbours import accepted_uplinks, links_of, neighbours_in, strangers
from tests.engine.small import inventory

TOLD = {
    "dist": [
        Neighbour("Gi0/1", "CORE.metropole.example", "Te1/1", "aa"),
        Neighbour("Gi0/9", "borne-wifi", "1", "bb"),
    ],
    "acc1": [Neighbour("1", "acc2", "2", "cc"), Neighbour("2", "acc1", "1", "dd"), Neighbour("3", "", "", "ee")],
}


def test_neighbours_are_read_from_the_samples_of_their_module() -> None:
    names = ("lldpRemLocalPortNum", "lldpLocPortId", "lldpRemChassisId", "lldpRemPortId", "lldpRemSysName")
    family = Family("lldpRemChassisIdSubtype", "gauge", "", names, (("7", "Gi0/1", "0A:1B", "Te1/1", "core"),), (4,))
    assert neighbours_in([family]) == (Neighbour("Gi0/1", "core", "Te1/1", "0A:1B"),)
    assert neighbours_in([]) is None


def test_links_say_who_tells_of_them_and_where_both_disagree() -> None:
    links = {(link.lower, link.upper): link for link in links_of(inventory(), TOLD)}
    confirmed = links["dist", "core"]
    assert (confirmed.told, confirmed.disagrees, confirmed.lower_port, confirmed.upper_port) == (
        "both", False, "Gi0/1", "Te1/1")  # fmt: skip
    assert (links["acc1", "dist"].told, links["acc1", "dist"].disagrees) == ("configured", True)
    assert (links["acc2", "core"].told, links["acc2", "core"].disagrees) == ("configured", False)
    assert (links["acc1", "acc2"].told, links["acc1", "acc2"].disagrees) == ("seen", True)
    assert [each.name for _, each in strangers(inventory(), TOLD)] == ["borne-wifi", ""]


def test_only_what_the_configuration_accepts_becomes_an_uplink() -> None:
    assert accepted_uplinks(inventory(), TOLD) == {}
    ours = inventory()
    nodes = {**ours.nodes, "acc1": dataclasses.replace(ours.nodes["acc1"], accept_lldp=True)}
    assert accepted_uplinks(dataclasses.replace(ours, nodes=nodes), TOLD) == {"acc1": ("acc2",)}


def test_a_node_by_another_name_is_known_by_it() -> None:
    ours = inventory()
    named = dataclasses.replace(ours.nodes["dist"], name="Bordeaux-DR1")
    nodes: dict[str, Node] = {**ours.nodes, "dist": named}
    told = {"acc1": [Neighbour("1", "bordeaux-dr1", "4", "")]}
    links = links_of(dataclasses.replace(ours, nodes=nodes), told)
    assert [link.told for link in links if (link.lower, link.upper) == ("acc1", "dist")] == ["both"]
