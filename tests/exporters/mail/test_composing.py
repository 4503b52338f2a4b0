"""What mails say, and that no name can make one say anything else."""

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.mail import Attachment, Note, compose
from exporters.mail.composing import Commune
from netmon.model import Period

OCTOBER = Period("2026-10", 1_790_805_600_000, 1_793_487_600_000, "Europe/Paris")
NOTE = Note(
    message_id="<0123.netmon@netmon.example>", sender="Supervision <netmon@netmon.example>", reply_to="", date=0,
    to=("Mairie de Bègles <mairie@begles.example>",), cc=("dsi@begles.example",), language="fr", period=OCTOBER,
    about="Bègles", edition="v1", replaces="", closed=True, communes=(Commune("Bègles", 0.999, 0.99957, False),),
    link="https://netmon.example/reports/2026-10/v1/fr/33039-begles/33039-begles.html",
    attachments=(Attachment("2026-10-v1-33039-begles.html", "html", b"<p>x</p>"),), max_bytes=1 << 20,
)  # fmt: skip


def read(note: Note) -> EmailMessage:
    message = email.message_from_bytes(compose(note), policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def body(note: Note) -> str:
    part = read(note).get_body()
    assert part is not None
    return str(part.get_content()).replace("\u202f", " ").replace("\xa0", " ")


def test_a_mail_tells_the_figures_in_words_and_carries_the_documents():
    message = read(NOTE)
    assert message["Subject"].replace("\xa0", " ") == "Rapport de disponibilité : Bègles, octobre 2026"
    assert message["To"] == "Mairie de Bègles <mairie@begles.example>"
    assert (message["Cc"], message["Bcc"], message["Message-ID"]) == ("dsi@begles.example", None, NOTE.message_id)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Disponibilité : 99,95 % ; l’objectif de 99,90 % est atteint." in body(NOTE)
    assert NOTE.link in body(NOTE)
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("2026-10-v1-33039-begles.html", "text/html")
    assert compose(NOTE).isascii()
    assert compose(NOTE) == compose(NOTE)


def test_a_corrected_edition_and_a_draft_say_so():
    assert read(replace(NOTE, edition="v2", replaces="v1"))["Subject"].endswith("octobre 2026 (v2)")
    assert "v1" in body(replace(NOTE, edition="v2", replaces="v1"))
    draft = replace(NOTE, edition="draft-3", closed=False)
    assert "(provisoire)" in read(draft)["Subject"]
    assert "provisoire" in body(draft)


def test_about_all_communes_those_that_missed_are_named():
    communes = (
        Commune("Bègles", 0.999, 0.9995, False), Commune("Le Haillan", 0.999, 0.95, True),
        Commune("Talence", None, 0.9, False), Commune("Pessac", 0.999, None, False),
    )  # fmt: skip
    told = body(replace(NOTE, about="", communes=communes, language="en"))
    assert "Of 3 communes with an objective, 1 missed it." in told
    assert "- Le Haillan: Availability: 95.00%; the objective of 99.90% was missed." in told
    assert "Talence" not in told


def test_what_does_not_fit_is_left_out_and_named():
    note = replace(NOTE, attachments=(*NOTE.attachments, Attachment("gros.pdf", "pdf", bytes(1 << 20))))
    assert "Trop volumineux pour être joint : gros.pdf" in body(note)
    assert len(list(read(note).iter_attachments())) == 1
    assert len(compose(note)) < note.max_bytes


@settings(deadline=None)
@given(st.lists(st.integers(0, 60_000), max_size=6))
def test_a_mail_never_weighs_more_than_it_may(sizes):
    documents = tuple(Attachment(f"{place}.pdf", "pdf", bytes(size)) for place, size in enumerate(sizes))
    note = replace(NOTE, attachments=documents, max_bytes=1 << 17)
    assert len(compose(note)) <= note.max_bytes
    told = body(note)
    assert all(document.name in told for document in documents)


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "x\r\nBcc: all@example.org",
        "x\nSubject: y",
        "\u202egnihton",
        "a" * 300,
        "=?utf-8?q?=0D=0ABcc:?=",
        "=??Q?=0D",
        "=\u200b?utf-8?q?=0A?=",
        "\r\n\r\n.\r\nRSET",
    ]
)


@settings(deadline=None)
@given(HOSTILE)
def test_no_name_adds_a_header_or_turns_the_text(name):
    note = replace(NOTE, about=f"Commune {name}", communes=(replace(NOTE.communes[0], name=name, breached=True),))
    message = read(note)
    assert sorted(key.lower() for key in message) == sorted(key.lower() for key in read(NOTE))
    assert message["Bcc"] is None
    assert "\u202e" not in body(note)
    assert "\u202e" not in message["Subject"]


@pytest.mark.parametrize("field", ["sender", "reply_to"])
@pytest.mark.parametrize("evil", ["a@b.example\r\nBcc: c@d.example", "=?utf-8?q?=0D=0ABcc:?= <a@b.example>"])
def test_an_address_that_could_end_a_line_is_refused(field, evil):
    with pytest.raises(ValueError, match="an address is not one line of plain text"):
        compose(replace(NOTE, **{field: evil}))
