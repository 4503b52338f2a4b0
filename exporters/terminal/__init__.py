"""The terminal summary, drawn from the daemon's status document."""

from exporters.terminal.client import fetch_status
from exporters.terminal.look import Look
from exporters.terminal.screen import Screen
from exporters.terminal.status import Status, read_status

__all__ = ["Look", "Screen", "Status", "fetch_status", "read_status"]
