"""A daemon whose web configuration file changes while it runs."""

import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

import bcrypt

from tests.collectors.http.servers import Authority
from tests.daemon.daemon import configuration, daemon, netmon
from tests.peers.programs import wait_for

HASH = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()


def ask(folder: Path, port: int, path: str, login: bytes = b"") -> tuple[int, str]:
    """Status (0: no answer) and body over TLS."""
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    headers = {"Authorization": f"Basic {b64encode(login).decode()}"} if login else {}
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except OSError:
        return 0, ""


def test_a_daemon_takes_up_tls_and_users_without_a_restart(tmp_path: Path) -> None:
    Authority(tmp_path, "ca").files("127.0.0.1")
    web = tmp_path / "web.yml"
    web.write_text("")
    file, port = configuration(tmp_path)
    file.write_text(file.read_text().replace("web: {", "web: {config_file: web.yml, "))
    with daemon(file, port):
        assert ask(tmp_path, port, "/metrics")[0] == 0
        text = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"
        web.write_text(f"{text}basic_auth_users: {{alice: {HASH}}}\n")
        wait_for(lambda: ask(tmp_path, port, "/metrics")[0] == 401)
        status, metrics = ask(tmp_path, port, "/metrics", b"alice:secret")
        assert status == 200
        assert "\nnetmon_web_config_last_reload_successful 1.0\n" in metrics
        assert '\nnetmon_web_requests_total{code="401"} 1.0\n' in metrics
        web.write_text(f"{text}basic_auth_users: {{alice: secret}}\n")
        failed = "\nnetmon_web_config_last_reload_successful 0.0\n"
        wait_for(lambda: failed in ask(tmp_path, port, "/metrics", b"alice:secret")[1])
        told = netmon("check-config", "-c", file)
    assert (told.returncode, told.stderr) == (
        1,
        f"{web}:2:27: basic_auth_users.alice: expected a bcrypt hash ($2y$…), as `htpasswd -nBC 10 USER` writes it\n",
    )
    log = (tmp_path / "program.log").read_text()
    assert "basic_auth_users.alice: expected a bcrypt hash" in log
    assert "what held before goes on" in log
    assert "Traceback" not in log
