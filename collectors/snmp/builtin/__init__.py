"""The built-in modules beside ``system``, ``if_mib`` and ``ups_mib``: standard MIBs and the health of vendors' devices.

Names are those of the MIBs' objects, as snmp_exporter has them; identifiers are those of the public MIBs. What the
recordings of real devices answer is tried on them in the tests.
"""

from typing import Final

from collectors.snmp.builtin.alcatel import OMNISWITCH
from collectors.snmp.builtin.cisco import CISCO
from collectors.snmp.builtin.hpe import HPE
from collectors.snmp.builtin.power import APC
from collectors.snmp.builtin.standard import STANDARD
from collectors.snmp.builtin.ubiquiti import UBIQUITI
from collectors.snmp.builtin.vendors import VENDORS
from netmon.snmpmodules import Module

BUILTIN: Final[dict[str, Module]] = {
    module.name: module for module in (*STANDARD, APC, CISCO, *HPE, *VENDORS, *OMNISWITCH, *UBIQUITI)
}
