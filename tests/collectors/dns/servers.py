"""Name servers: Debian's NSD with a zone of its own, and one that answers whatever a test wants."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode

from tests.collectors.http.servers import Authority
from tests.peers.programs import free_port, need, running, wait_for

ZONE = r"""
$ORIGIN example.org.
$TTL 300
@ IN SOA ns hostmaster 2026112801 3600 600 86400 60
@ IN NS ns
@ IN NS ns2
@ IN MX 10 mail
@ IN CAA 0 issue "letsencrypt.org"
@ IN TXT "v=spf1 -all" "a \"quoted\" \233"
ns IN A 127.0.0.1
ns2 IN A 127.0.0.2
ns2 IN AAAA fd00::1:2
mail IN A 127.0.0.3
www IN CNAME mail
many IN A 10.0.0.1
many IN A 10.0.0.2
_sip._tcp IN SRV 0 5 5060 mail
"""
"""NSD leaves out what does not fit 512 octets: ``big`` is cut off over UDP."""
BIG = "\n".join(f'big IN TXT "record number {number} with some text to make it long"' for number in range(60))


@dataclass(frozen=True)
class Nsd:
    """Its ports: of UDP and TCP, and of TLS; the CA of its certificate for ``dns.example``."""

    port: int
    tls_port: int
    ca_file: str


@contextlib.contextmanager
def nsd(directory: Path) -> Iterator[Nsd]:
    """Debian's NSD."""
    program = need("nsd", "nsd")
    authority = Authority(directory)
    certificate, key = authority.files("dns.example")
    port, tls_port = free_port(), free_port()
    (directory / "zone").write_text(f"{ZONE}{BIG}\n")
    (directory / "nsd.conf").write_text(f"""
server:
 ip-address: 127.0.0.1@{port}
 ip-address: 127.0.0.1@{tls_port}
 port: {port}
 tls-port: {tls_port}
 tls-service-key: "{key}"
 tls-service-pem: "{certificate}"
 username: ""
 zonesdir: "{directory}"
 xfrdir: "{directory}"
 logfile: ""
 pidfile: ""
 database: ""
 xfrdfile: ""
 zonelistfile: "{directory}/zone.list"
 server-count: 1
 rrl-ratelimit: 0
 minimal-responses: no
remote-control:
 control-enable: no
zone:
 name: example.org
 zonefile: zone
""")
    with running([program, "-d", "-c", str(directory / "nsd.conf")], directory) as process:
        wait_for(lambda: process.poll() is not None or _listens(port))
        assert process.poll() is None, (directory / "program.log").read_text()
        yield Nsd(port, tls_port, authority.file)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


Reply = Callable[[bytes, int], list[bytes]]
"""What is sent for a query, given how many came before it."""


class Udp:
    """Answers datagrams on 127.0.0.1; ``asked`` are the queries that came. ``aside`` sends from another port."""

    def __init__(self, reply: Reply, *, aside: bool = False) -> None:
        self._reply = reply
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._aside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if aside else self._socket
        self.port: int = self._socket.getsockname()[1]
        self.asked: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()
        self._aside.close()

    def _serve(self) -> None:
        while True:
            query, source = self._socket.recvfrom(65535)
            if not query:
                return
            replies = self._reply(query, len(self.asked))
            self.asked.append(query)
            for reply in replies:
                with contextlib.suppress(OSError):
                    self._aside.sendto(reply, source)


def right(query: bytes, *records: str, **flags: int) -> bytes:
    """A right answer with the records ``name ttl class type data`` in the answer section."""
    message = dns.message.make_response(dns.message.from_wire(query))
    for record in records:
        name, ttl, rdclass, rdtype, data = record.split(" ", 4)
        message.answer.append(dns.rrset.from_text(name, int(ttl), rdclass, rdtype, data))
    message.set_rcode(dns.rcode.Rcode(flags.get("rcode", 0)))
    if flags.get("truncated"):
        message.flags |= dns.flags.TC
    return message.to_wire()
