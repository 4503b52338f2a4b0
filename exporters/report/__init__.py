"""Reports per commune, drawn from a ``Report``: HTML pages (the reference), PDF, CSV, XLSX, JSON."""

from exporters.report.names import slug
from exporters.report.writing import FORMATS, write_report

__all__ = ["FORMATS", "slug", "write_report"]
