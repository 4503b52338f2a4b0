"""DNS: whether a name server answers, over UDP, TCP or TLS, and what."""

from collectors.dns.collector import DnsCollector

__all__ = ["DnsCollector"]
