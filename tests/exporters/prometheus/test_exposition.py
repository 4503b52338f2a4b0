"""The exposition, read back by the library's own parsers."""

from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from exporters.prometheus import EVERYTHING, Exposition, Selection
from netmon.clock import SECOND
from netmon.model import Family, State
from tests.exporters.snapshots import AMBES, BEGLES, FakeSnapshot, make_observation, make_snapshot

OCTETS = Family("ifHCInOctets", "counter", "Octets in.", ("ifIndex",), (("1",), ("2",)), (10, 20))


def make_exposition(snapshot: FakeSnapshot) -> Exposition:
    return Exposition(snapshot, CollectorRegistry())


def read(exposition: Exposition, selection: Selection = EVERYTHING) -> dict[tuple[str, frozenset], float]:
    """Every sample by name and labels, the same in both formats, each only once."""
    text = b"".join(exposition.scrape(selection)).decode()
    samples = [sample for family in parse_text(text) for sample in family.samples]
    first = {(written_name(sample.name, text), frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(first) == len(samples), "a series stands twice"
    text = b"".join(exposition.scrape(selection, openmetrics=True)).decode()
    samples = [sample for family in parse_openmetrics(text) for sample in family.samples]
    second = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert {key: repr(float(value)) for key, value in first.items()} == {
        key: repr(float(value)) for key, value in second.items()
    }
    return first


def written_name(name: str, text: str) -> str:
    """The library's parser of the text format adds ``_total`` to counters that do not have it."""
    return name if f"\n{name}{{" in text or f"\n{name} " in text else name.removesuffix("_total")


def values(exposition: Exposition, name: str, selection: Selection = EVERYTHING, **labels: str) -> list[float]:
    wanted = set(labels.items())
    return [value for (each, found), value in read(exposition, selection).items() if each == name and wanted <= found]


def test_families_of_a_poll_are_shown_with_the_labels_of_its_check() -> None:
    snapshot = make_snapshot([BEGLES, AMBES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["sw-c33039-1/snmp"], OCTETS))
    labels = {"commune": "Bègles", "site": "c33039", "node": "sw-c33039-1", "check": "snmp"}
    assert values(exposition, "ifHCInOctets", ifIndex="2", **labels) == [20]


def test_a_failed_poll_leaves_no_family_behind() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    check = snapshot.inventory.checks["core-1/snmp"]
    exposition.observed(make_observation(check, OCTETS))
    exposition.observed(make_observation(check, state=State.DOWN))
    assert values(exposition, "ifHCInOctets") == []


def test_families_older_than_three_intervals_are_dropped_and_counted() -> None:
    snapshot = make_snapshot([BEGLES])
    exposition = make_exposition(snapshot)
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], OCTETS))
    snapshot.time += 90 * SECOND
    assert values(exposition, "ifHCInOctets") == [10, 20]
    snapshot.time += 1
    assert values(exposition, "ifHCInOctets") == []
    assert values(exposition, "netmon_exposition_expired_checks_total") == [1]
