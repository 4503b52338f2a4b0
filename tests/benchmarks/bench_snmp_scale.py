"""Thousands of 48-port switches each minute in one process, some of them silent: who is late, and what it costs.

    python tests/benchmarks/bench_snmp_scale.py [--targets 5000] [--silent 0.2] [--interval 60] [--rounds 2]
        [--exposition]

Measured is what the daemon does with a device: scheduler, poller, SNMP collector (769 varbinds over v2c, three columns
of labels, six counters that move), judge and snapshot; with ``--exposition`` also the text for Prometheus, kept for all
of them. The agents are a process of their own, each on an address of 127.0.0.0/8. After a first round, in which
everything is new, ``--rounds`` are measured. Exit 1 when a good target was late or lost, the loop stood still for more
than 50 ms, or more than a quarter of a core or 400 MB were needed.
"""

import argparse
import asyncio
import multiprocessing
import resource
import socket
import struct
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_snmp_walk import MOVING, VARBINDS, advanced, walked_module

from collectors.snmp import SnmpCollector
from exporters.prometheus import Exposition
from netmon.ber import COUNTER64, encode_oid
from netmon.clock import SECOND, SteadyClock, SystemClock
from netmon.engine.garbage import TEND, GarbageCare
from netmon.engine.pipeline import Pipeline
from netmon.engine.poller import Poller
from netmon.engine.scheduler import Scheduler
from netmon.engine.telemetry import Telemetry
from netmon.model import Check, Inventory, Observation, State
from netmon.settings import Secret, SnmpCredential, SnmpSettings
from tests.collectors.snmp.agents import Mib, Request, frame, switch, varbind
from tests.engine.small import Memo

PORT = 16_161
FIRST = int(IPv4Address("127.10.0.1"))
MARK = b"00000"
"""Stands in names and aliases for the number of the device: no two devices have the same labels."""
_PKTINFO = getattr(socket, "IP_PKTINFO", 8)
"""Linux: which address was asked; Python names it from 3.14 on."""
MOST_CPU, MOST_MEMORY, LONGEST_STALL = 0.25, 400, 0.05
_ID = slice(17, 21)
"""Where the request-id stands in what netmon asks with the community ``public``, while lengths take one octet."""


def device_mib() -> Mib:
    data = switch(48)
    names = [encode_oid(column) for column in ("1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.2.2.1.2")]
    for name, (tag, content) in data.items():
        if encode_oid(name).startswith(tuple(names)):
            data[name] = (tag, content + b" " + MARK)
    return Mib(data)


def serve(targets: int, silent: float, ready: "multiprocessing.Queue[int]") -> None:
    """Every device on one socket; answers are put together once, and differ by request-id, number and moment."""
    mib, known, asked = device_mib(), dict[bytes, list[tuple[bytes, bytes]]](), Counter[bytes]()
    moving = tuple(encode_oid(column) for column in MOVING)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        sock.setsockopt(socket.IPPROTO_IP, _PKTINFO, 1)
        sock.bind(("", PORT))
        ready.put(PORT)
        while True:
            message, ancillary, _, source = sock.recvmsg(4096, 64)
            to = ancillary[0][2][8:12]
            number = int.from_bytes(to) - FIRST
            if number % 100 < 100 * silent or not 0 <= number < targets:
                continue
            key = message[: _ID.start] + message[_ID.stop :]
            if key not in known:
                known[key] = [cut(answer, message) for answer in answers(mib, Request(message), moving)]
            asked[key] += 1
            head, tail = known[key][asked[key] % len(known[key])]
            answer = head + message[_ID] + tail.replace(MARK, b"%05d" % number)
            sock.sendmsg([answer], [(socket.IPPROTO_IP, _PKTINFO, struct.pack("=i4s4x", 0, to))], 0, source)


def answers(mib: Mib, request: Request, moving: tuple[bytes, ...]) -> list[bytes]:
    """The answer at three moments."""
    varbinds = mib.varbinds(request)
    return [
        frame(
            request,
            b"".join(
                varbind(
                    name,
                    tag,
                    advanced(content, moment) if tag == COUNTER64 and encode_oid(name).startswith(moving) else content,
                )
                for name, tag, content in varbinds
            ),
        )
        for moment in range(3)
    ]


