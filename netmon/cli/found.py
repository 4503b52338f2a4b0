"""Devices and targets as a source outside tells of them, and the configuration that watches them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from exporters.summary import plain
from netmon.config import kinds, places
from netmon.config.entry import ID_PATTERN
from netmon.config.kinds import Context, Kind
from netmon.config.source import Mark, Scalar, Source, shown
from netmon.config.wrong import WrongError
from netmon.errors import UsageError
from netmon.expression import WORDS
from netmon.model import Inventory, Role, SiteKind
from netmon.simulation.yamltext import Value, document

Asked: TypeAlias = Literal["snmp", "http", "icmp", "tcp"]
MOST = 50_000
MADE = "Made by `netmon inventory import`"
"""How a file begins that an import wrote."""

_NOT_IN_ID = re.compile(r"[^a-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One device or target. ``where`` is what messages call it; "" is what the source does not tell."""

    where: str
    name: str
    target: str
    asked: Asked = "snmp"
    commune: str = ""
    site: str = ""
    site_kind: str = ""
    role: str = ""
    uplinks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator says where the source does not, and how its words for roles are to be read."""

    commune: str = ""
    credential: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)


class Draft:
    """Configuration for what was found, beside what ``known`` watches already (None: nothing is known).

    ``sites`` keep the ids they had, by name (plain) and commune, whatever order the source tells of them in.
    ``notes`` tell what was left out or guessed.
    """

    def __init__(
        self, known: Inventory | None, wishes: Wishes, sites: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.notes: list[str] = []
        self._known = known
        self._wishes = wishes
        self._taken: dict[str, str] = {}
        if known is not None:
            names = (*known.sites, *known.nodes, *known.services, *known.checks)
            self._taken = dict.fromkeys(names, "the configuration")
        self._sites: dict[str, dict[str, Value]] = {}
        self._site_ids: dict[tuple[str, str], str] = {}
        self._nodes: dict[str, dict[str, Value]] = {}
        self._checks: dict[str, dict[str, Value]] = {}
        self._roles: set[str] = set()
        self._kept = dict(sites or {})
        self._kept_ids = frozenset(self._kept.values())
        self._addresses: dict[str, str] = {}

    def add(self, found: Found) -> None:
        """Watch it.

        Raises:
            UsageError: it cannot be; the message is one line and names the place.
        """
        if len(self._nodes) + len(self._checks) >= MOST:
            raise UsageError(f"{found.where}: more than {MOST} devices and targets")
        if not found.target:
            raise UsageError(f"{found.where}: no address")
        commune = self._commune(found)
        site = self._site(found, commune)
        name = self._id(found, found.name or found.target)
        if found.asked == "snmp":
            self._nodes[name] = self._node(found, name, site)
        else:
            self._checks[name] = {"id": name, "site": site, found.asked: _aim(found)}

    def text(self, source: str) -> str:
        """The YAML.

        Raises:
            UsageError: an uplink leads nowhere.
        """
        known = self._known.nodes if self._known is not None else {}
        for name, node in self._nodes.items():
            uplinks = node.get("uplinks", ())
            for uplink in uplinks if isinstance(uplinks, tuple) else ():
                if uplink not in self._nodes and uplink not in known:
                    raise UsageError(f"{name}: the uplink {shown(str(uplink))} is no device found here or configured")
        head = [f"{MADE} from {source}. Include it, or copy from it."]
        parts = (("sites", self._sites), ("nodes", self._nodes), ("checks", self._checks))
        return (
            "\n".join(
                document(head if not index else (), key, records.values()).lstrip("\n")
                for index, (key, records) in enumerate((key, records) for key, records in parts if records)
            )
            or f"# {head[0]}\n"
        )

    @property
    def counts(self) -> tuple[int, int, int]:
        """New sites, nodes and checks."""
        return len(self._sites), len(self._nodes), len(self._checks)

    def _commune(self, found: Found) -> str:
        told = found.commune or self._wishes.commune
        if not told:
            raise UsageError(f"{found.where}: no commune: give one for all with --commune")
        if self._known is None or not self._known.communes:
            return _line(found, told)
        alike = {plain(name): name for name in self._known.communes}
        if plain(told) not in alike:
            raise UsageError(f"{found.where}: no commune is called {shown(told)}")
        return alike[plain(told)]

    def _site(self, found: Found, commune: str) -> str:
        told = _line(found, found.site or commune)
        key = (plain(told), commune)
        if key in self._site_ids:
            return self._site_ids[key]
        for site in self._known.sites.values() if self._known is not None else ():
            if site.commune == commune and (site.id == told or plain(site.name) == plain(told)):
                self._site_ids[key] = site.id
                return site.id
        made = self._kept.get(key) or _id_of(told)
        if made in self._taken or (key not in self._kept and made in self._kept_ids):
            made = _id_of(f"{commune} {told}")
        self._site_ids[key] = self._claim(found, made, told)
        kind = found.site_kind if found.site_kind in set(SiteKind) else SiteKind.OTHER.value
        self._sites[made] = {"id": made, "name": told, "kind": kind, "commune": commune}
        return made

    def _node(self, found: Found, name: str, site: str) -> dict[str, Value]:
        record: dict[str, Value] = {"id": name}
        if found.name and found.name != name:
            record["name"] = _line(found, found.name)
        record |= {"site": site, "role": self._role(found), "address": _address(found)}
        same = self._addresses.setdefault(found.target, name)
        if same != name:
            self.notes.append(f"{found.where}: '{name}' has the address of '{same}'")
        if found.uplinks:
            record["uplinks"] = tuple(_id_of(uplink) for uplink in found.uplinks)
        if self._wishes.credential:
            record["snmp"] = {"credential": self._wishes.credential}
        return record

    def _role(self, found: Found) -> str:
        told = self._wishes.roles.get(found.role, found.role).lower().replace("-", "_").replace(" ", "_")
        if told in set(Role):
            return told
        if found.role and found.role not in self._roles and len(self._roles) < 50:
            self._roles.add(found.role)
            self.notes.append(f"role {shown(found.role)} is not one of netmon's: taken as 'other' (--role mends it)")
        return Role.OTHER.value

    def _id(self, found: Found, told: str) -> str:
        return self._claim(found, _id_of(told), told)

    def _claim(self, found: Found, made: str, told: str) -> str:
        if not re.fullmatch(ID_PATTERN, made) or made in WORDS:
            raise UsageError(f"{found.where}: no id can be made of {shown(told)}")
        if made in self._taken:
            raise UsageError(f"{found.where}: the id '{made}' is taken by {self._taken[made]}")
        self._taken[made] = found.where
        return made


def _id_of(told: str) -> str:
    letters = unicodedata.normalize("NFKD", told.lower())
    return _NOT_IN_ID.sub("-", "".join(each for each in letters if not unicodedata.combining(each)))[:100].strip("-._")


def _line(found: Found, told: str) -> str:
    return str(_as_configured(found, kinds.text(), told.strip()))


def _address(found: Found) -> str:
    _as_configured(found, places.address(), found.target)
    return found.target


def _aim(found: Found) -> dict[str, Value]:
    if found.asked == "http":
        _as_configured(found, places.url(), found.target)
        return {"url": found.target}
    _as_configured(found, places.host_port() if found.asked == "tcp" else places.host(), found.target)
    return {"address": found.target}


def _as_configured(found: Found, kind: Kind, told: str) -> object:
    """What the configuration would read; so nothing is written that it would refuse."""
    try:
        return kind.parse(Scalar(told, Mark(Source(found.where, Path(), told), 0), plain=False), Context())
    except WrongError as error:
        raise UsageError(f"{found.where}: {error}") from error
