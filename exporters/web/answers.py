"""How documents are answered: read from one moment on the loop, made and written in a thread, in pieces.

However much is broken, the loop only pays for looking: with thousands of incidents the rest takes a tenth of a second.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from exporters.summary import Moment, freshened
from exporters.web.documents import SCHEMA_VERSION, Document
from netmon.contracts import Snapshot

Endpoint = Callable[[Request], Awaitable[Response]]
Query = Mapping[str, str]

NEVER_KEPT = {"Cache-Control": "no-store"}


class BadQueryError(ValueError):
    """What was asked makes no sense; the message says why."""


async def moment_of(snapshot: Snapshot) -> Moment:
    """The present as one moment."""
    await freshened(snapshot)
    return Moment(snapshot)


def document(snapshot: Snapshot, make: Callable[[Moment, Query], Document]) -> Endpoint:
    """An endpoint that answers what ``make`` says of the present and the query; it runs in a thread."""

    async def respond(request: Request) -> Response:
        moment = await moment_of(snapshot)
        try:
            body = await asyncio.to_thread(lambda: as_json(make(moment, request.query_params)))
        except BadQueryError as error:
            raise HTTPException(400, str(error)) from None
        return Response(body, media_type="application/json", headers=NEVER_KEPT)

    return respond


def refusal(detail: str) -> Document:
    """What is answered where there is no document to answer."""
    return {"schema_version": SCHEMA_VERSION, "error": detail}


def as_json(made: Document) -> bytes:
    """The document as JSON, a piece at a time: the encoder lets nobody else work before it is through."""
    return "".join(_pieces(made)).encode()


def _pieces(made: Document) -> Iterator[str]:
    yield "{"
    for place, (name, value) in enumerate(made.items()):
        yield f"{', ' if place else ''}{json.dumps(name)}: "
        if isinstance(value, list):
            yield "["
            for number, each in enumerate(value):
                yield f"{', ' if number else ''}{_text(each)}"
            yield "]"
        else:
            yield _text(value)
    yield "}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
