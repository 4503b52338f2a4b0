"""Recordings of real devices, replayed: both engines and the recording itself must agree.

The recordings are not part of the project: ``NETMON_DEVICES`` names their folder, else ``../shared/devices``; where
there are none, this file is not collected (``conftest.py``).
"""

import os
from pathlib import Path

import pytest

from netmon import ber
from netmon.model import State
from tests.collectors.snmp.agents import Agent, Data, Mib
from tests.collectors.snmp.polling import check, poll, samples

DEVICES = Path(os.environ.get("NETMON_DEVICES", Path(__file__).resolve().parents[4] / "shared" / "devices"))
RECORDINGS = sorted(DEVICES.glob("*.snmprec"))

UNSIGNED = {65: ber.COUNTER32, 66: ber.GAUGE32, 67: ber.TIME_TICKS, 70: ber.COUNTER64}


def content(kind: int, text: str, hexadecimal: bool) -> bytes:
    if kind in UNSIGNED or kind == ber.INTEGER:
        return ber.encode_integer(int(text or 0))
    if kind == ber.OBJECT_IDENTIFIER:
        return ber.encode_oid(text)
    if kind == 64:
        return bytes(map(int, text.split("."))) if not hexadecimal else bytes.fromhex(text)
    return bytes.fromhex(text) if hexadecimal else text.encode("latin-1")


def recorded(path: Path) -> Data:
    """The objects of system, IF-MIB and UPS-MIB in a recording."""
    data: Data = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        name, _, rest = line.partition("|")
        kind, _, text = rest.partition("|")
        if name.startswith(("1.3.6.1.2.1.1.", "1.3.6.1.2.1.2.", "1.3.6.1.2.1.31.1.", "1.3.6.1.2.1.33.")):
            number = int(kind.rstrip("xe"))
            data[ber.parse_oid(name)] = (UNSIGNED.get(number, number), content(number, text, kind.endswith("x")))
    return data


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_device_is_read_alike_by_both_engines_and_completely(path: Path) -> None:
    data = recorded(path)
    with Agent(Mib(data)) as agent:
        modules = ("system", "if_mib", "ups_mib")
        ours = poll(check(agent.port, modules=modules, timeout=20_000))
        theirs = poll(check(agent.port, modules=modules, engine="pysnmp", timeout=60_000))
    assert (ours.state, theirs.state) == (State.UP, State.UP)
    assert samples(ours) == samples(theirs)
    octets = ber.parse_oid("1.3.6.1.2.1.2.2.1.10")
    rows = [name for name, (tag, _) in data.items() if name[:-1] == octets and tag == ber.COUNTER32]
    assert sum(name == "ifInOctets" for name, _ in samples(ours)) == len(rows)
