"""A local broker: whose processes are ours, and what they are told.

A broker's life from start to stop is in ``tests/podium/test_kafka_commands.py``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from engine import broker, kafka_jars
from engine.broker import Broker
from engine.broker_settings import Detour, Node, properties
from engine.errors import BrokerFailed


def said(node: int, of: int, name: str) -> str:
    """Return what a node's settings say under a name."""
    nodes = [Node(n + 1, 9000 + n, 9100 + n) for n in range(of)]
    lines = properties(nodes[node - 1], nodes, Path("/data")).splitlines()
    return dict(line.split("=", 1) for line in lines)[name]


def test_a_process_that_only_has_the_number_of_ours_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with stranger:
        began = psutil.Process(stranger.pid).create_time()
        described = Broker("c", [Node(1, 1, 2, stranger.pid, began), Node(2, 3, 4, stranger.pid, began - 60)])
        (tmp_path / "broker.json").write_bytes(msgspec.json.encode(described))
        assert [broker.running(node, tmp_path) for node in described.nodes] == [False, False]
        broker.kill(tmp_path, 1)
        assert broker.stop(tmp_path) == 0
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert stranger.returncode == 0


def test_data_of_one_broker_is_not_that_of_three(tmp_path: Path) -> None:
    (tmp_path / "broker.json").write_bytes(msgspec.json.encode(Broker("c", [Node(1, 1, 2)])))
    with pytest.raises(BrokerFailed, match=r"holds the data of 1 brokers, not of 3$"):
        broker.start(tmp_path, 3)


def test_a_folder_that_describes_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "broker.json").write_text("[]")
    with pytest.raises(BrokerFailed, match=r"broker\.json is no description of a broker"):
        broker.status(tmp_path)


def test_without_a_network_one_sentence_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(BrokerFailed) as failed:
        kafka_jars.fetch(say=lambda what: None)
    begin = f"Apache Kafka {kafka_jars.VERSION} is not in {tmp_path}/podium/kafka-{kafka_jars.VERSION} and cannot be "
    assert str(failed.value).startswith(begin + "fetched from Maven Central: ")
    assert "\n" not in str(failed.value)
    assert list((tmp_path / "podium").iterdir()) == []  # nothing that a later start would take for the whole


def test_a_single_broker_acknowledges_what_is_on_its_disk_and_several_what_two_of_them_have() -> None:
    assert said(1, 1, "log.flush.interval.messages") == "1"
    assert (said(1, 1, "min.insync.replicas"), said(1, 1, "default.replication.factor")) == ("1", "1")
    assert (said(2, 3, "min.insync.replicas"), said(2, 3, "default.replication.factor")) == ("2", "3")
    with pytest.raises(KeyError):
        said(2, 3, "log.flush.interval.messages")


def test_the_nodes_know_each_other_and_are_reached_from_this_machine_only() -> None:
    assert said(2, 3, "controller.quorum.voters") == "1@127.0.0.1:9100,2@127.0.0.1:9101,3@127.0.0.1:9102"
    assert said(2, 3, "listeners") == "PLAINTEXT://127.0.0.1:9001,CONTROLLER://127.0.0.1:9101"


def test_a_detour_is_a_listener_that_tells_its_clients_another_port() -> None:
    node = Node(1, 9000, 9100, detours=[Detour(advertised=7000, port=9200)])
    settings = dict(line.split("=", 1) for line in properties(node, [node], Path("/data")).splitlines())
    assert settings["listeners"] == ("PLAINTEXT://127.0.0.1:9000,DETOUR1://127.0.0.1:9200,CONTROLLER://127.0.0.1:9100")
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9000,DETOUR1://127.0.0.1:7000"
    assert settings["listener.security.protocol.map"] == "PLAINTEXT:PLAINTEXT,DETOUR1:PLAINTEXT,CONTROLLER:PLAINTEXT"


def test_only_a_single_broker_has_detours(tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match="only a single broker has detours"):
        broker.start(tmp_path, 3, detours=[7000])
