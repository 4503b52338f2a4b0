"""Reports per commune, drawn from a ``Report``: HTML pages (the reference), PDF, CSV, XLSX, JSON."""

from exporters.report.differences import Between, cause_row, figure_words, subject_words, value_words
from exporters.report.names import DOCUMENT, commune_folder, slug
from exporters.report.writing import FORMATS, Folder, Sheet, write_differences, write_folders, write_report

__all__ = [
    "DOCUMENT",
    "FORMATS",
    "Between",
    "Folder",
    "Sheet",
    "cause_row",
    "commune_folder",
    "figure_words",
    "slug",
    "subject_words",
    "value_words",
    "write_differences",
    "write_folders",
    "write_report",
]
