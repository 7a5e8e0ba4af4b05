"""How long messages take: from the venue's bytes to durable, to folded, to sent to the subscribers.

All three stages count from the moment at which the bytes were received, on a steady clock; log time plays no part, so a
replay is measured as well as a live Games. Each cost is paid once a batch: messages that share a commit or a slice of
the folds count as its oldest, so nothing looks faster than it was. A message that no subscriber watches is not counted
as sent.

In a process that did not receive the bytes itself the clock is the wall's, and log time says when they came.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.histogram import Histogram

__all__ = ["ARCHIVED", "BOUNDS", "Latency"]

# Seconds; close around 0.3, which commentators are promised, and 2, which web users are.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0)
ARCHIVED = 3600.0  # seconds after which a log time is taken for that of an archive, and not for when bytes came
MOST = 10_000  # batches that are remembered of each stage: where nobody folds, or nobody watches


class _Batch(NamedTuple):
    position: int  # of its last message
    received: float  # when its first message was, seconds
    messages: int


class Latency:
    """Follows batches of raw messages through one process; positions only grow. Belongs to one loop."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self.steady = steady
        self.commits = Histogram(BOUNDS)  # seconds of each commit, as its writer waits for it
        self.durable = Histogram(BOUNDS)
        self.folded = Histogram(BOUNDS)
        self.sent = Histogram(BOUNDS)
        self._stored: deque[_Batch] = deque(maxlen=MOST)  # durable, and not folded
        self._passed: deque[_Batch] = deque(maxlen=MOST)  # folded, and perhaps not sent

    def store(self, position: int, received: float, messages: int) -> None:
        """Say that messages up to a position are durable, the first of which was received then."""
        self.durable.observe(self.steady() - received, messages)
        self._stored.append(_Batch(position, received, messages))

    def fold(self, position: int) -> None:
        """Say that all messages up to a position are folded; a batch counts when the last of it is."""
        stored = self._stored
        if not stored or stored[0].position > position:
            return
        now = self.steady()
        while stored and stored[0].position <= position:
            batch = stored.popleft()
            self.folded.observe(now - batch.received, batch.messages)
            self._passed.append(batch)

    def send(self, positions: Sequence[int]) -> None:
        """Say that the cuts of the messages at these positions, ascending, have been written to their subscribers."""
        now = self.steady()
        for position in positions:
            while self._passed and self._passed[0].position < position:
                self._passed.popleft()
            batch = self._passed[0] if self._passed else self._stored[0] if self._stored else None
            if batch is not None and batch.position >= position:
                self.sent.observe(now - batch.received)

    def forget(self) -> None:
        """Let go of what is under way: positions begin anew."""
        self._stored.clear()
        self._passed.clear()

    @property
    def waiting(self) -> float:
        """Seconds since the oldest message was received that is durable and not folded; 0.0 where there is none."""
        return self.steady() - self._stored[0].received if self._stored else 0.0
