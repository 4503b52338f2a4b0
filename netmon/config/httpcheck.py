"""The keys of a check's `http`: what is asked of web endpoints, journeys of several steps included."""

import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, field_validator, model_validator

from netmon.clock import HOUR
from netmon.config import expressions, httpparts, kinds, places
from netmon.config.entry import Entry, Flag, HostPort, Text, setting
from netmon.config.httpparts import (
    VARIABLE,
    AuthorizationEntry,
    BasicAuthEntry,
    ContentEntry,
    HeaderEntry,
    Headers,
    MaintenanceSeenEntry,
    OAuth2Entry,
    Patterns,
    ProxyEntry,
    SelectorEntry,
)
from netmon.config.kinds import custom
from netmon.config.targets import SECRET_HEADER, TlsEntry
from netmon.config.wrong import WrongError
from netmon.settings import (
    AddressChoice,
    Authorization,
    BasicAuth,
    Compression,
    ContentMatch,
    Extract,
    HttpSettings,
    HttpStep,
    IpProtocol,
    Secret,
)

Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HttpVersion: TypeAlias = Literal["HTTP/1.0", "HTTP/1.1"]

_Template: TypeAlias = Annotated[str | Secret, httpparts.template()]
_Cel: TypeAlias = Annotated[str, expressions.cel_expression()]
_Status: TypeAlias = Annotated[int, kinds.whole(100, 599)]
_VariableName: TypeAlias = Annotated[str, kinds.matching("a name of letters, digits and '_'", httpparts.VARIABLE_NAME)]
_SECRET_FIELD = re.compile(rf"{SECRET_HEADER.pattern}|pass(?:wd|phrase)?$|pwd|mdp|mot_?de_?passe", re.IGNORECASE)


