"""``/snmp``: a device is polled now, and the answer is what snmp_exporter would say of it.

Parameters, statuses, metric names, labels, types and help texts are snmp_exporter's, so that its scrape
configurations, dashboards and rules work unchanged. The text is always 0.0.4, as there. A module that does not come
through leaves no samples; what the others brought is answered, and comments at the end say what is missing. Only when
none came through is the scrape a failure.
"""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from exporters.prometheus.heads import Head, text_head
from exporters.prometheus.text import Template, are_label_names, is_metric_name, make_template, render
from exporters.web.packed import text_response
from netmon.clock import SECOND, Millis
from netmon.contracts import SnmpScrape, SnmpScraper
from netmon.errors import ScrapeRefusedError
from netmon.model import Family, Reading, State

TIMEOUT_HEADER: Final = "x-prometheus-scrape-timeout-seconds"
DEFAULT_TIMEOUT: Final[Millis] = 20 * SECOND
"""Where the scraper does not say how long it waits: four tries of five seconds, as snmp_exporter makes."""
MAX_TIMEOUT: Final[Millis] = 120 * SECOND
DEFAULT_MODULE: Final = "if_mib"
_LONGEST: Final = 1024
_IDLE_SECONDS: Final = 900.0

_COSTS: Final = {
    "snmp_scrape_duration_seconds": "Total SNMP time scrape took (walk and processing).",
    "snmp_scrape_packets_retried": "Packets retried for get, bulkget, and walk.",
    "snmp_scrape_packets_sent": "Packets sent for get, bulkget, and walk; including retries.",
    "snmp_scrape_pdus_returned": "PDUs returned from get, bulkget, and walk.",
    "snmp_scrape_walk_duration_seconds": "Time SNMP walk/bulkwalk took.",
}
"""What a scrape says of itself, with the words snmp_exporter has for it: an interface, like the names."""

_Key: TypeAlias = tuple[str, str, str, str]
_Templates: TypeAlias = dict[tuple[tuple[str, ...], int], Template]


@dataclass(slots=True)
class _Kept:
    """What helps to render the next answer about one device and module: the lines of series that stayed the same."""

    templates: _Templates = field(default_factory=dict)
    used: float = 0.0


class SnmpEndpoint:
    """Answers ``/snmp`` by ``scraper``; ``offset`` seconds are kept back from Prometheus' scrape timeout."""

    def __init__(self, scraper: SnmpScraper, offset: float = 0.5, *, wrap_large_counters: bool = True) -> None:
        self._scraper = scraper
        self._offset = offset
        self._wrap = wrap_large_counters
        self._kept: dict[_Key, _Kept] = {}
        self._swept = time.monotonic()

    async def respond(self, request: Request) -> Response:
        """One scrape. 400: the request makes no sense; 403: not one of our devices; 500: the device told nothing."""
        try:
            asked = read_request(request.query_params, request.headers.get(TIMEOUT_HEADER, ""), self._offset)
            readings = await self._scraper.scrape(asked)
        except ScrapeRefusedError as error:
            return PlainTextResponse(f"{error.detail}\n", 403 if error.forbidden else 400)
        failed = {name: reading for name, reading in readings.items() if reading.state is not State.UP}
        if len(failed) == len(readings):
            return PlainTextResponse(_failure(asked.target, failed), 500)
        return text_response(request, [*self._render(asked, readings), *_remarks(failed)])

    def _render(self, asked: SnmpScrape, readings: Mapping[str, Reading]) -> list[bytes]:
        """The lines, families in order of name; where two modules bring a series, the first one's counts."""
        self._sweep()
        heads: dict[str, bytes] = {}
        chunks: dict[str, list[bytes]] = {}
        for module, reading in readings.items():
            if reading.state is not State.UP:
                continue
            kept = self._kept.setdefault((asked.target, module, asked.auth, asked.context), _Kept())
            kept.used = time.monotonic()
            before, kept.templates = kept.templates, {}
            for family in _shown(module, reading.families):
                template = _template(family, before, kept.templates)
                lines, _ = render(template, family.name, family.kind, family.values, wrap=self._wrap)
                heads.setdefault(family.name, text_head(Head(family.name, family.kind, family.help)))
                chunks.setdefault(family.name, []).append(lines)
        return [part for name in sorted(heads) for part in (heads[name], *_distinct(chunks[name])) if any(chunks[name])]

    def _sweep(self) -> None:
        now = time.monotonic()
        if now - self._swept > _IDLE_SECONDS / 15:
            self._swept = now
            self._kept = {key: kept for key, kept in self._kept.items() if now - kept.used < _IDLE_SECONDS}


