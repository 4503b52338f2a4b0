"""Modules of blackbox_exporter's ``blackbox.yml``: how a target is probed, without the target.

They stand here because configuration reads them, ``/probe`` and checks use them, and neither knows the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from netmon.clock import Millis
from netmon.settings import DnsSettings, HttpSettings, IcmpSettings, TcpSettings

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
