"""Web configuration files while the daemon runs: read again when they, or certificates they name, change."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from exporters.web.server import WebServer
from netmon.config.webyml import WebFile, read_web_file
from netmon.engine.telemetry import Telemetry, web_file_gauge

LOOK_SECONDS: Final = 1.0
log: Final = logging.getLogger("netmon.listening")


async def follow(path: Path, files: Sequence[Path], web: WebServer, telemetry: Telemetry) -> None:
    """Let ``web`` let in whom the file ``path`` says, for ever. ``files`` are those it came from.

    A file that is wrong, or whose certificate and key do not fit each other, changes nothing, and is told. Nothing is
    read before it stood still from one look to the next: an editor empties a file before it writes it, and an empty one
    says that everybody is let in.
    """
    tell = web_file_gauge(telemetry).set
    tell(1)
    before = last = await asyncio.to_thread(_stamps, files)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        earlier, last = last, await asyncio.to_thread(_stamps, files)
        if last == before or last != earlier:
            continue
        read = await asyncio.to_thread(read_web_file, path, str(path))
        if await asyncio.to_thread(_stamps, files) != last:
            continue  # written while it was read
        # A file that names other files now is read again, once they are known.
        named = read.files if len(read.files) > 1 or not read.problems else tuple(files)
        before, files = last if named == tuple(files) else [], named
        tell(not read.problems)
        await _take(read, web)


async def _take(read: WebFile, web: WebServer) -> None:
    for problem in read.problems:
        log.error("%s: what held before goes on", problem)
    if read.problems:
        return
    for note in read.notes:
        log.warning("%s", note)
    try:
        await web.renew(read.access)
    except OSError as error:
        log.error("%s cannot be followed: %s", read.files[0], error)
        return
    log.info("%s was read again", read.files[0])


def _stamps(files: Sequence[Path]) -> list[object]:
    """What differs when a file's content does; a file that is replaced or gone for a moment too."""
    stamps: list[object] = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((found.st_ino, found.st_size, found.st_mtime_ns))
    return stamps
