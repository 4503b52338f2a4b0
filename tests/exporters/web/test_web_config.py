"""A listener with a web configuration file, met by curl and by a real Prometheus."""

import asyncio
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import bcrypt
import pytest

import exporters.web.server
import netmon.listening
from exporters.terminal.client import CERTIFICATE_FILE, TRUSTED_FILE, fetch_status
from exporters.web import WebServer, create_app
from netmon.config.webyml import read_web_file
from netmon.engine.telemetry import Telemetry
from netmon.errors import StrangerError, UsageError
from tests.collectors.http.servers import Authority
from tests.exporters.web.test_prometheus import make_living_exposition, prometheus, wait_until_scraped

PASSWORD = "mot de passe"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"
MUTUAL = (
    "tls_server_config: {cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem, "
    "client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [prometheus.example, 127.0.0.9]}\n"
)
USERS = f"basic_auth_users: {{alice: {HASH}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority = Authority(tmp_path, "ca")
    authority.files("127.0.0.1", "localhost")
    authority.files("prometheus.example", stem="client")
    authority.files("127.0.0.9", stem="address")
    authority.files("stranger.example", stem="stranger")
    Authority(tmp_path, "other").files("prometheus.example", stem="forged")
    return tmp_path


class Asked:
    """A running listener, and curl to ask it."""

    def __init__(self, server: WebServer, folder: Path, telemetry: Telemetry) -> None:
        self.server = server
        self.folder = folder
        self.telemetry = telemetry

    def curl(self, path: str, *options: str) -> tuple[int, str, str]:
        """Status (0: no answer), head and body; relative files are of the folder."""
        program = shutil.which("curl")
        if program is None:
            pytest.skip("needs curl")
        done = subprocess.run(
            [program, "-s", "-D", "head", "-w", "%{http_code}", "-o", "body", "--max-time", "10", "--cacert", "ca.pem",
             *options, f"{self.server.url}{path}"],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        head, body = self.folder / "head", self.folder / "body"
        return int(done.stdout), head.read_text() if head.exists() else "", body.read_text() if body.exists() else ""

    def status(self, *options: str) -> int:
        return self.curl("/-/healthy", *options)[0]

    def write(self, text: str) -> None:
        (self.folder / "web.yml").write_text(text, encoding="utf-8")

    def until(self, done: Callable[[], bool]) -> None:
        ends = time.monotonic() + 30
        while not done():
            assert time.monotonic() < ends, "in vain"
            time.sleep(0.1)

    def last_reload(self) -> float:
        return self.telemetry.registry.get_sample_value("netmon_web_config_last_reload_successful") or 0.0


@contextmanager
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as context:
        context.setattr(netmon.listening, "LOOK_SECONDS", 0.1)
        yield


def listening(folder: Path, text: str, ask: Callable[[Asked], None], apart: tuple[str, ...] = ()) -> None:
    """Run ``ask`` in a thread, beside a listener that follows a file of ``text``."""
    path = folder / "web.yml"
    path.write_text(text, encoding="utf-8")
    read = read_web_file(path, "web.yml")
    assert read.problems == ()

    async def run() -> None:
        snapshot, exposition = make_living_exposition()
        telemetry = Telemetry()
        server = WebServer("127.0.0.1", 0, create_app(snapshot, exposition, None), read.access, apart)
        await server.start()
        following = asyncio.create_task(netmon.listening.follow(path, read.files, server, telemetry))
        try:
            await asyncio.to_thread(ask, Asked(server, folder, telemetry))
        finally:
            following.cancel()
            await server.stop()

    asyncio.run(run())


def test_tls_and_users_and_headers_as_the_file_says(folder: Path) -> None:
    def ask(asked: Asked) -> None:
        assert asked.server.url.startswith("https://")
        status, head, body = asked.curl("/metrics")
        assert (status, body) == (401, "401 Who asks?\n")
        assert 'www-authenticate: basic realm="netmon"' in head.lower()
        assert "strict-transport-security: max-age=60" in head.lower()
        assert asked.status("-u", "alice:wrong") == asked.status("-u", "bob:x") == 401
        status, head, body = asked.curl("/metrics", "-u", f"alice:{PASSWORD}", "--compressed")
        assert status == 200
        assert "# TYPE ifHCInOctets counter" in body
        assert "x-frame-options: sameorigin" in head.lower()
        assert "x-frame-options: deny" not in head.lower()
        assert asked.status("-u", f"alice:{PASSWORD}", "--tls-max", "1.2") == 0
        assert asked.status("-u", f"alice:{PASSWORD}", "--cacert", "other.pem") == 0
        assert asked.curl("/reports", "-u", "x:y")[0] == asked.curl("/reports/a", "-u", "x:y")[0] == 404
        assert asked.curl("/reportsx", "-u", "x:y")[0] == 401

    text = TLS.replace("}", ", min_version: TLS13}") + USERS
    text += "http_server_config: {headers: {Strict-Transport-Security: max-age=60, X-Frame-Options: sameorigin}}\n"
    listening(folder, text, ask, apart=("/reports",))


def test_only_clients_whose_certificate_is_vouched_for_and_named_are_met(folder: Path) -> None:
    def ask(asked: Asked) -> None:
        def status_of(stem: str) -> int:
            return asked.status("--cert", f"{stem}.pem", "--key", f"{stem}.key")

        assert asked.status() == 0
        assert status_of("client") == status_of("address") == 200
        assert status_of("forged") == status_of("stranger") == 0

    listening(folder, MUTUAL, ask)


def test_netmon_status_shows_its_certificate_and_says_what_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stem, name in (("client", "both.pem"), ("stranger", "strange.pem")):
        (folder / name).write_text((folder / f"{stem}.pem").read_text() + (folder / f"{stem}.key").read_text())

    def ask(asked: Asked) -> None:
        for trusted, shown, missing in (
            ("other.pem", "both.pem", TRUSTED_FILE), ("ca.pem", "", CERTIFICATE_FILE),
            ("ca.pem", "strange.pem", CERTIFICATE_FILE), ("ca.pem", "both.pem", ""),
        ):  # fmt: skip
            monkeypatch.setenv(TRUSTED_FILE, str(folder / trusted))
            monkeypatch.setenv(CERTIFICATE_FILE, str(folder / shown) if shown else "")
            if missing:
                with pytest.raises(StrangerError) as error:
                    fetch_status(asked.server.url)
                assert (error.value.missing, missing in str(error.value)) == (missing, True)
                assert ("not to take" in str(error.value)) == (shown == "strange.pem")
            else:
                assert fetch_status(asked.server.url)["schema_version"] == 1
        monkeypatch.setenv(CERTIFICATE_FILE, str(folder / "ca.pem"))
        with pytest.raises(UsageError, match="no certificate and key"):
            fetch_status(asked.server.url)

    listening(folder, MUTUAL, ask)


def test_a_new_certificate_is_shown_without_a_restart_and_a_wrong_one_never(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def ask(asked: Asked) -> None:
        def trusts(authority: str) -> bool:
            return asked.status("--cacert", authority) == 200

        assert trusts("ca.pem")
        key = (folder / "server.key").read_bytes()
        (folder / "server.key").write_bytes((folder / "client.key").read_bytes())
        asked.until(lambda: asked.last_reload() == 0)
        assert trusts("ca.pem")
        (folder / "server.key").write_bytes(key)
        asked.until(lambda: asked.last_reload() == 1)
        Authority(folder, "newca").files("127.0.0.1")
        asked.until(lambda: trusts("newca.pem"))
        assert not trusts("ca.pem")
        asked.write(TLS + USERS)
        asked.until(lambda: asked.status("--cacert", "newca.pem") == 401)
        asked.write("tls_server_config: {}\nuser: {}\n")
        asked.until(lambda: asked.last_reload() == 0)
        assert asked.status("--cacert", "newca.pem") == 401
        asked.write("")
        asked.until(lambda: asked.status() == 200)
        assert asked.server.url.startswith("http://")

    with often(monkeypatch):
        listening(folder, TLS, ask)
    told = [record.getMessage() for record in caplog.records if record.name == "netmon.listening"]
    assert any("is not the key of the certificate: what held before goes on" in line for line in told)
    assert any("web.yml:2:1: user: unknown key" in line for line in told)


@pytest.mark.parametrize("stricter", [USERS, TLS, MUTUAL], ids=["users", "tls", "certificates"])
def test_a_connection_made_before_ends_when_somebody_else_is_let_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stricter: str
) -> None:
    def ask(asked: Asked) -> None:
        with socket.create_connection((asked.server.host, asked.server.port), timeout=30) as kept:

            def status() -> bytes:
                kept.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = kept.recv(65536)
                while b"\n" not in answer.partition(b"\r\n\r\n")[2]:
                    answer += kept.recv(65536)
                return answer.split()[1]

            assert status() == b"200"
            asked.write("http_server_config: {headers: {X-Frame-Options: deny}}\n")
            asked.until(lambda: "x-frame-options: deny" in asked.curl("/")[1].lower())
            assert status() == b"200"
            asked.write(stricter)
            assert kept.recv(65536) == b""

    with often(monkeypatch):
        listening(folder, "http_server_config: {headers: {X-Frame-Options: sameorigin}}\n", ask)


def test_an_answer_without_an_end_ends_soon_after_somebody_else_is_let_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(asked: Asked) -> None:
        with socket.create_connection((asked.server.host, asked.server.port), timeout=30) as kept:
            kept.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            assert kept.recv(65536).split()[1] == b"200"
            asked.write(USERS)
            while kept.recv(65536):
                pass

    monkeypatch.setattr(exporters.web.server, "PARTING_SECONDS", 0.2)
    with often(monkeypatch):
        listening(folder, "", ask)


def test_a_file_that_is_being_written_lets_nobody_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[int] = []

    def ask(asked: Asked) -> None:
        looks = -10
        stamps = netmon.listening._stamps

        def slowly_written(files: Sequence[Path]) -> list[object]:
            """Each look finds more of the file: it is empty first."""
            nonlocal looks
            if 0 <= looks < len(USERS):
                asked.write(USERS[:looks])
            looks += 10
            return stamps(files)

        monkeypatch.setattr(netmon.listening, "_stamps", slowly_written)
        while looks < len(USERS) + 50:
            asked_for.append(asked.status())

    with often(monkeypatch):
        listening(folder, USERS, ask)
    assert set(asked_for) == {401}


def test_requests_beyond_the_rate_are_told_to_come_back(folder: Path) -> None:
    def ask(asked: Asked) -> None:
        assert [asked.status() for _ in range(3)] == [200, 200, 429]

    listening(folder, "rate_limit: {interval: 1h, burst: 2}\n", ask)


@pytest.mark.peer
@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (TLS + USERS, {"basic_auth": {"username": "alice", "password": PASSWORD}}),
        (MUTUAL, {"tls_config": {"cert_file": "client.pem", "key_file": "client.key"}}),
    ],
)
def test_prometheus_scrapes_over_tls(folder: Path, text: str, settings: dict[str, dict[str, str]]) -> None:
    def ask(asked: Asked) -> None:
        tls = {"ca_file": str(folder / "ca.pem")}
        tls |= {key: str(folder / name) for key, name in settings.get("tls_config", {}).items()}
        more = {**settings, "scheme": "https", "tls_config": tls}
        with prometheus(folder, f"127.0.0.1:{asked.server.port}", **more) as address:
            wait_until_scraped(address)
            with urllib.request.urlopen(f"{address}/api/v1/targets", timeout=5) as response:
                targets = json.load(response)["data"]["activeTargets"]
        assert [(target["health"], target["lastError"]) for target in targets] == [("up", "")] * 2

    listening(folder, text, ask)
