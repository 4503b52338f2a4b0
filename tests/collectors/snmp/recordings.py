"""Recordings of real devices, read whole. They are not part of the project: see ``conftest.py``."""

import os
from pathlib import Path

from netmon import ber
from tests.collectors.snmp.agents import Data

DEVICES = Path(os.environ.get("NETMON_DEVICES", Path(__file__).resolve().parents[4] / "shared" / "devices"))
RECORDINGS = sorted(DEVICES.glob("*.snmprec"))

_KINDS = {65: ber.COUNTER32, 66: ber.GAUGE32, 67: ber.TIME_TICKS, 70: ber.COUNTER64}


def recorded(path: Path) -> Data:
    """Every object of a recording, and something behind them all, so that no walk meets the end of everything."""
    data: Data = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        name, _, rest = line.partition("|")
        kind, _, text = rest.partition("|")
        if name and kind.rstrip("xe").isdecimal():
            number = int(kind.rstrip("xe"))
            data[ber.parse_oid(name)] = (_KINDS.get(number, number), _content(number, text, kind.endswith("x")))
    data[ber.parse_oid("1.3.9.1.0")] = (ber.INTEGER, b"\x00")
    return data


def _content(kind: int, text: str, hexadecimal: bool) -> bytes:
    if kind in _KINDS or kind == ber.INTEGER:
        return ber.encode_integer(int(text or 0))
    if kind == ber.OBJECT_IDENTIFIER:
        return ber.encode_oid(text)
    if kind == ber.IP_ADDRESS and not hexadecimal:
        return bytes(map(int, text.split(".")))
    return bytes.fromhex(text) if hexadecimal else text.encode("latin-1")
