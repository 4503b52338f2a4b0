"""The contracts on the page of the métropole, settled by the real arithmetic."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from exporters.report import write_report
from netmon.clock import DAY, HOUR, MINUTE
from netmon.contracts import Event
from netmon.model import (
    Contract,
    Correction,
    Guarantee,
    MaintenanceWindow,
    Party,
    Penalties,
    PenaltyRule,
    Report,
    ScopeLine,
    State,
    WorksRules,
)
from netmon.sla import build_report
from netmon.sla.contract.account import Facts
from netmon.sla.contract.reporting import with_contracts
from tests.exporters.report.wellformed import Page
from tests.sla.contract.settling import LATER, OCTOBER, T0, UP, attributed, down, incident
from tests.sla.metropolis import CONTRACT, metropolis

MARKET = Contract(
    "market", "Marché d'exploitation", "Opérateur", "Bordeaux Métropole", 0.999, kind="market",
    scope=(ScopeLine(families=("network",)),), excluded=(Party.COMMUNE,), gti=Guarantee(HOUR), gtr=Guarantee(4 * HOUR),
    works=WorksRules(notice=2 * DAY), ims=6 * HOUR,
    penalties=Penalties(
        (PenaltyRule("started_hour", 15_000), PenaltyRule("tenth", 50_000)), 1_200_000, cap=Fraction(1, 20)
    ),
)  # fmt: skip
EVENTS: list[Event] = [
    *UP,
    *down("sw-begles/snmp", T0 + DAY, 3 * HOUR),
    *down("sw-begles/snmp", T0 + 5 * DAY, HOUR),
    *down("sw-begles/snmp", T0 + 9 * DAY, HOUR),
    MaintenanceWindow("sw-begles", T0 + 9 * DAY, T0 + 9 * DAY + HOUR, "bascule", T0 + 8 * DAY),
    Correction("sw-begles/snmp", T0 + DAY, T0 + DAY + 30 * MINUTE, State.UP, "B. Petit", "sonde en défaut", LATER),
]
FACTS = Facts(
    incident("INC-7", "sw-begles", notified=T0 + DAY, started=T0 + DAY + MINUTE, restored=T0 + DAY + 6 * HOUR),
    (attributed("sw-begles", T0 + 5 * DAY, HOUR),),
)


def report(*contracts: Contract, events: list[Event] = EVENTS, facts: Facts = FACTS) -> Report:
    inventory = metropolis(*contracts)
    return with_contracts(
        build_report(inventory, events, OCTOBER, generated=LATER, version="1"), inventory, events, facts
    )


def index(made: Report, directory: Path, language: str = "fr") -> Page:
    write_report(made, directory, ("html",), language)
    return Page((directory / "index.html").read_text("utf-8"))


def plain(text: str) -> str:
    return re.sub("\\s+", " ", re.sub("[\u00a0\u202f]", " ", text))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_is_sound(tmp_path: Path, language: str) -> None:
    assert index(report(MARKET, CONTRACT), tmp_path, language).faults == []


def test_a_market_is_told_with_its_guarantees_exclusions_and_proposal(tmp_path: Path) -> None:
    text = plain(index(report(MARKET), tmp_path).text)
    told = (
        "Marché d'exploitation", "Opérateur → Bordeaux Métropole",
        "GTI tenue 1 fois sur 1, en cours : 0", "GTR tenue 0 fois sur 1, en cours : 0",
        "INC-7 sw-begles-1 02/10/2026 00 h 00 02/10/2026 06 h 00 – tenue (1 min) non tenue (6 h)",
        "sw-begles-1 du 06/10/2026 00 h 00 au 06/10/2026 01 h 00 la commune coupure électrique (A. Martin) 1 h",
        "bascule 09/10/2026 00 h 00 annoncés trop tard",
        # 3 h 30 of 744 h are 0.47 %: 0.37 points missed, 4 tenths begun
        "dixièmes de point manquants Tous les objets 4 interrompu 3 h 30 min; sur 744 h 2 000,00 €",
        "heures de retard entamées INC-7 2 notifié le 02/10/2026 00 h 00; rétabli le 02/10/2026 06 h 00; retard 2 h",
        "plafond – −1 700,00 €", "Total 600,00 €", "sans valeur de décision",
        "Réseau de Bègles 3 h 30 min 6 h 2 h 30 min",
        "en service sonde en défaut (B. Petit) 99,462 % 99,529 %",
    )  # fmt: skip
    for words in told:
        assert words in text, words


def test_a_commitment_has_no_guarantees_and_no_penalties(tmp_path: Path) -> None:
    text = plain(index(report(CONTRACT), tmp_path).text)
    assert "Contrat d'engagement Nature Engagement" in text
    assert "GTR" not in text
    assert "énalités" not in text


def test_without_contracts_there_is_no_section(tmp_path: Path) -> None:
    assert "Contrats" not in index(report(), tmp_path).text


def test_a_commune_is_told_of_the_commitments_to_it_as_far_as_they_are_about_it(tmp_path: Path) -> None:
    commitment = replace(CONTRACT, excluded=(Party.COMMUNE,))
    made = report(commitment, MARKET)
    write_report(made, tmp_path, ("html", "json"), "fr")
    begles, cenon = (plain(Page((tmp_path / name).read_text("utf-8")).text) for name in (
        "33039-begles.html", "33119-cenon.html"))  # fmt: skip
    # Of 3 outages, 5 h, the first is 30 minutes shorter, the second left out, the third planned: this contract asks
    # for no notice.
    assert "coupure électrique (A. Martin) 1 h" in begles
    assert "coupure électrique" not in cenon
    assert MARKET.name not in begles
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    told = {part["commune"]: part["contracts"] for part in document["communes"]}
    assert [(each["contract"], each["unavailable"], each["excluded"]) for each in told["Bègles"]] == [
        ("engagement", 2.5 * 3600, 3600)]  # fmt: skip
    assert [(each["objects"], each["excluded"]) for each in told["Cenon"]] == [(2, 0)]
    [whole] = [each for each in document["contracts"] if each["contract"] == "engagement"]
    assert whole["unavailable"] == 2.5 * 3600


def test_a_report_of_one_commune_tells_nothing_of_the_others(tmp_path: Path) -> None:
    named = Facts((*FACTS.steps, *incident("INC-8", "sw-cenon", "engagement", notified=T0, restored=T0 + HOUR)))
    commitment = replace(CONTRACT, gtr=Guarantee(HOUR))
    write_report(report(commitment, MARKET, facts=named), tmp_path, ("html", "json"), "fr", ["Bègles"])
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert "INC-8" not in text
        assert "INC-7" in text


def test_names_of_contracts_and_reasons_are_harmless(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    spoilt = replace(MARKET, name=hostile, provider=hostile, hours="24/7")
    facts = Facts(
        tuple(replace(step, incident=hostile, object=hostile, contract="market") for step in FACTS.steps),
        tuple(replace(one, reason=hostile, author="{{ 7*7 }}") for one in FACTS.attributions),
    )
    found = index(report(spoilt, facts=facts), tmp_path)
    assert found.faults == []
    assert hostile in found.text
    assert "{{ 7*7 }}" in found.text


def test_the_json_form_has_the_contracts_and_one_communes_has_not(tmp_path: Path) -> None:
    made = report(MARKET, CONTRACT)
    write_report(made, tmp_path, ("json",))
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [(each["contract"], each["gtr"]) for each in document["contracts"]] == [
        ("market", {"met": 0, "missed": 1, "running": 0, "rate": 0.0}), ("engagement", None),
    ]  # fmt: skip
    write_report(made, tmp_path / "one", ("json",), communes=["Cenon"])
    assert json.loads((tmp_path / "one" / "report.json").read_text("utf-8"))["contracts"] == []


def test_the_digest_tells_what_contracts_and_people_said() -> None:
    made = report(MARKET)
    assert report(MARKET).digest == made.digest
    others = (
        report(replace(MARKET, gtr=Guarantee(5 * HOUR))),
        report(MARKET, facts=Facts(FACTS.steps)),
        report(MARKET, facts=Facts((), FACTS.attributions)),
        report(MARKET, events=EVENTS[:-1]),
    )
    assert len({made.digest, *(other.digest for other in others)}) == 5
