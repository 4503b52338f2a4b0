"""The child process of a demo: agents and web sites, until its parent is gone.

    python -m netmon.simulation --seed N --start MS --live-start MS --directory DIR [--scale F] [--pace P]

It writes ``demo-ca.pem`` into DIR, then one JSON object a line to standard output: first ``{"ready": true, …}`` once
all listen (or ``{"error": …}`` and the end), then each fault as it begins and as it ends. It stops when its standard
input closes or on SIGTERM. SIGINT is the parent's business: at a terminal, Ctrl-C reaches both, and the daemon is to
stop first.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netmon.clock import SECOND, Clock, Millis, SystemClock
from netmon.errors import HostError
from netmon.simulation.agents import Agents
from netmon.simulation.certificates import Authority
from netmon.simulation.configuration import CA_FILE, COMMUNITY
from netmon.simulation.demo import Demo
from netmon.simulation.faults import Fault
from netmon.simulation.placement import AGENT_PORT, HTTP_PORT, HTTPS_PORT, Placement, Ports, bind
from netmon.simulation.web import WebSites

_LOOK_AGAIN: Millis = 30 * SECOND


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _allow_many_files()
    demo = Demo(options.seed, options.start, options.live_start, options.scale, options.pace)
    ports = Ports(options.agent_port, options.http_port, options.https_port, not options.one_address)
    try:
        asyncio.run(_run(demo, Path(options.directory), ports))
    except HostError as error:
        _say({"error": str(error)})
        return error.exit_code
    except OSError as error:
        _say({"error": f"{error.filename or 'simulation'}: {error.strerror}"})
        return HostError.exit_code
    return 0


async def _run(demo: Demo, directory: Path, ports: Ports) -> None:
    clock = SystemClock()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True).start()
    sockets = bind(demo.metropolis, ports)
    authority = Authority(directory / "tls", clock.now())
    authority.write(directory / CA_FILE)
    agents = Agents(demo.world, sockets.nodes, COMMUNITY, clock)
    sites = WebSites(demo.world, sockets.endpoints, authority, clock)
    placement = sockets.placement()
    try:
        await agents.start()
        await sites.start()
        _say(_ready(demo, placement))
        telling = asyncio.create_task(_tell(demo, clock, stop))
        await stop.wait()
        telling.cancel()
    finally:
        await sites.stop()
        await agents.stop()


def _ready(demo: Demo, placement: Placement) -> dict[str, Any]:
    return {
        "ready": True,
        "agents": len(placement.nodes),
        "endpoints": len(placement.endpoints),
        "script": demo.script.digest(),
        "placement": placement.to_json(),
    }


async def _tell(demo: Demo, clock: Clock, stop: asyncio.Event) -> None:
    """A line for each fault under way, then one for each that begins or ends."""
    started = clock.now()
    moments: list[tuple[Millis, str, Fault]] = []
    for fault in demo.script.faults:
        if fault.end > started:
            moments += [(fault.start, "begins", fault), (fault.end, "ends", fault)]
    for at, what, fault in sorted(moments, key=lambda moment: (moment[0], moment[2].id, moment[1])):
        await _until(at, clock)
        if not _say(_line(at, what, fault)):
            stop.set()
            return


async def _until(at: Millis, clock: Clock) -> None:
    """Sleep towards an instant of the wall clock, which may be set meanwhile."""
    left = at - clock.now()
    while left > 0:
        await asyncio.sleep(min(left, _LOOK_AGAIN) / SECOND)
        left = at - clock.now()


def _line(at: Millis, what: str, fault: Fault) -> dict[str, Any]:
    return {
        "fault": what,
        "at": at,
        "id": fault.id,
        "kind": fault.kind.value,
        "object": fault.object,
        "start": fault.start,
        "end": fault.end,
        "text": {"fr": fault.text.fr, "en": fault.text.en},
        "affects": fault.affects,
    }


def _say(line: dict[str, Any]) -> bool:
    """Print one line; False when nobody reads any more."""
    try:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        return False
    return True


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait for the end of standard input. A thread of its own: not every kind of file can be waited for by the loop."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            continue
    with contextlib.suppress(RuntimeError):  # the loop was closed: we are stopping already
        loop.call_soon_threadsafe(stop.set)


def _allow_many_files() -> None:
    """A socket for each device: take what the host grants without asking for more rights."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wish = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft != resource.RLIM_INFINITY and soft < wish:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wish, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netmon.simulation", description="The agents and web sites of a demo."
    )
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--start", type=int, required=True, metavar="MS", help="start of the replayed past, epoch ms")
    parser.add_argument("--live-start", type=int, required=True, metavar="MS", help="start of the live part, epoch ms")
    parser.add_argument("--pace", type=float, default=1.0, help="2: faults come twice as fast")
    parser.add_argument("--directory", required=True, help="where certificates are written")
    parser.add_argument("--agent-port", type=int, default=AGENT_PORT, help="0: any free one")
    parser.add_argument("--http-port", type=int, default=HTTP_PORT)
    parser.add_argument("--https-port", type=int, default=HTTPS_PORT)
    parser.add_argument("--one-address", action="store_true", help="everything on 127.0.0.1")
    return parser
