"""Venues that push by HTTP: one message at a time each, on connections that stay open."""

from __future__ import annotations

import selectors
import socket
import time

from bench.event import payload
from bench.times import Times

__all__ = ["push"]


class _Pusher:
    def __init__(self, port: int, source: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._source = source.encode()
        self._rest = b""
        self.serial = 0
        self.sent = 0.0

    def send(self) -> None:
        """Push the next message."""
        self.serial += 1
        data = payload(self.serial)
        head = (
            b"POST /v1/venue/%s HTTP/1.1\r\nHost: bench\r\nX-HOVTP-Session-Id: bench\r\nX-HOVTP-Serial-Number: %d\r\n"
            b"X-HOVTP-Data-Type: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        )
        self.sent = time.perf_counter()
        self.socket.sendall(head % (self._source, self.serial, len(data)) + data)

    def read(self) -> bool:
        """Read what came; say whether the answer is whole. Raises where it is not 200."""
        chunk = self.socket.recv(65_536)
        if not chunk:
            raise ConnectionError(f"the gateway hung up: {self._rest!r}")
        self._rest += chunk
        head, end, body = self._rest.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"the gateway answered {self._rest!r}")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return False
        self._rest = b""
        return True


def push(port: int, sources: int, seconds: float) -> tuple[float, Times]:
    """Push for so long; return messages per second and the times from sending to the answer."""
    found = Times()
    pushers = [_Pusher(port, f"V{number:02}.push") for number in range(sources)]
    count = 0
    with selectors.DefaultSelector() as selector:
        for pusher in pushers:
            selector.register(pusher.socket, selectors.EVENT_READ, pusher)
            pusher.send()
        began = time.perf_counter()
        now = began
        while now - began < seconds:
            for key, _ in selector.select(1):
                pusher = key.data
                if pusher.read():
                    now = time.perf_counter()
                    found.record(now - pusher.sent)
                    count += 1
                    pusher.send()
    for pusher in pushers:
        pusher.socket.close()
    return count / (now - began), found
