"""Writes the files that are generated from the configuration's models; run from the top of the source tree."""

import sys
from pathlib import Path

from netmon.config.reference import json_schema, markdown

FILES = {Path("config/netmon.schema.json"): json_schema, Path("docs/configuration.md"): markdown}


def generate(root: Path) -> list[Path]:
    """Write the files below ``root``; the ones written."""
    for path, content in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content(), encoding="utf-8")
    return list(FILES)


if __name__ == "__main__":
    for written in generate(Path.cwd()):
        sys.stdout.write(f"{written}\n")
