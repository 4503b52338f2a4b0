"""Polls of a real nginx, over http and https."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import HttpSettings, TlsSettings
from tests.collectors.http.polling import poll, value
from tests.collectors.http.servers import Authority

pytestmark = pytest.mark.peer
NAME = "portail.bordeaux.example"

CONFIGURATION = """
daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;
events {{}}
http {{
  access_log off; gzip on; gzip_types text/html; gzip_min_length 1; root {root}/www;
  client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp; fastcgi_temp_path {root}/tmp;
  uwsgi_temp_path {root}/tmp; scgi_temp_path {root}/tmp;
  server {{ listen 127.0.0.1:{plain}; location = /old {{ return 301 /; }} location = /busy {{ return 503; }} }}
  server {{ listen 127.0.0.1:{tls} ssl; server_name {name}; ssl_certificate {cert}; ssl_certificate_key {key}; }}
}}
"""


class Nginx(NamedTuple):
    plain: int
    tls: int
    ca_file: str


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs Debian's nginx-light")
    root = tmp_path_factory.mktemp("nginx")
    (root / "www").mkdir()
    (root / "www" / "index.html").write_text("<h1>Bienvenue à Bègles</h1>" * 200, encoding="utf-8")
    authority = Authority(root)
    cert, key = authority.files(NAME)
    plain, tls = free_ports(2)
    text = CONFIGURATION.format(root=root, plain=plain, tls=tls, name=NAME, cert=cert, key=key)
    (root / "nginx.conf").write_text(text)
    process = subprocess.Popen([program, "-p", str(root), "-c", str(root / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        wait_for(plain, process, root)
        yield Nginx(plain, tls, authority.file)
    finally:
        process.terminate()
        process.wait(10)


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def wait_for(port: int, process: "subprocess.Popen[bytes]", root: Path) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, (root / "error.log").read_text()
        time.sleep(0.02)
    pytest.fail("nginx does not listen")


def test_nginx_in_plain(nginx: Nginx) -> None:
    reading = poll(HttpSettings(f"http://127.0.0.1:{nginx.plain}/", body_regex=("Bienvenue à B.gles</h1>$",)))
    assert reading.state is State.UP, reading
    assert value(reading, "probe_http_uncompressed_body_length") == 29 * 200
    assert value(reading, "probe_http_content_length") == -1
    assert value(reading, "probe_http_version") == 1.1


def test_nginx_over_tls(nginx: Nginx) -> None:
    settings = HttpSettings(
        f"https://{NAME}/", connect_to=("127.0.0.1", nginx.tls), tls=TlsSettings(ca_file=nginx.ca_file)
    )
    reading = poll(settings)
    assert reading.state is State.UP, reading
    for phase in ("connect", "tls", "processing"):
        assert value(reading, "probe_http_duration_seconds", phase=phase) > 0
    assert poll(HttpSettings(settings.url, connect_to=settings.connect_to)).reason is Reason.TLS_UNTRUSTED


@pytest.mark.parametrize(
    ("path", "reason"), [("/old", Reason.OK), ("/busy", Reason.STATUS), ("/missing", Reason.STATUS)]
)
def test_what_nginx_says_is_named(nginx: Nginx, path: str, reason: Reason) -> None:
    reading = poll(HttpSettings(f"http://127.0.0.1:{nginx.plain}{path}"))
    assert reading.reason is reason
    assert value(reading, "probe_http_redirects") == (path == "/old")


def test_plain_http_on_the_tls_port_is_a_status(nginx: Nginx) -> None:
    assert poll(HttpSettings(f"http://127.0.0.1:{nginx.tls}/")).reason is Reason.STATUS


def test_tls_on_the_plain_port_is_a_failed_handshake(nginx: Nginx) -> None:
    assert poll(HttpSettings(f"https://127.0.0.1:{nginx.plain}/")).reason is Reason.TLS_HANDSHAKE
