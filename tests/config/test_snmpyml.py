"""``snmp.yml`` files: all that modules may say, what is refused and with which words, and that large ones are quick."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from netmon.config import Configuration, load
from netmon.config.looking import Looking, PlacesNeededError
from netmon.config.snmpyml import ModuleFiles
from netmon.errors import ConfigError
from netmon.settings import Secret
from netmon.snmpmodules import Extract, Filter, Index, Lookup, Metric, Module, ModuleLibrary, StaticFilter
from tests.config.good import write
from tests.config.modulefiles import stock

GOOD = Path(__file__).with_name("snmp-good.yml").read_text(encoding="utf-8")

SECRETS = ("se'cret", "first secret", "second secret", "third secret")

EVERYTHING = Module(
    "everything",
    ("1.3.6.1.2.1.2", "1.3.6.1.2.1.31"),
    ("1.3.6.1.2.1.1.3.0",),
    (
        Metric(
            "thing", "1.3.6.1.2.1.2.2.1.4", "EnumAsInfo", "What it is - 1.3.6.1.2.1.2.2.1.4",
            (
                Index("ifIndex"),
                Index("name", "DisplayString", 8),
                Index("rest", "OctetString", implied=True),
                Index("state", "EnumAsInfo", enum_values=((1, "up"), (2, "no"))),
            ),
            (
                Lookup(("ifIndex", "name"), "config", "1.3.6.1.2.1.9.1", "gauge"),
                Lookup(("config",), "title", "1.3.6.1.2.1.9.2", "OctetString", "1x:"),
                Lookup((), "config", "", "OctetString"),
            ),
            enum_values=((1, "one"), (-1, "minus"), (3, "")),
        ),
        Metric(
            "text", "1.3.6.1.2.1.9.3", "DisplayString", "",
            regex_extracts=(("Temp", (Extract("(.*) C", "$1"), Extract(".*", "$1"))), ("", ())),
            offset=-273.15, scale=0.1,
        ),
        Metric("when", "1.3.6.1.2.1.9.4", "ParseDateAndTime", "t", datetime_pattern="%b %d %Y"),
        Metric("octets", "1.3.6.1.2.1.9.5", "OctetString", "o", display_hint="1d.1d"),
    ),
    (Filter("1.3.6.1.2.1.2.2.1.7", ("1.3.6.1.2.1.2.2.1.4",), ("1", "^2$")),),
    max_repetitions=10, retries=0, timeout=61_500, allow_nonincreasing_oids=True, use_unconnected_udp_socket=True,
)  # fmt: skip


def read(directory: Path, text: str | bytes, name: str = "snmp.yml") -> tuple[ModuleLibrary, list[str]]:
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (directory / "second").write_text("second secret\n")
    files = ModuleFiles()
    files.read(path, name)
    return files.library, [str(problem) for problem in files.problems]


def test_everything_a_file_can_say_is_read(tmp_path: Path) -> None:
    library, problems = read(tmp_path, GOOD)
    assert problems == []
    assert dict(library.modules) == {
        "everything": EVERYTHING,
        "chosen": Module(
            "chosen", (), (), (),
            (Filter("1.3.6.1.2.1.2.2.1.8", ("1.3.6.1.2.1.2.2.1.5",), ("up",)),),
            (StaticFilter(("1.3.6.1.2.1.2.2.1.4",), ("2", "10.1")),),
        ),
        "empty": Module("empty", (), (), ()),
    }  # fmt: skip
    assert [module.source for module in library.modules.values()] == ["snmp.yml:21", "snmp.yml:80", "snmp.yml:84"]


def test_auths_become_credentials(tmp_path: Path) -> None:
    auths = read(tmp_path, GOOD)[0].auths
    assert (auths["public_v1"].version, auths["public_v1"].community) == ("1", Secret("public"))
    assert (auths["public_v2"].version, auths["public_v2"].community) == ("2c", Secret("se'cret"))
    sealed = auths["sealed"]
    assert (sealed.name, sealed.version, sealed.username, sealed.context) == ("sealed", "3", "netmon", "vlan-7")
    assert (sealed.auth_protocol, sealed.auth_password) == ("SHA256", Secret("first secret"))
    assert (sealed.priv_protocol, sealed.priv_password) == ("AES", Secret("second secret"))
    assert (auths["open"].auth_protocol, auths["open"].auth_password, auths["open"].priv_password) == (None, None, None)
    assert (auths["half"].auth_protocol, auths["half"].priv_protocol) == ("MD5", None)


def test_a_file_that_is_not_that_plain_is_read_all_the_same(tmp_path: Path) -> None:
    anchored = GOOD.replace("indexes:\n      - labelname: ifIndex", "indexes: \n      - &x\n        labelname: ifIndex")
    library, problems = read(tmp_path, anchored)
    assert problems == []
    assert library.modules["everything"] == EVERYTHING


@dataclass(frozen=True)
class Mistake:
    """A block of ``snmp-mistakes.txt``: what it is, what it takes from the good file, what it puts, what is said."""

    title: str
    old: str
    new: str
    said: list[str]


def mistakes(name: str = "snmp-mistakes.txt") -> list[Mistake]:
    blocks = Path(__file__).with_name(name).read_text(encoding="utf-8").strip().split("\n\n")
    return [mistake(block.split("\n")) for block in blocks]


def mistake(lines: list[str]) -> Mistake:
    old, new, said = ([line[2:] for line in lines if line[0] == sign] for sign in "-+=")
    return Mistake(lines[0][2:], "\n".join(old) + ("" if new else "\n"), "\n".join(new), said)


@pytest.mark.parametrize("made", mistakes(), ids=lambda made: made.title)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, made: Mistake) -> None:
    assert GOOD.count(made.old) == 1
    problems = read(tmp_path, GOOD.replace(made.old, made.new))[1]
    assert problems == made.said
    assert not any(secret in problem for problem in problems for secret in SECRETS)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    spoilt = GOOD.replace("retries: 0", "retries: no").replace("type: ParseDateAndTime", "type: Time")
    assert [problem.split(": ")[1] for problem in read(tmp_path, spoilt)[1]] == [
        "modules.everything.metrics[2].type",
        "modules.everything.retries",
    ]


def test_the_format_before_auths_is_recognised(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "if_mib:\n  walk:\n  - 1.3.6.1.2.1.2\n  version: 2\n")[1]
    assert problem == (
        "snmp.yml:1:1: if_mib: this is the format of snmp_exporter before 0.23: modules stand under 'modules', "
        "what was 'auth' under 'auths'"
    )


@pytest.mark.parametrize("text", [b"\xff\xfe", b"a\x00b", b"- a\n"])
def test_what_is_no_such_file_is_said(tmp_path: Path, text: bytes) -> None:
    assert len(read(tmp_path, text)[1]) == 1


def test_a_reload_reads_the_same_text_once(tmp_path: Path) -> None:
    first, second = read(tmp_path, GOOD)[0], read(tmp_path, GOOD)[0]
    plain = stock(1)
    once, again = read(tmp_path, plain)[0], read(tmp_path, plain)[0]
    assert first.modules == second.modules
    assert once.modules["vendor_0"] is again.modules["vendor_0"]


def test_secrets_that_changed_are_read_anew(tmp_path: Path) -> None:
    text = "auths:\n  x:\n    community: ${file:second}\n"
    assert read(tmp_path, text)[0].auths["x"].community == Secret("second secret")
    files = ModuleFiles()
    (tmp_path / "second").write_text("changed\n")
    files.read(tmp_path / "snmp.yml", "snmp.yml")
    assert files.library.auths["x"].community == Secret("changed")


def test_a_file_of_the_stock_ones_size_is_read_the_fast_way(tmp_path: Path) -> None:
    text = stock()
    library, problems = read(tmp_path, text)
    assert (problems, len(library.modules)) == ([], 45)
    assert read(tmp_path, text)[0].modules["vendor_44"] is library.modules["vendor_44"]  # only then it is kept


def test_one_mistake_in_a_large_file_is_found(tmp_path: Path) -> None:
    text = stock(12)
    at = text.rindex("    type: counter\n")
    line = text.count("\n", 0, at) + 1
    (problem,) = read(tmp_path, f"{text[:at]}    type: conter\n{text[at + 18 :]}")[1]
    assert problem.startswith(f"snmp.yml:{line}:13: modules.vendor_11.metrics[")
    assert problem.endswith("found 'conter'; did you mean 'counter'?")


# --- In the configuration ---------------------------------------------------------------------------------------------

MAIN = """\
snmp:
  module_files: [modules/*.yml, other.yml]
  wrap_large_counters: false
  credential: public
credentials:
  public: {version: 2c, community: "${file:secret}"}
communes:
  - {name: Bègles, insee: "33039", population: 31831, tile: [4, 5]}
sites:
  - {id: mairie, name: Mairie, kind: town_hall, commune: Bègles}
nodes:
  - {id: sw, site: mairie, role: access_switch, address: 192.0.2.1, snmp: {modules: [system, mine]}}
"""
MINE = "modules:\n  mine:\n    walk: [1.3.6.1.2.1.2]\n"
OTHER = "auths:\n  other: {community: x}\nmodules:\n  if_mib:\n    walk: [1.3.6.1.2.1.2]\n"


def configuration(directory: Path, **files: str) -> Configuration:
    given = {"netmon.yml": MAIN, "modules/mine.yml": MINE, "other.yml": OTHER, "secret": "s"}
    return load(write(directory, {**given, **{name.replace("__", "/") + ".yml": text for name, text in files.items()}}))


def told(directory: Path, **files: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        configuration(directory, **files)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def test_module_files_are_part_of_the_configuration(tmp_path: Path) -> None:
    read = configuration(tmp_path)
    assert set(read.snmp_modules.modules) == {"mine", "if_mib"}
    assert set(read.snmp_modules.auths) == {"other"}
    assert read.wrap_large_counters is False
    assert [path.name for path in read.files] == ["netmon.yml", "mine.yml", "other.yml"]
    assert getattr(read.inventory.checks["sw/snmp"].settings, "modules", ()) == ("system", "mine")


def test_a_module_of_no_file_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, modules__mine="modules:\n  min:\n") == [
        "netmon.yml:12:94: nodes.sw.snmp.modules[1]: no module is called 'mine'; did you mean 'min'?"
    ]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, netmon=MAIN.replace("other.yml", "others.yml")) == [
        "netmon.yml:2:33: snmp.module_files[1]: no file is called 'others.yml'"
    ]


def test_a_mistake_in_a_module_file_is_told_among_the_others(tmp_path: Path) -> None:
    said = told(tmp_path, netmon=MAIN.replace("kind: town_hall", "kind: town"), other=OTHER.replace("walk", "wlk"))
    assert [line.split(": ")[:2] for line in said] == [
        ["netmon.yml:10:38", "sites.mairie.kind"],
        ["other.yml:5:5", "modules.if_mib.wlk"],
    ]


def test_a_module_in_two_files_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, other=MINE) == ["other.yml:2:3: modules.mine: 'mine' is in modules/mine.yml:2 already"]
    twice = OTHER.replace("if_mib", "another")
    assert told(tmp_path, modules__other=twice, other=twice)[0] == (
        "other.yml:2:3: auths.other: 'other' is in modules/other.yml already"
    )


def test_without_places_the_first_thing_wrong_ends_the_reading() -> None:
    with pytest.raises(PlacesNeededError):
        Looking().mapping({"x": "1"}, (), ("y",))
