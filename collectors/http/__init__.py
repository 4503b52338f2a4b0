"""HTTP and HTTPS: what a web service answers, how fast, and how long its certificate lasts."""

from collectors.http.collector import HttpCollector

__all__ = ["HttpCollector"]
