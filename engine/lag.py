"""How far a reader is behind: in records, and in the time for which the oldest of them has waited.

Records carry the log time of what caused them, which for a replay is that of another day. So the time is not taken from
them: whoever knows how far a partition goes says so now and then, and what was not there at one look and is not read at
another has waited since about the first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Lag"]

MOST = 600  # looks that are remembered


class _Look(NamedTuple):
    at: float  # seconds, on a steady clock
    head: int  # position of the newest record then


class Lag:
    """Of one reader in one partition; positions only grow. Belongs to one loop."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._looks: deque[_Look] = deque()  # those that saw something that was not read then, oldest first
        self.head = 0  # as last seen

    def see(self, head: int, position: int) -> None:
        """Say how far the partition goes, and how far it is read.

        The head may be less than it was: what was taken for a record was a mark of the brokers.
        """
        if head < self.head:
            self._looks = deque(_Look(look.at, min(look.head, head)) for look in self._looks)
        self._forget(position)
        if head > max(self.head, position):
            if len(self._looks) == MOST:
                self._looks.pop()  # the oldest say since when, and the newest how far
            self._looks.append(_Look(self._steady(), head))
        self.head = head

    def records(self, position: int) -> int:
        """Return how many positions there are beyond the one up to which was read."""
        return max(0, self.head - position)

    def seconds(self, position: int) -> float:
        """Return how long the oldest record beyond a position has been seen to wait; 0.0 where there is none."""
        self._forget(position)
        return self._steady() - self._looks[0].at if self._looks else 0.0

    def _forget(self, position: int) -> None:
        while self._looks and self._looks[0].head <= position:
            self._looks.popleft()
