"""What the daemon's log looks like to people, and to systemd's journal."""

import os
import re
import subprocess
import sys

import pytest

WARNING = "import logging; from netmon.cli.logs import set_up_logging; set_up_logging(logging.INFO); log = {log}; {say}"
LOG = "logging.getLogger('netmon.heart')"


def said(say: str, journal: str | None) -> list[str]:
    """The lines on standard error; ``journal``: what JOURNAL_STREAM says, "" for that very stream."""
    reader, writer = os.pipe()
    file = os.fstat(writer)
    environment = {**os.environ}
    environment.pop("JOURNAL_STREAM", None)
    if journal is not None:
        environment["JOURNAL_STREAM"] = journal or f"{file.st_dev}:{file.st_ino}"
    program = WARNING.format(log=LOG, say=say)
    with os.fdopen(reader, encoding="utf-8") as lines:
        subprocess.run([sys.executable, "-c", program], stderr=writer, env=environment, check=True)
        os.close(writer)
        return lines.read().splitlines()


@pytest.mark.parametrize("journal", [None, "8:12345"])
def test_people_get_the_time_also_where_the_journal_of_something_else_was_inherited(journal: str | None) -> None:
    [line] = said("log.warning('late')", journal)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING netmon\.heart: late", line)


@pytest.mark.parametrize(
    ("level", "priority"), [("debug", None), ("info", 6), ("warning", 4), ("error", 3), ("critical", 2)]
)
def test_the_journal_gets_the_priority_and_no_time_of_ours(level: str, priority: int | None) -> None:
    expected = [f"<{priority}>{level.upper()} netmon.heart: late"] if priority else []
    assert said(f"log.{level}('late')", "") == expected


def test_each_line_of_a_traceback_has_the_priority_of_its_message() -> None:
    lines = said("\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('a fault')", "")
    assert lines[0] == "<3>ERROR netmon.heart: a fault"
    assert len(lines) > 3
    assert all(line.startswith("<3>") for line in lines)
