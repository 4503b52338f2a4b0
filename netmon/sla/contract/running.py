"""The clocks of incidents that are open now, under every contract that covers them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netmon.clock import DAY, HOUR, Millis
from netmon.contracts import ContractClocks
from netmon.errors import UsageError
from netmon.model import Attribution, Clock, Contract, Guarantee, Handling, IncidentStep, Inventory, Party, Period
from netmon.sla.assess import Assessment
from netmon.sla.contract.clocks import Hours, pace
from netmon.sla.contract.hours import contract_hours, reach
from netmon.sla.contract.imputation import InForce, in_force, responsible
from netmon.sla.contract.incidents import IncidentJudge, handlings
from netmon.sla.contract.scope import closure, holds, objects_in_scope
from netmon.sla.ledger import Ledger
from netmon.sla.policy import parse_policy


class RunningClocks:
    """Runs GTI and GTR as the settlement of the contracts will (``netmon.sla.contract.settle``).

    ``steps`` are those of one incident, told of wholes (``netmon.state.book``)."""

    def __init__(self, inventory: Inventory, timezone: str, attributions: Iterable[Attribution] = ()) -> None:
        self._inventory = inventory
        self._timezone = timezone
        self._about: dict[str, tuple[Millis, frozenset[str]]] = {}
        self._held: list[InForce] = in_force(attributions)

    def party(self, handling: Handling) -> Party | None:
        """Whom the incident is attributed to."""
        return responsible(handling, self._held) if self._held else None

    def covering(self, objects: Iterable[str], now: Millis) -> list[Contract]:
        """The contracts with a guarantee that are about one of the objects now."""
        names = set(objects)
        return [
            contract
            for contract in self._inventory.contracts.values()
            if (contract.gti or contract.gtr) and not names.isdisjoint(self.about(contract, now))
        ]

    def clocks(self, steps: Iterable[IncidentStep], now: Millis) -> Iterator[ContractClocks]:
        """The clocks of one incident. Hours that a calendar does not tell yet are left out."""
        steps = list(steps)
        for contract in self._inventory.contracts.values():
            mine = [step for step in steps if step.contract in {"", contract.id}]
            if (contract.gti or contract.gtr) and mine:
                [handling] = handlings(mine)
                about = self.about(contract, now)
                if contract.id in handling.contracts or not about.isdisjoint(handling.objects):
                    yield self._run(contract, handling, now)

    def about(self, contract: Contract, now: Millis) -> frozenset[str]:
        """Everything that an incident under the contract can be about now."""
        known = self._about.get(contract.id)
        if known is None or not known[0] <= now < known[0] + HOUR:
            ledger = Ledger([])
            span = Period("", now, now + 1, self._timezone)
            names = objects_in_scope(contract, self._inventory, ledger, now, now + 1)
            names = names if holds(contract, now, now + 1) else {}
            assessment = Assessment(self._inventory, ledger, span, now + 1, parse_policy(contract.policy))
            found = frozenset(name for each in names for name in closure(each, assessment))
            known = self._about[contract.id] = now, found
        return known[1]

    def _run(self, contract: Contract, handling: Handling, now: Millis) -> ContractClocks:
        judge = IncidentJudge(
            (contract.gti, contract.gtr),
            lambda guarantee, notified: self._hours(contract, guarantee, notified),
            self._held,
            contract.excluded,
        )
        try:
            outcome = judge.outcome(handling, now)
            gti = self._paced(contract, contract.gti, outcome.gti, now)
            gtr = self._paced(contract, contract.gtr, outcome.gtr, now)
        except UsageError:
            return ContractClocks(contract.id, None, None)
        return ContractClocks(contract.id, gti, gtr)

    def _paced(self, contract: Contract, guarantee: Guarantee | None, clock: Clock | None, now: Millis) -> Clock | None:
        if guarantee is None or clock is None:
            return None
        hours, farthest = self._hours(contract, guarantee, now)
        return replace(clock, pace=pace(clock, hours, now, farthest))

    def _hours(self, contract: Contract, guarantee: Guarantee, notified: Millis) -> tuple[Hours, Millis]:
        return (
            lambda start, end: contract_hours(contract, self._timezone, start, end, guarantee.hours),
            reach(contract, self._timezone, notified, 400 * DAY),
        )
