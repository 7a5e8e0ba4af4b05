"""A subscriber that stops reading, and later reads again: ``stalled PORT PATH``, driven by lines on standard input.

It subscribes with small buffers of its own, says ``ready`` and reads nothing. After a line ``read`` it reads until it
has a cut that the server took after that line, and tells how long that took.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator

import msgspec

from bench.child import tell
from bench.peers.servers import feed_sayings
from bench.servers.feed import VIEW
from bench.servers.process import announce

__all__ = ["CaughtUp"]

BUFFER = 4096  # bytes


class CaughtUp(msgspec.Struct):
    """How a subscriber came back."""

    seconds: float  # until it had a cut that was taken after it began to read; -1: it was cut off
    messages: int
    conflated: int  # of these
    anew: int  # of these: resets
    bytes: int


def _framed(opcode: int, data: bytes) -> bytes:
    assert len(data) < 126
    return bytes((0x80 | opcode, 0x80 | len(data), 0, 0, 0, 0)) + data  # a mask of zeroes


def _subscribe(port: int, path: str) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    one.connect(("127.0.0.1", port))
    head = f"GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    one.sendall(f"{head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    while one.recv(1, socket.MSG_PEEK) and not _head_read(one):
        pass
    for opcode, data in feed_sayings(VIEW):
        one.sendall(_framed(opcode, data))
    return one


def _head_read(one: socket.socket) -> bool:
    """Read one line of the answer; say whether it was the last."""
    line = b""
    while not line.endswith(b"\n"):
        line += one.recv(1)
    return line == b"\r\n"


def _messages(one: socket.socket, counted: CaughtUp) -> Iterator[bytes]:
    rest = b""
    while chunk := one.recv(1 << 20):
        counted.bytes += len(chunk)
        rest += chunk
        while True:
            size, start = rest[1] if len(rest) > 1 else 0, 2
            if size == 126:
                size, start = int.from_bytes(rest[2:4]), 4
            elif size == 127:
                size, start = int.from_bytes(rest[2:10]), 10
            if len(rest) < max(2, start + size):
                break
            if rest[0] & 15 in (1, 2):
                yield rest[start : start + size]
            rest = rest[start + size :]


def _catch_up(one: socket.socket) -> CaughtUp:
    counted = CaughtUp(-1.0, 0, 0, 0, 0)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    began, wall = time.perf_counter(), time.time_ns() // 1000
    try:
        for text in _messages(one, counted):
            message = json.loads(text)
            counted.messages += 1
            counted.conflated += isinstance(message.get("cut"), list)
            counted.anew += message["op"] == "reset"
            if message.get("taken", 0) > wall:
                counted.seconds = time.perf_counter() - began
                break
    except ConnectionError:
        pass
    return counted


if __name__ == "__main__":
    connection = _subscribe(int(sys.argv[1]), sys.argv[2])
    announce()
    while os.read(0, 100):
        tell(_catch_up(connection))
