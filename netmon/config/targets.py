"""How targets are asked: the keys of credentials, of SNMP and of HTTP."""

import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from netmon.clock import DAY, HOUR, SECOND
from netmon.config import kinds, places
from netmon.config.entry import (
    CaFile,
    CredentialName,
    Entry,
    Flag,
    HostPort,
    Password,
    PathText,
    Port,
    SecretText,
    Text,
    setting,
)
from netmon.config.kinds import custom
from netmon.config.wrong import WrongError
from netmon.settings import AuthProtocol, PrivProtocol, SnmpEngineName, TlsSettings, TlsVersion

SnmpVersion: TypeAlias = Literal["1", "2c", "3"]
Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

_Version: TypeAlias = Annotated[SnmpVersion, kinds.choice(get_args(SnmpVersion), show=False)]
_Auth: TypeAlias = Annotated[AuthProtocol, kinds.choice(get_args(AuthProtocol), show=False)]
_Priv: TypeAlias = Annotated[PrivProtocol, kinds.choice(get_args(PrivProtocol), show=False)]
_Engine: TypeAlias = Annotated[SnmpEngineName, kinds.choice(get_args(SnmpEngineName))]
_Module: TypeAlias = Annotated[str, kinds.reference("module")]
_EngineId: TypeAlias = Annotated[
    str, kinds.matching("an engine id of 10 to 64 hexadecimal digits", "(?:[0-9A-Fa-f]{2}){5,32}")
]
_Modules: TypeAlias = Annotated[tuple[_Module, ...], Field(min_length=1)]
_Repetitions: TypeAlias = Annotated[int, kinds.whole(1, 200)]
_Retries: TypeAlias = Annotated[int, kinds.whole(0, 10)]
_Refresh: TypeAlias = Annotated[int, kinds.duration(SECOND, 7 * DAY)]
_Budget: TypeAlias = Annotated[int, kinds.duration(10, DAY)]
_Parallel: TypeAlias = Annotated[int, kinds.whole(1, 16)]


class AuthEntry(Entry):
    """How a user of SNMPv3 proves who it is."""

    protocol: _Auth = Field(description="Hash of the authentication (RFC 3414, RFC 7860).")
    password: Password = Field(description="The authentication password, of at least 8 characters.")


class PrivEntry(Entry):
    """How an SNMPv3 exchange is encrypted."""

    protocol: _Priv = Field(description="Cipher. AES192C and AES256C are the variants with Cisco's key extension.")
    password: Password = Field(description="The encryption password, of at least 8 characters.")


class CredentialEntry(Entry):
    """How to authenticate to SNMP agents: a community for v1 and v2c, a user for v3."""

    version: _Version = Field(description="SNMP version.")
    community: SecretText | None = setting(None, "Community of v1 and v2c; only by reference.")
    username: Text | None = setting(None, "User of v3.")
    auth: AuthEntry | None = setting(None, "Authentication of v3; none: noAuthNoPriv.")
    priv: PrivEntry | None = setting(None, "Encryption of v3; needs `auth`. None: not encrypted.")
    context: Text | None = setting(None, "Context name of v3; none: the default context.")
    context_engine_id: _EngineId | None = setting(
        None, "Engine id of the context of v3, for agents that stand in for others; none: the agent's own."
    )

    @model_validator(mode="after")
    def _fits_its_version(self) -> "CredentialEntry":
        community_based = self.version != "3"
        needed = "community" if community_based else "username"
        foreign = ("username", "auth", "priv", "context", "context_engine_id") if community_based else ("community",)
        if getattr(self, needed) is None:
            raise custom(WrongError("is required by this SNMP version", below=(needed,)))
        for key in foreign:
            if getattr(self, key) is not None:
                raise custom(WrongError(f"does not belong to SNMP version {self.version}", below=(key,)))
        if self.priv and not self.auth:
            raise custom(WrongError("needs 'auth': SNMPv3 does not encrypt without authentication", below=("priv",)))
        return self


class SnmpEntry(Entry):
    """What is asked of SNMP agents, unless a node says otherwise."""

    credential: CredentialName | None = setting(None, "Credential of nodes that name none.")
    modules: _Modules = setting(("system", "if_mib"), "What is polled.")
    port: Port = setting(161, "UDP port of addresses that give none.")
    engine: _Engine = setting(
        "netmon", "`netmon` is the fast engine; `pysnmp` the reference one, for agents it may get on better with."
    )
    retries: _Retries = setting(3, "How often an unanswered request is sent again, within the check's timeout.")
    max_repetitions: _Repetitions = setting(
        25, "Rows asked for by one GETBULK at most; an agent that cannot take so many is asked for fewer by itself."
    )
    refresh: _Refresh = setting(
        HOUR,
        "When names, aliases, speeds and types are read anew at the latest: a restart, a changed table or a changed "
        "link has them read at once.",
        written="1h",
    )
    budget: _Budget | None = setting(
        None, "Time in an interval for which polls may keep one device busy; none: it is only counted."
    )
    parallel: _Parallel = setting(1, "Polls that may ask one device at the same time.")
    module_files: tuple[Text, ...] = setting(
        (),
        "Module files of snmp_exporter (`auths` and `modules`), read as they are: paths or patterns, relative to this "
        "file. A module of theirs goes before a built-in one of the same name.",
    )
    mib_dirs: tuple[PathText, ...] = setting(
        (),
        "Directories of MIB files, relative to this file: `netmon probe` and `netmon snmp describe` show names of "
        "object identifiers from them. Wants the extra `mibs`; no poll ever reads them.",
    )
    wrap_large_counters: Flag = setting(
        True,
        "Whether 64-bit counters start again at 0 from 2^53 on, as in snmp_exporter: doubles are exact up to there.",
    )


