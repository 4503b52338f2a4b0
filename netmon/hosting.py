"""What the daemon needs of its host: a data directory of its own."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from netmon.config import Configuration
from netmon.errors import HostError


@contextlib.contextmanager
def data_directory(configuration: Configuration) -> Iterator[None]:
    """Make the data directory ours alone for as long as the context lasts.

    Raises:
        HostError: it cannot be made or written, or another netmon uses it.
    """
    directory = configuration.data_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "netmon.lock").open("a+")
    except OSError as error:
        raise HostError(f"{directory}: cannot be used as data directory ({error.strerror})") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise HostError(f"{directory}: another netmon (process {owner}) uses this data directory") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
