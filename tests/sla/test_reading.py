"""The fast reader against the strict one: the same language, the same events, the same words for what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.errors import UsageError
from netmon.sla.evaluate import Question, document, evaluate
from netmon.sla.eventlog import parse_events
from netmon.sla.ledger import Ledger
from netmon.sla.policy import Policy
from netmon.sla.reading import read_ledger
from tests.sla.histories import END, histories, in_millis

PLAIN = '{"kind":"state","object":"a","t":7,"state":"down","earliest":3,"reason":"timeout"}'


def outcome(lines: list[bytes], *, fast: bool) -> Any:
    try:
        ledger = read_ledger(lines, "log") if fast else Ledger(parse_events(lines, "log"))
    except UsageError as error:
        return str(error)
    question = Question(0, END * 1000, Policy(no_data="carry"))
    return ledger.span(), document(evaluate(ledger, question), question)


@settings(max_examples=200, deadline=None)
@given(histories(["a", "b"]), st.booleans(), st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :")]))
def test_both_read_the_same(lines: list[dict[str, Any]], millis: bool, separators: tuple[str, str]) -> None:
    told = in_millis(lines) if millis else lines
    written = [json.dumps(line, separators=separators).encode() + b"\n" for line in told]
    assert outcome(written, fast=True) == outcome(written, fast=False)


@settings(max_examples=1500, deadline=None)
@given(
    st.integers(0, len(PLAIN) - 1),
    st.integers(0, 3),
    st.sampled_from([
        "", " ", '"', ":", ",", "}", "{", "1", "-", ".5", "e3", "null", "true", "\\", "\\ud800", "é", "\ufeff", "\0",
        "\t", "\r", '"t":1,', '"kind":"state",', '"x":1,', '"reason":":",', '"2026-11-28T00:00:00Z"', "*", "up",
        "99999999999999",
    ]),
)  # fmt: skip
def test_both_refuse_the_same_in_the_same_words(place: int, cut: int, put: str) -> None:
    mangled = (PLAIN[:place] + put + PLAIN[place + cut :]).encode("utf-8", "surrogatepass")
    lines = [PLAIN.encode(), mangled, PLAIN.encode()]
    assert outcome(lines, fast=True) == outcome(lines, fast=False)


@pytest.mark.parametrize(
    "line", [b"\xff", b'{"kind":"state","object":"a","t":1,"t":2,"state":"up"}', b"[1]", b"\xef\xbb\xbf{}"]
)
def test_what_is_refused_is_named_with_its_line(line: bytes) -> None:
    with pytest.raises(UsageError, match=r"^log:3: "):
        read_ledger([PLAIN.encode(), b" \r\n", line], "log")


def test_text_that_looks_like_another_key_is_text() -> None:
    line = b'{"kind":"state","object":"a\\":","t":1,"state":"up","reason":"said \\":x"}'
    assert read_ledger([line]).objects() == ['a":']
