"""A process of its own that makes one report of a schedule, so that the daemon's loop never waits for it.

``python -m netmon.reporting.worker CONFIGURATION SCHEDULE PERIOD`` tells how far it is, then the edition, as lines of
JSON on standard output; what goes wrong is one line on standard error and the exit code of the error.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from netmon.clock import SystemClock
from netmon.config import load
from netmon.errors import NetmonError, UsageError
from netmon.history import open_history
from netmon.reporting.closing import Order, UnchangedError, make_edition
from netmon.reporting.mailing import queue_mails
from netmon.reporting.making import gather
from netmon.sla import parse_period

_NICE = 10
"""Polls come first."""


def work(source: Path, name: str, label: str) -> None:
    """Make what the schedule asks for, and queue its mails. A period closed already, of which nothing changed, stands.

    Raises:
        NetmonError: what is wrong.
    """
    configuration = load(source)
    schedule = next((each for each in configuration.reports.schedules if each.id == name), None)
    if schedule is None:
        raise UsageError(f"{source}: there is no schedule '{name}' any more")
    now = SystemClock().now()
    gathered = gather(configuration, parse_period(label, configuration.timezone, now), now)
    store = open_history(configuration.history)
    try:
        try:
            edition = make_edition(gathered, Order(schedule.formats, schedule.communes, schedule.close), store, _step)
        except UnchangedError as unchanged:
            edition = unchanged.edition
        mails = queue_mails(configuration, store, edition, now, name) if schedule.mail else 0
    finally:
        store.close()
    _tell({"edition": f"{edition.period}/{edition.name}", "mails": mails})


def main(arguments: Sequence[str]) -> int:
    """Run, and say what went wrong in one line."""
    source, schedule, period = arguments
    os.nice(_NICE)
    try:
        work(Path(source), schedule, period)
    except NetmonError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _step(done: int, whole: int) -> None:
    _tell({"done": done, "whole": whole})


def _tell(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
