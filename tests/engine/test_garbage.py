"""The garbage collector is kept from holding up the loop, and still does its work."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from netmon.engine import garbage
from netmon.engine.garbage import GarbageCare


class Circle:
    """Refers to itself: only the collector can end it."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def care() -> Iterator[GarbageCare]:
    before = gc.get_threshold()
    care = GarbageCare()
    care.start()
    yield care
    care.stop()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def made_and_forgotten() -> "weakref.ref[Circle]":
    return weakref.ref(Circle())


def test_what_ended_in_a_circle_is_collected(care: GarbageCare) -> None:
    gone = made_and_forgotten()
    care.tend()
    assert gone() is None


def test_what_lives_is_not_looked_at_again(care: GarbageCare) -> None:
    kept = [Circle() for _ in range(1_000)]
    care.tend()
    frozen = gc.get_freeze_count()
    care.tend()
    assert len(gc.get_objects()) < len(kept) < frozen


@pytest.mark.parametrize(("grown_to", "is_collected"), [(1_200, False), (1_300, True)])
def test_a_circle_that_ended_late_is_collected_after_the_day_on_which_memory_grew(
    care: GarbageCare, monkeypatch: pytest.MonkeyPatch, grown_to: int, is_collected: bool
) -> None:
    monkeypatch.setattr(garbage, "_EVERYTHING", 4)
    held = [1_000]
    monkeypatch.setattr(garbage, "peak", lambda: held[0])
    circle = Circle()
    late = weakref.ref(circle)
    care.tend()
    del circle
    care.tend()
    care.tend()
    care.tend()
    assert late() is not None  # what the first day takes up is no growth
    held[0] = grown_to
    for _ in range(4):
        care.tend()
    assert (late() is None) is is_collected
