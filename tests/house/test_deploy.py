"""What the containers are started by: it names processes, settings and metrics that there are, and the same brokers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.broker_settings import Node, properties
from podium.config import load
from podium.topology import parts
from schemas.games import decode
from tests.house.test_operations import rows

METRIC = re.compile(r"\bpodium_\w+")
LABEL = re.compile(r"(podium_\w+)\{(\w+)")


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((root / "docker-compose.yml").read_text()))


def plain(value: Any) -> str:
    """Return what a value of the compose file is where the environment says nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: plain(value) for name, value in service.get("environment", {}).items()}


def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_the_containers_run_the_processes_of_the_topology(compose: dict[str, Any]) -> None:
    started = {name: tuple(service["command"]) for name, service in ours(compose).items()}
    assert started == {
        part.name.removesuffix("-1") if "worker" in part.name else part.name: part.words for part in parts()
    }


def test_their_settings_are_settings(compose: dict[str, Any], root: Path) -> None:
    for name, service in ours(compose).items():
        said = environment(service) | {"PODIUM_CONFIG": str(root / "deploy" / "podium.toml")}
        found = load(None, said)
        assert found.settings.kafka.log, name
        assert found.settings.operations.port == 9090
        known = {key for key, origin in found.origins.items() if origin.startswith("PODIUM_")}
        silent = {"PODIUM_CONFIG", *(key for key, value in said.items() if not value)}
        assert len(known) == len(set(said) - silent), name


def test_the_files_that_they_are_given_are_there(compose: dict[str, Any], root: Path) -> None:
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
        if volume.startswith("./")
    ]
    assert [path for path in mounted if not (root / path).exists()] == []
    games = decode((root / "deploy" / "games.toml").read_bytes())
    assert {spread.partitions for spread in games.layout.topics.values()} == {4}


def test_nothing_is_published_beyond_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert len(ports) == len(set(ports)) == 7
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_brokers_are_set_as_those_of_the_tests(compose: dict[str, Any]) -> None:
    nodes = [Node(n, 0, 0) for n in (1, 2, 3)]
    local = dict(line.split("=", 1) for line in properties(nodes[0], nodes, Path("/data")).splitlines())
    of_the_machine = {  # what differs with where a broker is, and what keeps small ones small
        *("listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs", "node.id"),
        *(
            "log.index.size.max.bytes",
            "log.cleaner.dedupe.buffer.size",
            "log.cleaner.backoff.ms",
            "num.network.threads",
            "num.io.threads",
        ),
        *("offsets.topic.num.partitions", "transaction.state.log.num.partitions"),
        *("broker.session.timeout.ms", "broker.heartbeat.interval.ms"),
    }
    for number in (1, 2, 3):
        said = environment(compose["services"][f"kafka-{number}"])
        assert said["KAFKA_NODE_ID"] == str(number)
        assert said["KAFKA_ADVERTISED_LISTENERS"] == f"PLAINTEXT://kafka-{number}:9092"
        theirs = {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in said.items()}
        for name in local.keys() - of_the_machine:
            assert theirs[name] == local[name], name
        assert theirs.keys() - {"cluster.id"} <= local.keys()


def test_the_image_is_built_from_all_rooms(project: dict[str, Any], root: Path) -> None:
    dockerfile = (root / "Dockerfile").read_text()
    rooms = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = set(re.findall(r"^COPY (\w+) \w+$", dockerfile, re.MULTILINE))
    kept = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == rooms
    assert kept == rooms | {"pyproject.toml", "README.md", "LICENSE"}
    (extras,) = re.findall(r"'\.\[(.*)\]'", dockerfile)
    assert set(extras.split(",")) <= set(project["project"]["optional-dependencies"])
    assert dockerfile.rindex("USER 10001") > dockerfile.rindex("FROM ")


# -- what watches them -----------------------------------------------------------------------------------------------


def known() -> set[str]:
    """Return the names of all series of our metrics, from the page that another test holds against the processes."""
    found = set()
    for name, kind, *_ in rows("Metrics"):
        series = name.strip("`")
        found |= {f"{series}_{part}" for part in ("bucket", "count", "sum")} if kind == "histogram" else {series}
    return found


def test_the_alarms_are_those_of_the_page(root: Path) -> None:
    groups = yaml.safe_load((root / "deploy" / "prometheus" / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [f"`{rule['expr']}`" for rule in rules] == [row[0] for row in rows("Worth an alarm")]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert {name for rule in rules for name in METRIC.findall(rule["expr"])} <= known()


def test_the_dashboard_asks_for_metrics_that_there_are(root: Path) -> None:
    board = json.loads((root / "deploy" / "grafana" / "dashboards" / "podium.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    names = {name for expression in asked for name in METRIC.findall(expression)}
    assert names <= known()
    assert len(names) > 20
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 20


def test_every_process_is_asked_for_its_metrics(compose: dict[str, Any], root: Path) -> None:
    config = yaml.safe_load((root / "deploy" / "prometheus" / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert (set(found["names"]), found["port"]) == (set(ours(compose)), 9090)


def test_where_the_tools_are_they_find_no_fault(root: Path) -> None:
    """Ask ``docker compose`` and ``promtool`` themselves; neither needs an engine or a server."""
    rules, config = (root / "deploy" / "prometheus" / name for name in ("alerts.yml", "prometheus.yml"))
    commands = [["promtool", "check", "rules", str(rules)], ["promtool", "check", "config", str(config)]]
    client = ["docker", "compose", "version"]
    if shutil.which("docker") and subprocess.run(client, capture_output=True, check=False).returncode == 0:
        commands.append(["docker", "compose", "--file", str(root / "docker-compose.yml"), "config", "--quiet"])
    for command in commands:
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
