"""SNMP: what devices tell of themselves, by netmon's own engine (v2c) or pysnmp (v1, v3, and where asked for)."""

from collectors.snmp.collector import SnmpCollector

__all__ = ["SnmpCollector"]
