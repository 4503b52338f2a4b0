"""Prometheus: the exposition, rendered when polls end and joined when scraped."""

from exporters.prometheus.account import Account
from exporters.prometheus.exposition import Exposition
from exporters.prometheus.selection import EVERYTHING, Selection

__all__ = ["EVERYTHING", "Account", "Exposition", "Selection"]
