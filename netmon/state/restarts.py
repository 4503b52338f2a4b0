"""Whether an agent restarted between two looks, by what it says of its own age. Pure.

sysUpTime counts hundredths of a second modulo 2^32 (RFC 3418): it comes round after 497 days, on devices that count
milliseconds inside after 49, and says nothing then. snmpEngineBoots and snmpEngineTime (RFC 3414, section 2.2) do not
come round for 68 years, so where an agent has them they are the judge. Many have not.
"""

from dataclasses import dataclass

from netmon.clock import SECOND, Millis

TICKS = 2**32
"""sysUpTime counts hundredths of a second modulo this (TimeTicks, RFC 2578): it comes round after 497 days."""

REBOOT_TOLERANCE = 30 * SECOND
"""How far an agent's clock may depart from ours before it counts: replies are late, clocks drift."""


@dataclass(frozen=True, slots=True)
class Age:
    """What an agent said of its age: sysUpTime in hundredths of a second, snmpEngineBoots, snmpEngineTime in seconds.

    None: it does not tell.
    """

    uptime: int
    boots: int | None = None
    engine_time: int | None = None


def restarted(before: Age, elapsed: Millis, after: Age) -> bool:
    """Whether ``after``, read ``elapsed`` ms after ``before``, tells of a restart in between.

    The engine ran on while its boots are the same and its time advanced: no restart, whatever sysUpTime says. Its boots
    changed: a restart, unless sysUpTime is older than the look before, which is an engine that was configured anew
    on a device that stayed up. Boots that stay while the time goes back are those of an agent that does not keep
    them: sysUpTime decides, as it does where there is no engine.
    """
    if before.boots is None or after.boots is None:
        return has_rebooted(before.uptime, elapsed, after.uptime)
    if before.boots != after.boots:
        return _is_young(after.uptime, elapsed)
    if before.engine_time is not None and after.engine_time is not None:
        advanced = SECOND * (after.engine_time - before.engine_time)
        if advanced > 0 and advanced >= elapsed - _slack(elapsed):
            return False
    return has_rebooted(before.uptime, elapsed, after.uptime)


def has_rebooted(before: int, elapsed: Millis, after: int) -> bool:
    """Whether sysUpTime ``after``, read ``elapsed`` ms after ``before``, tells of a restart.

    Both are TimeTicks modulo 2^32, so coming round after 497 days is not a restart (RFC 3418). An agent that says it
    was up before the first look has not restarted since, however its clock was set.
    """
    if not _is_young(after, elapsed):
        return False
    slack = _slack(elapsed) // 10
    expected = before + elapsed // 10
    comes_round = expected + slack >= TICKS
    if after < before and not comes_round:
        return True
    return slack < (expected - after) % TICKS < TICKS - slack


def _is_young(uptime: int, elapsed: Millis) -> bool:
    """Started since the look before, by its own account."""
    return uptime * 10 <= elapsed + _slack(elapsed)


def _slack(elapsed: Millis) -> Millis:
    return REBOOT_TOLERANCE + elapsed // 100
