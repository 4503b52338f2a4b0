"""The store: append-only facts in SQLite (or another database by its URL), one writer, many readers."""

from netmon.history.store import Store, open_history

__all__ = ["Store", "open_history"]
