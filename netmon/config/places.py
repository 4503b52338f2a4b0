"""Kinds of value that say where something is: addresses, URLs, files, moments; and patterns."""

import datetime as dt
import ipaddress
import re
import ssl
import warnings
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

from netmon.clock import Millis, from_datetime
from netmon.config.kinds import Context, Kind, read_text
from netmon.config.secrets import REFERENCE, expand, resolve
from netmon.config.source import Scalar, shown
from netmon.config.wrong import WrongError
from netmon.inventory.allow import network_of
from netmon.settings import Secret

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_DNS_LABEL = re.compile(r"[!-\-/-~]{1,63}")
_NUMERIC = re.compile(r"[0-9.]+")
_PATTERN = re.compile(r"[a-z0-9_*?.-]{1,253}")
_PORT = re.compile(r"[0-9]{1,5}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(Z|[+-]\d\d:\d\d)?", re.ASCII)

_YEARS = (1971, 9998)


def address() -> Kind:
    """``host`` or ``host:port``, as (host, port or None)."""
    words = "a host or host:port ([…]:port for IPv6)"

    def parse(scalar: Scalar, _: Context) -> tuple[str, int | None]:
        return _host_and_port(scalar, words)

    return Kind(words, parse, {"type": "string"})


def host_port() -> Kind:
    """``host:port``, as (host, port)."""
    words = "host:port ([…]:port for IPv6)"

    def parse(scalar: Scalar, _: Context) -> tuple[str, int]:
        host, port = _host_and_port(scalar, words)
        if port is None:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return host, port

    return Kind(words, parse, {"type": "string", "pattern": ":[0-9]{1,5}$"})


def host() -> Kind:
    """A host's name or address."""
    words = "a host's name or address"

    def parse(scalar: Scalar, _: Context) -> str:
        if not _is_host(scalar):
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return str(scalar)

    return Kind(words, parse, {"type": "string"})


def ip_address() -> Kind:
    """An IPv4 or IPv6 address."""
    words = "an IP address"

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            return str(ipaddress.ip_address(str(scalar)))
        except ValueError:
            raise WrongError(f"expected {words}, found {shown(scalar)}") from None

    return Kind(words, parse, {"type": "string", "minLength": 2})


def domain() -> Kind:
    """A name of the DNS (RFC 1035, 2.3.4), with or without its last dot; ``.`` is the root."""
    words = "a domain name, such as example.org"

    def parse(scalar: Scalar, _: Context) -> str:
        name = _ascii(str(scalar))
        labels = name.removesuffix(".").split(".")
        good = name == "." or all(_DNS_LABEL.fullmatch(label) for label in labels)
        if not good or not 1 <= len(name) <= 254:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return name

    return Kind(words, parse, {"type": "string", "minLength": 1})


def allowed() -> Kind:
    """Who may be asked on a scraper's behalf: a network, an address, or a pattern of host names."""
    words = "a network (10.0.0.0/8), an address or a pattern of host names (*.example.org)"

    def parse(scalar: Scalar, _: Context) -> str:
        rule = str(scalar).lower()
        try:
            network = network_of(rule)
        except ValueError as error:
            raise WrongError(f"expected {words}, found {shown(scalar)}: {error}") from None
        if network is None and not (_PATTERN.fullmatch(rule) and not _NUMERIC.fullmatch(rule)):
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return rule

    return Kind(words, parse, {"type": "string", "minLength": 1})


def _host_and_port(scalar: Scalar, words: str) -> tuple[str, int | None]:
    name, port = str(scalar), ""
    if name.startswith("["):
        name, _, port = name[1:].partition("]")
        good = _is_ipv6(name) and (not port or port.startswith(":"))
        colon, port = bool(port), port.removeprefix(":")
    elif name.count(":") > 1:
        good, colon = _is_ipv6(name), False
    else:
        name, separator, port = name.partition(":")
        good, colon = _is_host(name), bool(separator)
    if not good or (colon and not (_PORT.fullmatch(port) and 1 <= int(port) <= 65535)):
        raise WrongError(f"expected {words}, found {shown(scalar)}")
    return name, int(port) if colon else None


def _is_ipv6(name: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(name))
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    if not _NUMERIC.fullmatch(name):
        return bool(_HOST.fullmatch(name)) or _is_ipv6(name)
    try:
        return bool(ipaddress.IPv4Address(name))
    except ValueError:
        return False


def url() -> Kind:
    """An http or https URL; messages never repeat it: it might carry a password."""
    words = "a URL, http://… or https://…"

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            parts = urlsplit(str(scalar))
            scheme, name, port = parts.scheme, parts.hostname or "", parts.port
        except ValueError:
            raise WrongError(f"expected {words} with a host and perhaps a port") from None
        if scheme not in {"http", "https"}:
            raise WrongError(f"expected {words}" + (f", found the scheme {shown(scheme)}" if scheme else ""))
        if parts.username is not None or parts.password is not None:
            raise WrongError("a password has no place in a URL: send it as a header, 'Authorization: ${file:…}'")
        if not _is_host(_ascii(name)) or port == 0 or not _visible(scalar):
            raise WrongError(f"expected {words} with a host and perhaps a port")
        return str(scalar)

    return Kind(words, parse, {"type": "string", "pattern": "^https?://"})


