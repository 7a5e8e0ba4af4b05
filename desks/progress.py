"""How far somebody has read, and waiting until he has: what lets a client read what it wrote."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from desks.outcome import Position

__all__ = ["Progress"]


class Progress:
    """The newest event of each partition that a reader has taken in; belongs to one loop."""

    def __init__(self) -> None:
        self._serials: dict[int, int] = {}
        self._waiting: defaultdict[int, set[tuple[int, asyncio.Future[None]]]] = defaultdict(set)

    def serial(self, partition: int) -> int:
        """Return the serial of the newest event of a partition that was taken in, 0 for none."""
        return self._serials.get(partition, 0)

    def reach(self, position: Position) -> None:
        """Say that all events up to a position are taken in; going back is nothing."""
        if position.serial <= self.serial(position.partition):
            return
        self._serials[position.partition] = position.serial
        for serial, waiter in tuple(self._waiting.get(position.partition, ())):
            if serial <= position.serial and not waiter.done():
                waiter.set_result(None)

    async def wait(self, position: Position, timeout: float) -> bool:  # noqa: ASYNC109 - too late is an answer, no error
        """Return whether the position was reached within so many seconds."""
        if position.serial <= self.serial(position.partition):
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (position.serial, waiter)
        self._waiting[position.partition].add(entry)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiting[position.partition].discard(entry)
        return True
