"""The status page of some communes: what concerns them, wherever it stands."""

from urllib.parse import quote

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from exporters.prometheus import Exposition
from exporters.web import create_app
from exporters.web.app import create_public_app
from netmon.model import MaintenanceWindow, State
from tests.exporters.snapshots import AMBES, BEGLES, CENON, NOW, FakeSnapshot, make_snapshot
from tests.exporters.web.serving import fetch, serving


@pytest.fixture
def snapshot() -> FakeSnapshot:
    made = make_snapshot([BEGLES, AMBES, CENON])
    made.set_node("sw-c33004-1", State.DOWN)
    made.set_node("sw-c33119-1", State.DOWN)
    made.set_service("wifi-c33004", State.DOWN, "sw-c33004-1")
    made.windows.append(MaintenanceWindow("sw-c33039-1", NOW, None, "essai", NOW))
    return made


def answer(app: Starlette, path: str) -> tuple[int, str]:
    status, _, body = serving(app, lambda server: fetch(server, path))
    return status, body.decode()


def page(snapshot: FakeSnapshot, query: str = "") -> str:
    app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None)
    status, text = answer(app, f"/{query}")
    assert status == 200, text
    return text


def test_the_page_of_a_commune_tells_of_it_alone(snapshot: FakeSnapshot) -> None:
    whole, part = page(snapshot), page(snapshot, f"?commune={quote('Ambès')}")
    for text in ("sw-c33004-1", "sw-c33119-1", "sw-c33039-1"):
        assert text in whole
    assert "sw-c33004-1" in part
    assert "Wi-Fi de Ambès" in part
    assert "Portail des citoyens" not in part, "it works"
    assert "sw-c33119-1" not in part
    assert "sw-c33039-1" not in part, "the works are elsewhere"
    assert ('id="map"' in whole, 'id="map"' in part) == (True, False)
    assert "Ambès</small>" in part
    assert "live.js" not in part, "news of everything would replace what it tells"
    assert 'http-equiv="refresh" content="60"' in part


def test_what_takes_something_of_a_commune_along_is_told_wherever_it_stands(snapshot: FakeSnapshot) -> None:
    for name in ("core-1", "sw-c33119-2"):
        snapshot.set_node(name, State.DOWN if name == "core-1" else State.UNREACHABLE)
    part = page(snapshot, "?commune=Cenon")
    assert "core-1" in part
    assert "sw-c33119-2" not in page(snapshot, f"?commune={quote('Ambès')}")


def test_several_communes_as_grafana_asks_for_them(snapshot: FakeSnapshot) -> None:
    """``${commune:percentencode}`` of a choice of several puts braces around them, also around a single one."""
    both = page(snapshot, f"?commune={quote('{Ambès,Cenon}')}")
    assert both == page(snapshot, f"?commune={quote('Ambès,Cenon')}")
    assert page(snapshot, f"?commune={quote('{Ambès}')}") == page(snapshot, f"?commune={quote('Ambès')}")
    assert both == page(snapshot, f"?commune={quote('Ambès')}&commune=Cenon")
    assert "sw-c33004-1" in both
    assert "sw-c33119-1" in both
    assert page(snapshot, "?commune=.*") == page(snapshot)


def test_a_commune_that_there_is_not_is_said(snapshot: FakeSnapshot) -> None:
    app = create_app(snapshot, Exposition(snapshot, CollectorRegistry()), None)
    assert answer(app, "/?commune=Paris") == (404, "404 No commune is called 'Paris'\n")


def test_everybodys_page_has_no_part(snapshot: FakeSnapshot) -> None:
    app = create_public_app(snapshot)
    assert answer(app, "/?commune=Cenon") == answer(app, "/")
