"""The mail of a notice: what happened to an incident, in a few lines that fit a telephone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exporters.mail.composing import addressed, harmless
from netmon.clock import Millis
from netmon.i18n import mark, translator

_GRAVITY = {"critical": mark("critical"), "major": mark("major"), "minor": mark("minor")}


@dataclass(frozen=True, slots=True)
class AlertNote:
    """Everything the mail is made of. ``thread`` is the same for all mails about an incident; ``content`` is the
    document of the notice (``exporters.alerts.content``)."""

    message_id: str
    thread: str
    sender: str
    reply_to: str
    to: tuple[str, ...]
    date: Millis
    language: str
    content: Mapping[str, Any]


def compose_alert(note: AlertNote) -> bytes:
    """The message, with CRLF line ends and 7-bit throughout.

    Raises:
        ValueError: a header cannot be made of what the note holds.
    """
    _ = translator(note.language)
    severity = _GRAVITY[note.content["severity"]]
    gravity = _(severity)
    title = harmless(note.content["summary"][note.language])
    message = addressed(note, f"[netmon] {title} [{gravity}]")
    message["References"] = note.thread
    text = "".join(f"{line}\n" for line in _lines(note))
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _lines(note: AlertNote) -> Iterator[str]:
    _ = translator(note.language)
    content = note.content
    yield harmless(content["summary"][note.language])
    yield ""
    for line in content["description"][note.language].splitlines():
        yield harmless(line)
    yield ""
    yield _("Incident %(number)s") % {"number": content["incident"]["id"]}
    if content["url"]:
        yield content["url"]
