"""What people did about the past of a demo: in order, within the fault, and the same for the same seed."""

from netmon.clock import DAY
from netmon.model import Attribution, IncidentStep, Step
from netmon.simulation import build, write_script
from netmon.simulation.agreements import CONTRACTS
from netmon.simulation.handling import handled

NOW = 1_793_487_600_000
METROPOLIS = build(1)
SCRIPT = write_script(METROPOLIS, 1, NOW - 90 * DAY, NOW)
FACTS = handled(SCRIPT, NOW)


def test_every_incident_is_notified_and_restored_under_a_contract_there_is() -> None:
    steps = [fact for fact in FACTS if isinstance(fact, IncidentStep)]
    contracts = {contract.id for contract in CONTRACTS}
    assert len({step.incident for step in steps}) > 20
    for number in {step.incident for step in steps}:
        mine = [step for step in steps if step.incident == number]
        told = {step.step: step.at for step in mine}
        assert told[Step.DETECTED] <= told[Step.NOTIFIED] <= told[Step.RESTORED] <= NOW
        assert {step.contract for step in mine} <= contracts
        assert {step.object for step in mine} <= {*METROPOLIS.devices, *METROPOLIS.endpoints, *METROPOLIS.sites}
        assert (Step.PAUSED in told) == (Step.RESUMED in told)


def test_some_are_attributed_and_some_paused() -> None:
    assert any(isinstance(fact, Attribution) for fact in FACTS)
    assert any(isinstance(fact, IncidentStep) and fact.step is Step.PAUSED for fact in FACTS)


def test_the_same_script_has_the_same_people() -> None:
    assert handled(SCRIPT, NOW) == FACTS
    assert [fact.recorded for fact in FACTS] == sorted(fact.recorded for fact in FACTS)
