"""The settings of a local broker: Apache Kafka in KRaft mode on loopback, small enough for a laptop.

Each node is broker and controller at once. What a log needs of its topics is set on these (``engine/kafka_topics.py``);
here is what belongs to the cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

__all__ = ["HOST", "Detour", "Node", "properties"]

HOST = "127.0.0.1"  # nobody else can reach it: it asks nobody who he is


class Detour(msgspec.Struct):
    """A second way to a node, for clients that come through something else: a tunnel, a proxy."""

    advertised: int  # the port on loopback that these clients are told to connect to
    port: int = 0  # where the node listens for what comes out of there


class Node(msgspec.Struct):
    """One node of a local cluster."""

    id: int  # from 1
    port: int  # where clients connect
    controller: int  # the port that the nodes use among themselves
    pid: int = 0  # of its process, 0 where it was stopped
    started: float = 0.0  # when that process began, as the system says: a number is used again, a number and a time not
    detours: list[Detour] = []

    @property
    def address(self) -> str:
        """Where a client connects."""
        return f"{HOST}:{self.port}"


def properties(node: Node, nodes: Sequence[Node], folder: Path) -> str:
    """Return the settings file of one node whose data is in ``folder``."""
    copies = min(3, len(nodes))
    in_sync = min(2, copies)
    ways = [("PLAINTEXT", node.port, node.port)]
    ways += [(f"DETOUR{number}", one.port, one.advertised) for number, one in enumerate(node.detours, 1)]
    listeners = [*((name, port) for name, port, _ in ways), ("CONTROLLER", node.controller)]
    settings: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": node.id,
        "controller.quorum.voters": ",".join(f"{one.id}@{HOST}:{one.controller}" for one in nodes),
        "listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in listeners),
        "advertised.listeners": ",".join(f"{name}://{HOST}:{told}" for name, _, told in ways),
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name, _ in listeners),
        "log.dirs": folder,
        "auto.create.topics.enable": "false",  # a topic of the wrong shape is worse than none
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 500,  # readers wait for what a dead writer began
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,  # a rehearsal of a worker's loss need not take long
        # Until it has passed, nobody stands in for a broker that died, and itself it may not come back.
        "broker.session.timeout.ms": 4000 if len(nodes) > 1 else 2000,
        "broker.heartbeat.interval.ms": 500,
        "log.index.size.max.bytes": 1 << 20,  # of each segment, taken in advance
        "log.cleaner.dedupe.buffer.size": 16 << 20,
        "log.cleaner.backoff.ms": 2000,
        "num.network.threads": 2,
        "num.io.threads": 4,
    }
    if len(nodes) == 1:  # nobody else has a copy, so what is acknowledged must be on the disk
        settings["log.flush.interval.messages"] = 1
    return "".join(f"{name}={value}\n" for name, value in settings.items())
