"""The servers that fan out: ours and its peers, each started the same way, with what subscribers say to it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.peers.build import compile_c, nats_server
from bench.servers.feed import VIEW
from bench.servers.process import Server

__all__ = ["FEED_PATH", "PEERS", "Target", "feed_sayings", "free_port", "ours"]

TEXT, BINARY = 1, 2
FEED_PATH = "/v1/feed"
Sayings = list[tuple[int, bytes]]


class Target(msgspec.Struct):
    """A server as the load generator sees it."""

    server: Server
    feed: int  # port
    publish: int  # port
    kind: str = "ws"  # or tcp
    path: str = "/"
    sayings: Sayings = []
    wrap: Callable[[bytes], bytes] = lambda payload: payload + b"\n"  # what is published, for a payload
    hello: bytes = b""  # what a publisher says first


def feed_sayings(*views: str) -> Sayings:
    """Return what a subscriber says to our feed."""
    return [
        (TEXT, b'{"op":"hello","v":1,"hb_ms":60000}'),
        (TEXT, json.dumps({"op": "sub", "id": 1, "views": views}).encode()),
    ]


@contextmanager
def ours(interval: float = 0.008, rows: int = 1) -> Iterator[Target]:
    """Start the feed of Podium."""
    with Server.of("bench.servers.feed", interval, rows) as server:
        ports = int(server.said["feed"]), int(server.said["publish"])
        yield Target(server, *ports, path=FEED_PATH, sayings=feed_sayings(VIEW))


@contextmanager
def _broadcast() -> Iterator[Target]:
    with Server.of("bench.servers.broadcast") as server:
        yield Target(server, int(server.said["feed"]), int(server.said["publish"]))


@contextmanager
def _picows() -> Iterator[Target]:
    with Server.of("bench.servers.picows") as server:
        yield Target(server, int(server.said["feed"]), int(server.said["publish"]))


@contextmanager
def _raw() -> Iterator[Target]:
    with Server([compile_c("raw_server")]) as server:
        yield Target(server, int(server.said["feed"]), int(server.said["publish"]), kind="tcp")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


CONFIG = """
listen: "127.0.0.1:{client}"
websocket {{ listen: "127.0.0.1:{feed}", no_tls: true, compression: false }}
max_connections: 100000
max_pending: 268435456
write_deadline: "30s"
ping_interval: "30m"
"""


@contextmanager
def _nats() -> Iterator[Target]:
    program = nats_server()
    client, feed = free_port(), free_port()
    with TemporaryDirectory(prefix="podium-bench-") as folder:
        config = Path(folder) / "nats.conf"
        config.write_text(CONFIG.format(client=client, feed=feed))
        with Server([program, "-c", config], ready="") as server:
            hello = b'CONNECT {"verbose":false,"pedantic":false}\r\n'
            yield Target(
                server,
                feed,
                client,
                sayings=[(BINARY, hello + b"SUB games 1\r\nPING\r\n")],
                wrap=lambda payload: b"PUB games %d\r\n%s\r\n" % (len(payload), payload),
                hello=hello,
            )


PEERS = {
    "raw TCP in C": _raw,
    "picows send()": _picows,
    "websockets broadcast()": _broadcast,
    "NATS over WebSocket": _nats,
}
