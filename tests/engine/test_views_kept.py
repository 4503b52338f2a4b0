"""What is kept of views is what would be made anew, whatever happened in between."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import HOUR, MINUTE
from netmon.conventions import Reason
from netmon.engine.incidentviews import IncidentViews
from netmon.engine.pipeline import Pipeline
from netmon.engine.views import Kept
from netmon.model import Contract, Guarantee, IncidentStep, MaintenanceWindow, Observation, Reading, State, Step
from tests.engine.small import Memo, inventory

CONTRACT = Contract("market", "Marché", "Opérateur", "Métropole", 0.99, gtr=Guarantee(4 * HOUR))
CHECKS = sorted(inventory().checks)
PLACES = ["*", "core", "acc1", "acc1/snmp", "mairie", "web", "Bègles"]
BEGIN = 1_795_453_200_000

looks = st.tuples(
    st.sampled_from(["look", "looks"]),
    st.sampled_from(CHECKS),
    st.sampled_from([State.UP, State.DOWN, State.DOWN, State.DEGRADED, State.UNKNOWN]),
    st.sampled_from(["", "no reply", "other"]),
)
works = st.tuples(st.just("works"), st.sampled_from(PLACES), st.integers(-3, 3), st.sampled_from([0, 1, 4, 60]))
TOLD = [Step.ACKNOWLEDGED, Step.NOTIFIED, Step.NOTED]
told = st.tuples(st.just("tell"), st.sampled_from(TOLD), st.just(0), st.just(0))


waits = st.tuples(st.just("wait"), st.just(""), st.just(0), st.just(0))
rounds = st.tuples(st.just("round"), st.sets(st.sampled_from(CHECKS)), st.just(0), st.just(0))


def seen(pipeline: Pipeline) -> tuple[object, ...]:
    return (
        dict(pipeline.checks()), dict(pipeline.nodes()), dict(pipeline.services()), list(pipeline.incidents()),
    )  # fmt: skip


def seen_anew(pipeline: Pipeline) -> tuple[object, ...]:
    """The same without anything kept."""
    pipeline._check_views = Kept(pipeline.inventory.checks, pipeline._check_view)
    pipeline._node_views = Kept(pipeline._paths.node_checks, pipeline._node_view)
    pipeline._service_views = Kept(pipeline.inventory.services, pipeline._service_view)
    pipeline._covered, pipeline._wider = (frozenset(), frozenset()), (None, None, frozenset())
    pipeline._views = IncidentViews(pipeline.inventory, pipeline._paths)
    pipeline._shown = None, ()
    return seen(pipeline)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(rounds, rounds, looks, looks, works, told, waits), min_size=1, max_size=20))
def test_views_are_those_that_would_be_made_anew(happened: list[tuple[object, ...]]) -> None:
    now = [BEGIN]
    pipeline, fresh = start(lambda: now[0]), start(lambda: now[0])
    for kind, what, value, more in happened:
        for _ in range(3 if kind in {"round", "looks"} else 1):  # often enough to confirm what is seen
            now[0] += MINUTE
            for each in (pipeline, fresh):
                happen(each, now[0], kind, what, value, more)
        assert seen(pipeline) == seen_anew(fresh)


def start(now: Callable[[], int]) -> Pipeline:
    """A pipeline that polls nothing out of turn: what would declare a target down may have to wait."""
    pipeline = Pipeline(replace(inventory(), contracts={CONTRACT.id: CONTRACT}), Memo(), now)
    pipeline.doubt(lambda _: None)
    return pipeline


def happen(pipeline: Pipeline, now: int, kind: object, what: object, value: object, more: object) -> None:
    if kind == "round":
        for name in CHECKS:
            happen(pipeline, now, "look", name, State.DOWN if name in what else State.UP, "")  # type: ignore[operator]
    elif kind in {"look", "looks"}:
        reading = Reading(value, Reason.OK if value is State.UP else Reason.TIMEOUT, more)  # type: ignore[arg-type]
        pipeline.observe(Observation(pipeline.inventory.checks[what], now, 0.01, reading))  # type: ignore[index]
    elif kind == "works":
        start = now + value * MINUTE  # type: ignore[operator]
        pipeline.set_windows([MaintenanceWindow(str(what), start, start + more * MINUTE, "", now)])  # type: ignore[operator]
    elif kind == "tell":
        open_ones = [view for view in pipeline.incidents() if view.ended is None]
        steps = [IncidentStep(each.id, what, now, each.object, "", "A", "", now) for each in open_ones[:1]]  # type: ignore[arg-type]
        pipeline.tell(steps)


def test_planned_work_shows_on_what_it_is_about_and_on_what_would_be_better_without_it() -> None:
    now = [BEGIN]
    pipeline = Pipeline(inventory(), Memo(), lambda: now[0])
    for _ in range(3):
        now[0] += MINUTE
        happen(pipeline, now[0], "round", {"portail", "acc2/snmp"}, None, None)
    assert [view.object for view in pipeline.incidents() if view.maintenance] == []
    pipeline.set_windows([MaintenanceWindow(name, now[0], None, "", now[0]) for name in ("portail", "acc2/snmp")])
    assert sorted(view.object for view in pipeline.incidents() if view.maintenance) == ["acc2", "portail"]
    assert [name for name, view in pipeline.nodes().items() if view.maintenance] == ["acc2"]
    assert [name for name, view in pipeline.services().items() if view.maintenance] == ["web"]


def test_a_service_that_rests_on_a_node_is_explained_by_work_on_a_check_of_it() -> None:
    now = [BEGIN]
    pipeline = Pipeline(inventory(), Memo(), lambda: now[0])
    pipeline.set_windows([MaintenanceWindow("acc2/snmp", now[0], None, "", now[0])])
    for down in (set(), {"acc1/snmp", "acc2/snmp"}):
        for _ in range(3):
            now[0] += MINUTE
            happen(pipeline, now[0], "round", down, None, None)
        assert [name for name, view in pipeline.services().items() if view.maintenance] == (["either"] if down else [])
