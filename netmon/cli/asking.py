"""What ``netmon status`` asks, of the daemon or, when none answers, of the history; what of the answer is wanted."""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmon.clock import to_datetime
from netmon.errors import ConfigError, StoreError, StrangerError, UnavailableError

if TYPE_CHECKING:
    from exporters.terminal import Status

DEFAULT_URL = "http://127.0.0.1:8730"


def url_of(listens: str, port: int, *, tls: bool = False) -> str:
    """Where to ask a daemon that listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listens, listens)  # noqa: S104
    return f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{port}"


def configured_url(config: Path | None) -> str:
    """Where the configuration says the daemon listens. One that cannot be read only matters when it was named."""
    from netmon.config import listens, load

    try:
        web = load(config).web
        return url_of(web.host, web.port, tls=web.access.tls is not None)
    except ConfigError:  # perhaps secrets only, which are not for everybody who asks
        with contextlib.suppress(ConfigError):
            return url_of(*listens(config))
        if config is not None:
            raise
        return DEFAULT_URL


@dataclass(frozen=True, slots=True)
class Source:
    """Where the present is asked for: the daemon at ``url``, else the history of ``config``. With ``named`` somebody
    said which daemon, and no history will do instead."""

    url: str
    named: bool
    config: Path | None

    def ask(self, *, brief: bool = False) -> "tuple[dict[str, Any], Status]":
        """The answer as a document and as values.

        Raises:
            UnavailableError: no daemon answers, and there is no history either.
        """
        try:
            return self.live(brief=brief)
        except UnavailableError as error:
            if self.named:
                raise
            return self.stored(str(error), refused=isinstance(error, StrangerError))

    def live(self, *, brief: bool = False) -> "tuple[dict[str, Any], Status]":
        """What the daemon says.

        Raises:
            UnavailableError: none answers.
        """
        from exporters.terminal import fetch_status, read_status

        document = fetch_status(self.url, brief=brief)
        return {**document, "source": {"from": "daemon", "url": self.url}}, read_status(document)

    def stored(self, why: str, *, refused: bool = False) -> "tuple[dict[str, Any], Status]":
        """What the history says, which is not the present: ``why`` it is asked is part of the answer, and whether a
        daemon ``refused`` to.

        Raises:
            UnavailableError: ``why``, and what is wrong with the history.
        """
        from exporters.terminal import read_status
        from exporters.terminal.status import Past
        from exporters.web.documents import status_document
        from exporters.web.values import moment
        from netmon.cli.present import last_watched, stored_present
        from netmon.config import load

        try:
            configuration = load(self.config)
            until = last_watched(configuration)
            snapshot = stored_present(configuration)
        except (ConfigError, StoreError) as error:
            first = str(error).partition("\n")[0]
            raise UnavailableError(f"{why}; nor can the history be read: {first}") from error
        document = status_document(snapshot, configuration.language, configuration.timezone)
        source = {"from": "history", "why": why, "watched_until": moment(until)}
        past = Past(why, None if until is None else to_datetime(until), refused)
        return {**document, "source": source}, replace(read_status(document), past=past)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of an answer is wanted."""

    commune: str = ""
    sort: str = "state"
    filter_by: str = ""

    def check(self) -> None:
        """Tell what cannot be understood before anything is asked.

        Raises:
            UsageError: a sort key or filter that does not exist.
        """
        from exporters.terminal.choose import parse_filter, sort_problems

        sort_problems((), self.sort)
        parse_filter(self.filter_by)

    def of(self, status: "Status") -> "Status":
        """Only what is wanted.

        Raises:
            UsageError: no such commune.
        """
        from exporters.terminal.choose import choose

        return choose(status, self.commune, self.sort, self.filter_by)

    def of_document(self, document: dict[str, Any], status: "Status") -> dict[str, Any]:
        """The document with only what ``status``, chosen from it, still holds."""
        communes = {commune["name"]: commune for commune in document["communes"]}
        problems = {(problem["kind"], problem["id"]): problem for problem in document["problems"]}
        kept = [(problem.kind, problem.id) for problem in status.problems]
        incidents = {problem.incident.id for problem in status.problems if problem.incident}
        return {
            **document,
            "state": status.state,
            "communes": [communes[commune.name] for commune in status.communes],
            "problems": [problems[each] for each in kept if each in problems],
            "incidents": [each for each in document.get("incidents", ()) if each["id"] in incidents],
        }
