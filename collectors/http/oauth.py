"""Fetching access tokens (RFC 6749, 4.4), within the poll that needs one.

A token that cannot be had is never the target's fault: it was not asked.
"""

import json
from typing import Any
from urllib.parse import quote_plus

from collectors.http.body import Body
from collectors.http.exchange import Exchange, Tools, Watch
from collectors.http.failures import NETWORK_ERRORS
from collectors.http.request import first_request, shown
from collectors.net.deadline import Trace
from collectors.net.failures import TargetError, clean
from netmon.conventions import Reason
from netmon.errors import CollectError
from netmon.settings import BasicAuth, HttpSettings, OAuth2, Secret

_LIMIT = 1 << 20
_REFUSED = frozenset({400, 401})
_Form = tuple[tuple[str, str | Secret], ...]


def authorize(auth: OAuth2, watch: Watch, tools: Tools) -> str:
    """The value of ``Authorization``, from a token kept or fetched now.

    Raises:
        CollectError: no token could be had.
    """
    kept = tools.tokens.get(auth)
    if kept is not None:
        return kept
    watch.say(f"token from {shown(auth.token_url)}")
    form: _Form = (("grant_type", "client_credentials"),)
    form += (("scope", " ".join(auth.scopes)),) if auth.scopes else ()
    form += auth.endpoint_params
    # As Go's library: first the header, which RFC 6749 prefers; a server that does not know it gets the fields.
    basic = BasicAuth(quote_plus(auth.client_id), Secret(quote_plus(auth.client_secret.reveal())))
    status, data = _ask(auth, watch, tools, form, basic)
    if status in _REFUSED:
        own: _Form = (("client_id", auth.client_id), ("client_secret", auth.client_secret))
        status, data = _ask(auth, watch, tools, (*form, *own), None)
    if not 200 <= status < 300:
        raise _none(f"status {status}")
    return _kept(auth, tools, data)


def _ask(auth: OAuth2, watch: Watch, tools: Tools, form: _Form, basic: BasicAuth | None) -> tuple[int, bytes]:
    if not auth.client_secret.reveal():
        raise _none("the client secret is empty")
    settings = HttpSettings(auth.token_url, "POST", form=form, auth=basic, tls=auth.tls, proxy=auth.proxy)
    exchange = Exchange(Watch(watch.deadline, Trace(watch.trace.seconds), watch.say, watch.verbose), tools, settings)
    body = Body()
    try:
        answer = exchange.send(first_request(settings))
        body.read(answer.raw, _LIMIT, None)
    except TargetError as failure:
        raise _none(failure.detail) from failure
    except NETWORK_ERRORS as error:
        raise _none("the answer broke off") from error
    finally:
        exchange.close()
    return answer.status, body.data


def _kept(auth: OAuth2, tools: Tools, data: bytes) -> str:
    try:
        found: Any = json.loads(data)
        token, kind = str(found["access_token"]), str(found.get("token_type") or "Bearer")
        lasts = found.get("expires_in")
        seconds = float(lasts) if lasts else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _none("the answer holds none") from None
    if not token or not f"{kind}{token}".isprintable():
        raise _none("the answer holds none that can be sent")
    # RFC 6750 spells it so, whatever the answer does.
    header = f"{'Bearer' if kind.lower() == 'bearer' else kind} {token}"
    tools.tokens.keep(auth, header, seconds)
    return header


def _none(words: str) -> CollectError:
    return CollectError(Reason.CREDENTIAL, f"no access token: {clean(words)}")
