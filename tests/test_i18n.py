"""The catalogues: complete, well written, and read without a compiled file."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netmon.conventions import Reason
from netmon.errors import UsageError
from netmon.i18n import LANGUAGES, extract, missing, plural_translator, read_catalogue, translator, update
from netmon.model import Role, SiteKind, State
from netmon.words import FAMILY_WORDS, REASON_WORDS, ROLE_WORDS, SITE_KIND_WORDS, STATE_WORDS, detail_beside, words_of

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
FRENCH_SLIPS = {
    "plain space before a high sign": re.compile(r"[^\s\u00a0\u202f](?: )[:;?!»%](?![\w(])"),
    "plain space after an opening guillemet": re.compile("« "),
    "typewriter apostrophe": re.compile(r"\w'\w"),
    "three dots": re.compile(r"\.\.\."),
}


@pytest.fixture(scope="module")
def template():
    return extract()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_product_is_translated(language, template):
    left = list(missing(read_catalogue(language), template))
    assert not left, f"not translated to {language} (python -m netmon.i18n update, then fill in): {left}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_hold_nothing_that_is_not_used(language, template):
    used = {str(message.id) for message in template}
    assert [message.id for message in read_catalogue(language) if str(message.id) not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language):
    for message in read_catalogue(language):
        ids = message.id if message.pluralizable else (message.id,)
        texts = message.string if message.pluralizable else (message.string,)
        if message.id:
            asked = set(PLACEHOLDER.findall(" ".join(ids)))
            for text in texts:
                assert set(PLACEHOLDER.findall(text)) <= asked, message.id
            assert set(PLACEHOLDER.findall(texts[-1])) == asked, message.id


@pytest.mark.parametrize(("what", "slip"), FRENCH_SLIPS.items(), ids=FRENCH_SLIPS)
def test_french_texts_follow_french_typography(what, slip):
    for message in read_catalogue("fr"):
        for text in message.string if message.pluralizable else (message.string,):
            if message.id:
                assert not slip.search(text), f"{what}: {text!r}"


def test_update_changes_nothing_when_nothing_changed(tmp_path):
    for language in LANGUAGES:
        shutil.copytree(ROOT / "netmon" / "locale" / language, tmp_path / language)
    update(directory=tmp_path)
    for language in LANGUAGES:
        written = (tmp_path / language / "LC_MESSAGES" / "netmon.po").read_text("utf-8")
        assert written == (ROOT / "netmon" / "locale" / language / "LC_MESSAGES" / "netmon.po").read_text("utf-8")


def test_update_collects_python_and_templates_and_says_what_is_missing(tmp_path):
    for package in ("collectors", "exporters", "netmon"):
        (tmp_path / package / "templates").mkdir(parents=True)
    (tmp_path / "netmon" / "a.py").write_text(
        '_("One"); ngettext("%(n)s two", "%(n)s twos", n); mark("Three")', "utf-8"
    )
    (tmp_path / "exporters" / "templates" / "b.html").write_text('<p>{{ _("Four") }}</p>', "utf-8")
    assert update(tmp_path, tmp_path / "locale") == {"fr": 4, "en": 0}
    found = {message.id for message in read_catalogue("en", tmp_path / "locale") if message.id}
    assert found == {"One", ("%(n)s two", "%(n)s twos"), "Three", "Four"}


def test_french_says_zero_in_the_singular_and_english_in_the_plural():
    pair = ("%(n)s interruption", "%(n)s interruptions")
    assert plural_translator("fr")(*pair, 0) == "%(n)s interruption"
    assert plural_translator("en")(*pair, 0) == "%(n)s interruptions"


def test_a_text_without_translation_stays_readable():
    assert translator("fr")("never seen anywhere") == "never seen anywhere"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(UsageError, match="language 'de' is not known: expected one of fr, en"):
        translator("de")


def test_every_member_of_the_closed_lists_has_words():
    assert set(STATE_WORDS) == set(State)
    assert set(REASON_WORDS) == set(Reason)
    assert set(SITE_KIND_WORDS) == set(SiteKind)
    assert set(ROLE_WORDS) == set(Role)
    assert set(FAMILY_WORDS) == {"network", "web", "ticketing", "wifi", "schools", "energy", "consultation"}


def test_words_of_leaves_free_text_as_it_stands():
    assert words_of("timeout", translator("fr")) == "pas de réponse à temps"
    assert words_of("Coupure EDF", translator("fr")) == "Coupure EDF"


def test_the_command_refuses_what_it_does_not_know():
    done = subprocess.run(
        [sys.executable, "-m", "netmon.i18n", "compile"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 64
    assert done.stderr == "usage: python -m netmon.i18n update\n"


def test_no_text_hides_where_it_is_not_found() -> None:
    """Babel looks neither into f-strings (before Python 3.12) nor through other names for the translating function."""
    root = Path(__file__).parent.parent
    hidden = re.compile(r"""f["'].*\{n?_\(|translator\([^()]*\)\(\s*["']""")
    for package in ("netmon", "exporters", "collectors"):
        for path in (root / package).rglob("*.py"):
            assert not hidden.search(path.read_text()), path


def test_a_detail_that_says_what_the_reason_says_is_not_told_beside_it():
    assert detail_beside("connect_refused", "connection refused") == ""
    assert detail_beside("connect_refused", "refused by 192.0.2.1") == "refused by 192.0.2.1"
    assert detail_beside("something of the operator's", "connection refused") == "connection refused"
