"""What a mail says: a few lines of text with the figures, and documents that fit.

Headers are made by ``email`` from values, never from text: what would break a line is refused there, and names from the
configuration are made harmless before.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from fractions import Fraction
from typing import Protocol

from netmon.clock import Millis, to_datetime
from netmon.i18n import plural_translator, translator
from netmon.l10n import Formats, digits_for, ratio_of
from netmon.model import Period, Share

TYPES = {
    "html": "text/html", "pdf": "application/pdf", "csv": "text/csv", "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_GROWTH = Fraction(4, 3) * Fraction(78, 76)
"""What base64 in lines of 76 characters adds."""
_HEADER_BYTES = 16 * 1024
_SCALE = 10**12


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document: its file name, its format (a key of ``TYPES``), its bytes."""

    name: str
    format: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Commune:
    """How a commune fared, as the manifest of the edition says."""

    name: str
    objective: float | None
    availability: float | None
    breached: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Everything a mail is made of. ``about`` empty: all communes. ``edition`` is ``v2``; not ``closed``: a draft.

    ``link`` may be empty. ``date`` is when it was queued, so that the same mail is the same bytes whenever it is tried.
    """

    message_id: str
    sender: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    date: Millis
    language: str
    period: Period
    about: str
    edition: str
    replaces: str
    closed: bool
    communes: tuple[Commune, ...]
    link: str
    attachments: tuple[Attachment, ...]
    max_bytes: int


class Addressed(Protocol):
    """What every mail has."""

    @property
    def message_id(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def reply_to(self) -> str: ...
    @property
    def to(self) -> tuple[str, ...]: ...
    @property
    def date(self) -> Millis: ...
    @property
    def language(self) -> str: ...


def addressed(mail: Addressed, subject: str, cc: Sequence[str] = ()) -> EmailMessage:
    """A message with its headers and nothing in it.

    Raises:
        ValueError: a header cannot be made of what the mail holds.
    """
    for address in (mail.sender, mail.reply_to, *mail.to, *cc):
        if not address.isprintable() or "=?" in address:
            raise ValueError("an address is not one line of plain text")
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    if cc:
        message["Cc"] = ", ".join(cc)
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = subject
    message["Date"] = format_datetime(to_datetime(mail.date))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice shall answer
    message["Content-Language"] = mail.language
    return message


def compose(note: Note) -> bytes:
    """The message, with CRLF line ends and 7-bit throughout. Of the documents those are attached that fit, in order.

    Raises:
        ValueError: a header cannot be made of what the note holds.
    """
    attached, left_out = _fitting(note)
    message = addressed(note, _subject(note), note.cc)
    text = "".join(f"{line}\n" for line in _lines(note, attached, left_out))
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    for document in attached:
        kind, _slash, subtype = TYPES[document.format].partition("/")
        message.add_attachment(document.content, maintype=kind, subtype=subtype, filename=document.name)
    if attached:
        message.set_boundary(f"=-{note.message_id.strip('<>').partition('.')[0]}")
    return message.as_bytes()


def harmless(text: str) -> str:
    """A name on one line: neither control characters, nor what turns round the text beside it, nor an encoded word
    (RFC 2047), which ``email`` would decode, line ends included."""
    kept = (" " if letter in "\r\n\t\u2028\u2029" else letter for letter in text)
    plain = "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})
    return plain.replace("=?", "= ?").strip()


def _fitting(note: Note) -> tuple[list[Attachment], list[Attachment]]:
    room = Fraction(note.max_bytes - _HEADER_BYTES)
    attached: list[Attachment] = []
    left_out: list[Attachment] = []
    for document in note.attachments:
        size = len(document.content) * _GROWTH + 1024
        (attached if size <= room else left_out).append(document)
        room -= size if size <= room else 0
    return attached, left_out


def _subject(note: Note) -> str:
    _ = translator(note.language)
    title = _title(note)
    words = {"about": _about(note), "period": title, "edition": note.edition}
    if not note.closed:
        return _("Availability report: %(about)s, %(period)s (provisional)") % words
    if note.replaces:
        return _("Availability report, corrected: %(about)s, %(period)s (%(edition)s)") % words
    return _("Availability report: %(about)s, %(period)s") % words


def _about(note: Note) -> str:
    _ = translator(note.language)
    return harmless(note.about) or _("all communes")


def _title(note: Note) -> str:
    return Formats(note.language, note.period.timezone).period_title(note.period)


def _lines(note: Note, attached: Sequence[Attachment], left_out: Sequence[Attachment]) -> Iterator[str]:
    _ = translator(note.language)
    yield _subject(note)
    yield ""
    if not note.closed:
        yield _("This report is provisional: the period is not closed, and figures may still change.")
    if note.replaces:
        yield _("It takes the place of %(edition)s; a page of differences says what was corrected.") % {
            "edition": note.replaces
        }
    yield from _figures(note)
    if note.link:
        yield ""
        yield _("On the web:")
        yield note.link
    if attached:
        yield ""
        yield _("Attached: %(names)s") % {"names": ", ".join(document.name for document in attached)}
    if left_out:
        yield ""
        yield _("Too large to be attached: %(names)s") % {"names": ", ".join(document.name for document in left_out)}


def _figures(note: Note) -> Iterator[str]:
    ngettext = plural_translator(note.language)
    missed = [commune for commune in note.communes if commune.breached]
    if note.about or len(note.communes) == 1:
        for commune in note.communes:
            yield _sentence(note, commune)
        return
    promised = sum(commune.objective is not None for commune in note.communes)
    yield ngettext(
        "Of %(n)s commune with an objective, %(missed)s missed it.",
        "Of %(n)s communes with an objective, %(missed)s missed it.",
        promised,
    ) % {"n": promised, "missed": len(missed)}
    for commune in missed:
        yield f"- {harmless(commune.name)}: {_sentence(note, commune)}"


def _sentence(note: Note, commune: Commune) -> str:
    _ = translator(note.language)
    if commune.availability is None:
        return _("Nothing was measured.")
    digits = digits_for(commune.objective)
    words = {"reached": _percent(note, commune.availability, digits)}
    if commune.objective is None:
        return _("Availability: %(reached)s.") % words
    words["objective"] = _percent(note, commune.objective, digits)
    if commune.breached:
        return _("Availability: %(reached)s; the objective of %(objective)s was missed.") % words
    return _("Availability: %(reached)s; the objective of %(objective)s was met.") % words


def _percent(note: Note, ratio: float, digits: int) -> str:
    share = Share(int(ratio_of(ratio) * _SCALE), _SCALE)
    return Formats(note.language, note.period.timezone).percent(share, digits) or ""
