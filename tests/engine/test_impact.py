"""What is lost if something stops."""

from netmon.engine.impact import Impacts
from tests.engine.small import inventory


def test_what_has_no_other_way_is_lost_with_a_node() -> None:
    found = Impacts(inventory()).of(["dist"])
    assert (found.lost, found.checks) == (("acc1",), ("dist/snmp", "acc1/snmp", "portail"))
    assert (found.down, found.weaker) == (("web",), ("either",))
    assert (found.sites, found.communes, found.population) == (("mairie",), ("Bègles",), 31_831)


def test_what_has_another_way_is_not_lost() -> None:
    found = Impacts(inventory()).of(["acc2"])
    assert (found.lost, found.checks, found.down, found.weaker) == ((), ("acc2/snmp",), (), ("either",))


def test_a_cut_link_loses_what_hangs_on_it_alone() -> None:
    assert Impacts(inventory()).of([], [("acc2", "dist")]).lost == ()
    assert Impacts(inventory()).of([], [("acc1", "dist")]).lost == ("acc1",)
