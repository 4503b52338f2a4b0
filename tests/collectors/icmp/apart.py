"""Polls in a network of their own: ``unshare --net python -m tests.collectors.icmp.apart '{"polls": […]}'``.

Prints what each poll read as JSON. There, sysctls, routes and answers to echo requests can be what a test wants,
without touching the host's.
"""

import dataclasses
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collectors.icmp import IcmpCollector
from collectors.icmp.packets import checksum
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import AddressChoice, IcmpSettings
from tests.collectors.http.polling import run_all

NOBODY = 65534


def check(settings: IcmpSettings, timeout: int = 2000) -> Check:
    return Check(
        settings.host, settings.host, "icmp", settings.host, "Bègles", "", "", (), 30_000, timeout, 2, 1, settings
    )


def poll_all(polls: list[tuple[IcmpSettings, int]], **options: int) -> list[dict[str, Any]]:
    """All at once with one collector."""
    return [told(each) for each in run_all(IcmpCollector(**options), [check(*one) for one in polls])]


def told(reading: Reading | CollectError) -> dict[str, Any]:
    """A reading as plain values."""
    if isinstance(reading, CollectError):
        return {"state": "unknown", "reason": reading.reason, "detail": reading.detail, "log": [], "samples": {}}
    samples = {
        ",".join([sample.name, *(value for _, value in sample.labels)]): sample.value
        for family in reading.families
        for sample in family.samples()
    }
    return {
        "state": reading.state.value, "reason": reading.reason.value, "detail": reading.detail,
        "log": list(reading.log), "samples": samples,
    }  # fmt: skip


# --- Answers of ours instead of the kernel's --------------------------------------------------------------------------

Forge = Callable[[bytes, str], list[tuple[bytes, str]]]


def _echo(kind: int, identifier: bytes, sequence: bytes, payload: bytes) -> bytes:
    head = bytes([kind, 0, 0, 0]) + identifier + sequence
    return head[:2] + checksum(head + payload).to_bytes(2, "big") + head[4:] + payload


def _right(request: bytes) -> bytes:
    return _echo(0, request[4:6], request[6:8], request[8:])


FORGERIES: dict[str, Forge] = {
    "silence": lambda request, asked: [],
    "another id": lambda request, asked: [(_echo(0, b"\x12\x34", request[6:8], request[8:]), asked)],
    "another sequence": lambda request, asked: [(_echo(0, request[4:6], b"\xff\xfe", request[8:]), asked)],
    "another source": lambda request, asked: [(_right(request), "127.0.0.77")],
    "another payload": lambda request, asked: [(_echo(0, request[4:6], request[6:8], request[8:][::-1]), asked)],
    "cut short": lambda request, asked: [(_echo(0, request[4:6], request[6:8], request[8:28]), asked)],
    "twice": lambda request, asked: [(_right(request), asked)] * 2,
    "garbage first": lambda request, asked: [
        (b"", asked), (b"\0", asked), (b"\0" * 8, asked), (os.urandom(600), asked), (_right(request), asked)
    ],
    "every second": lambda request, asked: [(_right(request), asked)] if request[7] % 2 else [],
}  # fmt: skip


def answer(forge: Forge) -> None:
    """Answer echo requests over IPv4 in the kernel's place."""
    Path("/proc/sys/net/ipv4/icmp_echo_ignore_all").write_text("1")
    incoming = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    outgoing = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def serve() -> None:
        while True:
            packet = incoming.recv(65535)
            request, asked = packet[(packet[0] & 15) * 4 :], socket.inet_ntoa(packet[16:20])
            if request[:1] != b"\x08":
                continue
            for data, source in forge(request, asked):
                header = b"E\0" + (20 + len(data)).to_bytes(2, "big") + b"\0\0\0\0\x37\x01\0\0"
                addresses = socket.inet_aton(source) + packet[12:16]
                outgoing.sendto(header + addresses + data, (socket.inet_ntoa(packet[12:16]), 0))

    threading.Thread(target=serve, daemon=True).start()


def main(asked: dict[str, Any]) -> None:
    """Make the network ``asked`` for, poll, print."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if "groups" in asked:
        Path("/proc/sys/net/ipv4/ping_group_range").write_text(asked["groups"])
    if "forge" in asked:
        answer(FORGERIES[asked["forge"]])
    if "names" in asked:
        resolve = socket.getaddrinfo
        socket.getaddrinfo = lambda host, *more, flags=0, **options: [  # type: ignore[misc]
            found
            for each in asked["names"].get(host, [host])
            for found in resolve(each, *more, flags=socket.AI_NUMERICHOST, **options)
        ]
    if asked.get("nobody"):
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    polls = []
    for one in asked["polls"]:
        timeout = one.pop("timeout", 2000)
        choice = AddressChoice(**one.pop("addresses", {}))
        polls.append((dataclasses.replace(IcmpSettings(**one), addresses=choice), timeout))
    print(json.dumps(poll_all(polls)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