class RequestEntry(Entry):
    """A request, and what its answer must be."""

    url: Annotated[str, places.url()] | None = setting(
        None, "What is asked for; http or https, without a password in it. Required unless there are `steps`."
    )
    method: Annotated[Method, kinds.choice(get_args(Method))] = setting("GET", "Method of the request.")
    headers: Headers = setting(
        {}, "Headers of the request. Values may refer to secrets: `Bearer ${file:secrets/token}`."
    )
    body: _Template | None = setting(None, "Body of the request; it may refer to secrets.")
    form: dict[Text, _Template] = setting({}, "Fields of a form, sent as the body; they may refer to secrets.")
    expect_status: Annotated[tuple[_Status, ...], Field(min_length=1)] | None = setting(
        None, "Statuses that are right; none: any 2xx."
    )
    expect_version: tuple[Annotated[HttpVersion, kinds.choice(get_args(HttpVersion))], ...] = setting(
        (), "Versions of HTTP that are right; none: any. HTTP/1.1 is what netmon speaks."
    )
    header_regex: tuple[HeaderEntry, ...] = setting((), "Headers the answer must have.")
    header_not_regex: tuple[HeaderEntry, ...] = setting((), "Headers the answer must not have.")
    body_regex: Patterns = setting((), "What the answer's body must contain.")
    body_not_regex: Patterns = setting((), "What the answer's body must not contain.")
    json_expression: _Cel | None = setting(None, "What must be true of a body in JSON.")
    json_not_expression: _Cel | None = setting(None, "What must not be true of a body in JSON.")
    content: tuple[ContentEntry, ...] = setting((), "Values that must be in the page.")
    min_bytes: Annotated[int, kinds.byte_size(1, 1 << 30)] | None = setting(
        None, "Size of the body, decompressed, below which it is wrong; none: any is right."
    )
    max_bytes: Annotated[int, kinds.byte_size(1, 1 << 30)] = setting(
        1 << 20, "Size of the body, decompressed, beyond which the answer is refused.", written="1MiB"
    )
    maintenance: MaintenanceSeenEntry | None = setting(
        None, "How the answer says that its service is being maintained; none: it cannot."
    )
    follow_redirects: Flag = setting(True, "Whether redirects are followed.")
    max_redirects: Annotated[int, kinds.whole(0, 50)] = setting(10, "Redirects followed at most.")
    fail_if_ssl: Flag = setting(False, "Whether the last answer must come without TLS.")
    fail_if_not_ssl: Flag = setting(False, "Whether the last answer must come over TLS.")
    compression: Annotated[Compression, kinds.choice(get_args(Compression))] | None = setting(
        None, "The one coding asked for and expected; none: gzip and deflate are asked for, none is expected."
    )
    basic_auth: BasicAuthEntry | None = setting(None, "User and password.")
    authorization: AuthorizationEntry | None = setting(None, "Scheme and credentials, such as a bearer token.")
    oauth2: OAuth2Entry | None = setting(None, "Client credentials, for which a token is fetched.")
    slow: Annotated[int, kinds.duration(1, HOUR)] | None = setting(
        None, "Time beyond which a right answer is degraded; none: never."
    )

    @field_validator("headers", mode="after")
    @classmethod
    def _no_literal_secrets(cls, headers: dict[str, str | Secret]) -> dict[str, str | Secret]:
        httpparts.refuse_literal_secrets(headers, SECRET_HEADER)
        return headers

    @field_validator("form", mode="after")
    @classmethod
    def _no_literal_passwords(cls, form: dict[str, str | Secret]) -> dict[str, str | Secret]:
        httpparts.refuse_literal_secrets(form, _SECRET_FIELD)
        return form

    @model_validator(mode="after")
    def _alternatives(self) -> "RequestEntry":
        ways = {"basic_auth": self.basic_auth, "authorization": self.authorization, "oauth2": self.oauth2}
        given = [name for name, way in ways.items() if way is not None]
        if len(given) > 1:
            raise custom(WrongError(f"cannot stand beside '{given[0]}'", below=(given[1],)))
        if self.form and self.body is not None:
            raise custom(WrongError("cannot stand beside 'body'", below=("form",)))
        if self.min_bytes and self.min_bytes > self.max_bytes:
            raise custom(WrongError("expected no more than 'max_bytes'", below=("min_bytes",)))
        return self

    def request_settings(self, url: str, common: "WayEntry", ca_file: str | None) -> HttpSettings:
        """The request for the collector, on its way as ``common`` says."""
        seen = self.maintenance or MaintenanceSeenEntry()
        proxy = common.proxy.proxy() if common.proxy else None
        oauth2 = self.oauth2.auth(ca_file, proxy) if self.oauth2 else None
        basic = BasicAuth(self.basic_auth.username, self.basic_auth.password) if self.basic_auth else None
        other = Authorization(self.authorization.type, self.authorization.credentials) if self.authorization else None
        return HttpSettings(
            url=url, method=self.method, headers=tuple(self.headers.items()), body=self.body,
            form=tuple(self.form.items()), expected_status=self.expect_status or (),
            expected_versions=self.expect_version,
            header_matches=tuple(entry.match() for entry in self.header_regex),
            header_not_matches=tuple(entry.match() for entry in self.header_not_regex),
            body_regex=self.body_regex, body_not_regex=self.body_not_regex,
            json_expression=self.json_expression, json_not_expression=self.json_not_expression,
            content=tuple(ContentMatch(entry.selector(), entry.match) for entry in self.content),
            min_bytes=self.min_bytes or 0, max_bytes=self.max_bytes,
            maintenance_regex=seen.regex, maintenance_status=seen.status,
            follow_redirects=self.follow_redirects, max_redirects=self.max_redirects,
            fail_if_tls=self.fail_if_ssl, fail_if_not_tls=self.fail_if_not_ssl, compression=self.compression,
            auth=basic or other or oauth2, slow=self.slow, connect_to=common.connect_to,
            tls=common.tls.settings(ca_file), proxy=proxy, addresses=common.addresses(),
        )  # fmt: skip


