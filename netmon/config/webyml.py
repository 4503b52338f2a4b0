"""``web.config_file``: the web configuration file of Prometheus' exporters (exporter-toolkit), read as it is.

What netmon cannot do is refused with its line: a file that promises more protection than there is would be worse than
none. Only HTTP/2 is passed over, with a note, because every client speaks HTTP/1.1.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, ValidationError

from netmon.clock import HOUR, Millis
from netmon.config import kinds
from netmon.config.entry import Entry, Flag, setting
from netmon.config.kinds import Context, Kind
from netmon.config.problems import label, translate
from netmon.config.reader import read_mapping, read_source
from netmon.config.source import MapNode, Scalar, mark_of, shown
from netmon.config.webtls import TlsMaking, TlsServerEntry
from netmon.config.wrong import Advisor, WrongError
from netmon.errors import Problem
from netmon.settings import WebAccess

BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|1[0-9]|2[0-9]|3[01])\$[./A-Za-z0-9]{53}")
MAX_USERS = 1000


def _hash() -> Kind:
    words = "a bcrypt hash ($2y$…), as `htpasswd -nBC 10 USER` writes it"

    def parse(scalar: Scalar, _: Context) -> str:
        if not BCRYPT.fullmatch(scalar):
            raise WrongError(f"expected {words}")  # not repeated: it may be the password itself
        return str(scalar)

    return Kind(words, parse, {"type": "string"})


def _word(*words: str) -> Kind:
    """One of ``words`` in any case, or nothing at all."""

    def parse(scalar: Scalar, _: Context) -> str:
        if scalar and scalar.lower() not in words:
            raise WrongError(f"expected {' or '.join(words)}, found {shown(scalar)}")
        return str(scalar)

    return Kind(" or ".join(words), parse, {"type": "string"})


def _interval() -> Kind:
    inner = kinds.duration(1, HOUR)

    def parse(scalar: Scalar, context: Context) -> object:
        return 0 if scalar == "0" else inner.parse(scalar, context)

    return Kind(f"{inner.words}, or 0", parse, {"type": ["string", "integer"]})


_Header: TypeAlias = Annotated[str, kinds.matching("a header's value (visible ASCII)", "[ -~]{0,4000}")]
_User: TypeAlias = Annotated[str, kinds.matching("a user name without colon", r"[^:\x00-\x1f\x7f]{1,200}")]


class HeadersEntry(Entry):
    """Headers of every answer; those left blank are netmon's own."""

    content_security_policy: _Header = Field("", alias="Content-Security-Policy")
    frame_options: Annotated[str, _word("deny", "sameorigin")] = Field("", alias="X-Frame-Options")
    content_type_options: Annotated[str, _word("nosniff")] = Field("", alias="X-Content-Type-Options")
    xss_protection: _Header = Field("", alias="X-XSS-Protection")
    strict_transport: _Header = Field("", alias="Strict-Transport-Security")


class HttpServerEntry(Entry):
    """How HTTP is spoken."""

    http2: Flag = setting(True, "Whether HTTP/2 is spoken too: netmon does not.")
    headers: HeadersEntry | None = setting(None, "Headers of every answer; none: netmon's own.")


class RateLimitEntry(Entry):
    """How many requests are taken."""

    interval: Annotated[Millis, _interval()] = setting(0, "Time in which one more request is taken; 0: no limit.")
    burst: Annotated[int, kinds.whole(0, 1_000_000)] = setting(0, "Requests taken at once.")


class WebFileEntry(Entry):
    """The file."""

    tls_server_config: TlsServerEntry | None = setting(None, "TLS; none: plain HTTP.")
    http_server_config: HttpServerEntry = setting(HttpServerEntry(), "How HTTP is spoken.")
    basic_auth_users: dict[_User, Annotated[str, _hash()]] = setting({}, "bcrypt hashes by user.")
    rate_limit: RateLimitEntry = setting(RateLimitEntry(), "How many requests are taken.")


@dataclass(frozen=True, slots=True)
class WebFile:
    """What a file says, or what is wrong with it. ``files`` are it and those it names; ``notes`` tell what has no
    effect."""

    access: WebAccess = field(default_factory=WebAccess)
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_web_file(path: Path, name: str) -> WebFile:
    """Read the file; messages call it ``name``."""
    problems: list[Problem] = []
    source = read_source(path, name, problems)
    tree = read_mapping(source, problems) if source is not None else None
    if tree is None:
        return WebFile(files=(path,), problems=tuple(problems))
    given = {key: value for key, value in tree.items() if not (isinstance(value, Scalar) and value.null)}
    try:
        entry = WebFileEntry.model_validate(given, context=Context())
    except ValidationError as error:
        problems += translate(error, WebFileEntry, tree, (), Advisor())
        return WebFile(files=(path,), problems=tuple(problems))
    access = _access(entry, tree, problems)
    files = (path, *(entry.tls_server_config.files() if entry.tls_server_config else ()))
    return WebFile(access, files, tuple(problems), _notes(tree, entry))


def _access(entry: WebFileEntry, tree: MapNode, problems: list[Problem]) -> WebAccess:
    tls = None
    if entry.tls_server_config is not None:
        making = TlsMaking(entry.tls_server_config)
        tls = making.context()
        for where, message in making.wrong:
            location = ("tls_server_config", *where)
            problems.append(mark_of(tree, location).problem(label(tree, location), message))
    limit = entry.rate_limit
    if limit.interval and not limit.burst:
        problems.append(mark_of(tree, ("rate_limit",)).problem("rate_limit.burst", "is required beside an interval"))
    if len(entry.basic_auth_users) > MAX_USERS:
        mark = mark_of(tree, ("basic_auth_users",))
        problems.append(mark.problem("basic_auth_users", f"more than {MAX_USERS} users"))
    said = entry.http_server_config.headers
    headers = said.model_dump(by_alias=True) if said is not None else {}
    return WebAccess(
        tls,
        frozenset(entry.tls_server_config.client_allowed_sans if entry.tls_server_config else ()),
        {name: value for name, value in headers.items() if value},
        dict(entry.basic_auth_users),
        limit.interval,
        limit.burst,
    )


def _notes(tree: MapNode, entry: WebFileEntry) -> tuple[Problem, ...]:
    where = ("http_server_config", "http2")
    if "http2" not in entry.http_server_config.model_fields_set or not entry.http_server_config.http2:
        return ()
    return (mark_of(tree, where).problem(".".join(where), "netmon speaks HTTP/1.1 only; clients need not care"),)