def _ascii(name: str) -> str:
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _visible(text: str) -> bool:
    return text.isprintable() and " " not in text


def path() -> Kind:
    """A path, relative to the file that says it; as an absolute path."""

    def parse(scalar: Scalar, _: Context) -> Path:
        return _beside(scalar)

    return Kind("a path", parse, {"type": "string", "minLength": 1})


def _beside(scalar: Scalar) -> Path:
    """The path meant, resolved as the system would: '..' after a symbolic link leads out of the link's target."""
    text = read_text(scalar)
    try:
        return (scalar.mark.source.path.parent / text).resolve()
    except (OSError, RuntimeError):
        raise WrongError(f"{shown(text)} cannot be used as a path") from None


def certificates() -> Kind:
    """A file of CA certificates in PEM form, relative to the file that says it; as an absolute path."""

    def parse(scalar: Scalar, _: Context) -> str:
        file = _beside(scalar)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
        except ssl.SSLError:
            raise WrongError(f"the file {shown(scalar)} holds no certificate in PEM form") from None
        except OSError as error:
            raise WrongError(f"the file {shown(scalar)} cannot be read: {error.strerror}") from None
        return str(file)

    return Kind("the path of a file", parse, {"type": "string", "minLength": 1})


def file() -> Kind:
    """A file that can be read, relative to the file that says it; as an absolute path."""

    def parse(scalar: Scalar, _: Context) -> str:
        found = _beside(scalar)
        try:
            found.open("rb").close()
        except OSError as error:
            raise WrongError(f"the file {shown(scalar)} cannot be read: {error.strerror}") from None
        return str(found)

    return Kind("the path of a file", parse, {"type": "string", "minLength": 1})


def regex() -> Kind:
    """A regular expression of Python's ``re``."""

    def parse(scalar: Scalar, _: Context) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                re.compile(str(scalar))
        except re.error as error:
            raise WrongError(f"not a regular expression: {error.msg}", error.pos or 0) from None
        except (OverflowError, RecursionError):
            raise WrongError("a regular expression too large to use") from None
        return str(scalar)

    return Kind("a regular expression", parse, {"type": "string", "format": "regex"})


def secret(minimum: int = 1) -> Kind:
    """A reference to a secret of at least ``minimum`` characters."""
    words = "a reference to a secret: ${file:…}, ${env:…} or ${credential:…}"

    def parse(scalar: Scalar, _: Context) -> Secret:
        value = resolve(scalar)
        if len(value.reveal()) < minimum:
            raise WrongError(f"the secret is shorter than {minimum} characters (RFC 3414, section 11.2)")
        return value

    return Kind(words, parse, {"type": "string", "pattern": f"^{REFERENCE}$"})


def header_value() -> Kind:
    """A header's value, in which secrets may be referred to."""

    def parse(scalar: Scalar, _: Context) -> str | Secret:
        value = expand(scalar)
        plain = value.reveal() if isinstance(value, Secret) else value
        if not plain.isprintable() or plain != plain.strip() or not _latin(plain):
            raise WrongError("expected one line that a header can carry (Latin-1, no spaces around it)")
        return value

    return Kind("a text", parse, {"type": "string"})


def line_to_send() -> Kind:
    """One line, in which secrets may be referred to and groups quoted (``${1}``)."""

    def parse(scalar: Scalar, _: Context) -> str | Secret:
        value = expand(scalar, quotes=True)
        if not (value.reveal() if isinstance(value, Secret) else value).isprintable():
            raise WrongError("expected one line")
        return value

    return Kind("a text", parse, {"type": "string"})


def _latin(value: str) -> bool:
    return all(ord(letter) < 256 for letter in value)


def time_zone() -> Kind:
    """The name of a time zone."""

    def parse(scalar: Scalar, context: Context) -> str:
        try:
            zoneinfo.ZoneInfo(str(scalar))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            near = context.advisor.hint(scalar, zoneinfo.available_timezones())
            raise WrongError(f"no time zone is called {shown(scalar)}{near}") from None
        return str(scalar)

    return Kind("a time zone, such as Europe/Paris", parse, {"type": "string"})


def moment() -> Kind:
    """A date and time, of the configured zone unless an offset is given."""
    words = "a date and time, such as 2026-11-24 22:00 (or with an offset: 2026-11-24 22:00+01:00)"

    def parse(scalar: Scalar, context: Context) -> Millis:
        match = _MOMENT.fullmatch(scalar)
        try:
            told = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}") if match else None
        except ValueError:
            told = None
        if told is None or not _YEARS[0] <= told.year <= _YEARS[1]:
            raise WrongError(f"expected {words}, found {shown(scalar)}")
        return from_datetime(told if told.tzinfo else _civil(told, context.zone))

    return Kind(words, parse, {"type": "string"})


def _civil(told: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    first, second = (told.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != told:
        raise WrongError("this time does not exist: clocks are put forward then")
    offsets = " or ".join(f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:5] for moment in (first, second))
    raise WrongError(f"this time comes twice, as clocks are put back then: add its offset, {offsets}")
