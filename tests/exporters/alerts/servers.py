"""Web servers of a test that notices are posted to: one that answers, and sockets that misbehave."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from exporters.alerts import Destination
from netmon.settings import Secret


@dataclass
class Hook:
    """What was posted, as (path, headers, body). ``answers`` are given one after the other, then 200; none before
    ``answering`` is set."""

    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    always: tuple[int, dict[str, str], bytes] = (200, {}, b"thanks")
    url: str = ""
    answering: threading.Event = field(default_factory=threading.Event)

    def where(self, path: str = "/hook?token=s3cret", ca_file: str = "", timeout: float = 5.0) -> Destination:
        return Destination(Secret(self.url + path), (), ca_file, timeout)


@contextlib.contextmanager
def hooked(context: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Hook]:
    hook = Hook()
    hook.answering.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            hook.answering.wait(30)
            status, headers, text = hook.answers.pop(0) if hook.answers else hook.always
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    hook.url = f"{'https' if context else 'http'}://{host}:{server.server_address[1]}"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
