"""What is wanted, whatever incidents do and whenever netmon is killed: who is told a beginning is told one end."""

from collections.abc import Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from netmon.alerting.wanted import Key, Plan, Standing, Told, Want, note
from netmon.alertplan import AlertmanagerTarget, MailTarget, Receiver, Route
from netmon.clock import MINUTE
from netmon.contracts import IncidentView, Taken
from netmon.model import MONITOR, Handling, IncidentStep, NoticeEvent, Severity, State, Step

NAMES = ("INC-1", "INC-2", "INC-3")
RECEIVERS = {
    "am": Receiver("am", AlertmanagerTarget(("http://a", "http://b"), (), {}, 1, 2, "", 1.0)),
    "mail": Receiver("mail", MailTarget(("a@begles.example",), "fr")),
}
ROUTES = (
    Route(("am",)),
    Route(("mail",), (Severity.CRITICAL, Severity.MAJOR), delay=5 * MINUTE, communes=("Bègles",)),
)


def view_of(name: str, began: int, *, ended: int | None, acknowledged: bool, planned: bool) -> IncidentView:
    detected = IncidentStep(name, Step.DETECTED, began, name, "", MONITOR, "", began)
    ack = IncidentStep(name, Step.ACKNOWLEDGED, began, name, "", "Zoé", "", began) if acknowledged else None
    return IncidentView(
        name, name, (name,), () if ended else (name,), State.UP if ended else State.DOWN, began, ended, "timeout", "",
        "Bègles", "mairie", flapping=False, maintenance=planned, takes=Taken(), handling=Handling(name, (name,), ()),
        acknowledged=ack, steps=(detected,),
    )  # fmt: skip


class Telling(RuleBasedStateMachine):
    """Incidents that open, end, are merged and split; a log of what was queued, from which a restart begins."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000
        self.began: dict[str, int] = {}
        self.ended: dict[str, int] = {}
        self.merged: dict[str, str] = {}
        self.acknowledged: set[str] = set()
        self.planned: set[str] = set()
        self.severity: dict[str, Severity] = {}
        self.log: list[Want] = []
        self.told: dict[Key, Told] = {}
        self.plan = Plan(RECEIVERS, ROUTES)

    # --- What happens

    @rule(name=st.sampled_from(NAMES), severity=st.sampled_from(Severity))
    def opens(self, name: str, severity: Severity) -> None:
        if name not in self.began:
            self.began[name], self.severity[name] = self.now, severity

    @rule(name=st.sampled_from(NAMES))
    def ends(self, name: str) -> None:
        if name in self.began and name not in self.merged:
            self.ended.setdefault(name, self.now)

    @rule(name=st.sampled_from(NAMES), severity=st.sampled_from(Severity))
    def changes(self, name: str, severity: Severity) -> None:
        self.severity[name] = severity

    @rule(name=st.sampled_from(NAMES))
    def is_acknowledged(self, name: str) -> None:
        self.acknowledged.add(name)

    @rule(name=st.sampled_from(NAMES))
    def planned_work_begins_or_ends(self, name: str) -> None:
        self.planned ^= {name}

    @rule(name=st.sampled_from(NAMES), into=st.sampled_from(NAMES))
    def is_merged(self, name: str, into: str) -> None:
        if name != into and {name, into} <= self.began.keys() - self.merged.keys() and into not in self.merged.values():
            self.merged[name] = into

    @rule(name=st.sampled_from(NAMES))
    def is_split_again(self, name: str) -> None:
        self.merged.pop(name, None)

    @rule(minutes=st.integers(0, 10))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(kept=st.integers(0, 6))
    def is_killed(self, kept: int) -> None:
        """Of what the last look found, only the first ``kept`` reached the history."""
        found = self.plan.wanted(self.standings(), self.told, self.merged, self.now)
        self.queue(found[:kept])
        self.told = {}
        for want in self.log:
            self.note(self.told, want)

    @rule()
    def looks(self) -> None:
        for _ in range(2):  # that somebody is on it is told after the beginning
            self.queue(self.plan.wanted(self.standings(), self.told, self.merged, self.now))
        assert self.plan.wanted(self.standings(), self.told, self.merged, self.now) == []
        for (receiver, name), told in self.told.items():
            is_open = name in self.began and name not in self.ended and name not in self.merged
            assert told.is_open == is_open, (receiver, name)
        for name in self.began.keys() - self.ended.keys() - self.merged.keys() - self.planned:
            assert ("am", name) in self.told

    # --- What holds

    @invariant()
    def nobody_is_told_an_end_without_a_beginning_nor_twice_the_same(self) -> None:
        for receiver in RECEIVERS:
            for name in NAMES:
                open_now, since = False, set[NoticeEvent]()
                for want in self.log:
                    if (want.receiver, want.incident) != (receiver, name):
                        continue
                    assert open_now != (want.event is NoticeEvent.OPENED)
                    since = set() if want.event is NoticeEvent.OPENED else since
                    assert want.event not in since
                    since.add(want.event)
                    open_now = not want.event.is_last

    def standings(self) -> list[Standing]:
        return [
            Standing(
                view_of(name, began, ended=self.ended.get(name), acknowledged=name in self.acknowledged,
                        planned=name in self.planned),
                self.severity[name],
            )
            for name, began in self.began.items()
            if name not in self.merged
        ]  # fmt: skip

    def queue(self, wants: list[Want]) -> None:
        for want in wants:
            self.log.append(want)
            self.note(self.told, want)

    @staticmethod
    def note(told: dict[Key, Told], want: Want) -> None:
        labels: Mapping[str, str] = {"severity": want.severity.value}
        note(told, (want.receiver, want.incident), want.event, want.severity, lambda: labels)


TestTelling = Telling.TestCase
TestTelling.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
