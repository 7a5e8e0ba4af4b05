"""What became of the commands of one partition in the last days: the same id again gets the same answer."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

__all__ = ["Kept", "Outcomes"]

DAYS = 7


class Kept(msgspec.Struct, gc=False):
    """One reply, as it lies on the log."""

    digest: bytes  # of the command
    data: bytes
    time: int  # log time, microseconds
    position: int = 0  # of its record; 0 while that is being appended


class Outcomes:
    """Replies by the id of their command, oldest first, bounded by log time."""

    def __init__(self, days: int = DAYS) -> None:
        self._keep = days * 86_400_000_000  # microseconds
        self._kept: OrderedDict[str, Kept] = OrderedDict()  # which finds its oldest at once, unlike a dict

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, command: str) -> Kept | None:
        """Return the reply to a command; None where there was none, or it is too long ago."""
        return self._kept.get(command)

    def add(self, command: str, kept: Kept) -> None:
        """Add the newest reply, and forget those that are too long before it."""
        self._kept[command] = kept
        self._kept.move_to_end(command)
        while self._kept[oldest := next(iter(self._kept))].time < kept.time - self._keep:
            del self._kept[oldest]

    def before_oldest(self, head: int) -> int:
        """Return a position of the topic of replies above which all that is kept lies; ``head`` where nothing is."""
        return next((kept.position - 1 for kept in self._kept.values()), head)
