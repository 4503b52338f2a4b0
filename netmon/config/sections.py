"""The tree read as models, entry by entry: what is wrong in one entry hides nothing in the others."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from netmon.config.agreements import CalendarEntry, ContractEntry
from netmon.config.entry import Entry, Id
from netmon.config.interfaces import InterfaceEntry
from netmon.config.kinds import UTC, Context
from netmon.config.names import Names
from netmon.config.problems import translate
from netmon.config.schema import (
    CheckEntry,
    CommuneEntry,
    Main,
    MaintenanceEntry,
    NodeEntry,
    ServiceEntry,
    SiteEntry,
)
from netmon.config.source import Location, MapNode, kind_of, text_of
from netmon.config.targets import CredentialEntry
from netmon.config.wrong import Advisor
from netmon.errors import Problem

E = TypeVar("E", bound=Entry)
LISTS: Mapping[str, type[Entry]] = {
    "interfaces": InterfaceEntry,
    "communes": CommuneEntry,
    "sites": SiteEntry,
    "nodes": NodeEntry,
    "checks": CheckEntry,
    "services": ServiceEntry,
    "calendars": CalendarEntry,
    "contracts": ContractEntry,
    "maintenance": MaintenanceEntry,
}
_NAME = TypeAdapter(Id)


@dataclass
class Sections:
    """The entries that could be read, by section and index; ``main`` holds everything else.

    A section of which all is commented out counts as not there.
    """

    tree: MapNode
    main: Main = field(default_factory=Main)
    credentials: dict[str, CredentialEntry] = field(default_factory=dict)
    lists: dict[str, dict[int, Entry]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def entries(self, section: str, kind: type[E]) -> dict[int, E]:
        """The entries of a list section by index."""
        return {index: entry for index, entry in self.lists.get(section, {}).items() if isinstance(entry, kind)}


def read_sections(tree: MapNode, names: Names, advisor: Advisor) -> Sections:
    """Read every entry; what cannot be read is left out and told in ``problems``."""
    given = {key: value for key, value in tree.items() if kind_of(value) != "nothing" or key not in Main.model_fields}
    reader = _Reader(Sections(tree), given, Context(names.by_kind, _zone(tree), advisor), advisor)
    reader.main()
    reader.credentials()
    for section, model in LISTS.items():
        reader.list_section(section, model)
    return reader.sections


def _zone(tree: MapNode) -> zoneinfo.ZoneInfo:
    name = text_of(tree, "timezone")
    try:
        return zoneinfo.ZoneInfo(str(name) if name is not None else Main().timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@dataclass
class _Reader:
    sections: Sections
    given: dict[str, Any]
    context: Context
    advisor: Advisor

    def main(self) -> None:
        """The keys that are not lists of entries; those that cannot be read keep their defaults."""
        rest = {key: value for key, value in self.given.items() if key not in LISTS and key != "credentials"}
        bad: set[str | int] = set()
        try:
            Main.model_validate(rest, context=self.context)
        except ValidationError as error:
            self.sections.problems += translate(error, Main, self.sections.tree, (), self.advisor)
            bad = {detail["loc"][0] for detail in error.errors(include_input=False, include_url=False)}
        good = {key: value for key, value in rest.items() if key not in bad}
        self.sections.main = Main.model_validate(good, context=self.context)

    def credentials(self) -> None:
        tree = self.given.get("credentials", {})
        if not isinstance(tree, dict):
            self._validate(Main, {"credentials": tree}, ())
            return
        for name in tree:
            self._name(name, ("credentials", name))
            entry = self._validate(CredentialEntry, tree[name], ("credentials", name))
            if entry is not None:
                self.sections.credentials[str(name)] = entry

    def _name(self, name: str, location: Location) -> None:
        try:
            _NAME.validate_python(name, context=self.context)
        except ValidationError as error:
            problems = translate(error, Main, self.sections.tree, location, self.advisor)
            mark = self.sections.tree["credentials"].keys_at[name]
            self.sections.problems += [mark.problem(problem.path, problem.message) for problem in problems]

    def list_section(self, section: str, model: type[Entry]) -> None:
        items = self.given.get(section, [])
        if not isinstance(items, list):
            self._validate(Main, {section: items}, ())
            return
        entries = self.sections.lists.setdefault(section, {})
        for index, item in enumerate(items):
            entry = self._validate(model, item, (section, index))
            if entry is not None:
                entries[index] = entry

    def _validate(self, model: type[E], value: object, location: Location) -> E | None:
        try:
            return model.model_validate(value, context=self.context)
        except ValidationError as error:
            self.sections.problems += translate(error, model, self.sections.tree, location, self.advisor)
            return None
