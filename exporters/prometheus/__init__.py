"""Prometheus: the exposition rendered at poll time, joined at scrape time."""

from exporters.prometheus.exposition import Exposition
from exporters.prometheus.selection import EVERYTHING, Selection

__all__ = ["EVERYTHING", "Exposition", "Selection"]
