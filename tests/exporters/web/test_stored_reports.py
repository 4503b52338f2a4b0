"""The stored reports over real sockets: an index by period and commune, and everybody's own reports only."""

import asyncio
import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bcrypt
import pytest
from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.basicauth import BasicAuth, TooBusyError
from exporters.web.editions import Access, editions
from exporters.web.reportindex import period_values
from exporters.web.reports import Readers
from exporters.web.schemas import schemas
from netmon.cli import main
from tests.cli.october import make_october
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.exporters.web.test_web import fetch

BEGLES_PAGE = "2026-10/v1/fr/33039-begles/33039-begles.html"
HAILLAN_PAGE = "2026-10/v1/fr/33200-le-haillan/33200-le-haillan.html"
WHOLE_PAGE = "2026-10/v1/fr/metropole/index.html"


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


HASHES = {"begles": hashed("mot de passe"), "metropole": hashed("é:à"), "nobody": hashed("x")}
ACCESS = {"begles": Access(frozenset({"33039"})), "metropole": Access(), "nobody": Access(frozenset({"33999"}))}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October closed twice; a folder somebody put there."""
    path = make_october(tmp_path_factory.mktemp("stored"))
    october = ["report", "-c", str(path), "--period", "2026-10", "--close", "--format", "html,csv,json"]
    assert main(october) == 0
    words = ["history", "correct", "portail", "-c", str(path), "--from", "2026-10-10 00:00", "--to", "2026-10-10 02:00"]
    assert main([*words, "--state", "up", "--author", "A. Martin", "--reason", "sonde"]) == 0
    assert main(october) == 0
    folder = path.parent / "data" / "reports"
    (folder / "à la main").mkdir()
    (folder / "à la main" / "notes.csv").write_text("a\n")
    (folder / "2026-09" / "v1").mkdir(parents=True)
    (folder / "2026-09" / "v1" / "manifest.json").write_text('{"period": []}')
    return folder


def login(user: str = "", password: str = "") -> dict[str, str]:
    if not user:
        return {}
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


BEGLES_LOGIN, ALL_LOGIN = login("begles", "mot de passe"), login("metropole", "é:à")


def serving(reports: Path, ask: Callable[[WebServer], None], *, accounts: bool = True) -> None:
    async def run() -> None:
        snapshot = make_snapshot([BEGLES])
        readers = Readers(BasicAuth(HASHES), ACCESS) if accounts else None
        rows = [{"contract": "engagement", "commune": name} for name in ("Bègles", "Le Haillan")]
        figures = AvailabilityEndpoint(lambda _: {"rows": rows}, readers, {"Bègles": "33039", "Le Haillan": "33200"})
        app = create_app(
            snapshot, Exposition(snapshot, CollectorRegistry()), reports, "fr", readers=readers, availability=figures
        )
        server = WebServer("127.0.0.1", 0, app)
        await server.start()
        try:
            await asyncio.to_thread(ask, server)
        finally:
            await server.stop()

    asyncio.run(run())


def links(page: str) -> set[str]:
    return set(re.findall(r'href="([^"]+)"', page))


def test_an_edition_stands_that_was_closed_last_and_no_provisional_one(reports):
    second, first = editions(reports)
    draft = replace(first, name="draft-1", closed=False)
    shown = [
        [(edition.title, edition.stands) for edition in period_values(entries, "fr", "fr")["editions"]]
        for entries in ([second, first], [draft])
    ]
    assert shown == [[("v2", True), ("v1", False)], [("draft-1", False)]]


def test_the_index_leads_by_period_and_by_commune_to_every_document(reports):
    def ask(server: WebServer) -> None:
        index = fetch(server, "/reports/")[2].decode()
        assert {"2026-10/", "?commune=33039", "?commune=33200"} < links(index)
        assert "octobre 2026" in index
        assert "à la main/" in index
        period = fetch(server, "/reports/2026-10/")[2].decode()
        assert period.index('id="v2"') < period.index('id="v1"')
        assert "celle qui fait foi" in period
        assert "remplace v1" in period
        found = [link for link in links(period) if link.startswith("v")]
        assert len(found) > 10
        for link in found:
            assert fetch(server, f"/reports/2026-10/{link}")[0] == 200, link
        assert any(link.endswith("differences.html") for link in found)
        commune = fetch(server, "/reports/?commune=33039")[2].decode()
        assert "Bègles" in commune
        assert "Le Haillan" not in commune
        for link in links(commune):
            if link.startswith("2026-10/"):
                assert fetch(server, f"/reports/{link}")[0] == 200, link

    serving(reports, ask, accounts=False)


def test_pages_are_in_the_language_asked_for_and_say_so(reports):
    def ask(server: WebServer) -> None:
        for path in ("/reports/", "/reports/2026-10/", "/reports/?commune=33039"):
            other = f"{path}{'&' if '?' in path else '?'}lang=en"
            french, english = fetch(server, path)[2].decode(), fetch(server, other)[2].decode()
            assert '<html lang="fr">' in french
            assert '<html lang="en">' in english
            assert "Verdict" in english or "Editions" in english
            assert "<script" not in english + french
            assert any(link.endswith("lang=en") for link in links(french))
        assert "2026-10/?lang=en" in links(fetch(server, "/reports/?lang=en")[2].decode())
        assert '<html lang="fr">' in fetch(server, "/reports/?lang=../../etc")[2].decode()

    serving(reports, ask, accounts=False)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 401),
        (login("begles", "falsch"), 401),
        (login("unknown", "mot de passe"), 401),
        (login("begles"), 401),
        (login("begles", "mot de passe\0"), 401),
        (login("begles", "m" * 100), 401),
        ({"authorization": "Basic !!!"}, 401),
        ({"authorization": "Bearer x"}, 401),
        ({"authorization": "Basic " + "A" * 5000}, 401),
        (BEGLES_LOGIN, 200),
        (ALL_LOGIN, 200),
    ],
)
def test_with_accounts_everybody_says_who_asks(reports, headers, expected):
    def ask(server: WebServer) -> None:
        for path in ("/reports/", f"/reports/{BEGLES_PAGE}", "/api/v1/reports"):
            status, said, body = fetch(server, path, **headers)
            assert status == expected
            if status == 401:
                assert said["www-authenticate"].startswith("Basic realm=")
                assert b"2026" not in body
        assert fetch(server, "/metrics")[0] == 200  # the rest of the listener is not ours to guard

    serving(reports, ask)


ONLY_ALL = [
    WHOLE_PAGE, HAILLAN_PAGE, "2026-10/v1/", "2026-10/v1/fr/", "2026-10/v1/fr/metropole/", "2026-10/v1/report.json",
    "2026-10/v1/manifest.json", "2026-10/v1/inputs.jsonl.gz", "2026-10/v2/fr/metropole/differences.html",
    "%C3%A0%20la%20main/", "%C3%A0%20la%20main/notes.csv", "?commune=33200",
    "2026-10/v1/fr/33039-begles/../33200-le-haillan/33200-le-haillan.html",
    "2026-10/v1/fr/33039-begles/..%2f..%2f..%2freport.json",
    "2026-10/v1/fr/33039-begles%2f..%2fmetropole/index.html",
]  # fmt: skip


def test_a_communes_account_sees_its_own_reports_and_no_others(reports):
    def ask(server: WebServer) -> None:
        for path in (BEGLES_PAGE, BEGLES_PAGE.replace("v1", "v2"), "2026-10/v2/fr/33039-begles/differences.html",
                     "2026-10/v1/fr/33039-begles/report.json"):  # fmt: skip
            status, headers, body = fetch(server, f"/reports/{path}", **BEGLES_LOGIN)
            assert status == 200
            assert "Haillan" not in body.decode()
            assert headers["cache-control"] == "private, no-cache"
            assert headers["vary"] == "Authorization"
        for path in ONLY_ALL:
            status, _, body = fetch(server, f"/reports/{path}", **BEGLES_LOGIN)
            assert (path, status) == (path, 404)
            assert body == b"404 No such report\n"
        for path in ("/reports/", "/reports/2026-10/", "/reports/?commune=33039", "/api/v1/reports"):
            page = fetch(server, path, **BEGLES_LOGIN)[2].decode()
            assert "Bègles" in page
            for other in ("Haillan", "33200", "metropole/", "inputs", "à la main"):
                assert other not in page, (path, other)
        assert "2026-10" not in fetch(server, "/reports/", **login("nobody", "x"))[2].decode()

    serving(reports, ask)


def test_an_account_of_all_communes_sees_everything(reports):
    def ask(server: WebServer) -> None:
        for path in ONLY_ALL[:12]:
            assert fetch(server, f"/reports/{path}", **ALL_LOGIN)[0] == 200, path
        for path in ONLY_ALL[13:]:
            assert fetch(server, f"/reports/{path}", **ALL_LOGIN)[0] == 404, path

    serving(reports, ask)


def test_the_api_tells_editions_as_openapi_promises(reports):
    def ask(server: WebServer) -> None:
        told = json.loads(fetch(server, "/api/v1/reports", **ALL_LOGIN)[2])
        assert [(each["edition"], each["replaces"]) for each in told["reports"]] == [("v2", "v1"), ("v1", None)]
        schema = schemas()["Report"]
        assert set(told["reports"][0]) == set(schema["required"])
        assert set(told["reports"][0]["communes"][0]) == set(schema["properties"]["communes"]["items"]["required"])
        for path in told["reports"][0]["communes"][0]["documents"]:
            assert fetch(server, f"/reports/{path}", **ALL_LOGIN)[0] == 200

    serving(reports, ask)


def test_a_right_password_is_checked_once_and_a_flood_of_wrong_ones_is_turned_away(monkeypatch):
    checked = []
    real, at_work = bcrypt.checkpw, threading.Lock()

    def check(password: bytes, expected: bytes) -> bool:
        assert at_work.acquire(blocking=False), "two are checked at once"
        checked.append(password)
        right = real(password, expected)
        at_work.release()
        return right

    monkeypatch.setattr("exporters.web.basicauth.bcrypt.checkpw", check)

    async def run() -> None:
        auth = BasicAuth(HASHES)
        right = BEGLES_LOGIN["authorization"]
        for _ in range(5):
            assert await auth.user_of(right) == "begles"
        assert len(checked) == 1
        wrong = [auth.user_of(login("begles", f"falsch {number}")["authorization"]) for number in range(200)]
        answers = await asyncio.gather(*wrong, return_exceptions=True)
        assert {type(answer) for answer in answers} == {type(None), TooBusyError}
        assert await auth.user_of(right) == "begles"

    asyncio.run(run())


def test_whom_nobody_knows_is_checked_like_a_wrong_password(monkeypatch):
    checked = []
    monkeypatch.setattr(
        "exporters.web.basicauth.bcrypt.checkpw", lambda _password, expected: checked.append(expected) or True
    )

    async def run() -> None:
        assert await BasicAuth(HASHES).user_of(login("unknown", "x")["authorization"]) is None

    asyncio.run(run())
    (expected,) = checked
    assert (len(expected), expected[:7]) == (60, b"$2b$04$")
    monkeypatch.undo()
    assert not bcrypt.checkpw(b"x", expected)  # a hash like any other: one that is none would be told at once


def test_the_figures_of_a_period_are_told_to_the_same_accounts(reports: Path) -> None:
    def ask(server: WebServer) -> None:
        def communes(**headers: str) -> tuple[int, list[str]]:
            status, _, body = fetch(server, "/api/v1/availability", **headers)
            return status, [row["commune"] for row in json.loads(body).get("rows", ())]

        assert communes() == (401, [])
        assert communes(**BEGLES_LOGIN) == (200, ["Bègles"])
        assert communes(**ALL_LOGIN) == (200, ["Bègles", "Le Haillan"])

    serving(reports, ask)
