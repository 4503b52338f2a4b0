"""The report's pages in a real browser: axe-core's rules (RGAA 4, WCAG 2 AA), no sideways scrolling, no script."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from exporters.report import write_report
from netmon.clock import DAY, HOUR
from tests.exporters.report import factory
from tests.exporters.report.factory import BEGLES, NOVEMBER, commune, report, service
from tests.peers.programs import need

pytestmark = pytest.mark.peer

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["RGAAv4", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LOOKS = {
    "desktop": {"viewport": {"width": 1200, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
}
HOSTILE = ["<script>document.title = 'owned'</script>", "בית ספר ירושלים", "x" * 200, "=cmd|' /C calc'!A0"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = need("chromium", "chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The fullest report, and one whose names are hostile."""
    complete = write_report(factory.complete(), tmp_path_factory.mktemp("complete"))
    outage = (NOVEMBER.start + DAY, NOVEMBER.start + DAY + HOUR, HOSTILE[0])
    services = [service(f"s{n}", name, "web", outages=[outage]) for n, name in enumerate(HOSTILE)]
    part = commune(BEGLES, services)
    agreed = factory.commitment(part)
    agreed = replace(agreed, contract=replace(agreed.contract, name=HOSTILE[2]))
    made = replace(report(replace(part, contracts=(agreed,))), contracts=(agreed,))
    hostile = write_report(made, tmp_path_factory.mktemp("hostile"))
    thin = commune(BEGLES, [service("s", "S", "web", unseen=20 * DAY)], objective=None)
    thinly = write_report(replace(report(thin), generated=NOVEMBER.start + 12 * DAY), tmp_path_factory.mktemp("thin"))
    return {
        "index": complete[0],
        "commune": complete[1],
        "hostile": hostile[1],
        "hostile index": hostile[0],
        "thin": thinly[1],
    }


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path], name: str, look: str) -> Iterator[Page]:
    context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(pages[name].as_uri())
    yield page
    context.close()


@pytest.mark.parametrize(
    ("name", "look"),
    [(name, look) for name in ("index", "commune", "thin") for look in LOOKS]
    + [(name, look) for name in ("hostile", "hostile index") for look in ("desktop", "phone")],
)
def test_no_rule_of_accessibility_is_broken_and_nothing_sticks_out(opened: Page) -> None:
    opened.evaluate(AXE)
    found: dict[str, Any] = opened.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    broken = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert broken == []
    assert len(found["passes"]) > 15
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("name", "look"), [("hostile", "desktop")])
def test_hostile_names_stay_names(opened: Page) -> None:
    assert "owned" not in opened.title()
    shown = opened.locator("#services ~ .scroll").first.inner_text()
    for text in HOSTILE:
        assert text in shown.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(("name", "look"), [("commune", "desktop")])
def test_it_needs_no_script_and_asks_for_nothing(opened: Page) -> None:
    assert opened.locator("script").count() == 0
    assert opened.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize(("name", "look"), [("commune", "desktop")])
def test_its_printed_pages_are_few(opened: Page) -> None:
    printed = opened.pdf(prefer_css_page_size=True)
    assert 2 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 12
