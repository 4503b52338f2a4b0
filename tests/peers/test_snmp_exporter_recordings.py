"""netmon's ``/snmp`` beside Debian's snmp_exporter on recordings of real devices: every module, every sample.

Where there are no recordings this file is not collected (``conftest.py``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.snmp.modules import MODULES
from tests.collectors.snmp.agents import Agent, Mib
from tests.collectors.snmp.recordings import RECORDINGS, recorded
from tests.peers.snmp_exporter import Peer, check, new_format, old_format, our_answers, snmp_exporter

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    directory = tmp_path_factory.mktemp("snmp_exporter")
    with snmp_exporter(directory, old_format(new_format(MODULES.values()))) as running:
        yield running


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_device_is_shown_alike_by_every_module(peer: Peer, path: Path) -> None:
    names = [name for name in MODULES if name != "lldp_mib"]  # see the differences in test_snmp_exporter.py
    with Agent(Mib(recorded(path))) as agent:
        mine = our_answers(agent.port, names)
        for name in names:
            theirs = peer.scrape(f"127.0.0.1:{agent.port}", name)
            check(theirs, mine[name], theirs)
