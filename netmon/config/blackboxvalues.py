"""Values that several sections of a ``blackbox.yml`` share: secrets, files, TLS, addresses, Go's expressions.

What such a file may say and netmon cannot do (gRPC, a file that is not there) is not a mistake of the file: the module
is refused wherever it is asked for, and the others work.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final, cast, get_args
from urllib.parse import urlsplit

from netmon.config.looking import Looking, Where, path_of
from netmon.config.reader import read_bytes
from netmon.config.secrets import referred, secret_in_file
from netmon.config.source import ListNode, MapNode, Scalar, kind_of, shown
from netmon.config.wrong import Advisor, WrongError
from netmon.errors import Problem
from netmon.goregex import RegexError, compile_go
from netmon.settings import AddressChoice, IpProtocol, Secret, TlsSettings, TlsVersion

ADDRESS_KEYS: Final = ("preferred_ip_protocol", "ip_protocol_fallback")
TLS_KEYS: Final = (
    "ca", "cert", "key", "ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify", "min_version",
    "max_version",
)  # fmt: skip
HIDDEN: Final = "<secret>"
"""What stands for a secret where a module is shown, as there."""
MAX_FILE_BYTES: Final = 1 << 20
_WORDS: Final = {"true": True, "false": False, "": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_MAX_SIZE: Final = 1 << 53
_SIZE = re.compile(r"(?:(?:[0-9]{1,12}\.?[0-9]{0,6}|\.[0-9]{1,6})(?:[KMGTPE]i?)?B)+")
_SIZE_PART = re.compile(r"([0-9.]+)([KMGTPE]?)i?B")
_POWERS = {letter: 1024**power for power, letter in enumerate(["", *"KMGTPE"])}


class _NoMapping(MapNode):
    """Stands for what should have been a mapping; that was said, and all else that it lacks is not."""


class ProbeReading(Looking):
    """Takes values; files are beside ``base``. ``refusals`` say what one module asks for that cannot be done."""

    def __init__(self, base: Path, advisor: Advisor) -> None:
        super().__init__(advisor)
        self.base = base
        self.refusals: list[Problem] = []
        self._hidden: set[int] = set()

    def wrong(self, node: object, where: Where, message: str, offset: int = 0) -> None:
        """Something is wrong with ``node``, which stands at ``where``."""
        if not isinstance(node, _NoMapping):
            super().wrong(node, where, message, offset)

    def mapping(self, node: object, where: Where, keys: Collection[str]) -> MapNode:
        """A mapping of which only ``keys`` are known; nothing counts as empty."""
        said = super().mapping(node, where, keys)
        if isinstance(said, MapNode):
            return said
        return (MapNode if node == "" else _NoMapping)(cast("Scalar | ListNode", node).mark)

    def section(self, said: MapNode, key: str, where: Where, keys: Collection[str]) -> MapNode:
        """The mapping under ``key``, of which only ``keys`` are known; empty when none is there."""
        return self.mapping(said.get(key, MapNode(said.mark)), (where, key), keys)

    def refuse(self, node: object, where: Where, message: str) -> None:
        """The module cannot be used here because of ``node``."""
        mark = cast("Scalar | MapNode", node).mark
        self.refusals.append(mark.problem(path_of(where), message))

    def only_one(self, said: Mapping[str, Any], keys: tuple[str, ...], where: Where) -> None:
        """Of ``keys`` at most one may be given."""
        given = [key for key in keys if said.get(key, "") != ""]
        for key in given[1:]:
            self.wrong_key(said, key, where, f"cannot stand beside '{given[0]}'")

    def hide(self, node: object) -> None:
        """``node`` is not to be shown."""
        self._hidden.add(id(node))

    def shown(self, node: object) -> Any:
        """The tree ``node`` for people, as plain data, without what is not to be shown."""
        if id(node) in self._hidden:
            return HIDDEN
        if isinstance(node, MapNode):
            return {str(key): self.shown(value) for key, value in node.items()}
        if isinstance(node, ListNode):
            return [self.shown(value) for value in node]
        text = str(node)
        if not isinstance(node, Scalar) or not node.plain:
            return text
        return _WORDS.get(text, int(text) if _WHOLE.fullmatch(text) else text)

    # --- Texts --------------------------------------------------------------------------------------------------------

    def listed(self, said: Mapping[str, Any], key: str, where: Where) -> list[tuple[Any, Where]]:
        """The values under ``key`` with their places: of a list, or the one that stands there alone."""
        value = said.get(key, "")
        if isinstance(value, Scalar):
            return [] if value.null else [(value, (where, key))]
        return [(item, ((where, key), index)) for index, item in enumerate(self.items(said, key, where))]

    def words(self, said: Mapping[str, Any], key: str, where: Where) -> tuple[str, ...]:
        """The texts under ``key``."""
        found = []
        for value, place in self.listed(said, key, where):
            if isinstance(value, Scalar):
                found.append(str(value))
            else:
                self.wrong(value, place, f"expected text, found {kind_of(value)}")
        return tuple(found)

    def patterns(self, said: Mapping[str, Any], key: str, where: Where) -> tuple[str, ...]:
        """The expressions of Go's under ``key``, as Python's."""
        return tuple(self.pattern(value, place) for value, place in self.listed(said, key, where))

    def pattern(self, value: object, where: Where) -> str:
        """One expression of Go's as Python's; ``\\d`` and its like mean ASCII there."""
        try:
            return f"(?a:{compile_go(self.go_regex(value, where)).pattern})"
        except RegexError:
            return ""

    def size(self, said: Mapping[str, Any], key: str, where: Where) -> int:
        """A number of bytes: ``10MB``, ``1.5KiB``, ``1024``; units are powers of 1024."""
        value = self.text(said, key, where)
        if not value or (value.isdecimal() and len(value) < 16):
            return int(value or 0)
        parts = _SIZE_PART.findall(value) if _SIZE.fullmatch(value) else []
        size = sum(float(number) * _POWERS[letter] for number, letter in parts)
        if not parts or size > _MAX_SIZE:
            self.wrong(said[key], (where, key), f"expected a size such as 10MB or 512KiB, found {shown(value)}")
            return 0
        return int(size)

    # --- Secrets and files --------------------------------------------------------------------------------------------

    def secret(self, said: Mapping[str, Any], key: str, where: Where) -> Secret | None:
        """The secret under ``key``, itself or a reference to it, or in the file ``key_file`` names; never shown."""
        file_key = f"{key}_file"
        self.only_one(said, (key, file_key), where)
        self.hide(said.get(key))
        value = self.text(said, key, where)
        if value:
            return Secret(self.reference(said[key], (where, key)) or value)
        file = self.text(said, file_key, where)
        if not file:
            return None
        found = self._or_refuse(lambda: secret_in_file(file, self.base), said[file_key], (where, file_key))
        return Secret(found or "")

    def hidden(self, node: object, where: Where) -> Secret:
        """A text that must not be shown, itself or a reference to it."""
        self.hide(node)
        return Secret(self.reference(node, where) or str(node))

    def reference(self, node: object, where: Where) -> str | None:
        """What a text that is a reference refers to; None: it is none."""
        return self._or_refuse(lambda: referred(str(node), self.base), node, where)

    def file_text(self, said: Mapping[str, Any], key: str, where: Where) -> str | None:
        """What the file that ``key`` names says; None: it names none."""
        name = self.text(said, key, where)
        if not name:
            return None

        def read() -> str:
            try:
                return read_bytes(self.base / name, MAX_FILE_BYTES).decode()
            except UnicodeDecodeError:
                raise WrongError(f"the file {shown(name)} is not UTF-8 text") from None
            except ValueError as error:
                raise WrongError(f"the file {shown(name)} {error}") from None

        return self._or_refuse(read, said[key], (where, key))

    def _or_refuse(self, read: Callable[[], str | None], node: object, where: Where) -> str | None:
        try:
            return read()
        except WrongError as error:
            self.refuse(node, where, str(error))
            return ""

    def url(self, said: Mapping[str, Any], key: str, where: Where, schemes: tuple[str, ...]) -> Secret | None:
        """A URL, which may hold a password."""
        self.hide(said.get(key))
        value = self.text(said, key, where)
        if not value:
            return None
        try:
            parts = urlsplit(value)
            good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and value.isprintable()
        except ValueError:
            good = False
        if not good:
            words = " or ".join(f"{scheme}://…" for scheme in schemes)
            self.wrong(said[key], (where, key), f"expected a URL, {words}")
        return Secret(value)

    # --- Shared sections ----------------------------------------------------------------------------------------------

    def addresses(self, said: Mapping[str, Any], where: Where) -> AddressChoice:
        """Which address of a name is asked, and from where."""
        preferred = self.choice(said, "preferred_ip_protocol", where, get_args(IpProtocol), default="ip6")
        source = self.text(said, "source_ip_address", where)
        try:
            ipaddress.ip_address(source or "::")
        except ValueError:
            self.wrong(
                said["source_ip_address"],
                (where, "source_ip_address"),
                f"expected an IP address of this host, found {shown(source)}",
            )
        fallback = self.flag(said, "ip_protocol_fallback", where, default=True)
        return AddressChoice(cast("IpProtocol", preferred), fallback, source)

    def tls(self, said: MapNode, where: Where, key: str = "tls_config") -> TlsSettings:
        """The section ``tls_config``. Files of certificates are read when they are used."""
        place = (where, key)
        tls = self.section(said, key, where, TLS_KEYS)
        for name in ("ca", "cert", "key"):
            self.only_one(tls, (name, f"{name}_file"), place)
        shows, proves = (any(tls.get(f"{name}{end}") for end in ("", "_file")) for name in ("cert", "key"))
        if shows != proves:
            given, missing = ("cert", "key") if shows else ("key", "cert")
            self.wrong(tls, place, f"'{given}' or '{given}_file' needs '{missing}' or '{missing}_file'")
        inline = self.text(tls, "key", place)
        return TlsSettings(
            verify=not self.flag(tls, "insecure_skip_verify", place),
            ca_file=self._path(tls, "ca_file", place),
            server_name=self.text(tls, "server_name", place) or None,
            ca=self.text(tls, "ca", place) or None,
            cert_file=self._path(tls, "cert_file", place),
            cert=self.text(tls, "cert", place) or None,
            key_file=self._path(tls, "key_file", place),
            key=self.hidden(tls["key"], (place, "key")) if inline else None,
            min_version=self._version(tls, "min_version", place),
            max_version=self._version(tls, "max_version", place),
        )

    def _path(self, said: Mapping[str, Any], key: str, where: Where) -> str | None:
        name = self.text(said, key, where)
        return str(self.base / name) if name else None

    def _version(self, said: Mapping[str, Any], key: str, where: Where) -> TlsVersion | None:
        if not said.get(key):
            return None
        return cast("TlsVersion", self.choice(said, key, where, get_args(TlsVersion)))
