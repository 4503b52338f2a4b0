"""The section ``http`` of a module in a ``blackbox.yml``."""

import re
from typing import Final, cast, get_args

from netmon.config.blackboxvalues import ADDRESS_KEYS, ProbeReading
from netmon.config.expressions import check_cel
from netmon.config.looking import Where
from netmon.config.source import MapNode, kind_of, shown
from netmon.config.targets import SECRET_HEADER
from netmon.config.wrong import WrongError
from netmon.settings import Authorization, BasicAuth, Compression, HeaderMatch, HttpSettings, OAuth2, Proxy, Secret

_PROXY_KEYS: Final = ("proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header")
HTTP_KEYS: Final = (
    *ADDRESS_KEYS, *_PROXY_KEYS, "valid_status_codes", "valid_http_versions", "skip_resolve_phase_with_proxy",
    "no_follow_redirects", "follow_redirects", "fail_if_ssl", "fail_if_not_ssl", "method", "headers", "http_headers",
    "fail_if_body_matches_regexp", "fail_if_body_not_matches_regexp", "fail_if_body_json_matches_cel",
    "fail_if_body_json_not_matches_cel", "fail_if_header_matches", "fail_if_header_not_matches", "body", "body_file",
    "compression", "body_size_limit", "tls_config", "basic_auth", "authorization", "bearer_token",
    "bearer_token_file", "oauth2", "enable_http2", "enable_http3",
)  # fmt: skip
_OAUTH2_KEYS: Final = (
    *_PROXY_KEYS, "client_id", "client_secret", "client_secret_file", "scopes", "token_url", "endpoint_params",
    "tls_config",
)  # fmt: skip
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OTHER_PROXIES: Final = ("https", "socks5", "socks5h")

Headers = tuple[tuple[str, str | Secret], ...]


