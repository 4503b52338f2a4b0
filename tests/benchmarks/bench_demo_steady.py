"""The demo in steady state: CPU share and memory of the daemon alone, scraped every 15 s as Prometheus would.

Its agents and web sites run in a child process, which is measured beside it. Linux only (reads /proc).
"""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SETTLE, MEASURE, SCRAPE = 20, 60, 15
URL = "http://127.0.0.1:18730"


def main() -> None:
    """Run the demo for a while and print what it took."""
    command = [sys.executable, "-m", "netmon", "demo", "--listen", URL.removeprefix("http://")]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as demo:
        try:
            _wait()
            ready = time.monotonic() - begun
            time.sleep(SETTLE)
            _report(demo.pid, ready)
        finally:
            demo.terminate()


def _report(pid: int, ready: float) -> None:
    child = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    before = {each: _cpu(each) for each in (pid, child)}
    scraped, seconds = _measure()
    daemon, simulation = ((_cpu(each) - before[each]) / seconds for each in (pid, child))
    status = json.loads(_get("/api/v1/status"))
    series = _get("/metrics").count(b"\n")
    print(f"ready with 30 days of history in {ready:.1f} s")
    print(f"{status['monitor']['checks']} checks each 10 s, {series} lines of metrics, scraped {scraped} times")
    print(f"daemon:     {daemon:6.1%} of a core, {_memory(pid)} MB resident")
    print(f"simulation: {simulation:6.1%} of a core, {_memory(child)} MB resident; ratio {daemon / simulation:.2f}")


def _measure() -> tuple[int, float]:
    begun, scraped = time.monotonic(), 0
    while time.monotonic() - begun < MEASURE:
        _get("/metrics")
        scraped += 1
        time.sleep(SCRAPE)
    return scraped, time.monotonic() - begun


def _wait() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            _get("/-/ready")
            return
        time.sleep(0.1)
    raise SystemExit("the demo did not come up")


def _get(path: str) -> bytes:
    with urllib.request.urlopen(URL + path, timeout=10) as answer:
        return bytes(answer.read())


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
