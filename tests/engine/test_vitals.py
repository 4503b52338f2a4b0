"""How netmon itself fares: what the counters did lately, not since the start."""

import math

from netmon.clock import Millis
from netmon.engine.telemetry import Telemetry
from netmon.engine.vitals import LOOK, WINDOW, VitalSigns


class Time:
    def __init__(self) -> None:
        self.now: Millis = 0


def signs(telemetry: Telemetry, time: Time) -> VitalSigns:
    return VitalSigns(telemetry, lambda: time.now, lambda: 42)


def pass_by(vital: VitalSigns, time: Time, length: Millis) -> None:
    for _ in range(length // LOOK):
        time.now += LOOK
        vital.look()


def test_before_the_first_poll_nothing_is_measured() -> None:
    vitals = signs(Telemetry(), Time()).vitals()
    assert (vitals.lag, vitals.blocked, vitals.overruns, vitals.heartbeat) == (None, None, 0, 42)


def test_lag_is_the_bound_that_all_but_one_of_a_hundred_keep() -> None:
    telemetry, time = Telemetry(), Time()
    vital = signs(telemetry, time)
    for lag in (*[0.003] * 199, 7.0):
        telemetry.lag.observe(lag)
    assert vital.vitals().lag == 0.005
    for _ in range(5):
        telemetry.lag.observe(7.0)
    assert vital.vitals().lag == 30.0
    for _ in range(50):
        telemetry.lag.observe(100.0)
    assert vital.vitals().lag == math.inf


def test_what_lies_before_the_window_is_forgotten() -> None:
    telemetry, time = Telemetry(), Time()
    vital = signs(telemetry, time)
    telemetry.lag.observe(20.0)
    telemetry.skipped.labels("overrun").inc(3)
    telemetry.skipped.labels("missed").inc()
    telemetry.store_queue.set(5)
    pass_by(vital, time, WINDOW)
    told = vital.vitals()
    assert (told.lag, told.overruns, told.missed, told.queue, told.window) == (30.0, 3, 1, 5, WINDOW)
    pass_by(vital, time, 2 * LOOK)
    told = vital.vitals()
    assert (told.lag, told.overruns, told.missed, told.window) == (None, 0, 0, WINDOW)
