"""One import, from what a source tells to the file: every mistake at once. A file that an earlier import wrote is
brought up to date, and what that changes is told."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from exporters.summary import plain
from netmon.cli.found import MADE, Draft, Found, Wishes
from netmon.config import DEFAULT_PATHS, load
from netmon.config.reader import read_file
from netmon.config.source import ListNode, MapNode
from netmon.errors import ConfigError, Problem, UsageError
from netmon.model import Inventory
from netmon.reloading import differences

MOST_TOLD = 20


class Import:
    """Writes into ``output`` (None: standard output), beside what the configuration ``config`` watches already. What
    ``output`` holds from an earlier import is not "already": it is replaced.

    Raises:
        ConfigError: the configuration or ``output`` cannot be read.
        UsageError: ``output`` holds something else.
    """

    def __init__(self, config: Path | None, wishes: Wishes, output: Path | None) -> None:
        self._config = config
        self._output = output
        there = config is not None or any(path.exists() for path in DEFAULT_PATHS)
        self._before = load(config) if there else None
        self._earlier = _ids(output) if output is not None and output.is_file() else frozenset()
        if self._before is None:
            self._draft = Draft(None, wishes)
            return
        inventory = self._before.inventory
        mine = [site for site in inventory.sites.values() if site.id in self._earlier]
        sites = {(plain(site.name), site.commune): site.id for site in mine}
        self._draft = Draft(_without(inventory, self._earlier), wishes, sites)

    def write(self, found: Iterable[Found], source: str) -> None:
        """Write what was ``found``, and tell of it on standard error.

        Raises:
            UsageError: something of it cannot be watched; nothing is written.
            ConfigError: it is written, and something else of the configuration does not fit it.
        """
        refused: list[str] = []
        for each in found:
            try:
                self._draft.add(each)
            except UsageError as error:
                refused.append(str(error))
        if refused:
            raise UsageError("\n".join(shortened(refused)))
        write(self._draft.text(source), self._output)
        sites, nodes, checks = self._draft.counts
        told = [*shortened(self._draft.notes), f"{nodes} nodes, {checks} checks and {sites} new sites"]
        sys.stderr.writelines(f"{line}\n" for line in told)
        if self._earlier and self._before is not None:
            changes = [str(each) for each in differences(self._before, load(self._config))]
            sys.stderr.writelines(f"{line}\n" for line in shortened(changes) or ["nothing else than before"])


def shortened(lines: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(lines) - MOST_TOLD
    return [*lines[:MOST_TOLD], f"… and {more} more"] if more > 0 else lines


def write(text: str, output: Path | None) -> None:
    """Put ``text`` where it is wanted.

    Raises:
        UsageError: it cannot be written there.
    """
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror})") from error


def _ids(output: Path) -> frozenset[str]:
    """What an earlier import wrote."""
    problems: list[Problem] = []
    tree = read_file(output, str(output), problems)
    if problems or tree is None:
        raise ConfigError(problems)
    if tree and not tree.mark.source.text.startswith(f"# {MADE}"):
        raise UsageError(f"{output}: is there already, and no import made it")
    return frozenset(_ids_in(tree))


def _ids_in(tree: MapNode) -> Iterable[str]:
    for part in tree.values():
        for record in part if isinstance(part, ListNode) else ():
            if isinstance(record, MapNode) and isinstance(record.get("id"), str):
                yield str(record["id"])


def _without(inventory: Inventory, ids: frozenset[str]) -> Inventory:
    checks = inventory.checks.items()
    parts: dict[str, Any] = {
        "sites": {name: site for name, site in inventory.sites.items() if name not in ids},
        "nodes": {name: node for name, node in inventory.nodes.items() if name not in ids},
        "checks": {name: check for name, check in checks if name not in ids and check.node not in ids},
    }
    return replace(inventory, **parts)
