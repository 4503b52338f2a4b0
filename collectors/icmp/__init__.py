"""ICMP: whether a host answers echo requests, how fast, and how many get lost."""

from collectors.icmp.collector import IcmpCollector

__all__ = ["IcmpCollector"]
