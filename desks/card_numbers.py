"""Serials of cards and passes, and their places in the status list: each is given out once, whoever gives it out.

A process claims numbers in blocks, under ``uq:serial`` and ``uq:index`` (``management/reservation.py``), and gives them
out one by one. A claim that is confirmed is its first holder's for ever, so what is left of a block when a process ends
is never used, and no two processes give out one number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from uuid import uuid4

from desks.errors import BadPolicy
from desks.reactor import Taker
from management.command import Actor, Grant, Received
from management.reservation import Claim, ConfirmClaim

__all__ = ["BLOCK", "CardNumbers"]

BLOCK = 32  # numbers of a claim
BY = Actor("card-numbers", (Grant("SYSTEM"),))  # claims are nobody else's to make
PLACE = "card numbers"


class CardNumbers:
    """The numbers that one process gives out. Belongs to one loop."""

    def __init__(self, taker: Taker, now: Callable[[], int], last: Callable[[], tuple[int, int]]) -> None:
        """Take who decides claims, log time (ms), and what says the greatest serial and index on the log."""
        self._taker, self._now, self._last = taker, now, last
        self._left: dict[str, list[int]] = {"serial": [], "index": []}
        self._claimed: dict[str, int] = {"serial": 0, "index": 0}  # up to where all are claimed, as far as is known
        self._turn = asyncio.Lock()

    async def next(self) -> tuple[int, int]:
        """Return a serial and a place in the status list that nobody else is given.

        Raises ``NotServed`` and ``Unavailable`` where no claim can be made just now, ``BadPolicy`` where the rules of
        the Games reserve none.
        """
        async with self._turn:
            last = self._last()
            return await self._one("serial", last[0]), await self._one("index", last[1])

    async def _one(self, kind: str, last: int) -> int:
        if not self._left[kind]:
            self._left[kind] = await self._claim(kind, max(last + 1, self._claimed[kind]))
        return self._left[kind].pop(0)

    async def _claim(self, kind: str, first: int) -> list[int]:
        """Return the numbers of a block from ``first`` on that nobody had claimed."""
        for block in count(first // BLOCK):
            value = f"{block % 256:02x}{block:08x}"  # spread over the keys
            key = f"uq:{kind}:{value[:2]}"
            self._claimed[kind] = (block + 1) * BLOCK
            if await self._is_ours(key, value):
                return [number for number in range(block * BLOCK, (block + 1) * BLOCK) if number >= first]
        raise AssertionError("count() ends nowhere")

    async def _is_ours(self, key: str, value: str) -> bool:
        """Claim a block for good; say whether it is ours, and was nobody's before."""
        ref = f"desk:{uuid4()}"  # another one each time: who has a value may claim it again
        for command in (Claim(value, ref), ConfirmClaim(value, ref)):
            received = Received(str(uuid4()), key, command, BY, self._now())
            refusal = (await self._taker.submit(received, PLACE)).refusal
            if refusal and refusal.code == "KIND":  # the next block would be refused as well
                raise BadPolicy(key, "the Games reserve no such numbers")
            if refusal:
                return False
        return True
