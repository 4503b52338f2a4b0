"""``netmon`` and ``python -m netmon``."""

import sys


def main() -> int:
    """Run one command; Ctrl-C while it is still being loaded ends it as quietly as later."""
    try:
        from netmon.cli import main as run  # noqa: PLC0415 - a second in which Ctrl-C may come

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
