"""The section `alerts`: who is told of which incidents, and how."""

import re
from pathlib import Path
from typing import Annotated, TypeAlias

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import Field, field_validator, model_validator

from netmon.alertplan import AlertmanagerTarget, AlertSettings, MailTarget, Receiver, Route, WebhookTarget
from netmon.clock import DAY, HOUR, MINUTE, SECOND, Millis
from netmon.config import httpparts, kinds, places
from netmon.config.delivery import Language, Mailbox, MailEntry, Wrong
from netmon.config.entry import CaFile, CommuneName, Entry, Flag, Id, SecretText, Text, setting
from netmon.config.kinds import Context, Kind, custom, duration_text
from netmon.config.reader import read_bytes
from netmon.config.secrets import expand
from netmon.config.source import Scalar, shown
from netmon.config.targets import SECRET_HEADER
from netmon.config.wrong import WrongError
from netmon.model import Severity
from netmon.settings import Secret

OWN_LABELS = ("alertname", "incident", "severity", "commune", "site", "node", "check")
"""Labels of alerts that tell of the incident."""
TARGETS = ("alertmanager", "webhook", "mail")
_OWN_HEADERS = ("host", "connection", "content-length", "content-type", "transfer-encoding", "idempotency-key")
_MAX_TEMPLATE = 64 * 1024
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(?:; ?charset=[a-zA-Z0-9-]+)?")


def _secret_url() -> Kind:
    """A URL that may be a reference, or hold one: webhooks often carry their password in it."""
    plain = places.url()
    words = f"{plain.words}, or a reference to one: ${{file:…}}, ${{env:…}} or ${{credential:…}}"

    def parse(scalar: Scalar, context: Context) -> object:
        value = expand(scalar)
        if isinstance(value, Secret):
            plain.parse(Scalar(value.reveal(), scalar.mark, plain=scalar.plain), context)
            return value
        return Secret(str(plain.parse(scalar, context)))

    return Kind(words, parse, {"type": "string", "minLength": 1})


def _template() -> Kind:
    """A file with a template of Jinja; its text."""
    inner = places.file()

    def parse(scalar: Scalar, context: Context) -> str:
        try:
            text = read_bytes(Path(str(inner.parse(scalar, context))), _MAX_TEMPLATE).decode("utf-8")
            ImmutableSandboxedEnvironment(autoescape=False).parse(text)
        except WrongError:
            raise
        except (ValueError, OSError) as error:
            raise WrongError(f"the file {shown(scalar)} cannot be used: {error}") from None
        except TemplateSyntaxError as error:
            raise WrongError(f"the file {shown(scalar)} is no template: line {error.lineno}: {error.message}") from None
        return text

    return Kind("the path of a file", parse, inner.schema)


_LabelName: TypeAlias = Annotated[
    str,
    kinds.matching("the name of a label (letters, digits and '_', not netmon's own)", "[a-zA-Z_][a-zA-Z0-9_]{0,99}"),
]
_Severity: TypeAlias = Annotated[Severity, kinds.choice([each.value for each in Severity], Severity)]
_Seconds: TypeAlias = Annotated[float, kinds.seconds(1, 60)]
_ReceiverName: TypeAlias = Annotated[str, kinds.reference("receiver")]
_ContractName: TypeAlias = Annotated[str, kinds.reference("contract")]


class _HttpTargetEntry(Entry):
    """What is common to receivers over HTTP."""

    headers: httpparts.Headers = setting(
        {}, "Headers to send; secrets in them only by reference: `Authorization: Bearer ${file:secrets/token}`."
    )
    ca_file: CaFile | None = setting(None, "CA certificates (PEM) to trust instead of the system's.")
    timeout: _Seconds = setting(10.0, "Seconds a delivery may take, all together.")

    @field_validator("headers", mode="after")
    @classmethod
    def _no_literal_secrets(cls, headers: dict[str, str | Secret]) -> dict[str, str | Secret]:
        httpparts.refuse_literal_secrets(headers, SECRET_HEADER)
        for name in headers:
            if name.lower() in _OWN_HEADERS or name.lower().startswith("x-netmon-"):
                raise custom(WrongError("netmon sets this header itself", below=(name,)))
        return headers


class AlertmanagerEntry(_HttpTargetEntry):
    """Alertmanagers, all of which are told of each incident as one alert (v2 API)."""

    urls: Annotated[tuple[Annotated[str, places.url()], ...], Field(min_length=1)] = Field(
        description="Where their pages are, such as `http://127.0.0.1:9093`; of a cluster all members."
    )
    labels: dict[_LabelName, Text] = setting({}, "Labels for every alert, besides netmon's own.")
    resend: Annotated[Millis, kinds.duration(SECOND, HOUR)] = setting(
        MINUTE, "How often what is firing is told again.", written="1m"
    )
    resolve_after: Annotated[Millis, kinds.duration(2 * SECOND, DAY)] = setting(
        5 * MINUTE, "How long an alert fires when netmon says no more of it; at least twice `resend`.", written="5m"
    )

    @model_validator(mode="after")
    def _holds(self) -> "AlertmanagerEntry":
        if self.resolve_after < 2 * self.resend:
            least = duration_text(2 * self.resend)
            raise custom(WrongError(f"expected at least twice 'resend', {least}", below=("resolve_after",)))
        for name in self.labels:
            if name in OWN_LABELS:
                raise custom(WrongError("netmon sets this label itself", below=("labels", name)))
        return self