class NodeSnmpEntry(Entry):
    """What is asked of one node, where it differs from the section `snmp`."""

    credential: CredentialName | None = setting(None, "Credential; none: that of `snmp`.")
    modules: _Modules | None = setting(None, "What is polled; none: that of `snmp`.")
    port: Port | None = setting(None, "UDP port, where `address` gives none; none: that of `snmp`.")
    engine: _Engine | None = setting(None, "`netmon` or `pysnmp`; none: that of `snmp`.")
    retries: _Retries | None = setting(None, "How often an unanswered request is sent again; none: that of `snmp`.")
    max_repetitions: _Repetitions | None = setting(None, "Rows asked for by one GETBULK; none: that of `snmp`.")
    refresh: _Refresh | None = setting(None, "When slow columns are read anew at the latest; none: that of `snmp`.")
    budget: _Budget | None = setting(None, "Time in an interval the device may be kept busy; none: that of `snmp`.")
    parallel: _Parallel | None = setting(None, "Polls that may ask it at the same time; none: that of `snmp`.")


class TrapsEntry(Entry):
    """Traps and informs of nodes, SNMP v1 to v3: they make netmon poll the node at once. Without this section netmon
    does not listen.

    What comes from another address than a node's is dropped. A node proves itself by the credential it is polled with.
    """

    listen: HostPort = setting(
        ("127.0.0.1", 1162),
        "Address and UDP port. Devices send to port 162, which only a privileged process may listen on.",
        written="127.0.0.1:1162",
    )
    credentials: tuple[CredentialName, ...] = setting((), "Credentials accepted from every node besides its own.")
    per_second: Annotated[int, kinds.whole(1, 1000)] = setting(
        10, "Notifications taken from one node in a second; those beyond are dropped and counted."
    )
    poll_gap: Annotated[int, kinds.duration(SECOND, HOUR)] = setting(
        10 * SECOND, "Time between two polls of a node out of turn.", written="10s"
    )


class HttpDefaultsEntry(Entry):
    """What HTTP checks share."""

    ca_file: CaFile | None = setting(None, "CA certificates that checks trust; none: those of the system.")
    threads: Annotated[int, kinds.whole(1, 256)] = setting(
        128, "HTTP checks that may run at the same time; a thread is started only when all others are busy."
    )


class TlsEntry(Entry):
    """How far a server's certificate is trusted."""

    verify: Flag = setting(True, "Whether the certificate is verified.")
    ca_file: CaFile | None = setting(None, "CA certificates trusted; none: `http.ca_file`.")
    server_name: Annotated[str, places.host()] | None = setting(None, "Name expected; none: the URL's host.")
    min_days: Annotated[int, kinds.whole(0, 3650)] = setting(14, "Degraded when fewer days are left before expiry.")
    cert_file: CaFile | None = setting(None, "The certificate we show, in PEM form; needs `key_file`. None: none.")
    key_file: Annotated[str, places.file()] | None = setting(None, "Its key, in PEM form, without a passphrase.")
    min_version: Annotated[TlsVersion, kinds.choice(get_args(TlsVersion))] | None = setting(
        None, "The lowest version offered; none: what the library holds to be safe."
    )
    max_version: Annotated[TlsVersion, kinds.choice(get_args(TlsVersion))] | None = setting(
        None, "The highest version offered; none: the highest there is."
    )

    @model_validator(mode="after")
    def _whole(self) -> "TlsEntry":
        if (self.cert_file is None) != (self.key_file is None):
            missing, given = ("key_file", "cert_file") if self.cert_file else ("cert_file", "key_file")
            raise custom(WrongError(f"is required by '{given}'", below=(missing,)))
        versions = get_args(TlsVersion)
        if (
            self.min_version
            and self.max_version
            and versions.index(self.min_version) > versions.index(self.max_version)
        ):
            raise custom(WrongError("expected no more than 'max_version'", below=("min_version",)))
        return self

    def settings(self, ca_file: str | None) -> TlsSettings:
        """The settings for collectors; ``ca_file`` is trusted where none is said."""
        return TlsSettings(
            self.verify, self.ca_file or ca_file, self.server_name, self.min_days, cert_file=self.cert_file,
            key_file=self.key_file, min_version=self.min_version, max_version=self.max_version,
        )  # fmt: skip


SECRET_HEADER = re.compile(r"authorization|cookie|token|api-?key|secret|password", re.IGNORECASE)


class ProbeCheckEntry(Entry):
    """A target probed with a module of a file that `probe.module_files` names."""

    module: Annotated[str, kinds.reference("probe module")] = Field(description="The module, by its name.")
    target: Text = Field(
        description="What is probed, as `/probe` wants it: a URL for http (`http://` may be left out), `host:port` for "
        "tcp, a host for icmp, `host` or `host:port` for dns."
    )
    hostname: Text | None = setting(
        None, "Who is meant where the target only says where to go: Host header, and name in TLS; http and tcp."
    )
