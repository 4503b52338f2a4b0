"""The built-in modules as data."""

import re

from collectors.snmp.modules import MODULES
from collectors.snmp.plan import UPTIME, plan
from netmon.ber import encode_oid
from netmon.settings import SNMP_MODULES
from netmon.snmpmodules import Metric


def test_configuration_offers_exactly_the_modules_there_are() -> None:
    assert set(SNMP_MODULES) == set(MODULES)


def test_metrics_have_names_prometheus_accepts_and_each_only_once() -> None:
    for module in MODULES.values():
        names = [metric.name for metric in module.metrics]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) for name in names)


def test_modules_that_share_a_metric_label_it_alike() -> None:
    known: dict[str, Metric] = {}
    for metric in (metric for module in MODULES.values() for metric in module.metrics):
        other = known.setdefault(metric.name, metric)
        assert (metric.type, metric.indexes, metric.lookups) == (other.type, other.indexes, other.lookups)


def test_help_texts_end_with_the_object_identifier_as_snmp_exporters_do() -> None:
    for module in MODULES.values():
        for metric in module.metrics:
            assert metric.help.endswith(f" - {metric.oid}")


def test_every_metric_of_a_built_in_module_is_asked_for() -> None:
    for module in MODULES.values():
        requests = plan([module])
        asked = {output.metric.name for output in requests.outputs}
        assert asked == {metric.name for metric in module.metrics}


def test_uptime_is_always_asked_for_and_first() -> None:
    assert plan([MODULES["ups_mib"]]).instances[0] == UPTIME


def test_columns_that_label_come_first_and_none_twice() -> None:
    requests = plan(MODULES.values())
    oids = [column.oid for column in requests.columns]
    assert oids[:3] == ["1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1"]
    assert len(oids) == len(set(oids))
    assert all(column.prefix == encode_oid(column.oid) for column in requests.columns)


def test_a_module_named_twice_is_asked_once() -> None:
    once, twice = plan([MODULES["if_mib"]]), plan([MODULES["if_mib"], MODULES["if_mib"]])
    assert (once.columns, once.instances) == (twice.columns, twice.instances)
