"""What people of the metropolis did about the faults of the past: whom they told, when somebody came, whose it was.

So that a demo's contracts have guarantees to keep and to miss. Drawn from the seed alone, after the script.
"""

from collections.abc import Iterator

from netmon.clock import HOUR, MINUTE, Millis
from netmon.model import Attribution, IncidentStep, Party, Step
from netmon.simulation.faults import Fault, FaultKind
from netmon.simulation.script import Script
from netmon.simulation.seeded import Chance

_NETWORK = frozenset({FaultKind.LINK_CUT, FaultKind.POWER_CUT, FaultKind.REBOOT})
_WEB = frozenset({FaultKind.HTTP_500, FaultKind.HANG, FaultKind.STOPPED, FaultKind.CERTIFICATE_EXPIRED})
_WORTH_TELLING: Millis = 15 * MINUTE
_AUTHOR = "Centre de supervision"


def handled(script: Script, end: Millis) -> list[IncidentStep | Attribution]:
    """The steps and attributions of faults that began and ended before ``end``, in the order recorded."""
    chance = Chance(script.seed, "handling")
    told = [
        fact
        for fault in script.faults
        if fault.kind in _NETWORK | _WEB and fault.affects and fault.end <= end
        for fact in _of(fault, chance)
    ]
    return sorted(told, key=lambda fact: fact.recorded)


def _of(fault: Fault, chance: Chance) -> Iterator[IncidentStep | Attribution]:
    felt = min(start for start, _ in fault.active)
    if fault.end - felt < _WORTH_TELLING:
        return
    number = f"INC-{fault.id[1:]}"
    for step, at, text in _steps(felt, fault.end, chance):
        contract = "marche-operateur" if fault.kind in _NETWORK else "marche-hebergement"
        yield IncidentStep(number, step, at, fault.object, contract, _AUTHOR, text, at)
    if fault.kind is FaultKind.POWER_CUT and chance.happens(0.7):
        party, why = Party.THIRD_PARTY, "coupure du distributeur d'électricité"
    elif fault.kind is FaultKind.LINK_CUT and fault.end - felt > 4 * HOUR and chance.happens(0.4):
        party, why = Party.THIRD_PARTY, "fibre arrachée par un engin de chantier"
    else:
        return
    yield Attribution(fault.object, felt, fault.end, party, number, "A. Martin", why, fault.end + HOUR)


def _steps(felt: Millis, end: Millis, chance: Chance) -> Iterator[tuple[Step, Millis, str]]:
    detected = felt + chance.minutes(0.5, 2)
    notified = min(end, detected + chance.minutes(3, 20))
    started = notified + chance.minutes(8, 90)
    yield Step.DETECTED, detected, ""
    yield Step.NOTIFIED, notified, ""
    if started < end:
        yield Step.STARTED, started, ""
        resumed = started + chance.minutes(15, 90)
        if resumed < end and chance.happens(0.3):
            yield Step.PAUSED, started, "accès au site différé"
            yield Step.RESUMED, resumed, ""
    yield Step.RESTORED, end, ""
