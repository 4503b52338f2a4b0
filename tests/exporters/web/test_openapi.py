"""The OpenAPI document is complete and true: every path there is, every answer as it says."""

import json
import re
from typing import Any

import jsonschema
import pytest
from starlette.routing import Route

from exporters.web import WebServer
from exporters.web.availability import AvailabilityEndpoint
from exporters.web.notices import notices_document
from exporters.web.probe import ProbeEndpoint
from exporters.web.snmp import SnmpEndpoint
from netmon.cli import main
from netmon.clock import SystemClock
from netmon.config import load
from netmon.model import Notice, NoticeEvent, Severity
from netmon.probing import Probing
from netmon.running import Availability
from netmon.scraping import SnmpScraping
from tests.cli.october import make_october
from tests.exporters.web.serving import app_of, fetch, serving
from tests.exporters.web.troubled import troubled

Document = dict[str, Any]

ASKED = {
    "/api/v1/availability": ["/api/v1/availability?period=2026-10", "/api/v1/availability?period=never"],
    "/api/v1/status": ["/api/v1/status?brief=1", "/api/v1/status"],
    "/snmp": ["/snmp", "/snmp?target=192.0.2.1"],
    "/probe": ["/probe", "/probe?target=192.0.2.1"],
    "/reports/{path}": ["/reports/", "/reports/2026-10/", "/reports/nothing.html"],
    "/api/v1/maintenance": [
        "/api/v1/maintenance", "/api/v1/maintenance?from=2026-11-01T00:00:00Z&to=2026-12-31T00:00:00%2B01:00",
        "/api/v1/maintenance?from=1795000000", "/api/v1/maintenance?to=1795453200",
        "/api/v1/maintenance?from=yesterday",
        "/api/v1/maintenance?from=2026-11-01T00:00:00", "/api/v1/maintenance?from=9&to=9",
        "/api/v1/maintenance?from=0&to=1795453200",
    ],
}  # fmt: skip
QUEUED = 1_795_000_000_000
NOTICE = Notice(
    1,
    "k",
    "noc",
    "",
    "INC-261128-K7QX",
    NoticeEvent.OPENED,
    Severity.MAJOR,
    "{}",
    "waiting",
    QUEUED,
    0,
    QUEUED,
    "",
    None,
)


async def no_reload() -> None:
    """Nothing to read."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, list[str], list[tuple[str, str, Any]]]:
    """The document, the paths of the application, and what each path answered: path, question, answer."""
    path = make_october(tmp_path_factory.mktemp("stored"))
    assert main(["report", "-c", str(path), "--period", "2026-10", "--close", "--format", "html,json"]) == 0
    present = troubled().pipeline
    app = app_of(
        present, reports_dir=path.parent / "data" / "reports",
        snmp=SnmpEndpoint(SnmpScraping(present.inventory, (), {}, {}, {}), 0.5),
        probe=ProbeEndpoint(Probing(present.inventory, (), {})),
        availability=AvailabilityEndpoint(Availability(load(path), SystemClock())),
        notices=lambda: notices_document([NOTICE], NOTICE.queued), reload=no_reload,
    )  # fmt: skip
    paths = [route.path.replace(":path}", "}") for route in app.routes if isinstance(route, Route)]

    def ask(server: WebServer) -> tuple[Document, list[tuple[str, str, Any]]]:
        document = json.loads(fetch(server, "/api/v1/openapi.json")[2])
        questions = [(each, asked) for each in paths if each != "/events" for asked in ASKED.get(each, [each])]
        return document, [(each, asked, fetch(server, asked)) for each, asked in questions]

    document, told = serving(app, ask)
    return document, paths, told


def test_every_path_is_described_and_no_other(answers: Any) -> None:
    document, paths, _ = answers
    assert set(document["paths"]) == set(paths)


def test_every_answer_is_of_a_kind_and_shape_that_is_described(answers: Any) -> None:
    document, _, told = answers
    for path, asked, (status, headers, body) in told:
        responses = document["paths"][path].get("get", document["paths"][path].get("post"))["responses"]
        described = responses.get(str(status), responses["default"])
        kind = headers.get("content-type", "").partition(";")[0]
        content = described.get("content", {"": {}})
        assert kind in content or "*/*" in content, asked
        if kind == "application/json" and "schema" in content.get(kind, {}):
            schema = {**content[kind]["schema"], "components": document["components"]}
            jsonschema.validate(json.loads(body), schema, jsonschema.Draft202012Validator,
                                format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)  # fmt: skip


def test_the_answers_hold_something_of_every_schema(answers: Any) -> None:
    """A schema that no answer was held to would prove nothing."""
    _, _, told = answers
    seen = {
        path: json.loads(body) for path, asked, (status, _, body) in told if status == 200 and asked.startswith("/api/")
    }
    lists = [
        (seen["/api/v1/status"], ("communes", "problems", "maintenance", "sla")),
        (seen["/api/v1/nodes"], ("nodes", "checks")), (seen["/api/v1/services"], ("services",)),
        (seen["/api/v1/incidents"], ("incidents",)), (seen["/api/v1/topology"], ("nodes", "links")),
        (seen["/api/v1/availability"], ("rows",)), (seen["/api/v1/notices"], ("notices",)),
        (seen["/api/v1/maintenance"], ("maintenance",)),
        (seen["/api/v1/reports"], ("reports",)),
    ]  # fmt: skip
    for answer, names in lists:
        assert all(answer[name] for name in names)
    incidents = seen["/api/v1/incidents"]["incidents"]
    assert any(each["clocks"] for each in incidents)
    assert any(each["acknowledged"] for each in incidents)
    assert any(each["takes"]["tree"][0]["children"] for each in incidents if each["takes"]["tree"])
    assert {"node", "check", "service"} == {each["kind"] for each in seen["/api/v1/status"]["problems"]}


def test_every_reference_leads_somewhere_and_every_schema_is_used(answers: Any) -> None:
    document, _, _ = answers
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named == set(document["components"]["schemas"])


def test_wrong_stretches_of_works_are_refused_with_a_reason(answers: Any) -> None:
    _, _, told = answers
    refused = {
        asked: json.loads(body)["error"]
        for _, asked, (status, _, body) in told
        if status == 400 and "maintenance" in asked
    }
    assert len(refused) == 4
    assert all(refused.values())


def test_works_are_told_past_and_to_come(answers: Any) -> None:
    _, _, told = answers
    of = {asked: {each["object"] for each in json.loads(body)["maintenance"]}
          for path, asked, (status, _, body) in told if path == "/api/v1/maintenance" and status == 200}  # fmt: skip
    assert of["/api/v1/maintenance"] == {"sw-talence-1"}
    stretch = ASKED["/api/v1/maintenance"][1]
    assert of[stretch] == {"sw-talence-1", "talence-reseau", "*"}