def read_request(query: QueryParams, timeout: str, offset: float) -> SnmpScrape:
    """What the parameters and Prometheus' timeout header ask for.

    Raises:
        ScrapeRefusedError: a parameter is missing, comes twice, or asks for what we do not do.
    """
    target = query.get("target", "")
    if len(query.getlist("target")) != 1 or not target:
        raise ScrapeRefusedError("'target' parameter must be specified once")
    for name in ("auth", "snmp_context", "snmp_engineid"):
        if len(query.getlist(name)) > 1:
            raise ScrapeRefusedError(f"'{name}' parameter must only be specified once")
    if query.get("snmp_engineid"):
        raise ScrapeRefusedError("'snmp_engineid' parameter is not supported: the engine id is discovered")
    modules = _modules(query.getlist("module"))
    auth, context = query.get("auth", ""), query.get("snmp_context", "")
    if any(len(word) > _LONGEST or not word.isprintable() for word in (target, auth, context, *modules)):
        raise ScrapeRefusedError("a parameter is too long or has characters that cannot be shown")
    return SnmpScrape(target, modules, auth, context, _timeout(timeout, offset))


def _modules(given: list[str]) -> tuple[str, ...]:
    names = [name for text in given or [DEFAULT_MODULE] for name in text.split(",") if name]
    if not names:
        raise ScrapeRefusedError("'module' parameter must contain at least one module name")
    return tuple(dict.fromkeys(names))


def _timeout(header: str, offset: float) -> Millis:
    """What Prometheus' header leaves after ``offset``; the whole of it where nothing would be left."""
    if not header:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(header)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise ScrapeRefusedError("the header X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds")
    left = seconds - offset if seconds > offset else seconds
    return min(max(round(left * SECOND), 1), MAX_TIMEOUT)


def _shown(module: str, families: Iterable[Family]) -> Iterable[Family]:
    """The module's metrics, and what the poll cost with the label ``module``; what is only netmon's stays out."""
    for family in families:
        if family.name in _COSTS:
            yield Family(family.name, "gauge", _COSTS[family.name], ("module",), ((module,),), family.values)
        elif not family.name.startswith(("netmon_", "snmp_scrape_")) and _can_be_shown(family):
            yield family


def _can_be_shown(family: Family) -> bool:
    names = is_metric_name(family.name) and are_label_names(family.label_names)
    return names and len(family.series) == len(family.values)


def _template(family: Family, before: _Templates, templates: _Templates) -> Template:
    key = (family.label_names, id(family.series))
    found = templates.get(key) or before.get(key)
    if found is None or found.series is not family.series:
        found = make_template(b"", family.label_names, family.series, ())
    templates[key] = found
    return found


def _distinct(chunks: list[bytes]) -> Iterable[bytes]:
    if len(chunks) == 1:
        return chunks
    seen: dict[bytes, bytes] = {}
    for line in b"".join(chunks).splitlines(keepends=True):
        seen.setdefault(line.rpartition(b" ")[0], line)
    return [b"".join(seen.values())]


def _failure(target: str, failed: Mapping[str, Reading]) -> str:
    lines = "".join(f"* module {name}: {_why(reading)}\n" for name, reading in failed.items())
    return f"An error has occurred while serving metrics:\n\nerror scraping target {target}:\n{lines}"


def _remarks(failed: Mapping[str, Reading]) -> list[bytes]:
    return [f"# module {name} failed: {_why(reading)}\n".encode() for name, reading in failed.items()]


def _why(reading: Reading) -> str:
    return " ".join(reading.detail.split()) or reading.reason.value
