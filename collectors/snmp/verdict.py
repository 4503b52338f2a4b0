"""What a poll's outcome says of the agent."""

from collections.abc import Mapping, Sequence

from collectors.snmp.contract import ColumnResult, Failure, Session, Value
from collectors.snmp.plan import UPTIME, Plan
from netmon.conventions import Reason
from netmon.model import Reading, State


def judge(
    session: Session,
    plan: Plan,
    values: Mapping[bytes, Value],
    failure: Failure | None,
    results: Sequence[ColumnResult],
) -> Reading:
    """UP when all modules came through, DOWN when nothing did, else DEGRADED: what was got is kept.

    ``failure`` is that of the scalars. While some module is whole, or the agent merely was not done in time, the
    reason is PARTIAL; when a fault of the agent spoils every module, it is that fault.
    """
    uptime = values.get(UPTIME)
    uptime = uptime if isinstance(uptime, int) else None
    log = tuple(session.log or ())
    first = failure or next((result.failure for result in results if result.failure), None)
    if first is None:
        return Reading(State.UP, uptime=uptime, log=log)
    if failure is not None and not any(result.rows or result.failure is None for result in results):
        return Reading(State.DOWN, first.reason, first.detail, log=log)
    broken = broken_modules(plan, failure, results)
    some = len(broken) < len(plan.needs)
    reason = Reason.PARTIAL if some or first.reason is Reason.TIMEOUT else first.reason
    lost = ", ".join(broken) or "sysUpTime"
    return Reading(State.DEGRADED, reason, f"{lost} incomplete: {first.detail}", uptime=uptime, log=log)


def broken_modules(plan: Plan, failure: Failure | None, results: Sequence[ColumnResult]) -> tuple[str, ...]:
    """The modules that did not come through whole."""
    failed = {column.prefix for column, result in zip(plan.columns, results, strict=True) if result.failure}
    return tuple(
        name for name, needs, scalars in plan.needs if (scalars and failure is not None) or not failed.isdisjoint(needs)
    )
