"""Which interfaces of devices are shown: the rules of the section `interfaces`, and names of interface types."""

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from netmon.config import kinds, places
from netmon.config.entry import Entry, setting
from netmon.config.kinds import Context, Kind
from netmon.config.source import Scalar, shown
from netmon.config.wrong import WrongError
from netmon.model import Role
from netmon.settings import InterfaceRule

INTERFACE_TYPES: Final = {
    "other": 1, "ethernetCsmacd": 6, "iso88025TokenRing": 9, "fddi": 15, "ds1": 18, "basicISDN": 20, "primaryISDN": 21,
    "propPointToPointSerial": 22, "ppp": 23, "softwareLoopback": 24, "slip": 28, "frameRelay": 32, "rs232": 33,
    "atm": 37, "sonet": 39, "frameRelayService": 44, "propVirtual": 53, "propMultiplexor": 54, "fibreChannel": 56,
    "ieee80211": 71, "adsl": 94, "voiceOverIp": 104, "digitalPowerline": 138, "l2vlan": 135, "l3ipvlan": 136,
    "l3ipxvlan": 137, "tunnel": 131, "ieee8023adLag": 161, "mpls": 166, "mplsTunnel": 150, "virtualIpAddress": 112,
    "gigabitEthernet": 117, "bridge": 209, "fastEther": 62, "pos": 171, "vdsl": 97, "vdsl2": 251, "gpon": 250,
    "docsCableMaclayer": 127, "opticalChannel": 195, "opticalTransport": 196, "wwanPP": 243,
    "ieee802154": 259, "pppMultilinkBundle": 108, "ifPwType": 246, "usb": 160, "infiniband": 199,
}  # fmt: skip
"""Types of IANAifType-MIB that networks have, by name; any other can be given by its number."""

ADMIN_STATES: Final = {"up": 1, "down": 2, "testing": 3}
"""ifAdminStatus, RFC 2863."""


def interface_type() -> Kind:
    """A type of IANAifType-MIB, by name or number."""
    words = "a type of interface: a name of IANAifType-MIB such as ethernetCsmacd, or its number"

    def parse(scalar: Scalar, context: Context) -> int:
        if scalar in INTERFACE_TYPES:
            return INTERFACE_TYPES[scalar]
        if re.fullmatch("[1-9][0-9]{0,4}", scalar):
            return int(scalar)
        near = context.advisor.hint(scalar, INTERFACE_TYPES)
        raise WrongError(f"expected {words}, found {shown(scalar)}{near if near.startswith('; did') else ''}")

    return Kind(words, parse, {"type": ["string", "integer"]})


_Action: TypeAlias = Annotated[Literal["keep", "drop"], kinds.choice(("keep", "drop"))]
_Types: TypeAlias = Annotated[tuple[Annotated[int, interface_type()], ...], Field(min_length=1)]
_Admin: TypeAlias = Annotated[int, kinds.choice(tuple(ADMIN_STATES), ADMIN_STATES.__getitem__)]
_Roles: TypeAlias = Annotated[
    tuple[Annotated[Role, kinds.choice([role.value for role in Role], Role)], ...], Field(min_length=1)
]


class InterfaceEntry(Entry):
    """A rule about interfaces. Of all rules, in their order, the first whose conditions all hold decides; where none
    does, the interface is kept."""

    action: _Action = Field(description="Whether the interface is shown or not.")
    name: Annotated[str, places.regex()] | None = setting(
        None, "What `ifName` or `ifDescr` must contain; none: anything."
    )
    alias: Annotated[str, places.regex()] | None = setting(None, "What `ifAlias` must contain; none: anything.")
    type: _Types | None = setting(None, "Types of which `ifType` must be one; none: any.")
    admin: _Admin | None = setting(None, "What `ifAdminStatus` must be; none: anything.")
    role: _Roles | None = setting(None, "Roles of which the node's must be one; none: any.")

    def rule(self) -> InterfaceRule:
        """The rule as the collector uses it; ``role`` is for whoever knows the node."""
        admin = () if self.admin is None else (self.admin,)
        return InterfaceRule(self.action == "keep", self.name, self.alias, self.type or (), admin)
