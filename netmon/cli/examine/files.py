"""The configuration, the secrets it refers to, the data directory and the history in it."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from netmon.cli.examine.finding import Finding, Level, Translate
from netmon.clock import SECOND, Millis
from netmon.config import Configuration
from netmon.errors import ConfigError, StoreError
from netmon.history import open_history

_SECRET = re.compile(r"\$\{file:([^${}]+)\}")
_MOST_BYTES = 4 << 20
_TIGHT_BYTES, _FULL_BYTES = 1 << 30, 100 << 20
_MOST_MISTAKES = 10
_AHEAD: Millis = 5 * SECOND


def mistakes(error: ConfigError, _: Translate) -> Iterator[Finding]:
    """A configuration that cannot be used."""
    for problem in error.problems[:_MOST_MISTAKES]:
        yield Finding(Level.FAIL, _("configuration"), str(problem), "netmon check-config")
    if len(error.problems) > _MOST_MISTAKES:
        more = _("further mistakes: %(n)s") % {"n": len(error.problems) - _MOST_MISTAKES}
        yield Finding(Level.FAIL, _("configuration"), more, "netmon check-config")


def examine_files(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    """The files that were read, and who else may read or write them."""
    told = _("%(file)s is valid (files: %(n)s)") % {"file": configuration.source, "n": len(configuration.files)}
    yield Finding(Level.OK, _("configuration"), told)
    for note in configuration.notes:
        yield Finding(Level.NOTE, _("configuration"), str(note), _("the module is refused wherever it is asked for"))
    for file in configuration.files:
        mode = _mode(file)
        if mode & stat.S_IWOTH:
            found = _("everybody on this host may change %(file)s") % {"file": file}
            yield Finding(Level.FAIL, _("configuration"), found, f"chmod o-w {file}")
    yield from _secrets(configuration, _)


def examine_data(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    """Whether there is a place for the history, and room in it."""
    directory = configuration.data_dir
    what, there = _("data directory"), _existing(directory)
    if not os.access(there, os.W_OK | os.X_OK):
        found = _("%(user)s may not write to %(directory)s") % {"user": user(), "directory": there}
        yield Finding(Level.FAIL, what, found, f"install -d -o {user()} -m 750 {directory}")
        return
    free = shutil.disk_usage(there).free
    words = {"directory": directory, "size": _size(free)}
    if free < _FULL_BYTES:
        yield Finding(Level.FAIL, what, _("%(directory)s: only %(size)s are left") % words, _("make room on the disk"))
    elif free < _TIGHT_BYTES:
        yield Finding(Level.WARN, what, _("%(directory)s: only %(size)s are left") % words, _("make room on the disk"))
    elif there != directory:
        yield Finding(Level.OK, what, _("%(directory)s will be made at the first start; %(size)s are free") % words)
    else:
        yield Finding(Level.OK, what, _("%(directory)s can be written; %(size)s are free") % words)
    if there == directory and _mode(directory) & (stat.S_IROTH | stat.S_IWOTH):
        found = _("everybody on this host may look into %(directory)s") % words
        yield Finding(Level.WARN, what, found, f"chmod o= {directory}")


def examine_history(configuration: Configuration, now: Millis, _: Translate) -> Iterator[Finding]:
    """Whether the history can be read, and does not know the future."""
    what = _("history")
    if configuration.store is None and not Path(configuration.history).exists():
        yield Finding(Level.NOTE, what, _("there is none yet: the first start makes it"))
        return
    try:
        store = open_history(configuration.history, read_only=True)
        try:
            latest = store.latest()
        finally:
            store.close()
    except StoreError as error:
        yield Finding(Level.FAIL, what, str(error), _("see netmon db check, or take up a backup"))
        return
    if latest > now + _AHEAD:
        found = _("it ends %(n)s s in the future: the clock of this host was set back") % {
            "n": (latest - now) // SECOND
        }
        yield Finding(Level.WARN, what, found, _("wait until the clock has caught up; nothing is lost"))
    else:
        yield Finding(Level.OK, what, _("it can be read"))


def _secrets(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    """Files that hold secrets are for the service alone."""
    count = 0
    for file in sorted(set(_secret_files(configuration))):
        count += 1
        mode, words = _mode(file), {"file": file}
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            found = _("others than its owner may change %(file)s") % words
            yield Finding(Level.FAIL, _("secrets"), found, f"chmod go-w {file}")
        if mode & stat.S_IROTH:
            found = _("everybody on this host may read %(file)s") % words
            yield Finding(Level.FAIL, _("secrets"), found, f"chmod o= {file}")
            count -= 1
    if count:
        yield Finding(Level.OK, _("secrets"), _("files that only those may read who should: %(n)s") % {"n": count})


def _secret_files(configuration: Configuration) -> Iterator[Path]:
    for file in configuration.files:
        try:
            with file.open("rb") as content:
                text = content.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        for line in text.splitlines():
            if not line.lstrip().startswith("#"):
                yield from (file.parent / name for name in _SECRET.findall(line))


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0


def _existing(directory: Path) -> Path:
    """The directory, or the nearest above it that exists."""
    return next((each for each in (directory, *directory.absolute().parents) if each.exists()), Path("/"))


def user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _size(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size >> 20} MiB"
