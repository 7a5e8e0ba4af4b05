"""Playing an archive: which of its messages, and when.

A part of an archive is played under sessions of its own, numbered anew from 1, so that the gateway sees no gaps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from replay.archive import Message

__all__ = ["Pace", "Part", "part_of"]

_CENTRAL = ("central", "operations", "management")  # what every venue's results need


class Part(NamedTuple):
    """Which part of an archive to play; the whole by default."""

    start: int | None = None  # log time, microseconds
    until: int | None = None
    venue: str = ""  # its sources only, with the central ones

    @property
    def whole(self) -> bool:
        """Whether that is all of it."""
        return self == Part()

    def takes(self, message: Message) -> bool:
        """Say whether a message belongs to it; what central said before the start does."""
        name, _, _ = message.source.partition(".")
        if self.venue and name != self.venue and name not in _CENTRAL:
            return False
        if self.until is not None and message.time >= self.until:
            return False
        return self.start is None or message.time >= self.start or name == "central"

    @property
    def tag(self) -> str:
        """A short name, the same for the same part."""
        return blake2b(repr(tuple(self)).encode(), digest_size=4).hexdigest()


def part_of(messages: Iterable[Message], part: Part) -> Iterator[Message]:
    """Return the messages of a part, their sessions renamed and renumbered; notes of the gateway are left out."""
    if part.whole:
        yield from messages
        return
    serials: dict[tuple[str, str], int] = {}
    for message in messages:
        if message.serial > 0 and part.takes(message):
            session = f"{message.session}~{part.tag}"
            serial = serials[message.source, session] = serials.get((message.source, session), 0) + 1
            yield message._replace(session=session, serial=serial)


class Pace:
    """When to send: log times mapped to the wall at a speed.

    ``speed`` 0 is as fast as possible. What lies before ``start`` is sent at once.
    """

    def __init__(
        self,
        speed: float,
        start: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.speed = speed
        self._start = start
        self._clock = clock
        self._sleep = sleep
        self._zero: tuple[float, int] | None = None  # wall, log time

    def due(self, message: Message) -> float:
        """Return how many seconds from now a message is due; 0 or less: now."""
        if not self.speed or (self._start is not None and message.time < self._start):
            return 0.0
        if self._zero is None:
            self._zero = (self._clock(), message.time)
        wall, zero = self._zero
        return wall + (message.time - zero) / 1_000_000 / self.speed - self._clock()

    def batches(self, messages: Iterable[Message], most: int) -> Iterator[list[Message]]:
        """Yield messages when they are due, those that are due together in one batch of at most ``most``."""
        batch: list[Message] = []
        for message in messages:
            wait = self.due(message)
            if batch and (wait > 0 or len(batch) >= most):
                yield batch
                batch = []
                wait = self.due(message)
            if wait > 0:
                self._sleep(wait)
            batch.append(message)
        if batch:
            yield batch
