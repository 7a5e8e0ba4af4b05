"""How followers in other processes learn that something was committed: a socket beside the log.

The writer listens; a follower connects and from then on gets a byte after each commit. The byte carries nothing:
whoever gets it reads the log. The writer accepts between a commit and the bytes that announce it, so a follower that
has connected and then read misses no commit, and the writer needs neither a loop nor a thread for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["WakeListener", "WakeSender"]

BACKLOG = 128  # followers that may connect between two commits; the rest try again
LONGEST_NAME = 64  # with "/proc/self/fd/<number>/" before it this stays below the 108 bytes of a socket address


@contextlib.contextmanager
def address(log: Path) -> Iterator[str]:
    """Give the address of a log's socket while the block runs, short enough however deep the log lies."""
    name = f"{log.name}-wake"
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(log.name)).hexdigest()[:32] + "-wake"
    direct = log.with_name(name)
    if len(os.fsencode(direct)) < 100:
        yield str(direct)
        return
    folder = os.open(log.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{name}"  # without /proc (macOS) the bind fails, and the slow poll has to do
    finally:
        os.close(folder)


class WakeSender:
    """The writer's end: tells every follower of a log, in whatever process, that there is something to read."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._followers: list[socket.socket] = []
        self._door: socket.socket | None = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.setblocking(False)
        try:
            with address(log) as place:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(place)  # left by a writer that was killed: the lock is ours, so nobody listens there
                self._door.bind(place)
            self._door.listen(BACKLOG)
        except OSError:  # a folder without sockets: followers fall back to their slow poll
            self._door.close()
            self._door = None

    def send(self) -> None:
        """Wake all followers; never blocks and never fails, as the commit that it announces has already happened."""
        if self._door is None:
            return
        with contextlib.suppress(OSError):
            while True:
                follower, _ = self._door.accept()
                follower.setblocking(False)
                self._followers.append(follower)
        for follower in tuple(self._followers):
            try:
                follower.send(b"\n")
            except BlockingIOError:
                pass  # it has bytes that it has not read yet, so it will wake anyway
            except OSError:
                self._followers.remove(follower)
                follower.close()

    def close(self) -> None:
        """Hang up on all followers; they look for the next writer from then on."""
        if self._door is None:
            return
        with contextlib.suppress(OSError), address(self._log) as place:
            os.unlink(place)
        for one in (self._door, *self._followers):
            one.close()
        self._door = None
        self._followers.clear()


class WakeListener:
    """A follower's end: calls ``wake`` on the loop when the writer has committed, or has gone."""

    def __init__(self, log: Path, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        self._log = log
        self._loop = loop
        self._wake = wake
        self._socket: socket.socket | None = None

    @property
    def connected(self) -> bool:
        """Say whether a writer will wake us; what it committed before we connected is to be read without waiting."""
        return self._socket is not None

    def connect(self) -> bool:
        """Find the writer; False where none is there."""
        own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        own.setblocking(False)
        try:
            with address(self._log) as place:
                own.connect(place)
        except OSError:
            own.close()
            return False
        self._socket = own
        self._loop.add_reader(own, self._heard)
        return True

    def _heard(self) -> None:
        assert self._socket is not None
        try:
            gone = not self._socket.recv(65536)  # many bytes are one wake
        except BlockingIOError:
            return
        except OSError:
            gone = True
        if gone:
            self.close()
        self._wake()

    def close(self) -> None:
        """Stop listening; once is enough, more does no harm."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None
