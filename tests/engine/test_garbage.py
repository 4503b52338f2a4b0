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


def test_a_circle_that_ended_late_is_collected_within_a_day(care: GarbageCare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_EVERYTHING", 4)
    circle = Circle()
    late = weakref.ref(circle)
    care.tend()
    del circle
    care.tend()
    assert late() is not None
    care.tend()
    care.tend()
    assert late() is None
