"""Those who look: the collectors of this netmon, and the modules they know."""

from collectors import COLLECTORS
from collectors.http import HttpCollector
from collectors.snmp import SnmpCollector
from collectors.snmp.modules import MODULES
from netmon.contracts import Collector
from netmon.snmpmodules import Module, ModuleLibrary


def make_collectors(
    http_threads: int, library: ModuleLibrary | None = None, *, wrap_large_counters: bool = True
) -> dict[str, Collector]:
    """One collector of each kind, not yet started. ``library``: SNMP modules besides the built-in ones."""
    own: dict[str, Collector] = {
        "http": HttpCollector(threads=http_threads),
        "snmp": SnmpCollector(snmp_modules(library), wrap_large_counters=wrap_large_counters),
    }
    return {name: own.get(name) or make() for name, make in COLLECTORS.items()}


def snmp_modules(library: ModuleLibrary | None) -> dict[str, Module]:
    """The built-in modules and those of module files, which come first where names are the same."""
    return {**MODULES, **(library.modules if library else {})}
