"""Whether the records of a section are what they should be, by the rules of blackbox_exporter's validators."""

from collections.abc import Sequence

from collectors.net.deadline import Deadline
from collectors.net.failures import TargetError, clean
from collectors.net.searching import Searcher
from netmon.conventions import Reason
from netmon.settings import RecordRules

_MOST = 1000
"""Records that are searched in one section: a server may send tens of thousands."""


class Validator:
    """Applies rules to sections, one after the other."""

    def __init__(self, searcher: Searcher, deadline: Deadline) -> None:
        self._searcher = searcher
        self._deadline = deadline

    async def check(self, section: str, records: Sequence[str], rules: RecordRules) -> None:
        """Let pass what keeps the rules. Without records, what must match does not; "all match" does.

        Raises:
            TargetError: a rule is broken; the detail names the first record that breaks it.
            CollectError: a search does not end.
        """
        if rules == RecordRules():
            return
        if len(records) > _MOST:
            raise TargetError(Reason.TOO_LARGE, f"{len(records)} records in the {section} section")
        wanted = rules.fail_if_not_matches or rules.fail_if_none_matches
        if not records and wanted:
            raise _broken(section, f"is empty, which does not match {_shown(wanted[0])}")
        for record in records:
            await self._each(section, record, rules)
        if rules.fail_if_none_matches and not await self._any(records, rules.fail_if_none_matches):
            raise _broken(section, f"has no record that matches {_shown(rules.fail_if_none_matches[0])}")

    async def _each(self, section: str, record: str, rules: RecordRules) -> None:
        for pattern in rules.fail_if_matches:
            if await self._found(pattern, record):
                raise _broken(section, f"has {_shown(record)}, which matches {_shown(pattern)}")
        for pattern in (*rules.fail_if_not_matches, *rules.fail_if_all_match):
            if not await self._found(pattern, record):
                raise _broken(section, f"has {_shown(record)}, which does not match {_shown(pattern)}")

    async def _any(self, records: Sequence[str], patterns: Sequence[str]) -> bool:
        for record in records:
            for pattern in patterns:
                if await self._found(pattern, record):
                    return True
        return False

    async def _found(self, pattern: str, record: str) -> bool:
        return await self._searcher.search(pattern, record, self._deadline) is not None


def _broken(section: str, words: str) -> TargetError:
    return TargetError(Reason.RESPONSE, f"the {section} section {words}")


def _shown(text: str) -> str:
    return repr(clean(text, 80))
