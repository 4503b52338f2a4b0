"""The figures of one object over one period. Integers throughout; nothing is rounded before it is shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from netmon.clock import Millis
from netmon.model import Figures, Outage, Outages, Partition, Share
from netmon.sla.meaning import CLASSES, Meanings
from netmon.sla.policy import Answer


@dataclass(frozen=True, slots=True)
class Part:
    """Eligible and unavailable time: one side of a figure."""

    eligible: Millis = 0
    unavailable: Millis = 0

    @property
    def share(self) -> Share:
        """Available over eligible time."""
        return Share(self.eligible - self.unavailable, self.eligible)

    def or_else(self, share: Share) -> Share:
        """Its share; ``share`` where nothing is eligible."""
        return self.share if self.eligible else share


@dataclass(frozen=True, slots=True)
class Measure:
    """What was measured, before it becomes figures; measures add up, figures do not.

    ``classes`` are the lengths of ``meaning.CLASSES``; ``low`` and ``high`` the parts under the worst and the best the
    observations allow; ``watchable`` is the period without maintenance, closed hours and time out of service.
    """

    classes: tuple[Millis, ...]
    measured: Part
    low: Part
    high: Part
    seen: Millis
    watchable: Millis
    outages: Sequence[Outage]

    def figures(self) -> Figures:
        """The figures. Nothing eligible: every share has no whole; a bound with nothing eligible is as measured."""
        measured = self.measured.share
        known = bool(self.measured.eligible)
        return Figures(
            partition=Partition(**dict(zip(CLASSES, self.classes, strict=True))),
            eligible=self.measured.eligible,
            unavailable=self.measured.unavailable,
            availability=measured,
            low=self.low.or_else(measured) if known else measured,
            high=self.high.or_else(measured) if known else measured,
            coverage=Share(self.seen, self.watchable),
            outages=self.outages,
        )


class Tally:
    """How long each code was ``held``, and what that comes to under a policy."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.held: defaultdict[int, Millis] = defaultdict(int)

    def measure(self, outages: Sequence[Outage]) -> Measure:
        """What it comes to."""
        classes = dict.fromkeys(CLASSES, 0)
        low, high, measured = (dict.fromkeys(Answer, 0) for _ in range(3))
        seen = 0
        for code, length in self.held.items():
            meaning = self.meanings[code]
            classes[meaning.name] += length
            measured[meaning.answer] += length
            low[meaning.low] += length
            high[meaning.high] += length
            if meaning.seen and meaning.name not in UNWATCHED:
                seen += length
        watchable = sum(length for name, length in classes.items() if name not in UNWATCHED)
        return Measure(
            tuple(classes.values()), part_of(measured), part_of(low), part_of(high), seen, watchable, outages
        )


UNWATCHED = frozenset({"maintenance", "out_of_hours", "not_in_service"})
"""The classes in which nobody owes a look: they leave the denominator of coverage."""


def part_of(answered: dict[Answer, Millis]) -> Part:
    """From the time each answer was given."""
    return Part(answered[Answer.UP] + answered[Answer.DOWN], answered[Answer.DOWN])


class Sum:
    """Several measures taken together, each with its weight: Σ weight·time, never an average of ratios.

    The outages are those of all of them, by time; each is listed once, unweighted.
    """

    def __init__(self) -> None:
        self._classes = [0] * len(CLASSES)
        self._amounts = [0] * 8
        self._outages = Outages()

    def add(self, measure: Measure, weight: int) -> None:
        """One part more."""
        for index, length in enumerate(measure.classes):
            self._classes[index] += weight * length
        for index, amount in enumerate(_amounts(measure)):
            self._amounts[index] += weight * amount
        self._outages.extend(measure.outages)

    def measure(self) -> Measure:
        """What they come to."""
        self._outages.sort()
        sums = self._amounts
        parts = Part(*sums[0:2]), Part(*sums[2:4]), Part(*sums[4:6])
        return Measure(tuple(self._classes), *parts, sums[6], sums[7], self._outages)


def weighted(measures: Iterable[tuple[Measure, int]]) -> Measure:
    """Several taken together, each with its weight."""
    whole = Sum()
    for measure, weight in measures:
        whole.add(measure, weight)
    return whole.measure()


def truncated_percent(share: Share, decimals: int = 2) -> Decimal | None:
    """The share in percent with exactly ``decimals`` decimals, truncated towards the breach: 99.995 never shows as 100.

    None when there is no whole. Works in integers: no binary fraction is involved.
    """
    if not share.whole:
        return None
    return Decimal(share.part * 10 ** (decimals + 2) // share.whole).scaleb(-decimals)


def _amounts(measure: Measure) -> tuple[Millis, ...]:
    return (
        measure.measured.eligible,
        measure.measured.unavailable,
        measure.low.eligible,
        measure.low.unavailable,
        measure.high.eligible,
        measure.high.unavailable,
        measure.seen,
        measure.watchable,
    )
