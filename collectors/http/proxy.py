"""Which proxy a request goes through, and the tunnel through it for TLS."""

import base64
import ipaddress
import os
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from collectors.net.failures import TargetError
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import Proxy, Secret

_UNREACHED = frozenset({502, 503, 504})
"""Answers to CONNECT by which a proxy says that it did not reach the target."""
_LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Way:
    """A proxy to go through: where it is, what it is told of us, and what more with CONNECT."""

    host: str
    port: int
    credentials: tuple[tuple[str, str], ...]
    connect_headers: tuple[tuple[str, str], ...]


def way_to(proxy: Proxy | None, scheme: str, host: str, port: int) -> Way | None:
    """The proxy for a request; None: straight to the target.

    Raises:
        CollectError: the proxy's URL is none that can be used.
    """
    if proxy is None:
        return None
    url = proxy.url.reveal() if proxy.url is not None else ""
    skipped = proxy.no_proxy
    if proxy.from_environment:
        url = _environment(f"{scheme}_proxy")
        skipped = _environment("no_proxy")
    # As Go does, this host is asked directly unless one proxy for everything was named.
    own = (proxy.from_environment or bool(skipped)) and _is_local(host)
    if not url or own or _skips(skipped, host, port):
        return None
    return _way(url, proxy)


def _environment(name: str) -> str:
    return os.environ.get(name.upper(), "") or os.environ.get(name, "")


def _way(url: str, proxy: Proxy) -> Way:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        host, port = "", 0
    if not host or parts.scheme != "http":
        raise CollectError(Reason.PROXY, "the proxy's URL is not one of http://")
    credentials: tuple[tuple[str, str], ...] = ()
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        credentials = (("Proxy-Authorization", f"Basic {base64.b64encode(pair).decode()}"),)
    told = tuple(
        (name, value.reveal() if isinstance(value, Secret) else value) for name, value in proxy.connect_headers
    )
    return Way(host, port, credentials, told)


def _is_local(host: str) -> bool:
    if host == _LOCAL:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _skips(rules: str, host: str, port: int) -> bool:
    """Whether one of ``no_proxy``'s rules is for the host: ``*``, an address, a network, a name with all below it, or,
    with a dot before it, only what is below; each with a port or without."""
    return any(_skips_one(rule.strip().lower(), host.lower(), port) for rule in rules.split(",") if rule.strip())


def _skips_one(rule: str, host: str, port: int) -> bool:
    if rule == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        pass  # one of them is a name, or there is a port
    name, colon, number = rule.rpartition(":")
    if colon and number.isdecimal() and (":" not in name or name.endswith("]")):
        rule = name
        if int(number) != port:
            return False
    rule = rule.strip("[]").removeprefix("*")
    return host == rule or host.endswith(rule if rule.startswith(".") else f".{rule}")


def connect_request(way: Way, authority: str) -> bytes:
    """What asks the proxy for a tunnel to ``authority`` (RFC 9110, 9.3.6)."""
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    lines += [f"{name}: {value}" for name, value in (*way.credentials, *way.connect_headers)]
    return "\r\n".join((*lines, "", "")).encode("utf-8")


def judge_tunnel(status: int) -> None:
    """What a proxy's answer to CONNECT means.

    Raises:
        TargetError: the proxy did not reach the target.
        CollectError: the proxy refused us.
    """
    if status in _UNREACHED:
        raise TargetError(Reason.CONNECT_FAILED, f"the proxy does not reach it: status {status}")
    if not 200 <= status < 300:
        words = "the proxy wants credentials" if status == 407 else "the proxy refuses"
        raise CollectError(Reason.PROXY, f"{words}: status {status}")


def spelt(proxy: Proxy | None) -> list[str]:
    """The secrets of a proxy's settings, as they are."""
    if proxy is None:
        return []
    texts = [value.reveal() for _, value in proxy.connect_headers if isinstance(value, Secret)]
    password = urlsplit(proxy.url.reveal()).password if proxy.url is not None else None
    return [*texts, unquote(password)] if password else texts
