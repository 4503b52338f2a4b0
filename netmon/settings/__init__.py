"""What a check asks of its collector: the values configuration produces and collectors read.

They stand here because configuration and collectors do not know each other.
"""

from netmon.settings.exposition import SeriesLimits
from netmon.settings.http import (
    Authorization,
    BasicAuth,
    Compression,
    ContentMatch,
    Extract,
    HeaderMatch,
    HttpSettings,
    HttpStep,
    OAuth2,
    Proxy,
    Selector,
    SelectorKind,
)
from netmon.settings.network import AddressChoice, AddressGuard, IpProtocol
from netmon.settings.probes import DnsSettings, DnsTransport, IcmpSettings, QueryResponse, RecordRules, TcpSettings
from netmon.settings.secret import Secret
from netmon.settings.snmp import (
    SNMP_MODULES,
    AuthProtocol,
    InterfaceRule,
    PrivProtocol,
    SnmpCredential,
    SnmpEngineName,
    SnmpSettings,
    TrapSettings,
)
from netmon.settings.tls import TlsSettings, TlsVersion
from netmon.settings.web import WebAccess

__all__ = [
    "SNMP_MODULES", "AddressChoice", "AddressGuard", "AuthProtocol", "Authorization", "BasicAuth", "Compression",
    "ContentMatch", "DnsSettings", "DnsTransport", "Extract", "HeaderMatch", "HttpSettings", "HttpStep",
    "IcmpSettings", "InterfaceRule", "IpProtocol", "OAuth2", "PrivProtocol", "Proxy", "QueryResponse", "RecordRules",
    "Secret", "Selector", "SelectorKind", "SeriesLimits", "SnmpCredential", "SnmpEngineName", "SnmpSettings",
    "TcpSettings", "TlsSettings", "TlsVersion", "TrapSettings", "WebAccess",
]  # fmt: skip
