"""A real Net-SNMP agent on a loopback port, with a configuration and a state directory of its own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

CONFIGURATION = """\
agentAddress udp:127.0.0.1:{port}
rocommunity public 127.0.0.1
rouser -s usm sha256user priv
rouser -s usm shauser auth
createUser sha256user SHA-256 "password-of-auth" AES "password-of-priv"
createUser shauser SHA "password-of-auth"
sysName snmpd.bordeaux-metropole.example
sysLocation Hôtel de ville
sysDescr a real agent
maxGetbulkRepeats 0
maxGetbulkResponses 0
"""


def program() -> str:
    """Where snmpd is; skips the test where it is not."""
    found = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("needs snmpd (Debian package snmpd)")
    return found


class Snmpd:
    """Runs while the context lasts; ``port`` is where it answers, ``more`` what its configuration says besides."""

    def __init__(self, more: str = "") -> None:
        self._program = program()
        self._more = more
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._directory = tempfile.TemporaryDirectory(prefix="snmpd-")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        directory = Path(self._directory.name)
        configuration = directory / "snmpd.conf"
        configuration.write_text(CONFIGURATION.format(port=self.port) + self._more, encoding="utf-8")
        log = directory / "log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [
                    self._program,
                    "-f",
                    "-C",
                    "-c",
                    str(configuration),
                    "-Lo",
                    "-I",
                    "-smux",
                    "-p",
                    str(directory / "pid"),
                ],
                env={**os.environ, "SNMP_PERSISTENT_DIR": str(directory), "SNMPCONFPATH": str(directory), "MIBS": ""},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        deadline = time.monotonic() + 20
        while b"NET-SNMP version" not in log.read_bytes():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                pytest.fail(f"snmpd does not start: {log.read_text(errors='replace')}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        self._directory.cleanup()
