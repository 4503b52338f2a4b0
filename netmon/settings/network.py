"""What probes of every kind have in common: which of a name's addresses is asked, and from where."""

from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

IpProtocol: TypeAlias = Literal["ip4", "ip6"]


class AddressGuard(Protocol):
    """Who may be asked, where a stranger says whom to ask."""

    def allows(self, host: str, address: str) -> bool:
        """Whether ``address``, to which the name ``host`` led, may be asked; the same twice where there was no lookup.

        Called from any thread, after each lookup and so at each redirect.
        """


@dataclass(frozen=True, slots=True)
class AddressChoice:
    """Which address of a name is asked: one of ``preferred``, else, with ``fallback``, one of the other family.

    ``preferred`` None: whichever the resolver names first, and the next ones when that does not answer. ``source`` is
    our own address that packets leave from; empty: the system's choice. With a ``guard`` only what it allows is asked.
    """

    preferred: IpProtocol | None = None
    fallback: bool = True
    source: str = ""
    guard: AddressGuard | None = field(default=None, compare=False, repr=False)
