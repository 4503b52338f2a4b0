"""What keys make of what is shown."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.terminal.choose import SORT_KEYS
from exporters.terminal.wishes import Wishes
from tests.exporters.terminal.scenes import broken_metropolis, status_of

STATUS = status_of(broken_metropolis())


def after(*keys: str, wishes: Wishes | None = None) -> Wishes:
    wishes = wishes or Wishes()
    for key in keys:
        wishes = wishes.press(key, STATUS)
    return wishes


@pytest.mark.parametrize(
    ("keys", "change"),
    [
        ("p", {"problems_only": True}),
        ("pp", {}),
        ("v", {"view": "list"}),
        ("vvv", {}),
        ("s", {"sort": SORT_KEYS[1]}),
        ("S", {"sort": "-state"}),
        ("SS", {}),
        (" ", {"paused": True}),
        ("?", {"help": True}),
        ("?x", {}),
        ("q", {"quit": True}),
        ("?q", {"help": True, "quit": True}),
        (("down", "down", "up"), {"skip": 1}),
        (("up",), {}),
        (("pagedown", "home"), {}),
        (("/", *"state=down", "enter"), {"filter_by": "state=down"}),
        (("/", *"zz", "escape"), {}),
        (("c", *"BEGL", "enter"), {"commune": "Bègles"}),
        (("c", *"begl", "enter", "c", "enter"), {}),
        (("c", *"begl", "enter", "s", "escape"), {}),
        (("/", "q", "backspace", "backspace", "?", "clear", "enter"), {}),
    ],
)
def test_a_key_changes_what_it_should_and_nothing_else(keys: tuple[str, ...], change: dict[str, object]) -> None:
    assert after(*keys) == replace(Wishes(), **change)  # type: ignore[arg-type]


def test_a_line_with_a_mistake_stays_to_be_mended() -> None:
    wishes = after("/", *"state=dow", "enter")
    assert (wishes.prompt, wishes.typed) == ("filter", "state=dow")
    assert "did you mean down?" in wishes.error
    assert after("n", "enter", wishes=wishes) == replace(Wishes(), filter_by="state=down")


def test_all_sort_keys_come_round() -> None:
    assert after(*["s"] * len(SORT_KEYS)) == Wishes()


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"pvsS ?/ckjxé~=|", "enter", "escape", "backspace", "clear", "up", "pagedown"])))
def test_whatever_is_pressed_what_is_wished_can_be_shown(keys: list[str]) -> None:
    wishes = after(*keys)
    assert wishes.of(STATUS).generated == STATUS.generated
    assert not wishes.quit