def cut(answer: bytes, request: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the request-id."""
    head, tail = answer.split(request[_ID], 1)
    return head, tail


@dataclass
class Seen:
    """What became of the polls, by target."""

    good: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    stalls: list[float] = field(default_factory=list)

    def observed(self, observation: Observation) -> None:
        reading = observation.reading
        returned = sum(one.values[0] for one in reading.families if one.name == "snmp_scrape_pdus_returned")
        if reading.state is State.UP and returned == VARBINDS:
            self.good[observation.check.id] += 1
            self.slowest = max(self.slowest, observation.duration)
        else:
            self.wrong[observation.check.id] += 1

    def forget(self, check_id: str) -> None:
        """Nothing is kept."""

    async def watch_loop(self) -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.005)
            self.stalls.append(time.monotonic() - begun - 0.005)


def make_checks(targets: int, interval: float) -> dict[str, Check]:
    credential = SnmpCredential("public", "2c", Secret("public"))
    checks = {}
    for number in range(targets):
        address = str(IPv4Address(FIRST + number))
        settings = SnmpSettings(address, PORT, credential, ("switch",), max_repetitions=50)
        checks[f"n{number}/snmp"] = Check(
            f"n{number}/snmp", "snmp", "snmp", f"{address}:{PORT}", "Bègles", "s", f"n{number}", (),
            round(interval * SECOND), 5 * SECOND, 2, 1, settings,
        )  # fmt: skip
    return checks


async def run(checks: dict[str, Check], interval: float, rounds: int, *, exposition: bool) -> tuple[Seen, float]:
    """What was seen in the measured rounds, and the CPU seconds they took."""
    telemetry, wall = Telemetry(), SystemClock()
    clock = SteadyClock(wall)
    pipeline = Pipeline(Inventory({}, {}, {}, {}, checks, {}), Memo(), clock.now)
    if exposition:
        pipeline.listen(Exposition(pipeline, telemetry.registry))
    collector = SnmpCollector({"switch": walked_module()})
    await collector.start()
    poller = Poller({"snmp": collector}, pipeline, telemetry, clock)
    scheduler = Scheduler(checks.values(), lambda check, _due: poller.start(check), telemetry, wall)
    scheduler.start()
    scheduler.every(5 * SECOND, pipeline.sweep)
    garbage = GarbageCare()
    garbage.start()
    scheduler.every(TEND, garbage.tend)
    await asyncio.sleep(interval + 6)  # the last polls of the first round have had their time
    seen = Seen()
    pipeline.listen(seen)
    watch = asyncio.create_task(seen.watch_loop())
    before = time.process_time()
    await asyncio.sleep(rounds * interval)
    used = time.process_time() - before
    watch.cancel()
    scheduler.stop()
    await poller.stop()
    await collector.stop()
    return seen, used


def show(seen: Seen, used: float, arguments: argparse.Namespace) -> int:
    targets, rounds = arguments.targets, arguments.rounds
    good = [n for n in range(targets) if not n % 100 < 100 * arguments.silent]
    complete = sum(seen.good[f"n{number}/snmp"] >= rounds for number in good)
    failed = sum(seen.wrong[f"n{number}/snmp"] for number in good)
    share, memory = used / (rounds * arguments.interval), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stall = max(seen.stalls)
    print(
        f"{targets} switches of 48 ports each {arguments.interval:g} s, {targets - len(good)} silent, {rounds} rounds:"
    )
    print(f"  good targets seen whole in every round: {complete} of {len(good)}; late or incomplete polls: {failed}")
    print(f"  slowest good poll {seen.slowest * 1000:.0f} ms; loop stood still for at most {stall * 1000:.0f} ms")
    each = used / max(1, seen.good.total()) * 1000
    print(f"  CPU {share:.1%} of a core, {each:.2f} ms a good poll; memory {memory:.0f} MB")
    print(f"  target: all of them, {MOST_CPU:.0%}, {MOST_MEMORY} MB, {LONGEST_STALL * 1000:.0f} ms")
    held = complete == len(good) and not failed and share <= MOST_CPU and memory <= MOST_MEMORY
    return 0 if held and stall <= LONGEST_STALL else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--targets", type=int, default=5_000)
    parser.add_argument("--silent", type=float, default=0.2)
    parser.add_argument("--interval", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--exposition", action="store_true")
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    agents = context.Process(target=serve, args=(arguments.targets, arguments.silent, ready), daemon=True)
    agents.start()
    try:
        ready.get(timeout=30)
        checks = make_checks(arguments.targets, arguments.interval)
        seen, used = asyncio.run(run(checks, arguments.interval, arguments.rounds, exposition=arguments.exposition))
        return show(seen, used, arguments)
    finally:
        agents.terminate()
        agents.join(5)


if __name__ == "__main__":
    sys.exit(main())
