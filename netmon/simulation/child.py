"""The parent's end of the child process that runs agents and web sites."""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from netmon.errors import HostError
from netmon.simulation.demo import Demo
from netmon.simulation.placement import Placement

_LOG = "simulation.log"


class Child:
    """The child process. ``on_fault`` gets each fault line (see ``runner``) on a thread of its own."""

    def __init__(
        self, demo: Demo, directory: Path, *, on_fault: Callable[[dict[str, Any]], None], extra: tuple[str, ...] = ()
    ) -> None:
        self._demo = demo
        self._directory = directory
        self._on_fault = on_fault
        self._extra = extra
        self._first: Queue[str] = Queue()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, without waiting: it needs a second or two, in which there is other work to do.

        Raises:
            OSError: the directory cannot be written.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / _LOG).open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                [*self._demo.arguments(self._directory), *self._extra],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        threading.Thread(target=self._read, daemon=True).start()

    def ready(self, timeout: float = 30.0) -> Placement:
        """Wait until everything listens, and tell where.

        Raises:
            HostError: it did not come up, with its own words for why.
        """
        try:
            line = json.loads(self._first.get(timeout=timeout) or "{}")
        except Empty:
            line = {"error": f"no answer within {timeout:g} s"}
        if line.get("ready"):
            if line["script"] != self._demo.script.digest():
                raise HostError("the simulation plays another script than this process: is it another version?")
            return Placement.from_json(line["placement"])
        raise HostError(f"the simulation did not start: {line.get('error') or f'see {self._directory / _LOG}'}")

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self, timeout: float = 3.0) -> None:
        """Stop it; safe without ``start``, and twice."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _read(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        with process.stdout as lines:
            self._first.put(lines.readline())
            for line in lines:
                self._on_fault(json.loads(line))
