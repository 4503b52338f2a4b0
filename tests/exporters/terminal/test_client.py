"""Asking a daemon that wants to know who asks."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from exporters.terminal.client import LOGIN_FILE, fetch_status
from exporters.web import WebServer
from netmon.errors import UnavailableError, UsageError
from netmon.settings import WebAccess
from tests.exporters.snapshots import BEGLES, make_snapshot
from tests.exporters.web.serving import app_of

HASH = bcrypt.hashpw(b"mot de passe", bcrypt.gensalt(4)).decode()


def asked(ask: Callable[[str], None]) -> None:
    async def run() -> None:
        server = WebServer("127.0.0.1", 0, app_of(make_snapshot([BEGLES])), WebAccess(users={"noc": HASH}))
        await server.start()
        try:
            await asyncio.to_thread(ask, server.url)
        finally:
            await server.stop()

    asyncio.run(run())


def test_whoever_has_no_login_is_told_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOGIN_FILE, raising=False)

    def ask(url: str) -> None:
        with pytest.raises(UnavailableError, match=f"asks for a user it knows: {LOGIN_FILE}"):
            fetch_status(url)

    asked(ask)


def test_the_login_of_the_file_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "login").write_text("noc:mot de passe\n")
    monkeypatch.setenv(LOGIN_FILE, str(tmp_path / "login"))
    found: list[dict[str, Any]] = []
    asked(lambda url: found.append(fetch_status(url)))
    assert found[0]["schema_version"] == 1


def test_a_login_that_is_not_taken_is_not_called_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "login").write_text("noc:faux\n")
    monkeypatch.setenv(LOGIN_FILE, str(tmp_path / "login"))

    def ask(url: str) -> None:
        with pytest.raises(UnavailableError, match=r"does not take the user or the password in .*login") as error:
            fetch_status(url)
        assert "faux" not in str(error.value)

    asked(ask)
    (tmp_path / "login").write_text("secret\n")
    with pytest.raises(UsageError, match=r"expected user:password$"):
        fetch_status("http://127.0.0.1:9")


def test_a_password_never_travels_in_clear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "login").write_text("noc:mot de passe\n")
    monkeypatch.setenv(LOGIN_FILE, str(tmp_path / "login"))
    with pytest.raises(UsageError, match="only sent over https"):
        fetch_status("http://192.0.2.1:8730")


def test_a_login_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(LOGIN_FILE, str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="No such file"):
        fetch_status("http://127.0.0.1:9")
