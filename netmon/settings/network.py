"""What probes of every kind have in common: which of a name's addresses is asked, and from where."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

IpProtocol: TypeAlias = Literal["ip4", "ip6"]


@dataclass(frozen=True, slots=True)
class AddressChoice:
    """Which address of a name is asked: one of ``preferred``, else, with ``fallback``, one of the other family.

    ``preferred`` None: whichever the resolver names first, and the next ones when that does not answer. ``source`` is
    our own address that packets leave from; empty: the system's choice.
    """

    preferred: IpProtocol | None = None
    fallback: bool = True
    source: str = ""
