"""How the listener meets its clients."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.clock import Millis


@dataclass(frozen=True, slots=True)
class WebAccess:
    """What a web configuration file says. ``tls`` None: plain HTTP.

    ``allowed_sans``: a client's certificate must be made out to one of these names; empty: to any that the CA vouches
    for. ``headers`` go with every answer. ``users``: bcrypt hashes by user; none: nobody is asked. ``interval`` is the
    time in which one more request is taken, once ``burst`` of them came at once; 0: as many as come.
    """

    tls: ssl.SSLContext | None = None
    allowed_sans: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    interval: Millis = 0
    burst: int = 0
