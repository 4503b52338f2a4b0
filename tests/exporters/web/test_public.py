"""What everybody sees: services by commune, and not one word of how the network is made."""

import http.client
import json
import re
from dataclasses import replace
from urllib.parse import quote, urlsplit

import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from exporters.web import WebServer, create_public_app
from netmon.clock import HOUR
from netmon.model import Inventory, MaintenanceWindow, State
from tests.exporters.web.serving import app_of, fetch, serving
from tests.exporters.web.troubled import Troubled, inventory, troubled

PATHS = ["/", "/?lang=en", "/?wall=1", "/?refresh=10", "/events", "/style.css", "/live.js", "/api/v1/status",
         "/api/v1/services", "/api/v1/maintenance", "/api/v1/openapi.json"]  # fmt: skip


def hidden_words(known: Inventory) -> set[str]:
    """Every name, address and host of the inventory, and all sensitive sites."""
    words: set[str] = set()
    for node in known.nodes.values():
        words |= {node.id, node.name, node.address, node.address.partition(":")[0]}
    for check in known.checks.values():
        host = urlsplit(check.target).hostname or check.target.partition(":")[0]
        words |= {check.id, check.name, check.target, host}
    for site in known.sites.values():
        words |= {site.id, site.name} if site.sensitive else {site.id}
    return {word for word in words if word}


def told(text: str, words: set[str]) -> list[str]:
    """Those of ``words`` that ``text`` holds, as such or written in a URL or in JSON."""
    found = []
    for word in words:
        forms = {word, quote(word), json.dumps(word)[1:-1], word.replace("'", "&#39;")}
        if any(re.search(rf"(?<![\w.-]){re.escape(form)}(?![\w-])", text, re.IGNORECASE) for form in forms):
            found.append(word)
    return found


def read(server: WebServer, path: str, method: str = "GET") -> tuple[int, str]:
    """The whole answer with its head; of a stream what comes first."""
    if path.startswith("/events") and method == "GET":
        connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        lines = [response.readline() for _ in range(6)]
        connection.close()
        return response.status, b"".join(lines).decode()
    status, headers, body = fetch(server, path, method)
    return status, "\n".join([*headers.values(), body.decode()])


def public(made: Troubled) -> Starlette:
    return create_public_app(made.pipeline, "fr")


@pytest.fixture(scope="module")
def made() -> Troubled:
    """In trouble, with works whose texts name hosts, on everything: objects of every kind."""
    made = troubled()
    known, at = made.pipeline.inventory, made.now
    objects = [*list(known.nodes)[:40], *list(known.checks)[:40], *known.sites, *list(known.services)[:20], "*"]
    windows = [MaintenanceWindow(name, at, at + HOUR, f"on {name} at 127.33.7.1", at) for name in objects]
    made.pipeline.set_windows(windows)
    return made


def test_the_search_finds_what_operators_see(made: Troubled) -> None:
    """The test of the test: the operators' pages are full of such words."""
    words = hidden_words(made.pipeline.inventory)
    assert len(words) > 300
    shown = serving(app_of(made.pipeline), lambda server: [read(server, path)[1] for path in ("/", "/api/v1/nodes")])
    assert all(len(told(text, words)) > 3 for text in shown)


def test_no_answer_tells_a_host_an_address_a_check_or_a_sensitive_site(made: Troubled) -> None:
    words = hidden_words(made.pipeline.inventory)
    private = [route.path for route in app_of(made.pipeline).routes if isinstance(route, Route)]
    asked = [*PATHS, *private, "/snmp?target=core-lac-1", "/probe?target=127.33.7.1", "/reports/", "/api/v1/nodes/x"]

    def ask(server: WebServer) -> dict[str, tuple[int, str]]:
        answers = {path: read(server, path) for path in dict.fromkeys(asked)}
        return {**answers, "POST /": read(server, "/", "POST"), "POST /metrics": read(server, "/metrics", "POST")}

    answers = serving(public(made), ask)
    assert {path: found for path, (_, text) in answers.items() if (found := told(text, words))} == {}
    assert {path for path, (status, _) in answers.items() if status == 200} == set(PATHS)
    assert {status for status, _ in answers.values()} == {200, 404, 405}


def test_a_mistake_of_ours_tells_nothing_either(made: Troubled, monkeypatch: pytest.MonkeyPatch) -> None:
    app = public(made)
    monkeypatch.setattr(made.pipeline, "services", lambda: 1 / 0)
    answers = serving(app, lambda server: [fetch(server, path) for path in ("/", "/api/v1/status")])
    assert [(status, body) for status, _, body in answers] == [(500, b"500 Internal error\n")] * 2


def test_services_that_rest_on_a_sensitive_site_are_left_out(made: Troubled) -> None:
    known = made.pipeline.inventory
    document = serving(public(made), lambda server: json.loads(fetch(server, "/api/v1/services")[2]))
    names = {each["name"] for each in document["services"]}
    assert "Réseau de la mairie de Bègles" in names
    assert names < {service.name for service in known.services.values()}
    hidden = {site.id for site in known.sites.values() if site.sensitive}
    parts = {node.id for node in known.nodes.values() if node.site in hidden}
    resting = {each.name for each in known.services.values() if parts & set(re.findall(r"[\w-]+", each.expression))}
    assert resting
    assert resting.isdisjoint(names)


def test_what_is_down_is_shown_as_down_and_a_cut_as_well() -> None:
    made = troubled()
    document = serving(public(made), lambda server: json.loads(fetch(server, "/api/v1/status")[2]))
    communes = {each["name"]: each for each in document["communes"]}
    states = {each["name"]: each["state"] for each in communes["Bègles"]["services"]}
    assert states["Réseau de la mairie de Bègles"] == "down"
    assert communes["Bègles"]["state"] == "degraded"
    assert document["communes"][0]["state"] != "up"
    assert "unreachable" not in json.dumps(document)


def test_public_documents_are_as_their_openapi_says(made: Troubled) -> None:
    def ask(server: WebServer) -> dict[str, object]:
        return {path: json.loads(fetch(server, path)[2]) for path in PATHS if path.startswith("/api/")}

    answers = serving(public(made), ask)
    document = answers.pop("/api/v1/openapi.json")
    assert isinstance(document, dict)
    assert set(document["paths"]) == {path.partition("?")[0] for path in PATHS}
    for path, answer in answers.items():
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer, {**schema, "components": document["components"]}, jsonschema.Draft202012Validator)


def test_works_are_told_by_the_services_they_take_along() -> None:
    made = troubled()
    made.pipeline.set_windows([
        MaintenanceWindow("sw-begles-1", made.now + HOUR, made.now + 2 * HOUR, "secret", made.now),
        MaintenanceWindow("core-lac-1", made.now + HOUR, made.now + 2 * HOUR, "secret", made.now),
    ])  # fmt: skip
    document = serving(public(made), lambda server: json.loads(fetch(server, "/api/v1/maintenance")[2]))
    [work] = document["maintenance"]
    assert "Réseau de la mairie de Bègles" in work["services"]
    assert work["communes"] == ["Bègles"]


def test_an_inventory_without_sensitive_sites_shows_every_service() -> None:
    known = inventory()
    sites = {name: replace(site, sensitive=False) for name, site in known.sites.items()}
    made = Troubled(replace(known, sites=sites))
    made.look({"sw-begles-1": State.DOWN})
    document = serving(public(made), lambda server: json.loads(fetch(server, "/api/v1/services")[2]))
    assert len(document["services"]) == len(known.services)
