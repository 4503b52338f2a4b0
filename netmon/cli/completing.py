"""What the shell proposes at the tab key: names of the configuration, and incidents that are open.

A shell asks while somebody types: whatever is wrong with the configuration is not said here, there are no proposals.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from netmon.errors import NetmonError

if TYPE_CHECKING:
    from netmon.config import Configuration
    from netmon.model import Inventory

Proposals = list[tuple[str, str]]
Completer = Callable[[typer.Context, str], Proposals]

_PLAIN = re.compile(r"([^\w.,:/@%+=-])")


def _from(names: "Callable[[Inventory], Iterable[tuple[str, str]]]") -> Completer:
    """A completer that proposes names of the inventory with what they are."""

    def propose(ctx: typer.Context, incomplete: str) -> Proposals:
        configuration = _configuration(ctx)
        return _matching(names(configuration.inventory), incomplete) if configuration else []

    return propose


def _communes(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    return ((each.name, each.insee) for each in inventory.communes.values())


def _nodes(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    sites = inventory.sites
    return ((each.id, sites[each.site].name if each.site in sites else "") for each in inventory.nodes.values())


def _checks(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    return ((each.id, each.collector) for each in inventory.checks.values())


def _services(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    return ((each.id, each.name) for each in inventory.services.values())


def _sites(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    return ((each.id, each.name) for each in inventory.sites.values())


def _objects(inventory: "Inventory") -> Iterable[tuple[str, str]]:
    for names in (_communes, _nodes, _services, _sites, _checks):
        yield from names(inventory)


complete_commune = _from(_communes)
complete_node = _from(_nodes)
complete_check = _from(_checks)
complete_object = _from(_objects)
complete_contract = _from(lambda inventory: ((each.id, each.name) for each in inventory.contracts.values()))


def complete_incident(ctx: typer.Context, incomplete: str) -> Proposals:
    """Incidents that are open, by number and by what they are about, as the history has them."""
    configuration = _configuration(ctx)
    if configuration is None:
        return []
    from netmon.history import open_history
    from netmon.state.book import Book

    with contextlib.suppress(NetmonError):
        store = open_history(configuration.history, read_only=True)
        try:
            cases = Book(store.incident_steps()).cases
        finally:
            store.close()
        opened = [(name, case) for name, case in cases.items() if case.closed is None]
        names = [(name, case.first) for name, case in opened] + [(case.first, name) for name, case in opened]
        return _matching(names, incomplete)
    return []


def complete_works(ctx: typer.Context, incomplete: str) -> Proposals:
    """Planned works that go on or come."""
    if _configuration(ctx) is None:
        return []
    from netmon.cli.works import Works

    with contextlib.suppress(NetmonError), Works(_config_of(ctx)) as works:
        return _matching(((row.name, row.text) for row in works.rows(every=False)), incomplete)
    return []


def one_of(*words: str) -> Completer:
    """A completer for a closed list."""

    def propose(ctx: typer.Context, incomplete: str) -> Proposals:
        del ctx
        return _matching(((word, "") for word in words), incomplete)

    return propose


def _matching(names: Iterable[tuple[str, str]], incomplete: str) -> Proposals:
    """Those that begin so; accents and capitals do not matter, where the shell leaves that to us."""
    from exporters.summary import plain

    start = plain(incomplete)
    return [(_Proposal(_written(name)), help_text) for name, help_text in names if plain(name).startswith(start)]


class _Proposal(str):
    """Chosen already: typer's own choice by the first letters knows neither accents nor what bash wants escaped."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def _written(name: str) -> str:
    """As the shell is to take it; bash puts in what it is given, zsh and fish quote it themselves."""
    return _PLAIN.sub(r"\\\1", name) if os.environ.get("_NETMON_COMPLETE", "").endswith("bash") else name


def _config_of(ctx: typer.Context) -> Path | None:
    named = ctx.params.get("config")
    return None if named is None else Path(named)


def _configuration(ctx: typer.Context) -> "Configuration | None":
    from netmon.config import load

    with contextlib.suppress(NetmonError):
        return load(_config_of(ctx))
    return None
