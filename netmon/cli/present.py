"""The present, asked of the daemon over HTTP, or read from the history when none answers; which of both is said."""

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmon.clock import DAY, Millis, SystemClock
from netmon.config import Configuration, load
from netmon.contracts import Event, Fact, Snapshot
from netmon.engine.heart import watched_until
from netmon.engine.pipeline import Pipeline
from netmon.errors import UnavailableError
from netmon.history import open_history
from netmon.l10n import Formats

if TYPE_CHECKING:
    from rich.console import Console

    from exporters.terminal import Look

Document = dict[str, Any]


class _Nobody:
    """Records nothing: who only reads changes nothing."""

    def record(self, _events: Sequence[Event | Fact]) -> "Future[None]":
        return Future()


def stored_present(configuration: Configuration, kept: Millis = DAY) -> Snapshot:
    """The present as the history has it: states as last recorded, by a daemon that may no longer watch. Incidents that
    closed are shown for as long as ``kept``.

    Raises:
        StoreError: no history, or none that can be read.
    """
    store = open_history(configuration.history, read_only=True)
    try:
        now = SystemClock().now()
        until = watched_until(store)
        pipeline = Pipeline(
            configuration.inventory, _Nobody(), lambda: now, store.maintenance(), configuration.timezone
        )
        pipeline.attribute(store.attributions())
        pipeline.restore(store.states(), now if until is None else until, store.incident_steps())
        pipeline.book.forget(now - kept)
        return pipeline
    finally:
        store.close()


def present_document(
    name: str, make: Callable[[Snapshot], Document], url: str | None, config: Path | None
) -> tuple[Document, Configuration]:
    """The document ``name`` of the API, or what ``make`` makes of the history. Which it is goes to standard error.

    Raises:
        UnavailableError: ``url`` was given, and no daemon answers there.
    """
    from exporters.terminal.client import fetch
    from netmon.cli.asking import url_of

    configuration = load(config)
    web = configuration.web
    address = url or url_of(web.host, web.port, tls=web.access.tls is not None)
    try:
        return fetch(address, name), configuration
    except UnavailableError as error:
        if url is not None:
            raise
        document = make(stored_present(configuration))
        sys.stderr.write(f"{error}: read from the history, as last seen {_last_seen(configuration)}\n")
        return document, configuration


def last_watched(configuration: Configuration) -> Millis | None:
    """Until when a daemon watched, as far as the history knows.

    Raises:
        StoreError: no history, or none that can be read.
    """
    store = open_history(configuration.history, read_only=True)
    try:
        return watched_until(store)
    finally:
        store.close()


def _last_seen(configuration: Configuration) -> str:
    until = last_watched(configuration)
    return "never" if until is None else Formats("en", configuration.timezone).iso(until)


def look_of(configuration: Configuration, lang: str | None, plain: bool) -> "tuple[Console, Look]":
    """Where and how to draw."""
    from rich.console import Console

    from exporters.terminal import Look
    from netmon.i18n import translations
    from netmon.sla.period import zone_of

    language = lang or configuration.language
    translations(language)
    console = Console(highlight=False, soft_wrap=True)
    speaks_utf8 = console.encoding.lower().replace("-", "") == "utf8"
    return console, Look(language, ascii=plain or not speaks_utf8, zone=zone_of(configuration.timezone))


def print_json(document: Document) -> None:
    """The document as it is."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
