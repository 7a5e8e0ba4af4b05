"""Every command line of docker-compose.yml as a plain process on a real broker: together they make one Games."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest
import yaml

from desks.keyring import make_keys
from replay.doors import send
from replay.player import Pace
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.faults.waiting import until
from tests.house.test_deploy import METRIC, environment, ours
from tests.replay.test_stages import games_and_messages

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0  # seconds: on CI the broker, six processes and this test share two cores
MESSAGES = 800  # of the invented Games
ADDRESS = re.compile(r"^podium: (?:(\w[\w ]*?) at )?http://(\S+)$", re.MULTILINE)


class Started:
    """One command line, and where it answers."""

    def __init__(self, name: str, words: list[str], said: dict[str, str], folder: Path) -> None:
        self.name = name
        self._file = folder / f"{name}.log"
        with self._file.open("w") as file:
            command = [sys.executable, "-m", "podium", *words]
            self.process = subprocess.Popen(command, env=os.environ | said, stdout=file, stderr=file, cwd=folder)

    def said(self) -> str:
        return self._file.read_text()

    def address(self, what: str = "") -> str:
        """Return where it serves, or its ``operations`` are; empty as long as it has not said so."""
        found: list[tuple[str, str]] = ADDRESS.findall(self.said())
        return dict(found).get(what, "")

    def ask(self, path: str, what: str = "") -> bytes:
        with urlopen(f"http://{self.address(what)}{path}", timeout=30) as answer:
            return bytes(answer.read())

    @property
    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        with suppress(URLError, ConnectionError, TimeoutError, ValueError):
            return bool(json.loads(self.ask("/readyz", "operations"))["ready"])
        return False


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouseServer]:
    server = ClickHouseServer(tmp_path / "clickhouse")
    yield server
    server.close()


@pytest.fixture
def fleet(kafka: str, clickhouse: ClickHouseServer, tmp_path: Path) -> Iterator[dict[str, Started]]:
    """All processes of the compose file, with the names of containers replaced by what is there."""
    here = {
        "PODIUM_CONFIG": str(ROOT / "deploy" / "podium.toml"),
        "PODIUM_KAFKA_LOG": f"kafka://{kafka}/{uuid4().hex[:8]}",
        "PODIUM_GATEWAY_GAMES": str(ROOT / "deploy" / "games.toml"),
        "PODIUM_GATEWAY_MODE": "replay",
        "PODIUM_HISTORIAN_HISTORY": clickhouse.url,
        "PODIUM_LOGGING_LEVEL": "info",
    }
    make_keys(tmp_path / "keys")
    here |= {"PODIUM_PEOPLE_KEYS": str(tmp_path / "keys"), "PODIUM_PEOPLE_ADVERTISE": ""}
    for section in ("gateway", "people", "edge", "operations"):
        here |= {f"PODIUM_{section.upper()}_HOST": "127.0.0.1", f"PODIUM_{section.upper()}_PORT": "0"}
    here |= {"PODIUM_GATEWAY_FEED_IN": "0", "PODIUM_DRAIN_NOTICE": "0.2", "PODIUM_DRAIN_SPREAD": "0"}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    started: dict[str, Started] = {}
    try:
        for name, service in ours(compose).items():
            said = environment(service) | here
            started[name] = Started(name, service["command"], said, tmp_path)
        yield started
    finally:
        for one in started.values():
            one.process.kill()
            one.process.wait()


def status(edge: Started) -> Any:
    return json.loads(edge.ask("/v1/status"))


def content(edge: Started) -> Any:
    """Return which views there are and where they stand, and the rows of some."""
    views = json.loads(edge.ask("/v1/views?match=**"))["views"]
    some = [one["view"] for one in views if one["view"].startswith(("medals/", "event/", "org/"))]
    return views, [json.loads(edge.ask(f"/v1/views/{view}")) for view in some[:20]]


def value(metrics: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", metrics, re.MULTILINE)
    assert found, series
    return float(found[1])


def test_the_command_lines_of_the_compose_file_make_one_games(
    fleet: dict[str, Started], clickhouse: ClickHouseServer
) -> None:
    for name, one in fleet.items():
        until(lambda one=one: one.is_ready, f"{name} is not ready: {one.said()}")  # type: ignore[misc]
    gateway, edges = fleet["gateway"], [fleet["edge-1"], fleet["edge-2"]]
    sent = send(f"http://{gateway.address()}", games_and_messages()[1][:MESSAGES], Pace(0))
    assert sent.stored > 0.9 * MESSAGES  # all but the notes of another gateway

    def shown() -> bool:
        metrics = [
            fleet[name].ask("/metrics", "operations").decode() for name in ("worker-a", "worker-b", "edge-1", "edge-2")
        ]
        waits = [re.findall(r"^podium_fold_lag_messages(?:\{.*\})? (\S+)$", text, re.MULTILINE) for text in metrics]
        cuts = {status(edge)["cut"] for edge in edges}
        return all(float(one) == 0 for of_one in waits for one in of_one) and len(cuts) == 1 and cuts != {0}

    until(shown, "what was sent is not shown")
    assert content(edges[0]) == content(edges[1])
    people = fleet["people"].ask("/metrics", "operations").decode()
    assert value(people, "podium_people_partitions") > 0
    cut = status(edges[0])["cut"]
    history = "podium_history_cut"
    until(lambda: value(fleet["historian"].ask("/metrics", "operations").decode(), history) == cut, "no history")

    metrics = {name: one.ask("/metrics", "operations").decode() for name, one in fleet.items()}
    assert value(metrics["gateway"], 'podium_end_to_end_seconds_count{stage="durable"}') >= sent.stored
    for worker in ("worker-a", "worker-b"):
        assert value(metrics[worker], 'podium_end_to_end_seconds_count{stage="decoded"}') >= sent.stored
        assert value(metrics[worker], 'podium_end_to_end_seconds_count{stage="fed"}') > 0
    for edge in ("edge-1", "edge-2"):
        assert value(metrics[edge], 'podium_end_to_end_seconds_count{stage="folded"}') == cut
        assert value(metrics[edge], 'podium_end_to_end_seconds_bucket{le="+Inf",stage="folded"}') == cut
    asked = METRIC.findall((ROOT / "deploy/prometheus/alerts.yml").read_text())
    asked += METRIC.findall((ROOT / "deploy/grafana/dashboards/podium.json").read_text())
    there = set(METRIC.findall("".join(metrics.values())))
    assert set(asked) - there <= {"podium_refusals_total"}  # nothing was refused

    for one in fleet.values():  # at the same time: what order they leave in is nobody's business here
        one.process.send_signal(signal.SIGTERM)
    codes = {name: one.process.wait(PATIENCE) for name, one in fleet.items()}
    assert codes == dict.fromkeys(fleet, 0), "\n".join(one.said() for one in fleet.values())
    for one in fleet.values():
        lines = [json.loads(line) for line in one.said().splitlines() if line.startswith("{")]
        assert [line["event"] for line in lines if line["event"] in ("leaving", "stopped")] == ["leaving", "stopped"]
        assert [line for line in lines if line["level"] == "error"] == []
