"""An alert storm: thousands of targets fail with one router, and one notice is told of it."""

import asyncio
import json
from pathlib import Path

from tests.alerting.storm import storm
from tests.exporters.alerts.servers import hooked


def test_five_thousand_targets_behind_a_router_that_fails_are_one_notice(tmp_path: Path) -> None:
    with hooked() as hook:
        outcome = asyncio.run(storm(tmp_path, 5_000, hook.url))
    told = [json.loads(body) for _, _, body in hook.got]
    assert [(each["event"], each["incident"]["object"], each["severity"]) for each in told] == [
        ("opened", "core", "critical"), ("restored", "core", "critical")]  # fmt: skip
    assert outcome.transitions > 10_000  # each of them was seen to fail and to recover
    assert all(len(body) < 8_000 for _, _, body in hook.got)
