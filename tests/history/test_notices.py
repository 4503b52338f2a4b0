"""The queue of notices: what is due, what is merged, what is forgotten. PostgreSQL is held to the same."""

from pathlib import Path

import pytest

from netmon.history import Store, open_history
from netmon.model import Notice, NoticeEvent, Severity

OPENED, ACKNOWLEDGED, RESTORED = NoticeEvent.OPENED, NoticeEvent.ACKNOWLEDGED, NoticeEvent.RESTORED


def notice(key: str, event: NoticeEvent, at: int, incident: str = "INC-1", address: str = "a") -> Notice:
    content = '{"name": "Bègles"}'
    return Notice(0, key, "hook", address, incident, event, Severity.MAJOR, content, "waiting", at, 0, at, "", None)


def check_notices(store: Store) -> None:
    """Everything a queue has to do."""
    queue = store.notices
    first = [notice("1", OPENED, 5), notice("2", ACKNOWLEDGED, 6), notice("3", OPENED, 7, "INC-2")]
    assert queue.queue(first) == 3
    assert queue.queue([*first, notice("4", OPENED, 5, address="b")]) == 1
    assert [each.key for each in queue.due_at("hook", "a", 6, 9)] == ["1"]
    due = queue.due_at("hook", "a", 10, 9)
    assert [each.key for each in due] == ["1", "3"]  # what is told second waits for what is told first
    assert due[0].content == '{"name": "Bègles"}'
    assert queue.queue([notice("5", RESTORED, 11)]) == 1
    states = {each.key: (each.state, each.said) for each in queue.told()}
    assert states["1"] == states["2"] == ("merged", "told with 'restored'")
    assert [states[key][0] for key in "345"] == ["waiting"] * 3
    assert queue.counts_by_receiver() == {("hook", "merged"): 2, ("hook", "waiting"): 3}
    assert [each.key for each in queue.shown(1)] == ["3", "4", "5", "2"]
    for each in queue.all(("waiting",)):
        if each.incident == "INC-1":
            queue.update(Notice(**{**{name: getattr(each, name) for name in each.__slots__},
                                   "state": "sent", "settled": 20}))  # fmt: skip
    assert queue.forget(20) == 0
    assert queue.forget(21) == 4
    assert [each.key for each in queue.told()] == ["3"]


def test_an_address_that_takes_nothing_takes_no_room_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netmon.history.notices.MOST_WAITING_EACH", 3)
    store = open_history(tmp_path / "netmon.sqlite")
    store.notices.queue([notice(f"a{n}", OPENED, n, f"INC-{n}") for n in range(5)])
    store.notices.queue([notice("b", OPENED, 9, address="b"), notice("end", RESTORED, 9, "INC-0")])
    found = {each.key: (each.state, each.said) for each in store.notices.told()}
    assert [found[f"a{n}"][0] for n in range(5)] == ["merged", "waiting", "waiting", "dead", "dead"]
    assert found["a4"][1] == "3 wait already"
    assert found["b"][0] == found["end"][0] == "waiting"
    store.close()


def test_a_queue_does_what_it_has_to(tmp_path: Path) -> None:
    store = open_history(tmp_path / "netmon.sqlite")
    check_notices(store)
    store.close()
