"""Exporters show what is known. ``EXPORTERS`` is the table: what each is called, and what does its work.

An entry is loaded when it is asked for (``EXPORTERS["terminal"]()``): the terminal starts without the web's libraries,
the daemon without the terminal's.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from exporters.prometheus import Exposition
    from exporters.terminal import Screen


def _prometheus() -> "type[Exposition]":
    from exporters.prometheus import Exposition

    return Exposition


def _mail() -> Callable[..., object]:
    from exporters.mail import deliver

    return deliver


def _report() -> Callable[..., object]:
    from exporters.report import write_report

    return write_report


def _terminal() -> "type[Screen]":
    from exporters.terminal import Screen

    return Screen


def _web() -> Callable[..., object]:
    from exporters.web import create_app

    return create_app


EXPORTERS: Final[Mapping[str, Callable[[], Callable[..., object]]]] = {
    "mail": _mail,
    "prometheus": _prometheus,
    "report": _report,
    "terminal": _terminal,
    "web": _web,
}
