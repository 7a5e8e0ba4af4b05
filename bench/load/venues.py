"""Venues that send: pipelined lines as fast as they are taken, or on a schedule that waits for nobody (open loop).

The bytes are made before; a sender reads cumulative acknowledgements and does nothing else, so that one core feeds many
times what a gateway takes.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence

from bench.event import payload
from bench.times import Times

__all__ = ["Venue", "send_all", "send_at"]

SESSION = "bench"


class Venue:
    """One source's connection."""

    def __init__(self, port: int, source: str, session: str = SESSION) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(f"PODIUM/1 {source} {session}\n".encode())
        self._rest = b""
        self.source = source
        while not self._rest.startswith(b"OK") or b"\n" not in self._rest:
            self._rest += self._more()
        self._rest = self._rest.partition(b"\n")[2]
        self.socket.setblocking(False)
        self.last = 0  # the newest serial acknowledged

    def _more(self) -> bytes:
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise ConnectionError(f"{self.source}: the gateway hung up: {self._rest!r}")
        return chunk

    def read(self) -> int:
        """Read what came; return the newest serial acknowledged."""
        lines = (self._rest + self._more()).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if not line.startswith(b"ACK "):
                raise ConnectionError(f"{self.source}: {line!r}")
        if lines:
            self.last = int(lines[-1].split()[1])
        return self.last

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def framed(serial: int, data: bytes) -> bytes:
    """Return a message as it goes over the line."""
    return b"%d %d\n%s\n" % (serial, len(data), data)


def send_all(venues: Sequence[Venue], each: int, first: int = 1) -> float:
    """Send ``each`` messages a venue as fast as they are taken; return the seconds until all are acknowledged."""
    streams = [memoryview(b"".join(framed(n, payload(n)) for n in range(first, first + each))) for _ in venues]
    places = [0] * len(venues)
    with selectors.DefaultSelector() as selector:
        for number, venue in enumerate(venues):
            selector.register(venue.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, number)
        missing = len(venues)
        began = time.perf_counter()
        while missing:
            for key, events in selector.select():
                number, venue = key.data, venues[key.data]
                if events & selectors.EVENT_WRITE:
                    stream, place = streams[number], places[number]
                    places[number] = place + venue.socket.send(stream[place : place + 262_144])
                    if places[number] == len(stream):
                        selector.modify(venue.socket, selectors.EVENT_READ, number)
                if events & selectors.EVENT_READ and venue.read() == first + each - 1:
                    selector.unregister(venue.socket)
                    missing -= 1
        return time.perf_counter() - began


def send_at(venues: Sequence[Venue], rate: float, seconds: float, warm_up: float = 1.0) -> Times:
    """Send at a rate, spread over the venues, whatever comes back; return the times to the acknowledgement.

    They count from when a message was due, so that a sender that is held up hides nothing.
    """
    found = Times()
    total = int(rate * (seconds + warm_up))
    cold = int(rate * warm_up)
    serials = [0] * len(venues)
    waiting: list[deque[tuple[int, float, bool]]] = [deque() for _ in venues]
    blocks: list[bytes] = [b""] * len(venues)  # what a full socket did not take
    with selectors.DefaultSelector() as selector:
        for number, venue in enumerate(venues):
            serials[number] = venue.last
            selector.register(venue.socket, selectors.EVENT_READ, number)
        began = time.perf_counter() + 0.05
        sent = 0
        while sent < total or any(waiting):
            now = time.perf_counter()
            while sent < total and (due := began + sent / rate) <= now:
                number = sent % len(venues)
                serials[number] += 1
                serial = serials[number]
                waiting[number].append((serial, due, sent >= cold))
                blocks[number] = _send(venues[number], blocks[number] + framed(serial, payload(serial)))
                sent += 1
            for key, _ in selector.select(0):
                number, venue = key.data, venues[key.data]
                last, its, now = venue.read(), waiting[number], time.perf_counter()
                while its and its[0][0] <= last:
                    _, due, counts = its.popleft()
                    if counts:
                        found.record(now - due)
            for number, block in enumerate(blocks):
                if block:
                    blocks[number] = _send(venues[number], block)
    return found


def _send(venue: Venue, block: bytes) -> bytes:
    """Send what the socket takes; return the rest."""
    try:
        return block[venue.socket.send(block) :]
    except BlockingIOError:
        return block
