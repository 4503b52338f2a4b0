"""Modules of blackbox_exporter's ``blackbox.yml``: how a target is probed, without the target.

They stand here because configuration reads them, ``/probe`` and checks use them, and neither knows the other.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import urlsplit

from netmon.clock import Millis
from netmon.settings import DnsSettings, HttpSettings, IcmpSettings, TcpSettings, TlsSettings

ProbeSettings: TypeAlias = HttpSettings | TcpSettings | IcmpSettings | DnsSettings


@dataclass(frozen=True, slots=True)
class ProbeModule:
    """``prober`` is the collector's name; ``settings`` lack only the target (``url`` or ``host`` is empty, ``port`` 0).

    ``timeout`` None: the scraper's. ``source`` is where the module stands, ``file:line``; ``text`` what stands there,
    without secrets. ``settings`` None: netmon cannot do what the module asks for, and ``refused`` says why and where.
    """

    name: str
    prober: str
    settings: ProbeSettings | None
    timeout: Millis | None = None
    source: str = field(default="", compare=False)
    refused: str = field(default="", compare=False)
    text: str = field(default="", compare=False)


ProbeLibrary: TypeAlias = Mapping[str, ProbeModule]
"""What module files say, by name."""

_LONGEST_HOST = 253


def aim(module: ProbeModule, target: str, hostname: str = "") -> ProbeSettings:
    """The module's settings for one target, written as its prober wants it: a URL (``http://`` may be left out),
    ``host:port`` for tcp, ``host`` for icmp, ``host`` or ``host:port`` for dns.

    ``hostname`` is who is meant, where the target says where to go: Host header and name in TLS.

    Raises:
        ValueError: it is no target of this prober, or the module cannot be used.
    """
    match module.settings:
        case HttpSettings() as settings:
            return _aim_http(settings, target, hostname)
        case TcpSettings() as settings:
            host, port = split_host(target)
            if port is None:
                raise ValueError(f"target '{target}' is not host:port or [IPv6]:port")
            tls = settings.tls and _named(settings.tls, hostname)
            return replace(settings, host=host, port=port, tls=tls, starttls=_named(settings.starttls, hostname))
        case IcmpSettings() as settings:
            host, port = split_host(target)
            if port is not None:
                raise ValueError(f"target '{target}': nothing has a port for icmp")
            return replace(settings, host=host)
        case DnsSettings() as settings:
            host, port = split_host(target)
            return replace(settings, host=host, port=port or 0)
        case None:
            raise ValueError(f"module '{module.name}' cannot be used: {module.refused}")


def host_of(settings: ProbeSettings) -> str:
    """The name or address that settings lead to."""
    return (urlsplit(settings.url).hostname or "") if isinstance(settings, HttpSettings) else settings.host


def _aim_http(settings: HttpSettings, target: str, hostname: str) -> HttpSettings:
    url = target if target.startswith(("http://", "https://")) else f"http://{target}"
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.port != 0 and target.isprintable() and " " not in target
    except ValueError:
        good = False
    if not good:
        raise ValueError("the target is not a URL, http://… or https://…, with a host and perhaps a port")
    headers = settings.headers
    said = next((str(value) for name, value in headers if name.lower() == "host"), "")
    if hostname and said not in {"", hostname}:
        raise ValueError(
            f"host header defined both in module configuration ({said}) and with URL-parameter 'hostname' ({hostname})"
        )
    if hostname and not said:
        headers = (*headers, ("Host", hostname))
    return replace(settings, url=url, headers=headers)


def _named(tls: TlsSettings, name: str) -> TlsSettings:
    return tls if tls.server_name or not name else replace(tls, server_name=name)


def split_host(target: str) -> tuple[str, int | None]:
    """Host and port (None: none said) of ``host``, ``host:port``, ``[v6]:port``, ``[v6]`` or ``v6``.

    Raises:
        ValueError: it is none of these.
    """
    host, colon, port = target, "", ""
    if target.startswith("["):
        host, _, rest = target[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        good = is_address(host) and colon in {"", ":"} and "]" in target
    elif target.count(":") > 1:
        good = is_address(target)
    else:
        host, colon, port = target.partition(":")
        good = bool(host) and len(host) <= _LONGEST_HOST and host.isprintable() and not set(host) & set(" /[]@?#")
    if not good or (colon and not (port.isdecimal() and port.isascii() and 0 < int(port[:6]) < 65_536)):
        raise ValueError(f"target '{target}' is not a host, host:port or [IPv6]:port")
    return host, int(port) if colon else None


def is_address(host: str) -> bool:
    """Whether a host is given as an address rather than by name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
