"""What is carried from step to step of a journey, and what is told of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from collectors.http.judge import described
from collectors.net.failures import TargetError
from netmon.conventions import Reason
from netmon.model import State
from netmon.settings import HttpSettings, HttpStep, Selector

_LONGEST_VALUE = 8192
_SHORTEST_SECRET = 4
_ONLY = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


@dataclass
class Journey:
    """``steps`` are those taken: name, seconds, whether it was good; ``at`` is the one under way."""

    settings: HttpSettings
    values: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, float, bool]] = field(default_factory=list)
    at: str | None = None

    def begin(self, step: HttpStep, last_url: str) -> HttpSettings:
        """Its settings. A URL that is nothing but ``{{name}}`` is a link or a form's target found before, relative to
        the page it stood in; like a browser's, it may be any URL, but only of a site this journey names.

        Raises:
            TargetError: it leads elsewhere.
        """
        self.at = step.name
        only = _ONLY.fullmatch(step.settings.url)
        value = self.values.get(only[1]) if only else None
        if value is None:
            return step.settings
        try:
            url = urljoin(last_url, value)
            known = urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname in self._hosts()
        except ValueError:
            known = False
        if not known:
            raise TargetError(Reason.BODY, "the link found before leads to a site that this journey does not name")
        return replace(step.settings, url=url)

    def _hosts(self) -> set[str | None]:
        urls = [self.settings.url, *(step.settings.url for step in self.settings.steps)]
        return {urlsplit(url).hostname for url in urls if not _ONLY.fullmatch(url)}

    def extract(self, step: HttpStep, select: Callable[[Selector], str | None]) -> None:
        """Take what later steps use.

        Raises:
            TargetError: it is not in the answer.
        """
        for one in step.extract:
            value = select(one.where)
            if value is None or len(value) > _LONGEST_VALUE:
                words = "nothing" if value is None else f"more than {_LONGEST_VALUE} characters"
                raise TargetError(Reason.BODY, f"{words} at {described(one.where)} for {one.name}")
            self.values[one.name] = value

    def ended(self, step: HttpStep, seconds: float, *, up: bool) -> None:
        """A step ended."""
        self.steps.append((step.name, seconds, up))

    def told(self, verdict: tuple[State, Reason, str]) -> tuple[State, Reason, str]:
        """The verdict, with the step it was given in."""
        state, reason, detail = verdict
        return (state, reason, f"step {self.at}: {detail}") if self.at is not None else verdict

    @property
    def secrets(self) -> list[str]:
        """What must not be shown: everything extracted, but for what is too short to be a secret."""
        return [value for value in self.values.values() if len(value) >= _SHORTEST_SECRET]
