"""Exporters show what is known. ``EXPORTERS`` is the table: what each is called, and what does its work."""

from collections.abc import Callable, Mapping
from typing import Final

from exporters.prometheus import Exposition
from exporters.report import write_report
from exporters.terminal import Screen
from exporters.web import create_app

EXPORTERS: Final[Mapping[str, Callable[..., object]]] = {
    "prometheus": Exposition,
    "report": write_report,
    "terminal": Screen,
    "web": create_app,
}
