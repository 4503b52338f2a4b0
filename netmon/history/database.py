"""Opening the database: SQLite in WAL mode with every commit on disk, or another one by its URL; migrations."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from netmon.errors import StoreError

BUSY_TIMEOUT_MS = 5_000

READING = "netmon_reading"
"""The execution option of connections that only read: they take no lock that a writer waits for."""


def open_database(location: Path | str, *, read_only: bool) -> Engine:
    """An engine on an up-to-date database; created when it does not exist, unless ``read_only``.

    Raises:
        StoreError: with one line that names the file and what is wrong; nothing was changed.
    """
    path = Path(location) if "://" not in str(location) else None
    if path is not None and read_only and not path.exists():
        raise StoreError(f"{path}: no history here yet (the daemon makes it; is this its data directory?)")
    engine = _sqlite(path, read_only=read_only) if path is not None else create_engine(str(location))
    try:
        with engine.begin() as connection:
            migrate(connection, read_only=read_only, name=str(path or engine.url.render_as_string()))
            if not read_only:  # a file that can only be read is found out now, not at the first transition
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    except (DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        raise StoreError(f"{path or engine.url}: {explain(error)}") from error
    return engine


def migrate(connection: Connection, *, read_only: bool, name: str) -> None:
    """Bring the tables up to this version's; a reader only checks that they are.

    Raises:
        StoreError: written by a newer netmon, or an older one and we may only read.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory.from_config(config).get_current_head()
    if current == head:
        return
    if read_only:
        raise StoreError(f"{name}: written by another version of netmon (schema {current}, this one reads {head})")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"{name}: written by a newer netmon (schema {current}, this one knows {head})") from error


def explain(error: Exception) -> str:
    """What the database said, in one line fit for an operator."""
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "not a database" in text or "malformed" in text:
        return f"not a usable netmon history ({text}); left untouched: restore a backup or move it away"
    if "readonly" in text or "unable to open" in text:
        return f"cannot be written ({text})"
    return text


def _sqlite(path: Path, *, read_only: bool) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=2, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=ON" if read_only else "PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    def begin(connection: Connection) -> None:
        reading = read_only or connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine
