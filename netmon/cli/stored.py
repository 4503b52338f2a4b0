"""``netmon report --close``, ``verify``, ``keygen`` and ``mails``: what becomes of reports."""

import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from netmon.cli.options import ConfigOption, JsonOption, LanguageOption
from netmon.clock import SystemClock
from netmon.config import load
from netmon.errors import UnavailableError, UsageError
from netmon.history import open_history
from netmon.i18n import mark, translator
from netmon.l10n import Formats
from netmon.model import Mail

if TYPE_CHECKING:
    from netmon.reporting.making import Gathered

STATE_WORDS = {
    "waiting": mark("waiting"),
    "sending": mark("being sent"),
    "sent": mark("sent"),
    "dead": mark("given up"),
}


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``report``."""
    group.command("verify")(verify)
    group.command("keygen")(keygen)
    group.command("mails")(mails)


def close(
    gathered: "Gathered",
    formats: Sequence[str],
    communes: Sequence[str] | None,
    step: Callable[[int, int], None],
    *,
    mail: bool,
) -> Path:
    """Close the period, and queue the mails about it; the folder of the edition.

    Raises:
        UsageError: only some communes are chosen; the period has not ended, or is closed and nothing changed since.
        HostError, StoreError: it cannot be stored; what is stored stays as it was.
    """
    from netmon.reporting.closing import Order, UnchangedError, make_edition, reports_path
    from netmon.reporting.mailing import queue_mails

    if communes is not None:
        raise UsageError("--close: a period is closed for all communes: leave --commune out")
    configuration = gathered.configuration
    store = open_history(configuration.history)
    try:
        try:
            edition = make_edition(gathered, Order(tuple(formats), None, close=True), store, step)
        except UnchangedError as unchanged:  # closed, then killed before its mails were queued: they are now
            edition = unchanged.edition
            if not (mail and queue_mails(configuration, store, edition, gathered.now)):
                raise
        else:
            if mail:
                queue_mails(configuration, store, edition, gathered.now)
    finally:
        store.close()
    return reports_path(configuration) / edition.period / edition.name


def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A report document (JSON), or any file of a stored report.")
    ],
    *,
    key: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="Public key for FILE.sig (default: of the configured signing key)."),
    ] = None,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a report again from the history and compare: exits 0 when it is the same, 1 when it is not."""
    from netmon.cli.verified import print_document, print_verified
    from netmon.reporting.signing import Signer, read_public
    from netmon.reporting.verifying import verify as look

    configuration = load(config)
    signer = Signer.of(configuration.reports.signing_key)
    public = read_public(key) if key else signer.public if signer else None
    store = open_history(configuration.history, read_only=True)
    try:
        found = look(file, configuration, store, SystemClock().now(), public, must_be_signed=key is not None)
    finally:
        store.close()
    if as_json:
        print_document(found)
    else:
        print_verified(found, file, lang or configuration.language, configuration.timezone)
    raise typer.Exit(0 if found.is_good else 1)


def keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes; FILE.pem is the public.")],
) -> None:
    """Make a key that closed reports are signed with: `reports: {signing_key: "${file:FILE}"}`."""
    from netmon.reporting.signing import make_key

    for path in make_key(file):
        typer.echo(path)


def mails(
    *,
    retry: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Try this mail again, from the start (repeatable).")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those sent as well.")] = False,
    config: ConfigOption = None,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """The mails of reports that wait or were given up, and what the server said; the daemon sends them."""
    configuration = load(config)
    store = open_history(configuration.history, read_only=not retry)
    try:
        _retry(store.post.all(("waiting", "dead")), retry or (), store.post.update)
        found = store.post.all(tuple(STATE_WORDS)) if everything else store.post.all()
    finally:
        store.close()
    if as_json:
        content = {"schema_version": 1, "mails": [dataclasses.asdict(mail) for mail in found]}
        sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
        return
    _print_mails(found, Formats(lang or configuration.language, configuration.timezone))


def _retry(known: Sequence[Mail], numbers: Sequence[int], update: Callable[[Mail], None]) -> None:
    now = SystemClock().now()
    by_id = {mail.id: mail for mail in known}
    for number in numbers:
        if number not in by_id:
            raise UnavailableError(f"no mail {number} waits or was given up")
        again = dataclasses.replace(
            by_id[number], state="waiting", queued=now, attempts=0, next=now, settled=None
        )  # fmt: skip
        update(again)


def _print_mails(found: Sequence[Mail], formats: Formats) -> None:
    _ = translator(formats.language)
    if not found:
        typer.echo(_("No mail waits, and none was given up."))
        return
    table = Table(box=None, pad_edge=False)
    for title in (_("No."), _("State"), _("Report"), _("To"), _("Tried"), _("Next"), _("The server said")):
        table.add_column(title, overflow="fold")
    for mail in found:
        table.add_row(
            str(mail.id), _(STATE_WORDS[mail.state]),
            f"{mail.letter.period}/{mail.letter.edition} {mail.letter.commune}", mail.address,
            formats.integer(mail.attempts),
            formats.instant(mail.next) if mail.state == "waiting" else "", mail.said,
        )  # fmt: skip
    Console(markup=False, highlight=False).print(table)