class HttpReading(ProbeReading):
    """Reads ``http`` sections."""

    def http(self, node: object, where: Where) -> HttpSettings:
        """What the section asks for; ``url`` is empty."""
        said = self.mapping(node, where, HTTP_KEYS)
        if self.flag(said, "enable_http3", where):
            self.refuse(said["enable_http3"], (where, "enable_http3"), "HTTP/3 is not supported")
        self.only_one(said, ("body", "body_file"), where)
        self.hide(said.get("body"))  # forms of login pages hold passwords
        text = self.text(said, "body", where) or self.file_text(said, "body_file", where)
        headers = self._headers(said, "headers", where) + self._http_headers(said, where)
        follow = self.flag(said, "follow_redirects", where, default=True)
        if said.get("no_follow_redirects"):
            follow = not self.flag(said, "no_follow_redirects", where)
        return HttpSettings(
            url="",
            method=self._method(said, where),
            headers=headers,
            body=Secret(text) if text else None,
            expected_status=self._statuses(said, where),
            body_regex=self.patterns(said, "fail_if_body_not_matches_regexp", where),
            body_not_regex=self.patterns(said, "fail_if_body_matches_regexp", where),
            follow_redirects=follow,
            max_bytes=self.size(said, "body_size_limit", where),
            tls=self.tls(said, where),
            expected_versions=self._versions(said, where),
            header_matches=self._matches(said, "fail_if_header_not_matches", where),
            header_not_matches=self._matches(said, "fail_if_header_matches", where),
            json_expression=self._cel(said, "fail_if_body_json_not_matches_cel", where),
            json_not_expression=self._cel(said, "fail_if_body_json_matches_cel", where),
            fail_if_tls=self.flag(said, "fail_if_ssl", where),
            fail_if_not_tls=self.flag(said, "fail_if_not_ssl", where),
            compression=self._compression(said, headers, where),
            auth=self._auth(said, where),
            proxy=self._proxy(said, where),
            addresses=self.addresses(said, where),
            http2=self.flag(said, "enable_http2", where, default=True),
        )

    # --- The request --------------------------------------------------------------------------------------------------

    def _method(self, said: MapNode, where: Where) -> str:
        method = self.text(said, "method", where)
        if method and not _TOKEN.fullmatch(method):
            self.wrong(said["method"], (where, "method"), f"expected a method such as POST, found {shown(method)}")
        return method or "GET"

    def _headers(self, said: MapNode, key: str, where: Where) -> Headers:
        headers: list[tuple[str, str | Secret]] = []
        for name, value in self.table(said, key, where).items():
            place = ((where, key), name)
            if not isinstance(value, str):
                self.wrong(value, place, f"expected text, found {kind_of(value)}")
            elif self._is_name(said[key], name, (where, key)):
                headers.append((str(name), self._header(name, value, place)))
        return tuple(headers)

    def _is_name(self, table: object, name: str, where: Where) -> bool:
        if not _TOKEN.fullmatch(name):
            self.wrong_key(table, name, where, "expected the name of an HTTP header (letters, digits and '-')")
            return False
        return True

    def _header(self, name: str, node: str, where: Where) -> str | Secret:
        """A value; what a name like ``Authorization`` or ``Cookie`` heads is never shown."""
        value = Secret(self.reference(node, where) or str(node))
        plain = value.reveal()
        if not plain.isprintable() or plain != plain.strip():
            self.wrong(node, where, "expected one line, without spaces around it")
        if plain == node and not SECRET_HEADER.search(name):
            return plain
        self.hide(node)
        return value

    def _http_headers(self, said: MapNode, where: Where) -> Headers:
        """Headers in the longer form: ``values``, ``secrets`` and ``files`` that hold one, sent as one list."""
        headers: list[tuple[str, str | Secret]] = []
        table, at = self.table(said, "http_headers", where), (where, "http_headers")
        for name, node in table.items():
            entry = self.mapping(node, (at, name), ("values", "secrets", "files"))
            parts = [
                self._part(key, str(name), value, place)
                for key in ("values", "secrets", "files")
                for value, place in self.listed(entry, key, (at, name))
            ]
            joined = ", ".join(part.reveal() if isinstance(part, Secret) else part for part in parts)
            if self._is_name(table, name, at):
                headers.append((str(name), Secret(joined) if any(isinstance(p, Secret) for p in parts) else joined))
        return tuple(headers)

    def _part(self, key: str, name: str, node: object, where: Where) -> str | Secret:
        if not isinstance(node, str):
            self.wrong(node, where, f"expected text, found {kind_of(node)}")
            return ""
        if key == "files":
            return self.secret({"x_file": node}, "x", where) or Secret("")
        value = self._header(name, node, where)
        if key == "values" or isinstance(value, Secret):
            return value
        self.hide(node)
        return Secret(value)

    def _compression(self, said: MapNode, headers: Headers, where: Where) -> Compression:
        """How the body is compressed; where that is not said, it is taken as it comes, as there."""
        value = self.choice(said, "compression", where, get_args(Compression), default="-")
        if value not in get_args(Compression):
            return "identity"
        for name, accepted in headers:
            if name.lower() == "accept-encoding" and not _admits(str(accepted), value):
                words = f"the header Accept-Encoding, {shown(str(accepted))}, does not admit {value}"
                self.wrong(said["compression"], (where, "compression"), words)
        return cast("Compression", value)

    # --- What is expected ---------------------------------------------------------------------------------------------

    def _statuses(self, said: MapNode, where: Where) -> tuple[int, ...]:
        numbers = [
            self.whole({place[1]: value}, place[1], place[0], 100, 999)
            for value, place in self.listed(said, "valid_status_codes", where)
        ]
        return tuple(number for number in numbers if number is not None)

    def _cel(self, said: MapNode, key: str, where: Where) -> str | None:
        expression = self.text(said, key, where)
        try:
            check_cel(expression or "true")
        except WrongError as error:
            self.wrong(said[key], (where, key), str(error), error.offset)
        return expression or None

    def _versions(self, said: MapNode, where: Where) -> tuple[str, ...]:
        versions = self.words(said, "valid_http_versions", where)
        if versions and not any(version.startswith("HTTP/1.") for version in versions):
            self.refuse(
                said["valid_http_versions"], (where, "valid_http_versions"), "no other version than HTTP/1.1 is spoken"
            )
        return versions

    def _matches(self, said: MapNode, key: str, where: Where) -> tuple[HeaderMatch, ...]:
        found = []
        for index, node in enumerate(self.items(said, key, where)):
            place = ((where, key), index)
            entry = self.mapping(node, place, ("header", "regexp", "allow_missing"))
            header = self.required(entry, "header", place, _TOKEN, "the name of an HTTP header")
            if not self.text(entry, "regexp", place):
                self.wrong(entry.get("regexp", entry), (place, "regexp"), "is required: a regular expression of Go's")
            pattern = self.pattern(entry.get("regexp", ""), (place, "regexp"))
            found.append(HeaderMatch(header, pattern, self.flag(entry, "allow_missing", place)))
        return tuple(found)

    # --- Who asks, and through whom -----------------------------------------------------------------------------------

    def _auth(self, said: MapNode, where: Where) -> BasicAuth | Authorization | OAuth2 | None:
        bearer = "bearer_token_file" if said.get("bearer_token_file") else "bearer_token"
        self.only_one(said, ("basic_auth", "authorization", "oauth2", bearer), where)
        basic = self._basic(said, where)
        authorization = self._authorization(said, where)
        oauth2 = self._oauth2(said, where)
        token = self.secret(said, "bearer_token", where)
        return basic or authorization or oauth2 or (Authorization("Bearer", token) if token else None)

    def _basic(self, said: MapNode, where: Where) -> BasicAuth | None:
        if said.get("basic_auth", "") == "":
            return None
        place = (where, "basic_auth")
        entry = self.section(said, "basic_auth", where, ("username", "username_file", "password", "password_file"))
        username = self.secret(entry, "username", place)
        return BasicAuth(username.reveal() if username else "", self.secret(entry, "password", place) or Secret(""))

    def _authorization(self, said: MapNode, where: Where) -> Authorization | None:
        if said.get("authorization", "") == "":
            return None
        place = (where, "authorization")
        entry = self.section(said, "authorization", where, ("type", "credentials", "credentials_file"))
        scheme = self.text(entry, "type", place).strip() or "Bearer"
        if scheme.lower() == "basic":
            self.wrong(entry["type"], (place, "type"), "cannot be basic: use 'basic_auth'")
        elif not _TOKEN.fullmatch(scheme):
            self.wrong(entry["type"], (place, "type"), f"expected a scheme such as Bearer, found {shown(scheme)}")
        return Authorization(scheme, self.secret(entry, "credentials", place) or Secret(""))

    def _oauth2(self, said: MapNode, where: Where) -> OAuth2 | None:
        if said.get("oauth2", "") == "":
            return None
        place = (where, "oauth2")
        entry = self.section(said, "oauth2", where, _OAUTH2_KEYS)
        for key in ("client_id", "token_url"):
            if not self.text(entry, key, place):
                self.wrong(entry.get(key, entry), (place, key), "is required")
        url = self.url(entry, "token_url", place, ("http", "https"))
        params = self.table(entry, "endpoint_params", place)
        for name, value in params.items():
            if not isinstance(value, str):
                self.wrong(value, ((place, "endpoint_params"), name), f"expected text, found {kind_of(value)}")
            self.hide(value)
        return OAuth2(
            self.text(entry, "client_id", place),
            self.secret(entry, "client_secret", place) or Secret(""),
            url.reveal() if url else "",
            self.words(entry, "scopes", place),
            tuple((str(name), str(value)) for name, value in params.items()),
            self.tls(entry, place),
            self._proxy(entry, place),
        )

    def _proxy(self, said: MapNode, where: Where) -> Proxy | None:
        scheme = self.text(said, "proxy_url", where).partition("://")[0]
        if scheme in _OTHER_PROXIES:
            self.hide(said["proxy_url"])
            self.refuse(said["proxy_url"], (where, "proxy_url"), f"a proxy is http://… here, {scheme}:// not supported")
            return None
        url = self.url(said, "proxy_url", where, ("http",))
        environment = self.flag(said, "proxy_from_environment", where)
        skip = self.flag(said, "skip_resolve_phase_with_proxy", where)
        no_proxy = self.text(said, "no_proxy", where)
        connect = self._connect_headers(said, where)
        if environment:
            self.only_one(said, ("proxy_from_environment", "proxy_url"), where)
            self.only_one(said, ("proxy_from_environment", "no_proxy"), where)
        elif url is None:
            for key in ("no_proxy", "proxy_connect_header"):
                if said.get(key):
                    self.wrong_key(said, key, where, "needs 'proxy_url'")
            return None
        return Proxy(url, no_proxy, environment, connect, skip)

    def _connect_headers(self, said: MapNode, where: Where) -> Headers:
        table, at = self.table(said, "proxy_connect_header", where), (where, "proxy_connect_header")
        headers: list[tuple[str, str | Secret]] = []
        for name in table:
            values = self.listed(table, name, at) if self._is_name(table, name, at) else []
            for value, place in values:
                if isinstance(value, str):
                    headers.append((str(name), self.hidden(value, place)))
                else:
                    self.wrong(value, place, f"expected text, found {kind_of(value)}")
        return tuple(headers)


def _admits(accept: str, coding: str) -> bool:
    """Whether a header ``Accept-Encoding`` (RFC 9110, 12.5.3) admits a coding."""
    qualities: dict[str, float] = {}
    for part in accept.split(","):
        name, _, quality = part.partition(";")
        try:
            qualities[name.strip().lower()] = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            qualities[name.strip().lower()] = 0
    return not accept or qualities.get(coding, qualities.get("*", 0)) > 0