class WebhookEntry(_HttpTargetEntry):
    """A URL that a document is posted to for each notice (docs/alerts.md)."""

    url: Annotated[Secret, _secret_url()] = Field(description="Where it is posted; never shown, as it may be secret.")
    secret: SecretText | None = setting(None, "What bodies are signed with (HMAC-SHA256), only by reference.")
    template: Annotated[str, _template()] | None = setting(
        None, "A template of Jinja that makes the body; none: the document as it is."
    )
    content_type: Annotated[str, kinds.matching("a media type, such as text/plain", _CONTENT_TYPE.pattern)] = setting(
        "application/json", "What the body is said to be."
    )


class AlertMailEntry(Entry):
    """Mailboxes, written to by the server of the section `mail`."""

    to: Annotated[tuple[Mailbox, ...], Field(min_length=1)] = Field(description="Addresses; each gets its own mail.")
    language: Language | None = setting(None, "Language of the mails; none: that of the top level.")


class ReceiverEntry(Entry):
    """Somebody who is told of incidents; `alertmanager`, `webhook` or `mail` says how."""

    id: Id = Field(description="Its name, for routes, metrics and `netmon incidents notices`.")
    alertmanager: AlertmanagerEntry | None = setting(None, "Alertmanagers.")
    webhook: WebhookEntry | None = setting(None, "A program that takes documents over HTTP.")
    mail: AlertMailEntry | None = setting(None, "Mailboxes.")

    @model_validator(mode="after")
    def _one_target(self) -> "ReceiverEntry":
        given = [kind for kind in TARGETS if getattr(self, kind) is not None]
        if not given:
            raise custom(WrongError(f"is required: one of {', '.join(TARGETS)}", below=(TARGETS[0],)))
        for kind in given[1:]:
            raise custom(WrongError(f"cannot stand beside '{given[0]}': make it a receiver of its own", below=(kind,)))
        return self


class RouteEntry(Entry):
    """Which incidents some receivers are told of. An incident takes every route that fits it."""

    receivers: Annotated[tuple[_ReceiverName, ...], Field(min_length=1)] = Field(description="Who is told.")
    severities: Annotated[tuple[_Severity, ...], Field(min_length=1)] = setting(
        tuple(Severity),
        "How grave: `critical` (a service is down, or something is cut off), `major` (down, nothing else lost), `minor`"
        " (answers otherwise).",
        written=[each.value for each in Severity],
    )
    communes: tuple[CommuneName, ...] = setting((), "Only what these communes lose something by; none: all.")
    contracts: tuple[_ContractName, ...] = setting((), "Only what one of these contracts is about; none: all.")
    delay: Annotated[Millis, kinds.duration(0, DAY)] = setting(
        0, "How long an incident must last before it is told; one that ends before is not.", written="0s"
    )
    during_maintenance: Flag = setting(False, "Whether it is told while planned work on its object goes on.")
    acknowledged: Flag = setting(True, "Whether mailboxes and webhooks are told that somebody is on it.")


class AlertsEntry(Entry):
    """Who is told of incidents: one notice for each root cause, however much it takes along."""

    url: Annotated[str, places.url()] | None = setting(
        None, "Where people reach netmon's pages, for links in notices: `https://supervision.example/`."
    )
    receivers: tuple[ReceiverEntry, ...] = setting((), "Who can be told; none: nobody.")
    routes: tuple[RouteEntry, ...] = setting((), "Who is told of what; none: every receiver of everything.")
    give_up_after: Annotated[Millis, kinds.duration(MINUTE, 30 * DAY)] = setting(
        DAY, "How long a notice is tried before it is given up and kept as such.", written="1d"
    )


def alert_settings(entry: AlertsEntry, language: str) -> AlertSettings:
    """What the section `alerts` says."""
    receivers = tuple(_receiver(each, language) for each in entry.receivers)
    routes = tuple(_route(each) for each in entry.routes)
    if not routes and receivers:
        routes = (Route(tuple(each.id for each in receivers)),)
    return AlertSettings((entry.url or "").rstrip("/"), receivers, routes, entry.give_up_after)


def wrong_alerts(entry: AlertsEntry, mail: MailEntry | None) -> list[Wrong]:
    """What no entry can tell alone: where in the configuration, and what is wrong."""
    found: list[Wrong] = []
    for index, receiver in enumerate(entry.receivers):
        where = ("alerts", "receivers", index)
        if receiver.mail is not None and mail is None:
            found.append(((*where, "mail"), "nothing can be mailed without the section 'mail' and its server"))
        hook = receiver.webhook
        if hook is not None and hook.secret is not None and len(hook.secret.reveal()) < _LEAST_SECRET:
            found.append(((*where, "webhook", "secret"), f"expected a secret of at least {_LEAST_SECRET} characters"))
    return found


_LEAST_SECRET = 16


def _receiver(entry: ReceiverEntry, language: str) -> Receiver:
    if (manager := entry.alertmanager) is not None:
        urls = tuple(dict.fromkeys(url.rstrip("/") for url in manager.urls))
        return Receiver(entry.id, AlertmanagerTarget(
            urls, tuple(manager.headers.items()), dict(manager.labels), manager.resend, manager.resolve_after,
            manager.ca_file or "", manager.timeout,
        ))  # fmt: skip
    if (hook := entry.webhook) is not None:
        return Receiver(entry.id, WebhookTarget(
            hook.url, tuple(hook.headers.items()), hook.secret, hook.template or "", hook.content_type,
            hook.ca_file or "", hook.timeout,
        ))  # fmt: skip
    mail = entry.mail or AlertMailEntry(to=())
    return Receiver(entry.id, MailTarget(tuple(dict.fromkeys(mail.to)), mail.language or language))


def _route(entry: RouteEntry) -> Route:
    return Route(
        entry.receivers, entry.severities, entry.communes, entry.contracts, entry.delay, entry.during_maintenance,
        entry.acknowledged,
    )  # fmt: skip
