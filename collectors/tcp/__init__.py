"""TCP: whether a port answers, over TLS too, and whether it says what it should."""

from collectors.tcp.collector import TcpCollector

__all__ = ["TcpCollector"]
