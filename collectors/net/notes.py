"""The steps of a poll, for ``netmon probe``."""

from collections.abc import Iterable

from collectors.net.deadline import Trace
from netmon.settings import Secret


class Notes:
    """Lines with the time since the poll began, where anybody wants them; ``secrets`` never stand in one."""

    def __init__(self, trace: Trace, *, verbose: bool, secrets: Iterable[Secret] = ()) -> None:
        self.verbose = verbose
        self._trace = trace
        self._secrets = sorted((secret.reveal() for secret in secrets if secret.reveal()), key=len, reverse=True)
        self._lines: list[str] = []

    def say(self, line: str) -> None:
        """Note a step."""
        if self.verbose:
            self._lines.append(f"{self._trace.elapsed * 1000:8.1f} ms  {self.without_secrets(line)}")

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything noted, in order."""
        return tuple(self._lines)

    def without_secrets(self, text: str) -> str:
        """``text`` without the secrets, should a server have sent one back."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text
