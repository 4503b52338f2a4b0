"""Who answers where: the daemon's own port, the mail server, Prometheus."""

import errno
import ipaddress
import socket
import ssl
import urllib.parse
from collections.abc import Iterator

from netmon import __version__
from netmon.cli.asking import url_of
from netmon.cli.examine.finding import Finding, Level, Translate
from netmon.cli.foreign import Asking, http_url
from netmon.config import Configuration
from netmon.errors import NetmonError, StrangerError, UsageError
from netmon.settings import WebAccess

_SECONDS = 3.0


def examine_ports(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    """The port of the daemon and that of traps: ours, free, or somebody else's."""
    web = configuration.web
    address, what = f"{web.host}:{web.port}", _("web port")
    try:
        version = _daemon_at(url_of(web.host, web.port, tls=web.access.tls is not None))
    except StrangerError as error:
        version = ""
        mend = _("name it in %(variable)s") % {"variable": error.missing}
        yield Finding(Level.WARN, what, _("netmon seems to answer: %(error)s") % {"error": error}, mend)
    except UsageError as error:
        version = ""
        yield Finding(Level.WARN, what, str(error), _("mend what the variable of the environment names"))
    if version is None:
        yield _free(socket.SOCK_STREAM, web.host, web.port, what, _)
    elif version and version != __version__:
        found = _("the netmon that answers at %(address)s is %(version)s, this one %(ours)s")
        words = {"address": address, "version": version, "ours": __version__}
        yield Finding(Level.WARN, what, found % words, "systemctl restart netmon")
    elif version:
        yield Finding(Level.OK, what, _("netmon answers at %(address)s") % {"address": address})
    if not _is_loopback(web.host) and not _asks_who(web.access):
        found = _("%(address)s is open to the network, and asks nobody who they are") % {"address": address}
        yield Finding(Level.WARN, what, found, _("listen on 127.0.0.1, or name a web.config_file with users"))
    traps = configuration.traps
    if traps is not None and version is None:
        yield _free(socket.SOCK_DGRAM, traps.host, traps.port, _("trap port"), _)


def examine_mail(configuration: Configuration, _: Translate) -> Iterator[Finding]:
    """Whether the server that takes our mails can be reached."""
    mail = configuration.mail
    if mail is None:
        return
    address = f"{mail.host}:{mail.port}"
    try:
        socket.create_connection((mail.host, mail.port), _SECONDS).close()
    except OSError as error:
        found = _("%(address)s cannot be reached: %(error)s") % {"address": address, "error": error.strerror or error}
        yield Finding(Level.WARN, _("mail"), found, _("mails wait, and are tried again"))
        return
    yield Finding(Level.OK, _("mail"), _("%(address)s answers") % {"address": address})


def examine_prometheus(url: str, _: Translate) -> Iterator[Finding]:
    """Whether Prometheus answers, and scrapes us."""
    query = urllib.parse.urlencode({"query": "netmon_build_info"})
    try:
        found = Asking(seconds=_SECONDS).document(http_url(f"{url.rstrip('/')}/api/v1/query?{query}"))
        series = found["data"]["result"]
    except (NetmonError, KeyError, TypeError) as error:
        words = _("nothing that is Prometheus answers at %(url)s: %(error)s") % {"url": url, "error": error}
        yield Finding(Level.FAIL, "Prometheus", words, _("start it, or name another address"))
        return
    if series:
        yield Finding(Level.OK, "Prometheus", _("it answers at %(url)s, and scrapes netmon") % {"url": url})
    else:
        words = _("it answers at %(url)s, and has no metrics of netmon") % {"url": url}
        yield Finding(Level.WARN, "Prometheus", words, _("add netmon to its scrape_configs (see the README)"))


def _asks_who(access: WebAccess) -> bool:
    return bool(access.users) or (access.tls is not None and access.tls.verify_mode is ssl.CERT_REQUIRED)


def _daemon_at(url: str) -> str | None:
    """The version of the netmon that answers there, if one does.

    Raises:
        StrangerError: it wants to know who asks, or cannot be trusted.
        UsageError: what we would show it cannot be used.
    """
    from exporters.terminal import fetch_status

    try:
        return str(fetch_status(url, _SECONDS, brief=True)["monitor"]["version"])
    except (StrangerError, UsageError):
        raise
    except (NetmonError, KeyError, TypeError):
        return None


def _free(kind: socket.SocketKind, host: str, port: int, what: str, _: Translate) -> Finding:
    words: dict[str, object] = {"address": f"{host}:{port}"}
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as sock:
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            words["error"] = error.strerror or error
            if error.errno == errno.EADDRINUSE:
                found = _("%(address)s is taken, and not by netmon") % words
                return Finding(Level.FAIL, what, found, f"ss -lnp | grep :{port}")
            if error.errno == errno.EACCES:
                found = _("%(address)s is not for everybody to take") % words
                return Finding(Level.FAIL, what, found, "AmbientCapabilities=CAP_NET_BIND_SERVICE")
            return Finding(Level.FAIL, what, _("%(address)s cannot be taken: %(error)s") % words)
    return Finding(Level.OK, what, _("%(address)s is free: no daemon runs here") % words)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
