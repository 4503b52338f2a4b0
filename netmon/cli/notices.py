"""``netmon incidents notices``: what was told to whom, what waits, and what was given up."""

import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.clock import SystemClock
from netmon.config import load
from netmon.errors import UnavailableError
from netmon.history import open_history
from netmon.i18n import mark, translator
from netmon.l10n import Formats
from netmon.model import Notice

STATE_WORDS = {
    "waiting": mark("waiting"),
    "sent": mark("sent"),
    "merged": mark("told with the end"),
    "dead": mark("given up"),
}
EVENT_WORDS = {
    "opened": mark("opened"),
    "raised": mark("graver"),
    "acknowledged": mark("acknowledged"),
    "restored": mark("restored"),
    "merged": mark("part of another"),
}


def notices(
    *,
    retry: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Try this notice again, from the start (repeatable).")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that were taken as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
) -> None:
    """Notices of incidents that wait or were given up, and what the receivers answered; the daemon sends them."""
    from exporters.web.notices import notices_document

    configuration = load(config)
    store = open_history(configuration.history, read_only=not retry)
    try:
        _retry(store.notices.all(), retry or (), store.notices.update)
        found = store.notices.all(tuple(STATE_WORDS) if everything else None)
    finally:
        store.close()
    if as_json:
        document = notices_document(found, SystemClock().now())
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    _print(found, Formats(lang or configuration.language, configuration.timezone))


def _retry(known: Sequence[Notice], numbers: Sequence[int], update: Callable[[Notice], None]) -> None:
    now, by_id = SystemClock().now(), {notice.id: notice for notice in known}
    for number in numbers:
        if number not in by_id:
            raise UnavailableError(f"no notice {number} waits or was given up")
        update(dataclasses.replace(by_id[number], state="waiting", queued=now, attempts=0, next=now, settled=None))


def _print(found: Sequence[Notice], formats: Formats) -> None:
    _ = translator(formats.language)
    if not found:
        typer.echo(_("No notice waits, and none was given up."))
        return
    table = Table(box=None, pad_edge=False)
    titles = (_("No."), _("State"), _("Incident"), _("What"), _("To"), _("Since"), _("Tried"), _("Next"), _("Answer"))
    for title in titles:
        table.add_column(title, overflow="fold")
    for notice in found:
        table.add_row(
            str(notice.id), _(STATE_WORDS[notice.state]), notice.incident, _(EVENT_WORDS[notice.event.value]),
            f"{notice.receiver} {notice.address}".strip(), formats.instant(notice.queued),
            formats.integer(notice.attempts), formats.instant(notice.next) if notice.state == "waiting" else "",
            notice.said,
        )  # fmt: skip
    Console(markup=False, highlight=False).print(table)
