"""How far the reactor of a log has come, whichever process it runs in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from desks.partitions import Partitions
from desks.reactions.turn import REACTIONS, decode_turn
from engine.log import Log

__all__ = ["Reacted"]


class Reacted:
    """The newest event of each partition that was seen to. Belongs to one loop."""

    def __init__(self, log: Log, partitions: Partitions) -> None:
        self._log = log
        self._partitions = partitions
        self._serials: dict[int, int] = {}

    def to(self, wanted: Mapping[int, int]) -> bool:
        """Say whether all is seen to up to these serials, by partition."""
        return all(self._serials.get(number, 0) >= serial for number, serial in wanted.items())

    def behind(self, newest: Mapping[int, int]) -> int:
        """Return how many events up to these serials are not seen to."""
        return sum(max(0, serial - self._serials.get(number, 0)) for number, serial in newest.items())

    async def run(self) -> None:
        """Follow it, until cancelled."""
        places = {self._partitions.place(self._log, REACTIONS, number) for number in range(self._partitions.count)}
        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(self._follow(place))

    async def _follow(self, place: int) -> None:
        async for batch in self._log.follow(REACTIONS, partition=place):
            for stored in batch:
                self._serials[self._partitions.read_mark(stored)] = decode_turn(stored).serial
