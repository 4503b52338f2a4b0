"""What the daemon does about reports: makes those that are due, one after the other, and mails what waits.

Both work on threads of their own, and reports in a process of their own: the loop only asks whether it is time.
"""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from netmon.background import Background
from netmon.clock import HOUR, MINUTE, Clock, Millis
from netmon.config import Configuration
from netmon.engine.telemetry import Telemetry
from netmon.history import Store
from netmon.model import ReportRun
from netmon.reporting.archive import Archive
from netmon.reporting.closing import reports_path
from netmon.reporting.mailing import Mailing
from netmon.reporting.occasions import Occasion, next_due, occasions
from netmon.reportplan import ReportSchedule

log = logging.getLogger("netmon.reporting")

LOOK: Millis = 15_000
"""How often the daemon asks whether something is due."""
MOST_MISSED = 12
"""Of the runs missed while the daemon did not run, no more than these, the latest, are made up for."""
WAITS: Sequence[Millis] = (5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
"""After each failure of a run, how long until it is tried again; after the last it is given up."""

_RUN_SECONDS = 6 * 3600
_WRITE_SECONDS = 30
_STOP_SECONDS = 1


class Maker(Protocol):
    """Makes the report of a schedule and period, tells ``progress`` how much of it is done, returns the edition's name.

    Raises:
        RunFailedError: with one line that says why.
    """

    def __call__(self, schedule: str, period: str, progress: Callable[[float], None]) -> str: ...


class RunFailedError(Exception):
    """A report could not be made."""


class ReportJobs:
    """The reports of all schedules of ``configuration``. ``look`` is called on the loop every ``LOOK``."""

    def __init__(
        self, configuration: Configuration, store: Store, clock: Clock, telemetry: Telemetry, make: Maker | None = None
    ) -> None:
        self._configuration, self._store, self._clock, self._telemetry = configuration, store, clock, telemetry
        self._stopping = threading.Event()
        self._worker = _Worker(configuration, self._stopping)
        self._make: Maker = make or self._worker
        self._zone = ZoneInfo(configuration.timezone)
        self._failures: dict[tuple[str, Millis], tuple[int, Millis]] = {}
        self._begun = False
        self._making = Background("netmon-reports", self._work)
        mail = configuration.mail
        self._mailing = Mailing(configuration, mail, store, self._count_mail) if mail else None
        self._posted = False
        self._posting = Background("netmon-mail", self._post)
        for schedule in configuration.reports.schedules:
            for outcome in ("made", "failed"):
                telemetry.report_runs.labels(schedule.id, outcome)

    def look(self) -> None:
        """Begin what is due."""
        if self._stopping.is_set():
            return
        if self._configuration.reports.schedules or not self._begun:
            self._making.ask()
        if self._mailing:
            self._posting.ask()

    def stop(self) -> None:
        """End what is under way: a report is begun anew after the next start, a mail is tried again."""
        self._stopping.set()
        self._worker.kill()
        for background in (self._making, self._posting):
            background.join(_STOP_SECONDS)

    # --- Reports ------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Make every report that is due and not waiting after a failure."""
        if not self._begun:
            finished = Archive(reports_path(self._configuration)).finish_alone(self._store.editions())
            for name in finished:
                log.info("report %s was recorded when netmon ended: it is in its place now", name)
            self._begun = True
        known = self._known()
        for schedule in self._configuration.reports.schedules:
            for occasion in self._due(schedule, known[schedule.id]):
                if self._stopping.is_set() or not self._run(schedule, occasion):
                    break  # later periods wait for earlier ones
            self._telemetry.report_next.labels(schedule.id).set(
                next_due(schedule, self._zone, self._clock.now()) / 1000
            )

    def _known(self) -> dict[str, Millis]:
        """Until when the runs of each schedule are settled. One seen for the first time is known from now on."""
        settled: dict[str, Millis] = {}
        made: dict[str, Millis] = {}
        for run in self._store.report_runs():
            settled[run.schedule] = max(settled.get(run.schedule, run.due), run.due)
            if run.outcome == "made":
                made[run.schedule] = max(made.get(run.schedule, run.at), run.at)
        now = self._clock.now()
        for schedule in self._configuration.reports.schedules:
            if schedule.id in made:  # by a daemon before this one, perhaps
                self._telemetry.report_success.labels(schedule.id).set(made[schedule.id] / 1000)
            if schedule.id not in settled:
                self._record(ReportRun(schedule.id, now, now, "known", ""))
                settled[schedule.id] = now
        return settled

    def _due(self, schedule: ReportSchedule, settled: Millis) -> list[Occasion]:
        found = occasions(schedule, self._zone, settled, self._clock.now())
        for occasion in found[:-MOST_MISSED]:
            log.error("report %s of %s was missed long ago and is not made", schedule.id, occasion.period)
        return found[-MOST_MISSED:]

    def _run(self, schedule: ReportSchedule, occasion: Occasion) -> bool:
        """Whether the run is settled now: made, or given up."""
        key = (schedule.id, occasion.due)
        failures, again = self._failures.get(key, (0, 0))
        if self._clock.now() < again:
            return False
        late = (self._clock.now() - occasion.due) // 1000
        log.info("report %s of %s begins, %d s after it was due", schedule.id, occasion.period, late)
        progress = self._telemetry.report_progress.labels(schedule.id)
        started = self._clock.monotonic()
        try:
            edition = self._make(schedule.id, occasion.period, progress.set)
        except RunFailedError as error:
            return self._failed(schedule, occasion, failures, str(error))
        finally:
            progress.set(0)
        now, took = self._clock.now(), self._clock.monotonic() - started
        self._record(ReportRun(schedule.id, occasion.due, now, "made", edition))
        log.info("report %s of %s is stored as %s, after %.1f s", schedule.id, occasion.period, edition, took)
        self._telemetry.report_runs.labels(schedule.id, "made").inc()
        self._telemetry.report_seconds.labels(schedule.id).set(took)
        self._telemetry.report_success.labels(schedule.id).set(now / 1000)
        self._failures.pop(key, None)
        if self._mailing:
            self._posting.ask()
        return True

    def _failed(self, schedule: ReportSchedule, occasion: Occasion, failures: int, why: str) -> bool:
        if self._stopping.is_set():
            return False
        self._telemetry.report_runs.labels(schedule.id, "failed").inc()
        now, key = self._clock.now(), (schedule.id, occasion.due)
        if failures < len(WAITS):
            self._failures[key] = (failures + 1, now + WAITS[failures])
            log.error(
                "report %s of %s failed, tried again in %d min: %s",
                schedule.id, occasion.period, WAITS[failures] // MINUTE, why,
            )  # fmt: skip
            return False
        log.error("report %s of %s is given up: %s", schedule.id, occasion.period, why)
        self._record(ReportRun(schedule.id, occasion.due, now, "failed", why))
        self._failures.pop(key, None)
        return True

    def _record(self, run: ReportRun) -> None:
        self._store.record([run]).result(_WRITE_SECONDS)

    # --- Mails --------------------------------------------------------------------------------------------------------

    def _post(self) -> None:
        if self._mailing is None:
            return
        if not self._posted:
            self._mailing.begin(self._clock.now())
            self._posted = True
        self._mailing.round(self._clock.now, self._stopping.is_set)
        counts = self._store.post.counts()
        self._telemetry.mails_waiting.set(counts.get("waiting", 0) + counts.get("sending", 0))
        self._telemetry.mails_dead.set(counts.get("dead", 0))

    def _count_mail(self, outcome: str) -> None:
        self._telemetry.mails.labels(outcome).inc()


class _Worker:
    """Makes reports in a process of their own, and reads how far it is."""

    def __init__(self, configuration: Configuration, stopping: threading.Event) -> None:
        self._configuration, self._stopping = configuration, stopping
        self._process: subprocess.Popen[str] | None = None

    def kill(self) -> None:
        """End the process, if one runs, and the renderers that it began."""
        process = self._process
        if process is not None:
            _kill(process)

    def __call__(self, schedule: str, period: str, progress: Callable[[float], None]) -> str:
        source = str(self._configuration.source.resolve())
        command = [sys.executable, "-m", "netmon.reporting.worker", source, schedule, period]
        with subprocess.Popen(  # noqa: S603 - our own program, with names from our configuration
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        ) as process:  # fmt: skip
            self._process = process
            timer = threading.Timer(_RUN_SECONDS, _kill, (process,))
            timer.daemon = True
            timer.start()
            if self._stopping.is_set():
                _kill(process)
            said = _Tail(process)
            try:
                edition = self._follow(process, progress)
            finally:
                timer.cancel()
                self._process = None
            code = process.wait()
        if code or not edition:
            raise RunFailedError(said.line() or f"the process ended with code {code}")
        return edition

    def _follow(self, process: "subprocess.Popen[str]", progress: Callable[[float], None]) -> str:
        edition = ""
        for line in process.stdout or ():
            told = json.loads(line)
            if "edition" in told:
                edition = str(told["edition"])
            else:
                progress(told["done"] / max(1, told["whole"]))
        return edition


def _kill(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Tail:
    """Reads what a process says on standard error, and keeps the last line, so that it never waits for a reader."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._last = ""
        self._thread = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._thread.start()

    def line(self) -> str:
        """The last line said."""
        self._thread.join(1)
        return self._last

    def _read(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stderr or ():
            self._last = line.strip()[:500] or self._last
