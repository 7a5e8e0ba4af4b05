"""Who writes: the lanes of one holder of a name.

A broker tells the next transaction of a name to wait while it finishes the last, for some 25 ms; so a holder has two
lanes and uses them in turn.

A name is taken in this order, and no other is safe: first the lanes, which ends what the holder before had under way
and his right to write; then the fences are read, as nobody can add to them now unnoticed; then the new number is
written, on each lane, so that whoever took a lane between these two steps is found out. Whoever finds his own lanes
taken reads the fences after he has them back: he may go on only where he is the newest holder still.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

from engine.errors import Fenced, LogFailed
from engine.kafka_client import Client
from engine.kafka_lane import IsThere, Lane, Placed, TakenOver
from engine.kafka_ledger import Ledger, fence_record
from engine.log import Fence

__all__ = ["Holder", "Lanes"]

TRIES = 5  # times that a name may be taken from us while we take it, or write


class Lanes:
    """Makes the lanes of holders."""

    def __init__(self, client: Client, is_there: IsThere, closing: Callable[[], bool]) -> None:
        self.client = client
        self._is_there = is_there
        self._closing = closing

    def of(self, name: str) -> tuple[Lane, Lane]:
        """Return the two lanes of a name, not open yet."""
        first, second = (Lane(self.client, f"{name}/{number}", self._is_there, self._closing) for number in (1, 2))
        return first, second


class Holder:
    """A writer: the holder of a fence, or, without one, of a name that nobody else will ever have."""

    def __init__(self, lanes: Lanes, ledger: Ledger, fence: Fence | None = None) -> None:
        self.fence = fence
        self._log = lanes.client.log
        self._ledger = ledger
        self._lanes = lanes.of(f"fence/{fence.name}" if fence else f"writer/{uuid4().hex}")
        self._turn = 0
        if fence is not None:
            self._open()

    @classmethod
    def take_over(cls, lanes: Lanes, ledger: Ledger, name: str) -> Holder:
        """Become the newest holder of a name."""
        for _ in range(TRIES):
            holder = cls(lanes, ledger)
            holder._lanes = lanes.of(f"fence/{name}")
            for lane in holder._lanes:
                lane.open()
            number = ledger.newest(name) + 1
            try:
                for lane in holder._lanes:
                    lane.append([Placed(fence_record(name, number), 0)])
            except TakenOver:
                continue  # another one wants it at the same time: whoever comes last has it
            holder.fence = Fence(name, number)
            return holder
        raise LogFailed(lanes.client.log, f"taking {name!r} over", f"others took it {TRIES} times meanwhile")

    def append(self, batch: Sequence[Placed]) -> list[int]:
        """Store a batch and return the positions; raises ``Fenced`` where there is a newer holder."""
        for _ in range(TRIES):
            self._turn = 1 - self._turn
            try:
                return self._lanes[self._turn].append(batch)
            except TakenOver:
                self._open()
        raise LogFailed(self._log, "appending", f"the right to write was taken away {TRIES} times")

    def _open(self) -> None:
        """Take the lanes back, and hold them only where nobody is newer."""
        self._check()  # a stale holder has no reason to disturb the newest
        for lane in self._lanes:
            lane.open()
        self._check()

    def _check(self) -> None:
        if self.fence and (newest := self._ledger.newest(self.fence.name)) != self.fence.number:
            raise Fenced(self._log, self.fence.name, self.fence.number, newest)
