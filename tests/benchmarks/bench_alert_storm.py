"""A core router fails before 5,000 targets: how many notices, and how long the loop is held to find them."""

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.alerting.storm import storm
from tests.exporters.alerts.servers import hooked

TARGETS = 5_000


def main() -> None:
    with hooked() as hook, tempfile.TemporaryDirectory() as directory:
        outcome = asyncio.run(storm(Path(directory), TARGETS, hook.url))
    print(f"{TARGETS} targets, {outcome.transitions} changes of state: {len(hook.got)} notices")
    print(f"loop at work at once: at most {outcome.held * 1000:.0f} ms; late by at most {outcome.late * 1000:.0f} ms")


if __name__ == "__main__":
    main()
