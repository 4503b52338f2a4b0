"""What is posted to a webhook: the document, or what a template makes of it; and how it is signed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from netmon.settings import Secret

MOST_BYTES = 256 * 1024
"""What a template may make."""


class BodyError(Exception):
    """The template makes no body of this document."""


def body(content: Mapping[str, Any], template: str) -> bytes:
    """The body. ``template`` empty: the document as JSON.

    Raises:
        BodyError: with one line that says what is wrong.
    """
    if not template:
        return json.dumps(content, ensure_ascii=False).encode()
    environment = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)
    made, size = [], 0
    try:
        for piece in environment.from_string(template).generate(content):
            made.append(piece)
            size += len(piece.encode())
            if size > MOST_BYTES:
                raise BodyError(f"the template makes more than {MOST_BYTES} bytes")
    except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
        raise BodyError(f"the template fails: {' '.join(str(error).split())[:200]}") from None
    return "".join(made).encode()


def signature(secret: Secret, timestamp: int, payload: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) of ``<timestamp>.<body>``, as ``sha256=<hex>``."""
    signed = hmac.new(secret.reveal().encode(), b"%d." % timestamp + payload, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def headers(event: str, key: str, content_type: str, secret: Secret | None, now: int, payload: bytes) -> dict[str, str]:
    """The headers of netmon's own. ``now`` in seconds: receivers refuse what was signed long ago."""
    found = {"Content-Type": content_type, "Idempotency-Key": key, "X-Netmon-Event": event}
    if secret is not None:
        found |= {"X-Netmon-Timestamp": str(now), "X-Netmon-Signature": signature(secret, now, payload)}
    return found
