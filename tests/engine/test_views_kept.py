"""What is kept of views is what would be made anew, whatever happened in between."""

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import MINUTE
from netmon.conventions import Reason
from netmon.engine.incidentviews import IncidentViews
from netmon.engine.pipeline import Pipeline
from netmon.engine.views import Kept
from netmon.model import IncidentStep, MaintenanceWindow, Observation, Reading, State, Step
from tests.engine.small import Memo, inventory

CHECKS = sorted(inventory().checks)
PLACES = ["*", "core", "acc1", "acc1/snmp", "mairie", "web", "Bègles"]
BEGIN = 1_795_453_200_000

looks = st.tuples(
    st.just("look"), st.sampled_from(CHECKS), st.sampled_from([State.UP, State.DOWN, State.DEGRADED, State.UNKNOWN]),
    st.sampled_from(["", "no reply", "other"]),
)  # fmt: skip
works = st.tuples(st.just("works"), st.sampled_from(PLACES), st.integers(-3, 3), st.integers(0, 4))
TOLD = [Step.ACKNOWLEDGED, Step.NOTIFIED, Step.NOTED]
told = st.tuples(st.just("tell"), st.sampled_from(TOLD), st.just(0), st.just(0))


rounds = st.tuples(st.just("round"), st.sets(st.sampled_from(CHECKS)), st.just(0), st.just(0))


def seen(pipeline: Pipeline) -> tuple[object, ...]:
    return (
        dict(pipeline.checks()), dict(pipeline.nodes()), dict(pipeline.services()), list(pipeline.incidents()),
    )  # fmt: skip


def seen_anew(pipeline: Pipeline) -> tuple[object, ...]:
    """The same without anything kept."""
    pipeline._check_views, pipeline._kept_nodes, pipeline._kept_services = Kept(), Kept(), Kept()
    pipeline._covered, pipeline._wider = (frozenset(), frozenset()), frozenset()
    pipeline._views = IncidentViews(pipeline.inventory, pipeline._paths)
    pipeline._shown = None, ()
    return seen(pipeline)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(rounds, rounds, looks, works, told), min_size=1, max_size=20))
def test_views_are_those_that_would_be_made_anew(happened: list[tuple[object, ...]]) -> None:
    now = [BEGIN]
    pipeline = Pipeline(inventory(), Memo(), lambda: now[0])
    fresh = Pipeline(inventory(), Memo(), lambda: now[0])
    for kind, what, value, more in happened:
        for _ in range(3 if kind == "round" else 1):  # often enough to confirm what is seen
            now[0] += MINUTE
            for each in (pipeline, fresh):
                happen(each, now[0], kind, what, value, more)
        assert seen(pipeline) == seen_anew(fresh)


def happen(pipeline: Pipeline, now: int, kind: object, what: object, value: object, more: object) -> None:
    if kind == "round":
        for name in CHECKS:
            happen(pipeline, now, "look", name, State.DOWN if name in what else State.UP, "")  # type: ignore[operator]
    elif kind == "look":
        reading = Reading(value, Reason.OK if value is State.UP else Reason.TIMEOUT, more)  # type: ignore[arg-type]
        pipeline.observe(Observation(pipeline.inventory.checks[what], now, 0.01, reading))  # type: ignore[index]
    elif kind == "works":
        start = now + value * MINUTE  # type: ignore[operator]
        pipeline.set_windows([MaintenanceWindow(str(what), start, start + more * MINUTE, "", now)])  # type: ignore[operator]
    else:
        open_ones = [view for view in pipeline.incidents() if view.ended is None]
        steps = [IncidentStep(each.id, what, now, each.object, "", "A", "", now) for each in open_ones[:1]]  # type: ignore[arg-type]
        pipeline.tell(steps)
