"""What a steering committee reads beside the figures: promises, months, findings, penalties; thin data said plainly."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from exporters.report import columns, evolution, hours
from exporters.report.html import Pages
from exporters.report.reliability import section
from exporters.report.texts import Texts
from netmon.clock import DAY, HOUR, MINUTE
from netmon.model import (
    Budget,
    Contract,
    CorrectionEffect,
    DayCalendar,
    FamilyFigures,
    HoursException,
    Report,
    Share,
    Stretch,
)
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, figures, report, service
from tests.exporters.report.wellformed import Page

FRENCH = Texts("fr", "Europe/Paris")


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def begles(made: Report | None = None, language: str = "fr") -> str:
    made = made or factory.complete()
    return plain(Page(Pages(made, language).commune(made.communes[0], located=False)).text)


def index(made: Report | None = None, language: str = "fr") -> str:
    return plain(Page(Pages(made or factory.complete(), language).index()).text)


def test_the_figure_that_counts_is_the_contracts_and_what_was_lived_through_stands_beside_it():
    text = begles()
    assert "Disponibilité atteinte 99,58 % ✓ objectif atteint" in text
    assert "Vécu, sans rien exclure 99,49 %" in text


def test_an_objective_of_a_family_that_was_missed_is_told_in_the_synthesis():
    text = begles()
    synthesis = text[text.index("Synthèse") : text.index("Engagements")]
    assert "Contrat d'engagement, Wi-Fi : 99,49 % pour un objectif de 99,90 %, non atteint." in synthesis


def test_an_outage_says_whose_it_is_and_whether_the_guaranteed_times_were_kept():
    assert "connexion sans réponse Titulaire INC-7 : GTI tenue, GTR dépassée" in begles()


def test_the_metropole_sees_the_rate_of_respect_and_the_clocks_behind_it():
    text = index()
    assert "Rétablissements dans les délais (GTR) 0,00 %, 0 sur 1" in text
    assert "Marché d'exploitation Intervention (GTI) 1 h 1 0 1 100,00 %" in text
    assert "INC-7 Portail des citoyens 05/11/2026 04 h 00 signalé : 04 h 05 10 h 00 6 h ✓ tenue 35 min sur 1 h" in text
    assert "INC-8 Wi-Fi des écoles 06/11/2026 04 h 00 signalé : 04 h 00 – – … en cours 1 h sur 4 h" in text


def test_an_incident_is_told_once_by_the_contract_that_clocks_it():
    text = index()
    assert text.count("INC-7 Portail des citoyens") == 1


def test_an_incident_without_clock_is_told_once_behind_the_others():
    made = factory.complete()
    market = replace(made.contracts[1], incidents=(replace(made.contracts[1].incidents[0], gti=None, gtr=None),))
    text = index(replace(made, contracts=(made.contracts[0], market)))
    told = text[text.index("Incidents Aucun délai garanti n’a couru ici") :]
    assert "Autres incidents 1 incident sans délai garanti" in told
    assert told.count("INC-7 Portail des citoyens 05/11/2026 04 h 00 signalé : 04 h 05 10 h 00 6 h Titulaire") == 1
    paper = Pages(replace(made, contracts=(made.contracts[0], market)), "fr", paper=True).index()
    assert "<details" not in paper
    assert "1 incident sans délai garanti" in plain(paper)


def test_the_metropole_lists_its_gravest_interruptions_under_the_names_of_communes():
    text = index()
    told = text[text.index("Interruptions Interruptions de service par ordre") :]
    assert "05/11/2026 04 h 00 07 h 36 3 h 36 min 3 h 36 min Bègles connexion sans réponse" in told
    assert "13/11/2026 12 h 00 12 h 01 1 min 30 s 1 min 30 s Bègles, Le Haillan code HTTP inattendu" in told
    assert "Titulaire INC-7 : GTI tenue, GTR dépassée" in told


def test_the_metropole_tells_planned_works_with_the_communes_they_touch():
    assert "21/11/2026 20 h 00 22 h 00 Wi-Fi des écoles Mise à jour du contrôleur Bègles" in index()
    source = Pages(factory.complete(), "fr").index()
    assert 'class="m-works"' in source[source.index('class="lanes"') :]


def test_works_on_everything_are_told_once_for_all_communes():
    made = factory.metropole([replace(BEGLES, name=f"Commune {n}", insee=f"3300{n}") for n in range(5)])
    text = index(made)
    told = text[text.index("Travaux planifiés Travaux annoncés") :]
    assert told.count("Cœur de réseau") == 1
    assert "Tous les équipements Cœur de réseau toutes" in told


def test_the_metropole_lists_the_worst_served_commune_first():
    good = commune(BEGLES, [service("a", "A", "web")])
    bad = commune(
        factory.LE_HAILLAN, [service("b", "B", "web", outages=[(NOVEMBER.start, NOVEMBER.start + DAY, "timeout")])]
    )
    none = commune(
        replace(BEGLES, name="Ambès", insee="33004"),
        [service("c", "C", "web", unseen=NOVEMBER.end - NOVEMBER.start)],
    )
    text = index(report(none, good, bad))
    table = text[text.index("les moins bien servies d’abord") :]
    assert table.index("Le Haillan") < table.index("Bègles") < table.index("Ambès")


def test_the_budget_of_all_communes_is_told_where_they_share_a_contract():
    made = replace(factory.complete(), budget=Budget(Fraction(HOUR), Fraction(MINUTE), Fraction(1, 60), None))
    assert "Budget d’erreur restant 59 min" in index(made)


def test_a_main_contract_that_did_not_hold_all_the_time_says_so():
    made = factory.complete()
    part = made.communes[0]
    began = replace(part.contracts[0].contract, start=NOVEMBER.start + 9 * DAY)
    contracts = (replace(part.contracts[0], contract=began), *part.contracts[1:])
    text = begles(replace(made, communes=(replace(part, contracts=contracts),)))
    assert (
        "Le chiffre en tête est celui du contrat « Contrat d'engagement », en vigueur du 10/11/2026 00 h 00 au "
        "01/12/2026 00 h 00" in text
    )
    assert "Le chiffre en tête" not in begles(made)


def test_interruptions_last_as_long_as_they_did_whatever_a_service_weighs(tmp_path):
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + HOUR, "timeout")
    part = commune(BEGLES, [service("a", "A", "web", outages=[outage])])
    heavy = replace(part.figures, eligible=3 * part.figures.eligible, unavailable=3 * part.figures.unavailable)
    family = FamilyFigures("web", NOVEMBER, 0.995, 1, heavy)
    text = begles(report(replace(part, figures=heavy, families=(family,))))
    assert "Services en ligne 1 99,50 % 99,86 % +0,36 point 1 1 h ✓ atteint" in text
    row = columns.figures(heavy, heavy, 0.995, FRENCH)
    assert row[5:8] == (1, HOUR, HOUR)


def test_penalties_are_proposed_with_their_evidence_and_never_decided():
    text = index()
    assert "Une proposition avec ses pièces, jamais une décision" in text
    assert "Retard, par heure commencée INC-7 2 150,00 € 300,00 € garantie : GTR ; signalé : 05/11/2026 04 h 05" in text
    assert "la résolution de la mesure admet que rien ne soit dû" in text
    assert "Plafond – – – −2 300,00 € montant de la période : 5 000,00 € ; part : 10,00 % ; plafond : 500,00 €" in text
    assert "Total 500,00 €" in text


def test_a_commune_reads_nothing_of_the_penalties_of_others():
    assert "Aucune pénalité ne peut être proposée" in begles()
    assert "INC-8" not in begles()


def test_a_correction_shows_the_figure_before_and_after_apart():
    assert "en service 99,49 % 99,51 % Page de test A. Martin 07/11/2026 04 h 00" in begles()
    made = factory.complete()
    close = CorrectionEffect(
        made.contracts[0].corrections[0].correction, Share(999_510, 1_000_000), Share(999_512, 1_000_000)
    )
    part = made.communes[0]
    contract = replace(part.contracts[0], corrections=(close,))
    text = begles(replace(made, communes=(replace(part, contracts=(contract,)),)))
    assert "99,9510 % 99,9512 %" in text


def test_works_that_were_not_admitted_say_why():
    assert "05/11/2026 03 h 00 Urgence annoncés trop tard" in begles()


def test_yearly_interruption_over_its_limit_is_marked():
    assert "Portail des citoyens 5 h 3 h 0 s ✗ dépassée" in index()


def test_the_months_name_what_was_not_measured_and_what_was_seen_in_part():
    text = begles()
    months = text[text.index("Douze mois") : text.index("Engagements")]
    assert months.count("non mesuré") == 8
    assert "août 2026 100,00 % ✓ atteint sur le temps mesuré partielle" in months
    assert "sept. 2026 97,00 % ✗ non atteint" in months
    assert "la plus longue vaut 2,50 points" in months


@pytest.mark.parametrize(
    ("months", "said"),
    [
        pytest.param((), "Rien n’a été mesuré au cours des douze derniers mois.", id="no month at all"),
        pytest.param(
            (Stretch(NOVEMBER, Share(0, 0), Share(0, 1), 0.995),),
            "Rien n’a été mesuré au cours des douze derniers mois.",
            id="a month without measurements",
        ),
        pytest.param(
            (Stretch(NOVEMBER, Share(1, 1), Share(1, 1), 0.995),),
            "Un seul mois a été mesuré : aucune tendance ne peut encore être dégagée.",
            id="one month",
        ),
    ],
)
def test_a_trend_that_cannot_be_told_is_said_not_to_be(months, said):
    assert said in plain(evolution.trend(months, 0.995, FRENCH).note)


def test_stems_stand_on_the_objective_and_stay_in_their_frame():
    made = evolution.trend(factory.months(Share(9_950, 10_000), 0.995), 0.995, FRENCH)
    for month in made.months:
        assert 0 <= month.top <= month.top + month.height <= evolution.HEIGHT
    bad, met = made.months[9], made.months[11]
    assert (bad.top, bad.height) == (30.0, 30.0)
    assert met.top + met.height == 30.0


def test_what_was_not_measured_before_gives_no_change():
    made = factory.complete()
    part = made.communes[0]
    services = tuple(replace(item, previous=Share(0, 0)) for item in part.services)
    text = begles(replace(made, communes=(replace(part, services=services),)))
    assert "La période précédente (octobre 2026) n’a pas été mesurée : aucune évolution ne peut être établie." in text


def test_worst_and_most_improved_are_in_order():
    items = [
        evolution.Moved(name, Share(now, 1000), None if before is None else Share(before, 1000))
        for name, now, before in (
            ("a", 990, 980),
            ("b", 970, 990),
            ("c", 995, 960),
            ("d", 1000, 1000),
            ("e", 980, None),
        )
    ]
    made = evolution.movement(factory.complete(), items, 0.995, "Service", FRENCH)
    told = {table.title: [row[0].text for row in table.rows] for table in made.tables}
    assert told == {"Les plus bas": ["b", "e", "a", "c"], "En progrès": ["c", "a"], "En recul": ["b"]}


def test_the_matrix_has_a_column_for_each_family_and_a_dash_where_there_is_none():
    text = index()
    assert "Commune Services en ligne Wi-Fi" in text
    assert "Le Haillan ✓ atteint 99,99 % –" in text


@pytest.mark.parametrize(
    ("budget", "ended", "said"),
    [
        (Budget(Fraction(HOUR), Fraction(MINUTE), Fraction(1, 2), None), False, "Reste 59 min"),
        (Budget(Fraction(HOUR), Fraction(2 * HOUR), Fraction(2), None), True, "Dépassé de 1 h"),
        (Budget(Fraction(HOUR), Fraction(MINUTE), Fraction(3), NOVEMBER.end), False, "épuisé le 01/12/2026 00 h 00"),
        (None, True, "Il n’y a pas de budget d’erreur"),
    ],
)
def test_the_error_budget_says_what_is_left_and_when_it_will_be_gone(budget, ended, said):
    made = section(figures("s"), budget, ended, FRENCH)
    rows = [" ".join(cell.text for cell in row) for table in made.tables for row in table.rows]
    assert said in plain(" | ".join([*made.texts, *rows]))


def test_links_that_carry_too_much_are_named_with_what_was_measured():
    for text in (begles(), index()):
        assert "2 interfaces d’équipements par lesquels on en atteint d’autres ont été suivies, 80,0 % de la" in text
        assert "Avant le 3 novembre 2026, le remplissage des liens n’est pas connu." in text
        assert "Ont porté 80 % de leur débit ou plus pendant plus de 5 % du temps mesuré" in text
        assert "Te1/1/3 10 Gbit/s 72 h 12,5 % 98,7 % 576 h" in text
        assert "C’est peu" not in text


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        (None, "ce rapport ne peut donner aucune alerte de capacité"),
        (replace(factory.CAPACITY, coverage=Share(29, 60)), "C’est peu : rien n’est dit du reste de la période."),
        (replace(factory.CAPACITY, coverage=Share(1, 10**6)), "< 0,1 % de la période"),
        (
            replace(factory.CAPACITY, loaded=()),
            "Aucune n’a porté 80 % de son débit ou plus pendant plus de 5 % du temps",
        ),
        (replace(factory.CAPACITY, since="2026-11-01", loaded=()), "Capacité"),
    ],
)
def test_what_is_not_known_of_links_is_said(capacity, said):
    made = factory.complete()
    text = begles(replace(made, communes=(replace(made.communes[0], capacity=capacity),)))
    assert said in text
    assert ("le remplissage des liens n’est pas connu" in text) is (
        capacity is not None and capacity.since > "2026-11-01"
    )


def test_without_contract_there_are_neither_commitments_nor_penalties():
    text = begles(report(commune(BEGLES, [service("p", "Portail", "web")], objective=None)))
    assert "Aucun contrat ne couvre cette période." in text
    assert "Aucun incident n’a été enregistré" in text
    assert "Rien n’a été exclu du calcul et rien n’a été corrigé." in text


def test_a_contract_whose_calendar_ends_is_said_not_to_be_settled():
    assert "Contrat sans calendrier n’a pas pu être arrêté : un de ses calendriers ne dit rien" in index()


def test_the_annex_tells_hours_digests_and_version():
    text = begles()
    assert "lundi à vendredi : 07 h 30–18 h 30 ; jours fériés, vacances scolaires : fermé" in text
    assert "vacances scolaires selon le calendrier « Vacances scolaires, zone A »" in text
    assert "5f" * 32 in text
    assert "c0" * 32 in text
    assert "netmon 0.1.0" in text


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("24/7", "à toute heure", "at all hours"),
        ("Mo-Fr 08:00-18:00", "lundi à vendredi : 08 h 00–18 h 00", "Monday to Friday: 08:00–18:00"),
        ("Mo,We 08:00-12:00; PH off", "lundi, mercredi : 08 h 00–12 h 00 ; jours fériés : fermé",
         "Monday, Wednesday: 08:00–12:00; public holidays: closed"),
        ("Su 24/7", "dimanche : toute la journée", "Sunday: all day"),
        ("easter 10:00+", "easter 10:00+", "easter 10:00+"),
        ("<b>", "<b>", "<b>"),
    ],
)  # fmt: skip
def test_service_hours_are_words_or_stay_as_they_are(text, french, english):
    assert plain(hours.hours_in_words(text, FRENCH)) == french
    assert hours.hours_in_words(text, Texts("en", "UTC")) == english


def test_exceptions_are_told_with_their_calendar():
    agreed = Contract("c", "C", "p", "q", 0.99, exceptions=(HoursException(DayCalendar("f", "Fêtes", ()), "off"),))
    assert plain(hours.contract_hours(agreed, FRENCH)) == "à toute heure ; Fêtes : fermé"


def test_english_is_complete_in_every_section():
    made = factory.complete()
    for text in (begles(made, "en"), index(made, "en")):
        for french in ("disponibil", "Engagements", "Imputab", "atteint", "période", "incident clos"):
            assert french not in text
    assert "Delay, each hour begun" in index(made, "en")


def test_nothing_but_counted_outages_makes_mean_times():
    made = section(figures("s", planned=[(NOVEMBER.start, NOVEMBER.start + DAY, "timeout")]), None, True, FRENCH)
    assert "Aucune interruption n’a été décomptée" in made.texts[0]
    assert made.tables == ()


def test_paper_lists_the_gravest_interruptions_in_order_of_time_and_says_how_many_there_are():
    spans = [
        (NOVEMBER.start + n * HOUR, NOVEMBER.start + n * HOUR + (1 + n % 7) * MINUTE, "timeout") for n in range(400)
    ]
    made = report(commune(BEGLES, [service("p", "Portail", "web", outages=spans)]))
    paper = Page(Pages(made, "fr", paper=True).commune(made.communes[0], located=False)).text
    assert "Les 100 plus graves des 400 interruptions ; la page web et le classeur les donnent toutes." in plain(paper)
    rows = re.findall(r"(\d\d)/11/2026 (\d\d) h (\d\d) \d\d h \d\d ([67]) min", plain(paper))
    assert len(rows) == 100
    assert rows == sorted(rows)
    assert "plus graves" not in begles(made)
