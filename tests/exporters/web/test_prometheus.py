"""A real Prometheus scrapes a real listener, in both of the formats it asks for."""

import asyncio
import json
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from exporters.prometheus import Exposition
from exporters.web import WebServer, create_app
from netmon.model import Family, State
from tests.exporters.snapshots import AMBES, BEGLES, FakeSnapshot, make_observation, make_snapshot

HOSTILE = 'vers "l\'étang"\\\n\x00\u2028%d 🙂'


@contextmanager
def prometheus(directory: Path, target: str, **more: Any) -> Iterator[str]:
    """Its address; it scrapes ``target`` each second, whole and in part, as ``more`` of its settings say."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("needs prometheus (Debian: prometheus)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    jobs = [
        {"job_name": "all", "static_configs": [{"targets": [target]}]},
        {"job_name": "begles", "params": {"commune": ["Bègles"]}, "static_configs": [{"targets": [target]}]},
    ]
    jobs = [{**job, **more} for job in jobs]
    configuration = directory / "prometheus.yml"  # YAML reads JSON
    configuration.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
    arguments = [f"--config.file={configuration}", f"--storage.tsdb.path={directory}/data"]
    process = subprocess.Popen(
        [program, *arguments, f"--web.listen-address={address}", "--log.level=error"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def query(address: str, expression: str) -> dict[str, float]:
    """Values by job."""
    url = f"{address}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    with urllib.request.urlopen(url, timeout=5) as response:
        document: dict[str, Any] = json.load(response)
    return {each["metric"].get("job", ""): float(each["value"][1]) for each in document["data"]["result"]}


def wait_until_scraped(address: str) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if len(query(address, "scrape_samples_scraped > 0")) == 2:
                return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail("Prometheus did not scrape in a minute")


def look(directory: Path, server: WebServer) -> None:
    with prometheus(directory, f"127.0.0.1:{server.port}") as address:
        wait_until_scraped(address)
        with urllib.request.urlopen(f"{address}/api/v1/targets", timeout=5) as response:
            targets = json.load(response)["data"]["activeTargets"]
        assert [(target["health"], target["lastError"]) for target in targets] == [("up", "")] * 2
        assert query(address, "sum by (job) (ifHCInOctets)") == {"all": 60.0, "begles": 60.0}
        assert query(address, 'count by (job) (netmon_check_state{state="up"} == 1)') == {"all": 5.0, "begles": 3.0}
        assert query(address, 'netmon_check_up{check="portail-web"}') == {"all": 0.0, "begles": 0.0}
        alias = json.dumps(HOSTILE, ensure_ascii=False).replace("\u2028", "\\u2028")
        assert query(address, f"ifHCInOctets{{ifAlias={alias}}}") == {"all": 10.0, "begles": 10.0}


def make_living_exposition() -> tuple[FakeSnapshot, Exposition]:
    snapshot = make_snapshot([BEGLES, AMBES])
    exposition = Exposition(snapshot, CollectorRegistry())
    series = (("1", HOSTILE), ("2", ""), ("3", "x"))
    family = Family("ifHCInOctets", "counter", "Octets in.", ("ifIndex", "ifAlias"), series, (10, 20, 2**53 + 30))
    exposition.observed(make_observation(snapshot.inventory.checks["core-1/snmp"], family))
    snapshot.set_check("portail-web", State.DOWN)
    return snapshot, exposition


@pytest.mark.peer
def test_prometheus_scrapes_everything_and_a_selection_without_an_error(tmp_path: Path) -> None:
    snapshot, exposition = make_living_exposition()

    async def run() -> None:
        server = WebServer("127.0.0.1", 0, create_app(snapshot, exposition, None))
        await server.start()
        try:
            await asyncio.to_thread(look, tmp_path, server)
        finally:
            await server.stop()

    asyncio.run(run())
