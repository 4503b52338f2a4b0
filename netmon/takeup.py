"""What the history knows, taken up where the daemon before this one left it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from netmon.clock import Clock, Millis, to_datetime
from netmon.config import Configuration
from netmon.contracts import Event, Fact
from netmon.engine import heart, planning
from netmon.engine.loads import LinkLoads
from netmon.engine.pipeline import Legacy, Pipeline, no_longer_watched
from netmon.engine.telemetry import Telemetry
from netmon.history import Store
from netmon.model import Announcement
from netmon.state.works import windows_of


def take_up(
    configuration: Configuration, store: Store, clock: Clock, legacy: Legacy | None
) -> tuple[Pipeline, Millis | None]:
    """The present as the history leaves it, and until when the history watched (None: never).

    ``legacy`` is what the pipeline before this one knew that no history holds.
    """
    now, inventory = clock.now(), configuration.inventory
    states, known = store.states(), store.announcements()
    works = _works(configuration, known, now)
    news: list[Event | Fact] = [*works]
    watched_until = heart.watched_until(store)
    until = now if watched_until is None else watched_until
    news += no_longer_watched(states, inventory, until, now)
    if news:
        store.record(news).result()
    pipeline = Pipeline(inventory, store, clock.now, windows_of([*known, *works]), configuration.timezone)
    pipeline.attribute(store.attributions())
    pipeline.restore(states, until, store.incident_steps(), legacy)
    return pipeline, watched_until


def renew(telemetry: Telemetry, configuration: Configuration) -> None:
    """Have the counters go on with what ``configuration`` knows."""
    telemetry.renew(
        configuration.inventory.nodes,
        {schedule.id for schedule in configuration.reports.schedules},
        {receiver.id for receiver in configuration.alerts.receivers},
    )


def follow_links(configuration: Configuration, store: Store, now: Millis) -> LinkLoads:
    """How full links are, gone on with where the daemon before this one left it today."""
    asked, nodes = configuration.reports.capacity, configuration.inventory.nodes.values()
    followed = {uplink for node in nodes for uplink in node.uplinks} | {*asked.nodes}
    today = to_datetime(now, ZoneInfo(configuration.timezone)).date().isoformat()
    known = store.link_days(today, today)
    return LinkLoads(followed, asked.threshold, configuration.timezone, store, known)


def plan_ahead(configuration: Configuration, store: Store, now: Millis) -> None:
    """Announce recurring works that come nearer; whoever hears people hears of them. Blocks: for a thread."""
    works = _works(configuration, store.announcements(), now)
    if works:
        store.record(works)


def _works(asked: Configuration, known: Sequence[Announcement], now: Millis) -> list[Announcement]:
    """What the configuration plans and the history does not know, and what it plans no more."""
    return planning.announce(asked.maintenance, asked.recurring, asked.timezone, known, now)
