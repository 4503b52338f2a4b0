"""Names of object identifiers, from modules and from MIB files."""

from pathlib import Path

import pytest

from collectors.snmp import mibs
from collectors.snmp.mibs import Names, names_of
from collectors.snmp.modules import MODULES
from netmon.errors import UsageError
from netmon.model import State
from tests.collectors.snmp.agents import Agent, Mib, switch
from tests.collectors.snmp.polling import check, poll

SMI = """SNMPv2-SMI DEFINITIONS ::= BEGIN
org OBJECT IDENTIFIER ::= { iso 3 }
enterprises OBJECT IDENTIFIER ::= { org 6 1 4 1 }
END
"""
OURS = """METROPOLE-MIB DEFINITIONS ::= BEGIN
IMPORTS OBJECT-TYPE, Integer32, enterprises FROM SNMPv2-SMI;
metropole OBJECT IDENTIFIER ::= { enterprises 99999 }
bridgeLoad OBJECT-TYPE
    SYNTAX Integer32
    MAX-ACCESS read-only
    STATUS current
    DESCRIPTION "How full the bridge is."
    ::= { metropole 7 }
END
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = tmp_path / "mibs"
    files.mkdir()
    (files / "SNMPv2-SMI").write_text(SMI)
    (files / "METROPOLE-MIB.txt").write_text(OURS)
    return files


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.3.6.1.2.1.2.2.1.10", "ifInOctets"),
        ("1.3.6.1.2.1.2.2.1.10.3", "ifInOctets.3"),
        ("1.3.6.1.2.1.31.1.1.1.18.48", "ifAlias.48"),
        ("1.3.6.1.6.3.10.2.1.2.0", "snmpEngineBoots.0"),
        ("1.3.6.1.4.1.99999.7.0", ""),
        ("1.3.6", ""),
    ],
)
def test_the_longest_identifier_that_is_known_gives_the_name(oid: str, name: str) -> None:
    assert names_of(MODULES.values()).of(oid) == name


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("GETBULK 1.3.6.1.2.1.2.2.1.10: 3 varbinds", "GETBULK 1.3.6.1.2.1.2.2.1.10 (ifInOctets): 3 varbinds"),
        ("192.0.2.1:161 answered genErr for 1.3.6.1.4.1.9", "192.0.2.1:161 answered genErr for 1.3.6.1.4.1.9"),
        ("1.2.3.4 at 1.3.6.1.2.1.1.3.0", "1.2.3.4 at 1.3.6.1.2.1.1.3.0 (sysUpTime.0)"),
        ("v1.3.6.1.2.1.1.3.0", "v1.3.6.1.2.1.1.3.0"),
    ],
)  # fmt: skip
def test_identifiers_in_a_text_get_their_names_and_nothing_else_does(text: str, explained: str) -> None:
    assert names_of(MODULES.values()).explain(text) == explained


def test_mib_files_name_what_no_module_does_and_files_that_are_none_do_no_harm(directory: Path) -> None:
    (directory / "NOTES.txt").write_text("no MIB at all { ::= \x00")
    names = names_of((), [directory])
    assert names.of("1.3.6.1.4.1.99999.7.0") == "METROPOLE-MIB::bridgeLoad.0"


def test_mib_files_are_read_once_until_one_changes(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names_of((), [directory])
    read = mibs._read
    monkeypatch.setattr(mibs, "_read", lambda *_: pytest.fail("read again"))
    assert names_of((), [directory]).of("1.3.6.1.4.1.99999.7").endswith("bridgeLoad")
    monkeypatch.setattr(mibs, "_read", read)
    (directory / "METROPOLE-MIB.txt").write_text(OURS.replace("bridgeLoad", "bridgeFill"))
    assert names_of((), [directory]).of("1.3.6.1.4.1.99999.7").endswith("bridgeFill")


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"snmp.mib_dirs: .*none: No such file or directory"):
        names_of((), [tmp_path / "none"])


def test_nothing_known_names_nothing() -> None:
    assert Names({}).explain("1.3.6.1.2.1.1.3.0") == "1.3.6.1.2.1.1.3.0"


def test_a_poll_by_pysnmp_never_reads_mib_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysnmp.smi.compiler.MibCompiler", lambda *_: pytest.fail("pysmi was started"))
    with Agent(Mib(switch(1))) as agent:
        assert poll(check(agent.port, engine="pysnmp", timeout=5_000)).state is State.UP
