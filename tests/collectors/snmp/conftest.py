"""Recordings of real devices are not part of the project: where they are not, there is nothing to test with them."""

import os
from pathlib import Path

DEVICES = Path(os.environ.get("NETMON_DEVICES", Path(__file__).resolve().parents[4] / "shared" / "devices"))

collect_ignore = [] if any(DEVICES.glob("*.snmprec")) else [
    "test_recordings.py", "test_builtin_recordings.py", "test_modules_recordings.py",
]  # fmt: skip
