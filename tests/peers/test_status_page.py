"""The status page in a real browser: axe-core's rules (RGAA 4, WCAG 2 AA), live without loading, stale when it hears
nothing, readable without script, and nothing sideways on a phone nor below the edge of a wall."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette

from exporters.web import WebServer, create_public_app
from netmon.conventions import Reason
from netmon.model import Observation, Reading, State
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.exporters.web.serving import app_of
from tests.exporters.web.troubled import Troubled, troubled
from tests.peers.programs import need

pytestmark = pytest.mark.peer

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["RGAAv4", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "wall": {"viewport": {"width": 1920, "height": 1080}},
    "plain": {"viewport": {"width": 1000, "height": 900}, "java_script_enabled": False},
}
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


class Served:
    """An application that answers on a loop of its own, in a thread."""

    def __init__(self, app: Starlette) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.server = WebServer("127.0.0.1", 0, app, before_stop=app.state.live.close)
        self.do(self.server.start())
        self._stopped = False

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def call(self, function: Any, *args: Any) -> None:
        """Call on the server's loop, where all live memory is."""

        async def call() -> None:
            function(*args)

        self.do(call())

    def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            self.do(self.server.stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = need("chromium", "chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def made() -> Troubled:
    return troubled()


@pytest.fixture
def serve() -> Iterator[Any]:
    running: list[Served] = []

    def start(app: Starlette) -> Served:
        running.append(Served(app))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    contexts = []

    def go(served: Served, look: str, path: str = "/") -> Page:
        context = browser.new_context(**LOOKS[look])
        contexts.append(context)
        page = context.new_page()
        page.goto(served.server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


def broken_rules(page: Page) -> list[str]:
    """What axe-core finds wrong; the browser runs it beside the page's policy, as an extension would."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert len(found["passes"]) > 15
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("public", [False, True], ids=["operators", "everybody"])
@pytest.mark.parametrize(("look", "path"), [
    ("desktop", "/"), ("phone", "/?lang=en"), ("dark", "/"), ("wall", "/?wall=1"), ("dark", "/?wall=1"),
])  # fmt: skip
def test_no_rule_of_accessibility_is_broken_and_nothing_sticks_out(
    serve: Any, visit: Any, made: Troubled, look: str, path: str, public: bool
) -> None:
    page = visit(serve(create_public_app(made.pipeline) if public else app_of(made.pipeline)), look, path)
    expect(page.locator("html.scripted")).to_have_count(1)
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_stale_page_breaks_no_rule_either(serve: Any, visit: Any, made: Troubled) -> None:
    served = serve(app_of(made.pipeline))
    page = visit(served, "desktop")
    expect(page.locator("html.scripted")).to_have_count(1)
    served.stop()
    expect(page.locator("html.silent")).to_have_count(1)
    assert broken_rules(page) == []


def test_everything_is_on_the_wall_without_scrolling(serve: Any, visit: Any) -> None:
    made = troubled()
    many = [name for name in made.pipeline.inventory.nodes if name.startswith("sw-")][:12]
    made.look(dict.fromkeys([*many, "sw-begles-1", "dist-nord-1"], State.DOWN))
    page = visit(serve(app_of(made.pipeline)), "wall", "/?wall=1")
    expect(page.locator("html.scripted")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    for name in ("summary", "map", "incidents", "works", "monitor"):
        assert page.locator(f"#{name}").is_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.card h3')).fontSize)") >= 20


def test_the_page_follows_what_happens_without_being_loaded_again(serve: Any, visit: Any) -> None:
    made = troubled()
    served = serve(app_of(made.pipeline))
    page = visit(served, "desktop")
    expect(page.locator("#sign-words")).to_have_text("en direct")
    expect(page.locator("#incidents")).to_contain_text("sw-begles-1")
    page.evaluate("window.same = true")
    served.call(_recover, made)
    expect(page.locator("#incidents")).not_to_contain_text("sw-begles-1")
    assert page.evaluate("window.same")
    assert "1 incident" in page.title()


def _recover(made: Troubled) -> None:
    made.now += 1_000
    for check in made.pipeline.inventory.checks.values():
        if check.node == "sw-begles-1":
            made.pipeline.observe(Observation(check, made.now, 0.01, Reading(State.UP, Reason.OK)))


def test_a_page_that_lost_the_connection_says_so_and_stands_still(serve: Any, visit: Any, made: Troubled) -> None:
    served = serve(app_of(made.pipeline))
    page = visit(served, "desktop")
    expect(page.locator("#sign-words")).to_have_text("en direct")
    assert not page.locator("#lost").is_visible()
    served.stop()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("Connexion perdue. Ce qui est affiché date du")
    expect(page.locator("#sign-words")).to_have_text("PÉRIMÉ")
    assert page.title().startswith("⚠ ")
    lasted = page.locator(".card .lasts").first
    before = lasted.inner_text()
    page.wait_for_timeout(2_100)
    assert lasted.inner_text() == before


def test_a_page_that_hears_nothing_is_stale_though_the_connection_stands(
    serve: Any, visit: Any, made: Troubled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporters.web.live.BEAT_SECONDS", 3600.0)
    monkeypatch.setattr("exporters.web.live.OFTEN_ENOUGH_SECONDS", 3600.0)
    served = serve(app_of(made.pipeline))
    page = visit(served, "desktop")
    page.clock.install()
    page.reload()
    expect(page.locator("#sign-words")).to_have_text("en direct")
    page.clock.fast_forward(20_000)
    expect(page.locator("#sign-words")).to_have_text("en direct")
    page.clock.fast_forward(10_000)
    expect(page.locator("#sign-words")).to_have_text("PÉRIMÉ")


def test_without_script_everything_is_there_and_it_grows_stale_by_itself(
    serve: Any, visit: Any, made: Troubled
) -> None:
    page = visit(serve(app_of(made.pipeline)), "plain")
    shown = page.locator("body").inner_text()
    for words in ("sw-begles-1", "Incidents ouverts", "état du", "Recharger la page", "GTR", "Travaux planifiés"):
        assert words in shown
    assert not page.locator("#lost").is_visible()
    hasten = "document.getAnimations().forEach(each => { each.currentTime = 61000 })"
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": False})
    page.evaluate(hasten)
    assert page.locator("#lost").is_visible()
    assert "n’est plus à jour" in page.locator("#lost").inner_text()


def test_nothing_that_is_measured_can_become_part_of_the_page(serve: Any, visit: Any) -> None:
    snapshot = make_snapshot([BEGLES])
    snapshot.set_node("sw-c33039-1", State.DOWN, detail=HOSTILE)
    page = visit(serve(app_of(snapshot)), "desktop")
    expect(page.locator("#sign-words")).to_have_text("en direct")
    assert HOSTILE in page.locator("#incidents").inner_text()
    assert "owned" not in page.title()


def test_the_policy_lets_nothing_in_from_elsewhere_and_the_page_needs_nothing(
    serve: Any, visit: Any, made: Troubled
) -> None:
    served = serve(app_of(made.pipeline))
    page = visit(served, "desktop")
    expect(page.locator("#sign-words")).to_have_text("en direct")
    asked = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert {each.removeprefix(served.server.url).partition("?")[0] for each in asked} <= {
        "/style.css", "/live.js", "/events",
    }  # fmt: skip
    policy = page.request.get(served.server.url + "/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
