"""Error budgets: how much interruption an objective leaves, how fast it is used up, and when it will be gone.

Lengths are of *complete* interruption: while one of ten services of equal weight is down, a budget of all of them
shrinks by a tenth of a second each second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from netmon.clock import Millis
from netmon.l10n import ratio_of
from netmon.model import Budget
from netmon.sla.figures import Part
from netmon.sla.intervals import Ruler, Set, clip


@dataclass(frozen=True, slots=True)
class ToCome:
    """The rest of a period: sets of instants still eligible, with the weight of the objects they are so for."""

    weighted: Mapping[Set, int]
    start: Millis
    end: Millis

    def length(self) -> Millis:
        """Weighted, all of it."""
        return sum(weight * Ruler(pieces).between(self.start, self.end) for pieces, weight in self.weighted.items())

    def reached(self, length: Fraction) -> Millis | None:
        """The first instant by which more than ``length`` of it has passed; None: there is not that much."""
        rulers = [(Ruler(clip(pieces, self.start, self.end)), weight) for pieces, weight in self.weighted.items()]
        low, high = self.start, self.end
        if sum(weight * ruler.upto(high) for ruler, weight in rulers) <= length:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if sum(weight * ruler.upto(middle) for ruler, weight in rulers) > length:
                high = middle
            else:
                low = middle
        return high


def budget_of(measured: Part, objective: float, to_come: ToCome, weights: int) -> Budget:
    """The budget of what was ``measured`` so far, objects of ``weights`` together, given what is ``to_come``.

    Allowed is (1 - objective) × (eligible so far + still to come). The forecast goes on at the pace so far,
    unavailable over eligible time, through the time to come: nights and holidays that do not count use up nothing.
    """
    free = 1 - ratio_of(objective)
    allowed = free * (measured.eligible + to_come.length())
    pace = Fraction(measured.unavailable, measured.eligible) if measured.eligible else Fraction(0)
    left = allowed - measured.unavailable
    return Budget(
        allowed / weights,
        Fraction(measured.unavailable, weights),
        pace / free if measured.eligible and free else None,
        to_come.reached(left / pace) if pace and left >= 0 else None,
    )
