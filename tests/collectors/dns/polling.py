"""Polling from a test."""

from collections.abc import Sequence

from collectors.dns import DnsCollector
from netmon.errors import CollectError
from netmon.model import Check, Reading
from netmon.settings import DnsSettings
from tests.collectors.http.polling import run_all


def check(settings: DnsSettings, timeout: int = 3000, name: str = "zone") -> Check:
    return Check(name, name, "dns", settings.host, "Bègles", "", "", (), 30_000, timeout, 2, 1, settings)


def poll(settings: DnsSettings, timeout: int = 3000) -> Reading:
    """One verbose poll; a ``CollectError`` is raised."""
    (read,) = attempt_all([check(settings, timeout)])
    if isinstance(read, CollectError):
        raise read
    return read


def attempt_all(checks: Sequence[Check], **options: int) -> list[Reading | CollectError]:
    """All at once with one collector."""
    return run_all(DnsCollector(**options), checks)
