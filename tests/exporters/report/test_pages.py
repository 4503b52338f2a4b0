"""The pages: sound, complete, honest, and harmless whatever the names are."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.report import write_report
from netmon.clock import DAY, HOUR, MINUTE
from netmon.model import CommuneReport, MaintenanceWindow, Report
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, OCTOBER, commune, figures, report, service
from tests.exporters.report.wellformed import Page

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnissalg\u2066",
    "בית ספר ירושלים",
    "l'école « d'Ornon » & fils",
    "x" * 200,
    "ligne\nsuivante\x00\x1b[31m",
    "%(name)s 100 %",
]


def write(made: Report, directory: Path, language: str = "fr", communes: list[str] | None = None) -> dict[str, Page]:
    paths = write_report(made, directory, ("html",), language, communes)
    return {path.name: Page(path.read_text("utf-8")) for path in paths}


def page(part: CommuneReport, directory: Path, language: str = "fr", **changes: object) -> Page:
    made = replace(report(part), **changes)
    return write(made, directory, language, [part.commune.name]).popitem()[1]


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_sound_and_self_contained(tmp_path, language):
    pages = write(factory.small(), tmp_path, language)
    assert sorted(pages) == ["33039-begles.html", "33200-le-haillan.html", "index.html"]
    assert {name: found.faults for name, found in pages.items() if found.faults} == {}
    assert f'<html lang="{language}"' in (tmp_path / "index.html").read_text("utf-8")
    assert {link for found in pages.values() for link in found.links} <= {*pages, "#content"}


def test_the_synthesis_says_what_happened_in_sentences(tmp_path):
    text = plain(write(factory.small(), tmp_path)["33039-begles.html"].text)
    assert "Les services ont été disponibles 99,49 % du temps : l’objectif de 99,50 % n’est pas atteint." in text
    assert "3 interruptions de service ont été décomptées, 7 h 13 min 30 s en tout." in text
    assert (
        "La plus longue, de 3 h 36 min, a commencé le 05/11/2026 04 h 00 : Portail des citoyens, Wi-Fi des écoles "
        "(connexion sans réponse)." in text
    )
    assert "✗ objectif non atteint" in text
    assert "Novembre" not in text
    assert "novembre 2026 , du 1er au 30 novembre 2026" in text


def test_english_is_complete(tmp_path):
    found = write(factory.small(), tmp_path, "en")["33039-begles.html"]
    assert "The services were available 99.49% of the time: the objective of 99.50% is not met." in plain(found.text)
    assert "disponib" not in found.text.replace("indisponib", "")


def test_planned_outages_are_listed_and_not_counted(tmp_path):
    text = plain(write(factory.small(), tmp_path)["33039-begles.html"].text)
    assert "21/11/2026 20 h 00 22 h 00 2 h non décompté Wi-Fi des écoles pas de réponse à temps" in text
    assert "21/11/2026 20 h 00 22 h 00 Wi-Fi des écoles Mise à jour du contrôleur" in text


def test_the_rows_of_the_partition_add_up_to_its_total(tmp_path):
    text = plain(write(factory.small(), tmp_path)["33039-begles.html"].text)
    rows = dict(re.findall(r"(Disponible|En panne|Travaux planifiés) [A-Z][^.]*\. ((?:\d[\d ]* (?:h|min|s) ?)+)", text))
    assert {name: words.strip() for name, words in rows.items()} == {
        "Disponible": "1 430 h 46 min 29 s",
        "En panne": "7 h 13 min 31 s",
        "Travaux planifiés": "2 h",
    }
    assert "Total 1 440 h 100,00 %" in text


def test_nothing_eligible_is_neither_zero_nor_a_hundred_percent(tmp_path):
    length = NOVEMBER.end - NOVEMBER.start
    part = commune(BEGLES, [service("portail", "Portail", "web", unseen=length)])
    text = plain(page(part, tmp_path).text)
    assert "Rien n’a pu être mesuré sur cette période : aucune disponibilité ne peut être affirmée." in text
    assert "La supervision n’a rien observé de cette période." in text
    assert "? non mesuré" in text
    synthesis = text[text.index("Synthèse") : text.index("Chronologie")]
    assert "100" not in synthesis
    assert not re.search(r"\b0,00 %", synthesis.replace("Couverture 0,00 %", ""))


def test_a_commune_without_services_says_so(tmp_path):
    text = page(commune(BEGLES, []), tmp_path).text
    assert "Aucun service n’est surveillé pour cette commune." in text
    assert "non mesuré" in text


def test_without_contract_there_is_no_verdict(tmp_path):
    text = plain(page(commune(BEGLES, [service("p", "Portail", "web")], objective=None), tmp_path).text)
    assert "sans objectif" in text
    assert "atteint." not in text
    assert "Aucune interruption n’est décomptée." in text


def test_little_coverage_is_said_before_the_figures(tmp_path):
    part = commune(BEGLES, [service("p", "Portail", "web", unseen=10 * DAY)])
    text = plain(page(part, tmp_path).text)
    assert "La supervision n’a observé que 66,66 % du temps : les chiffres ne disent rien du reste." in text
    assert text.index("66,66") < text.index("Disponibilité atteinte")


@pytest.mark.parametrize(
    ("down", "objective", "said"),
    [
        (0, 0.995, "Sur le temps observé, les services ont été disponibles à 100,00 % : l’objectif de 99,50 % y est"),
        (DAY, 0.995, "les services ont été disponibles à 95,00 % : l’objectif de 99,50 % n’y est pas atteint."),
        (0, None, "Sur le temps observé, les services ont été disponibles à 100,00 %."),
    ],
)
def test_a_sentence_on_what_was_hardly_seen_speaks_of_no_more(tmp_path, down, objective, said):
    outages = [(NOVEMBER.end - DAY, NOVEMBER.end - DAY + down, "timeout")] if down else []
    part = commune(BEGLES, [service("p", "Portail", "web", unseen=10 * DAY, outages=outages)], objective=objective)
    pages = write(report(part), tmp_path)
    assert said in plain(pages["33039-begles.html"].text)
    if objective and not down:
        assert "1 commune sur 1. Trop peu a été observé pour juger de toute la période." in plain(
            pages["index.html"].text
        )


def test_a_verdict_that_the_bounds_leave_open_is_said_to_be_open(tmp_path):
    budget = (NOVEMBER.end - NOVEMBER.start) // 200
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + budget - 1000, "timeout")
    text = plain(page(commune(BEGLES, [service("p", "Portail", "web", outages=[outage])]), tmp_path).text)
    assert "l’objectif de 99,50 % est atteint" in text
    assert "Les mesures ne sont pas assez rapprochées pour trancher" in text


def test_a_running_period_is_provisional_and_its_future_is_drawn(tmp_path):
    part = commune(BEGLES, [service("p", "Portail", "web")])
    made = replace(report(part), generated=NOVEMBER.start + 10 * DAY)
    paths = write_report(made, tmp_path)
    text = plain(Page(paths[1].read_text("utf-8")).text)
    assert "Rapport provisoire : la période n’était pas terminée quand il a été établi, le 11/11/2026 00 h 00." in text
    assert 'x="333.3" width="666.7" height="14" class="m-future"' in paths[1].read_text("utf-8")


def test_an_outage_that_is_not_over_says_so(tmp_path):
    outage = (NOVEMBER.end - HOUR, NOVEMBER.end, "timeout")
    begun = (NOVEMBER.start, NOVEMBER.start + HOUR, "timeout")
    part = commune(BEGLES, [service("p", "Portail", "web", outages=[begun, outage])])
    text = plain(page(part, tmp_path).text)
    assert "01/12/2026 00 h 00 toujours en cours" in text
    assert "01/11/2026 00 h 00 commencée auparavant" in text


def test_the_hour_that_comes_twice_is_told_apart_and_the_zone_explained(tmp_path):
    first = OCTOBER.end - 7 * DAY + 30 * MINUTE  # 25 October, 01:30 in summer time
    outage = (first + HOUR, first + 2 * HOUR, "timeout")
    part = commune(BEGLES, [service("p", "Portail", "web", OCTOBER, outages=[outage])])
    made = report(part, period=OCTOBER)
    text = plain(write(made, tmp_path)["33039-begles.html"].text)
    assert "25/10/2026 02 h 30 (UTC+2) 25/10/2026 02 h 30 (UTC+1) 1 h" in text
    assert "passage à l’heure d’hiver pendant la période, plus longue d’une heure" in text


def test_services_that_failed_together_share_a_row_and_many_names_are_counted(tmp_path):
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + HOUR, "parent_down")
    part = commune(BEGLES, [service(f"s{n}", f"Service {n}", "web", outages=[outage]) for n in range(5)])
    text = plain(page(part, tmp_path).text)
    assert "Service 0, Service 1, Service 2 et 2 autres services (coupé par une panne en amont)" in text
    assert "1 h 1 h Service 0, Service 1, Service 2, Service 3, Service 4 coupé" in text


def test_the_index_names_communes_where_a_commune_page_names_services(tmp_path):
    text = plain(write(factory.small(), tmp_path)["index.html"].text)
    assert "a commencé le 05/11/2026 04 h 00 : Bègles (connexion sans réponse)." in text
    assert "L’objectif est atteint dans 1 commune sur 2." in text


def test_a_commune_asked_for_alone_tells_nothing_of_the_others(tmp_path):
    pages = write(factory.small(), tmp_path, communes=["Bègles"])
    assert list(pages) == ["33039-begles.html"]
    source = (tmp_path / "33039-begles.html").read_text("utf-8")
    assert "Haillan" not in source
    assert "index.html" not in source


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_harmless_and_legible(tmp_path, name):
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + HOUR, name)
    window = MaintenanceWindow(name, NOVEMBER.start, None, name, NOVEMBER.start)
    where = replace(BEGLES, name=name)
    part = commune(where, [service("s", name, name, outages=[outage])], [factory.site("b", name, name)], [window])
    made = replace(report(replace(part, contract=name)), names={name: name})
    pages = write(made, tmp_path)
    assert len(pages) == 2
    for file, found in pages.items():
        assert found.faults == []
        assert re.fullmatch(r"[a-z0-9-]+\.html", file)
        source = (tmp_path / file).read_text("utf-8")
        assert "<script" not in source
        assert not set("\u202e\u202d\x00\x1b") & set(source)
        assert source.count("\u2066") == 0
        assert re.sub(r"\W", "", name.split("\n")[0].replace("\u202e", ""))[:6] in re.sub(r"\W", "", found.text)


def test_names_written_from_right_to_left_are_kept_apart(tmp_path):
    part = commune(BEGLES, [service("s", "בית ספר", "web")])
    assert "\u2068בית ספר\u2069" in page(part, tmp_path).text


def test_the_short_outage_is_still_visible_on_the_timeline(tmp_path):
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + 1, "timeout")
    part = commune(BEGLES, [service("s", "Portail", "web", outages=[outage])])
    write(report(part), tmp_path)
    source = (tmp_path / "33039-begles.html").read_text("utf-8")
    assert 'x="33.3" width="3.0" height="14" class="m-down"' in source
    assert "1 interruption, &lt;\u00a01\u202fs" in source


def test_communes_with_different_objectives_have_no_common_one(tmp_path):
    one = commune(BEGLES, [service("a", "A", "web")], objective=0.995)
    two = commune(factory.LE_HAILLAN, [service("b", "B", "web")], objective=0.999)
    text = plain(write(report(one, two), tmp_path)["index.html"].text)
    assert "Les services ont été disponibles 100,00 % du temps." in text
    assert "L’objectif est atteint dans 2 communes sur 2." in text


def test_figures_without_bounds_apart_show_one_number(tmp_path):
    whole = figures("x")
    assert whole.low == whole.high
    text = plain(page(commune(BEGLES, [service("s", "Portail", "web")]), tmp_path).text)
    assert "Encadrement 100,00 %" in text
