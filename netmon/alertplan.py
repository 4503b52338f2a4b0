"""What the configuration says of alerts: who is told of which incidents, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from netmon.clock import Millis
from netmon.model import Severity
from netmon.settings import Secret

HeaderList: TypeAlias = tuple[tuple[str, str | Secret], ...]


@dataclass(frozen=True, slots=True)
class AlertmanagerTarget:
    """Alertmanagers that are all told the same, by their v2 API. ``urls`` are those of their pages.

    What is firing is told again every ``resend``, and holds for ``resolve_after`` without. ``timeout`` in seconds.
    """

    urls: tuple[str, ...]
    headers: HeaderList
    labels: Mapping[str, str]
    resend: Millis
    resolve_after: Millis
    ca_file: str
    timeout: float


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """A URL that documents are posted to. ``template`` is Jinja's text, empty: the document itself.

    ``secret`` is what bodies are signed with, None: they are not.
    """

    url: Secret
    headers: HeaderList
    secret: Secret | None
    template: str
    content_type: str
    ca_file: str
    timeout: float


@dataclass(frozen=True, slots=True)
class MailTarget:
    """Mailboxes that are written to, each by a mail of its own."""

    to: tuple[str, ...]
    language: str


Target: TypeAlias = AlertmanagerTarget | WebhookTarget | MailTarget


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told."""

    id: str
    target: Target

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where each notice is sent, each of them on its own."""
        match self.target:
            case AlertmanagerTarget(urls=urls):
                return urls
            case MailTarget(to=to):
                return to
            case _:
                return ("",)


@dataclass(frozen=True, slots=True)
class Route:
    """Which incidents ``receivers`` are told of. Empty ``communes``, ``contracts``: all.

    An incident is told once it is ``delay`` old; not at all when it ended before. Planned works keep it back while they
    last, unless ``during_maintenance``.
    """

    receivers: tuple[str, ...]
    severities: tuple[Severity, ...] = tuple(Severity)
    communes: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    delay: Millis = 0
    during_maintenance: bool = False
    acknowledged: bool = True


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """``url``: where people reach netmon's pages, empty: notices have no links. ``give_up``: how long a notice is
    tried, in milliseconds."""

    url: str = ""
    receivers: tuple[Receiver, ...] = ()
    routes: tuple[Route, ...] = ()
    give_up: Millis = 0
