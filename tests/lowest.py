"""The lowest versions that pyproject.toml admits, as pip constraints: ``python tests/lowest.py > constraints.txt``."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

_LOWEST = re.compile(r"([A-Za-z0-9-]+)(?:\[[^]]*\])?>=([0-9.]+)")


def lowest() -> Iterator[str]:
    """``name==version`` for each run-time dependency."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    for line in project["dependencies"]:
        found = _LOWEST.match(line)
        if not found:
            raise SystemExit(f"{line}: has no lower bound")
        yield f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in lowest()))
