"""Metrics of one target in the text format, packed as the scraper likes them."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from exporters.prometheus.body import encoded
from exporters.prometheus.negotiation import TEXT_TYPE, encoding_for


def text_response(request: Request, parts: Sequence[bytes]) -> Response:
    """The answer to ``request``. For what is small: nobody else is served meanwhile."""
    encoding = encoding_for(request.headers.get("accept-encoding", ""))
    headers = {"Content-Type": TEXT_TYPE, "Vary": "Accept-Encoding"}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(b"".join(encoded(parts, encoding)), headers=headers)
