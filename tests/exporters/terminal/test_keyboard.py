"""Keys from bytes, however they arrive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.terminal.keyboard import Keyboard


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"q", ["q"]),
        ("éà漢".encode(), ["é", "à", "漢"]),
        (b"\x1b[A\x1b[B\x1bOA", ["up", "down", "up"]),
        (b"\x1b[5~x\x1b[6~", ["pageup", "x", "pagedown"]),
        (b"\r\x7f\x15\x0c", ["enter", "backspace", "clear", "redraw"]),
        (b"\x1b[200~\x1b[1;5C\x01", []),
        (b"\x1bq", ["escape", "q"]),
        (b"\xff", ["\ufffd"]),
    ],
)
def test_bytes_are_keys(data: bytes, keys: list[str]) -> None:
    assert Keyboard().feed(data) == keys


def test_an_escape_alone_is_a_key_once_nothing_follows() -> None:
    keyboard = Keyboard()
    assert keyboard.feed(b"\x1b") == []
    assert keyboard.pause() == ["escape"]
    assert keyboard.pause() == []
    assert keyboard.feed(b"[A") == ["[", "A"]


def test_a_sequence_that_never_ends_is_given_up() -> None:
    keyboard = Keyboard()
    keyboard.feed(b"\x1b[" + b"1;" * 200)
    keyboard.pause()
    assert keyboard.feed(b"q")[-1] == "q"


_WORDS = st.sampled_from(["q", "é", "漢", "\x1b[A", "\x1b[6~", "\x1bOB", "\r", "\x1b[1;5C", " "])


@settings(deadline=None)
@given(st.lists(_WORDS).map("".join), st.data())
def test_a_slow_line_may_cut_them_anywhere(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    place = data.draw(st.integers(0, len(whole)))
    keyboard = Keyboard()
    assert keyboard.feed(whole[:place]) + keyboard.feed(whole[place:]) == Keyboard().feed(whole)
