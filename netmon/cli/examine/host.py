"""The host itself: its clock, time zones, limits, rights and programs."""

import ctypes
import os
import platform
import resource
import shutil
import socket
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from netmon import __version__
from netmon.cli.examine.files import user
from netmon.cli.examine.finding import Finding, Level, Translate
from netmon.config import Configuration
from netmon.errors import CollectError

_TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""
_SPARE_FILES = 256
_PER_CHECK = 2
_PROGRAM_SECONDS = 5

TEST_PROGRAMS = {
    "snmpd": "snmpd", "snmpget": "snmp", "nginx": "nginx-light", "nsd": "nsd", "prometheus": "prometheus",
    "prometheus-snmp-exporter": "prometheus-snmp-exporter",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
    "prometheus-alertmanager": "prometheus-alertmanager", "openssl": "openssl", "chromium": "chromium",
}  # fmt: skip
"""Programs that the tests compare with, and the Debian packages that have them."""


def examine_host(configuration: Configuration | None, _: Translate) -> Iterator[Finding]:
    """What holds whatever is configured, and what the configuration asks of the host."""
    version = f"netmon {__version__}, Python {platform.python_version()}, {sys.executable}"
    yield Finding(Level.OK, _("version"), version)
    if os.geteuid() == 0:
        found = _("looked at as root, who may do everything: the daemon's own user may not")
        yield Finding(Level.NOTE, _("user"), found, "runuser -u netmon -- netmon doctor")
    yield _clock(_)
    yield _zone(configuration.timezone if configuration else "Europe/Paris", _)
    yield _encoding(_)
    if configuration is not None:
        yield _open_files(configuration, _)
        yield from _icmp(configuration, _)
    yield from _unit(_)
    yield from _test_programs(_)


def _clock(_: Translate) -> Finding:
    what = _("clock")
    synchronised = clock_is_synchronised()
    if synchronised is None:
        return Finding(Level.NOTE, what, _("this host does not tell whether it is synchronised"))
    if synchronised:
        return Finding(Level.OK, what, _("it is synchronised"))
    mend = "apt install chrony" if not shutil.which("chronyd") else "systemctl enable --now chrony"
    return Finding(Level.WARN, what, _("it is not synchronised: outages would be dated wrongly"), mend)


def clock_is_synchronised() -> bool | None:
    """As the kernel knows it (adjtimex(2)); None where it cannot be asked."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    state = int(adjtimex(ctypes.create_string_buffer(1024)))
    return None if state < 0 else state != _TIME_ERROR


def _zone(name: str, _: Translate) -> Finding:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return Finding(
            Level.FAIL, _("time zones"), _("%(zone)s is not known here") % {"zone": name}, "apt install tzdata"
        )
    return Finding(Level.OK, _("time zones"), _("%(zone)s is known") % {"zone": name})


def _encoding(_: Translate) -> Finding:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding == "utf8":
        return Finding(Level.OK, _("terminal"), "UTF-8")
    found = _("it does not take UTF-8 (%(encoding)s): pictures are drawn in ASCII") % {"encoding": encoding or "?"}
    return Finding(Level.NOTE, _("terminal"), found, "export LC_ALL=C.UTF-8")


def _open_files(configuration: Configuration, _: Translate) -> Finding:
    """In the worst moment everything hangs at once, each in a socket of its own."""
    wanted = _PER_CHECK * len(configuration.inventory.checks) + _SPARE_FILES
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    words = {"n": limit, "wanted": wanted}
    if limit != resource.RLIM_INFINITY and limit < wanted:
        found = _("%(n)s may be open at once; %(wanted)s should be, for so many checks") % words
        return Finding(Level.WARN, _("open files"), found, f"LimitNOFILE={wanted}")
    return Finding(Level.OK, _("open files"), _("enough of them may be open"))


def _icmp(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    from collectors.icmp.sockets import Way, open_socket

    count = sum(check.collector == "icmp" for check in configuration.inventory.checks.values())
    try:
        open_socket(Way(socket.AF_INET))[0].close()
    except CollectError as error:
        yield Finding(Level.FAIL if count else Level.NOTE, "ICMP", error.detail, _icmp_mend())
        return
    yield Finding(Level.OK, "ICMP", _("%(user)s may ping; checks that do: %(n)s") % {"user": user(), "n": count})


def _icmp_mend() -> str:
    return "sysctl -w net.ipv4.ping_group_range='0 2147483647'"


def _unit(_: Translate) -> Iterator[Finding]:
    if not Path("/run/systemd/system").is_dir():
        yield Finding(Level.NOTE, "systemd", _("it does not run here"))
        return
    state, enabled = (_systemctl(word) for word in ("is-active", "is-enabled"))
    if enabled in {"", "not-found"}:
        yield Finding(Level.NOTE, "systemd", _("there is no unit netmon.service"))
    elif state == "failed":
        yield Finding(Level.FAIL, "systemd", _("netmon.service failed"), "journalctl -u netmon -n 50")
    elif enabled != "enabled":
        found = _("netmon.service does not start with the host (%(state)s)") % {"state": enabled}
        yield Finding(Level.WARN, "systemd", found, "systemctl enable netmon")
    else:
        level = Level.OK if state == "active" else Level.WARN
        yield Finding(
            level, "systemd", f"netmon.service: {state}", "" if state == "active" else "systemctl start netmon"
        )


def _systemctl(word: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["systemctl", word, "netmon.service"],  # noqa: S607 - the one of this host
            capture_output=True, text=True, timeout=_PROGRAM_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _test_programs(_: Translate) -> Iterator[Finding]:
    """Only in a checkout: whoever runs netmon does not need them."""
    if not (Path(__file__).parents[3] / "tests" / "peers").is_dir():
        return
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    missing = [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program, path=path)]
    if missing:
        found = _("the tests would skip what compares with %(programs)s") % {"programs": ", ".join(missing)}
        yield Finding(Level.NOTE, _("programs"), found, f"apt install {' '.join(missing)}")
    else:
        yield Finding(Level.OK, _("programs"), _("everything the tests compare with is here"))
