"""What a poll's outcome says of the agent, and what the poll cost."""

from collections.abc import Mapping, Sequence

from collectors.snmp.contract import ColumnResult, Failure, Session, Value
from collectors.snmp.plan import UPTIME, Plan
from netmon.conventions import Reason
from netmon.model import Family, Number, Reading, State

_SERIES = ((),)

_COSTS = (
    ("snmp_scrape_duration_seconds", "Seconds the whole poll of the agent took"),
    ("snmp_scrape_walk_duration_seconds", "Seconds until the last answer of the poll was in"),
    ("snmp_scrape_pdus_returned", "Variable bindings the agent returned in the poll"),
    ("snmp_scrape_packets_sent", "Packets sent to the agent in the poll, retries included"),
    ("snmp_scrape_packets_retried", "Packets sent again in the poll for want of an answer"),
)


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
    failures = {column.prefix: result.failure for column, result in zip(plan.columns, results, strict=True)}
    first = failure or next(filter(None, failures.values()), None)
    if first is None:
        return Reading(State.UP, uptime=uptime, log=log)
    if failure is not None and not any(result.rows or result.failure is None for result in results):
        return Reading(State.DOWN, first.reason, first.detail, log=log)
    broken = [
        name
        for name, needs, scalars in plan.needs
        if (scalars and failure) or any(failures.get(prefix) for prefix in needs)
    ]
    some = len(broken) < len(plan.needs)
    reason = Reason.PARTIAL if some or first.reason is Reason.TIMEOUT else first.reason
    lost = ", ".join(broken) or "sysUpTime"
    return Reading(State.DEGRADED, reason, f"{lost} incomplete: {first.detail}", uptime=uptime, log=log)


def cost(session: Session, walked: float, ended: float) -> tuple[Family, ...]:
    """Gauges about the poll itself, named as snmp_exporter names them."""
    values: tuple[Number, ...] = (ended, walked, session.varbinds, session.sent, session.retried)
    return tuple(
        Family(name, "gauge", text, (), _SERIES, (value,)) for (name, text), value in zip(_COSTS, values, strict=True)
    )
