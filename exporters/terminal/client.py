"""Asking the daemon, over HTTP, what it knows."""

import base64
import http.client
import ipaddress
import json
import os
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exporters.summary import printable
from netmon.errors import StrangerError, UnavailableError, UsageError

LOGIN_FILE = "NETMON_LOGIN_FILE"
"""Names the file with ``user:password`` for a daemon that asks who asks (``web.config_file``, accounts of reports)."""
CERTIFICATE_FILE = "NETMON_CERTIFICATE_FILE"
"""Names the PEM file with certificate and key for a daemon that asks for one (``client_auth_type``)."""
TRUSTED_FILE = "SSL_CERT_FILE"
"""Names the certificates to trust where they are your own, as for any program that uses OpenSSL."""

_MOST_BYTES = 64 * 1024 * 1024
_SCHEMA = 1
_REFUSED = re.compile("alert (certificate required|unknown ca|bad certificate|handshake failure)", re.IGNORECASE)


def fetch_status(url: str, timeout: float = 5.0, *, brief: bool = False) -> dict[str, Any]:
    """The daemon's status document: see ``fetch``. ``brief``: only what a screen shows of it."""
    return fetch(url, "status?brief=1" if brief else "status", timeout)


def fetch(url: str, name: str, timeout: float = 5.0) -> dict[str, Any]:
    """The daemon's document ``name``.

    Raises:
        UsageError: ``url`` is not an HTTP address, the login or certificate cannot be read, or a login would travel in
            clear.
        StrangerError: a login or a certificate is missing, or not taken.
        UnavailableError: nobody answers there, or not as netmon does.
    """
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"'{url}' is not an address of a daemon: expected http://HOST:PORT")
    address = url.rstrip("/") + f"/api/v1/{name}"
    headers = {"Accept": "application/json", **_login(url)}
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *_shown(url))
        with opener.open(request, timeout=timeout) as response:
            body = response.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.UNAUTHORIZED:
            raise StrangerError(_unknown(url), LOGIN_FILE) from error
        raise UnavailableError(f"no netmon answers at {url}: HTTP status {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failed(url, error) from error
    return _read(body, url)


def _unknown(url: str) -> str:
    name = os.environ.get(LOGIN_FILE)
    if name:
        return f"{url} does not take the user or the password in {name} ({LOGIN_FILE})"
    return f"{url} asks for a user it knows: {LOGIN_FILE} names a file with user:password"


def _failed(url: str, error: Exception) -> UnavailableError:
    """What it means that nothing was answered. TLS 1.3 refuses a client without a certificate only after the handshake:
    some of its peers see no more than the end of the connection."""
    why = _words(error)
    if "CERTIFICATE_VERIFY_FAILED" in why:
        words = f"nobody trusted vouches for {url}: {TRUSTED_FILE} names a file of certificates to trust"
        return StrangerError(words, TRUSTED_FILE)
    hung_up = isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | ssl.SSLEOFError)
    if _REFUSED.search(why) or (hung_up and url.startswith("https://")):
        name = os.environ.get(CERTIFICATE_FILE)
        words = f"{url} seems to ask for a certificate: {CERTIFICATE_FILE} names a PEM file with certificate and key"
        if name:
            words = f"{url} seems not to take the certificate in {name} ({CERTIFICATE_FILE})"
        return StrangerError(words, CERTIFICATE_FILE)
    return UnavailableError(f"no netmon answers at {url}: {why}")


def _shown(url: str) -> Iterator[urllib.request.HTTPSHandler]:
    """The certificate that we show, if there is one."""
    name = os.environ.get(CERTIFICATE_FILE)
    if not name or not url.startswith("https://"):
        return
    context = ssl.create_default_context()
    try:
        context.load_cert_chain(name, password=_no_password)
    except ssl.SSLError as error:
        raise UsageError(f"{CERTIFICATE_FILE}: {name}: no certificate and key in PEM form") from error
    except OSError as error:
        raise UsageError(f"{CERTIFICATE_FILE}: {name}: {error.strerror}") from error
    yield urllib.request.HTTPSHandler(context=context)


def _no_password() -> str:
    """Rather than have OpenSSL ask at the terminal."""
    return ""


def _login(url: str) -> dict[str, str]:
    name = os.environ.get(LOGIN_FILE)
    if not name:
        return {}
    try:
        login = Path(name).read_bytes()[:4096].strip()
    except OSError as error:
        raise UsageError(f"{LOGIN_FILE}: {name}: {error.strerror}") from error
    if b":" not in login:
        raise UsageError(f"{LOGIN_FILE}: {name}: expected user:password")
    if url.startswith("http://") and not is_here(urlsplit(url).hostname or ""):
        raise UsageError(f"{url} is asked in clear: a password is only sent over https, or to this host")
    return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}


def is_here(host: str) -> bool:
    """Whether ``host`` is this host, so that nobody on the way hears what is said."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(body: bytes, url: str) -> dict[str, Any]:
    if len(body) > _MOST_BYTES:
        raise UnavailableError(f"the answer of {url} is too large")
    try:
        document = json.loads(body)
    except ValueError as error:
        raise UnavailableError(f"what answers at {url} is not netmon") from error
    if not isinstance(document, dict) or "schema_version" not in document:
        raise UnavailableError(f"what answers at {url} is not netmon")
    if document["schema_version"] != _SCHEMA:
        raise UnavailableError(f"the netmon at {url} speaks another version: {document['schema_version']}")
    return document


def _words(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return printable(" ".join(str(reason).split())) or type(reason).__name__
