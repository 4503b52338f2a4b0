"""A real daemon with pages for everybody: a listener of their own, which ends with the daemon though people listen."""

import json
import re
import socket
from pathlib import Path

from tests.daemon.daemon import configuration, daemon
from tests.peers.programs import fetch, free_port, wait_for

CHECKS = """\
checks: [{id: portail-web, commune: Bègles, site: mairie, tcp: {address: "127.0.0.1:9"}}]
services: [{id: portail, name: Portail, family: web, communes: [Bègles], expression: portail-web}]
"""


def test_everybody_sees_services_on_a_port_of_their_own(tmp_path: Path) -> None:
    public = free_port()
    file, port = configuration(tmp_path, CHECKS)
    file.write_text(file.read_text().replace("web: {", f"web: {{public_listen: '127.0.0.1:{public}', "))
    with daemon(file, port) as process:
        url = f"http://127.0.0.1:{public}"

        def is_down() -> bool:
            [service] = json.loads(fetch(f"{url}/api/v1/services") or '{"services": [{"state": ""}]}')["services"]
            return bool(service["state"] == "down")

        wait_for(is_down)
        page = fetch(f"{url}/") or ""
        assert "Portail" in page
        assert not re.search(r"portail-web|127\.0\.0\.1|mairie", page)
        assert fetch(f"{url}/metrics") is None
        assert "portail-web" in (fetch(f"http://127.0.0.1:{port}/") or "")
        with socket.create_connection(("127.0.0.1", public), timeout=10) as listening:
            listening.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            told = b""
            while b"Portail" not in told:
                told += listening.recv(65536)
            process.terminate()
            assert process.wait(10) == 0
    assert "did not stop in time" not in (tmp_path / "program.log").read_text()
