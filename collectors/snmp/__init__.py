"""SNMP: what devices tell of themselves, by netmon's own engine, or by pysnmp where asked for."""

from collectors.snmp.collector import SnmpCollector

__all__ = ["SnmpCollector"]
