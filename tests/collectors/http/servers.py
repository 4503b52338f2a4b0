"""Servers that misbehave on purpose, on real sockets, and certificates of every kind."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nBienvenue"


class Server:
    """Hands each connection to ``talk`` in a thread of its own; ``requests`` are the heads that ``hear`` read."""

    def __init__(self, talk: "Callable[[socket.socket, Server], None]", tls: ssl.SSLContext | None = None) -> None:
        self.over = threading.Event()
        self.requests: list[bytes] = []
        self._talk = talk
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/"

    def hear(self, connection: socket.socket) -> bytes:
        """Read a request's head and note it."""
        head = b""
        while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
            head += piece
        self.requests.append(head)
        return head

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self.over.is_set():
                self._spawn(self._serve, self._listener.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with suppress(OSError):
            try:
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                self._talk(connection, self)
            finally:
                connection.close()


def answer(data: bytes) -> Callable[[socket.socket, Server], None]:
    """Hear the request, send ``data``, close."""

    def talk(connection: socket.socket, server: Server) -> None:
        server.hear(connection)
        connection.sendall(data)

    return talk


def answer_by_path(answers: dict[str, bytes]) -> Callable[[socket.socket, Server], None]:
    """Another answer for each path; the last of them for paths not named."""

    def talk(connection: socket.socket, server: Server) -> None:
        path = server.hear(connection).split()[1].decode()
        connection.sendall(answers.get(path, list(answers.values())[-1]))

    return talk


def redirect(location: str, status: int = 302, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n{more}Content-Length: 0\r\n\r\n".encode()


def with_body(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drip(start: bytes, piece: bytes) -> Callable[[socket.socket, Server], None]:
    """Hear, send ``start``, then ``piece`` every 20 ms for ever."""

    def talk(connection: socket.socket, server: Server) -> None:
        server.hear(connection)
        connection.sendall(start)
        while not server.over.wait(0.02):
            connection.sendall(piece)

    return talk


def flood(start: bytes, piece: bytes) -> Callable[[socket.socket, Server], None]:
    """Hear, send ``start``, then ``piece`` for ever, as fast as it is taken."""

    def talk(connection: socket.socket, server: Server) -> None:
        server.hear(connection)
        connection.sendall(start)
        while not server.over.is_set():
            connection.sendall(piece)

    return talk


def hang(connection: socket.socket, server: Server) -> None:
    """Take the connection and say nothing."""
    server.over.wait(10)


def reset(connection: socket.socket, server: Server) -> None:
    """Hear, then break the connection off with a RST."""
    server.hear(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


class Authority:
    """A certificate authority of the test's own, writing PEM files into ``directory``."""

    def __init__(self, directory: Path, name: str = "Test CA") -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate = self._build(self._name, self._key.public_key(), 3650, ca=True)
        self.file = str(directory / f"{name.replace(' ', '-')}.pem")
        Path(self.file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *names: str, days: float = 90, self_signed: bool = False, stem: str = "server") -> ssl.SSLContext:
        """A server's context with a certificate for ``names`` that is good for ``days`` (negative: it was)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files(*names, days=days, self_signed=self_signed, stem=stem))
        return context

    def files(self, *names: str, days: float = 90, self_signed: bool = False, stem: str = "server") -> tuple[str, str]:
        """Certificate and key as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        certificate = self._build(subject, key.public_key(), days, names=names, issuer_key=key if self_signed else None)
        paths = (self._directory / f"{stem}.pem", self._directory / f"{stem}.key")
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(paths[0]), str(paths[1])

    def _build(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        days: float,
        *,
        ca: bool = False,
        names: tuple[str, ...] = (),
        issuer_key: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer_key else self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=400))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        return builder.sign(issuer_key or self._key, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