class WayEntry(Entry):
    """How a web endpoint is reached."""

    connect_to: HostPort | None = setting(
        None, "Address the connection goes to instead of the URL's, which stays in Host and SNI."
    )
    ip_protocol: Annotated[IpProtocol, kinds.choice(get_args(IpProtocol))] | None = setting(
        None, "The kind of address asked, one only; none: any, one after the other."
    )
    ip_protocol_fallback: Flag = setting(True, "Whether the other kind is asked where there is none of `ip_protocol`.")
    source_address: Annotated[str, httpparts.own_address()] | None = setting(
        None, "Address of this host that connections leave from; none: the system's choice."
    )
    proxy: ProxyEntry | None = setting(None, "The proxy to go through; none: none.")
    tls: TlsEntry = setting(TlsEntry(), "How far the server's certificate is trusted.", written={})

    def addresses(self) -> AddressChoice:
        """Which addresses are asked."""
        return AddressChoice(self.ip_protocol, self.ip_protocol_fallback, self.source_address or "")


class HttpStepEntry(RequestEntry):
    """One step of a journey. `{{name}}` in its URL, headers, body and form is what an earlier step extracted."""

    name: Annotated[str, kinds.matching("a name of letters, digits, '-' and '_'", "[A-Za-z0-9_-]{1,50}")] = Field(
        description="Its name, in the detail of a failure and as the label `step`."
    )
    url: Annotated[str, httpparts.step_url()] = Field(
        description="What is asked for; `{{name}}` alone is a link found before, to a site this journey names."
    )
    extract: dict[_VariableName, SelectorEntry] = setting({}, "Values of the answer for later steps, kept secret.")

    def step(self, common: WayEntry, ca_file: str | None) -> HttpStep:
        """The step for the collector."""
        found = tuple(Extract(name, entry.selector()) for name, entry in self.extract.items())
        return HttpStep(self.name, self.request_settings(self.url, common, ca_file), found)

    def used(self) -> list[tuple[tuple[str, ...], str]]:
        """The names it uses, each with the keys that lead there."""
        texts: list[tuple[tuple[str, ...], str | Secret]] = [(("url",), self.url)]
        texts += [(("headers", name), value) for name, value in self.headers.items()]
        texts += [(("form", name), value) for name, value in self.form.items()]
        texts += [(("body",), self.body)] if self.body is not None else []
        return [
            (place, name)
            for place, text in texts
            for name in VARIABLE.findall(text.reveal() if isinstance(text, Secret) else text)
        ]


class HttpEntry(WayEntry, RequestEntry):
    """What is asked of a web endpoint, and what it must answer: one request, or a journey of several `steps`."""

    steps: tuple[HttpStepEntry, ...] = setting(
        (),
        "A journey: requests one after the other, with cookies in common; the first that fails ends it. Beside it "
        "stand only `slow`, for the whole, and how all of them are reached.",
    )

    @model_validator(mode="after")
    def _one_or_several(self) -> "HttpEntry":
        if not self.steps:
            if self.url is None:
                raise custom(WrongError("is required, unless there are 'steps'", below=("url",)))
            return self
        for key in sorted(self.model_fields_set - {"steps", "slow", *WayEntry.model_fields}):
            raise custom(WrongError("belongs to a step, where there are 'steps'", below=(key,)))
        self._check_steps()
        return self

    def _check_steps(self) -> None:
        known: set[str] = set()
        names: set[str] = set()
        for index, step in enumerate(self.steps):
            if step.name in names:
                raise custom(WrongError("another step has this name", below=("steps", index, "name")))
            for place, name in step.used():
                if name not in known:
                    words = f"no earlier step extracts {name!r}"
                    raise custom(WrongError(words, below=("steps", index, *place)))
            names.add(step.name)
            known |= set(step.extract)

    def settings(self, ca_file: str | None) -> HttpSettings:
        """Everything for the collector; ``ca_file`` is trusted where nothing else is said."""
        if not self.steps:
            return self.request_settings(self.url or "", self, ca_file)
        steps = tuple(step.step(self, ca_file) for step in self.steps)
        first = steps[0].settings
        return HttpSettings(
            url=first.url, slow=self.slow, tls=first.tls, proxy=first.proxy, connect_to=self.connect_to,
            addresses=first.addresses, steps=steps,
        )  # fmt: skip
