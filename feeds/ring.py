"""The recent cuts, so that whoever stands at one of them can go on from there.

One ring serves everybody: a subscriber that is behind, or that comes back, is a number into it and nothing more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from feeds.delta import Step

__all__ = ["Entry", "Ring"]


class Entry(msgspec.Struct, gc=False):
    """One cut as the feed keeps it."""

    cut: int
    time: int  # log time, microseconds
    at: int  # venue time, ms; 0 where it has none
    taken: int  # wall clock of this edge when it took the cut, microseconds
    because: tuple[str, ...]
    steps: dict[str, Step]  # by view


class Ring:
    """The newest cuts without a hole, bounded in cuts and in changed rows."""

    def __init__(self, *, cuts: int = 16_384, rows: int = 65_536) -> None:
        self._most_cuts = cuts
        self._most_rows = rows
        self._rows = 0
        self._sizes: deque[int] = deque()  # rows of each entry
        self._entries: dict[int, Entry] = {}
        self.first = 1  # the oldest cut held, where any is
        self.last = 0  # the newest cut taken

    def clear(self, last: int = 0) -> None:
        """Forget everything; the next cut is the one after ``last``."""
        self._entries.clear()
        self._sizes.clear()
        self._rows = 0
        self.first = last + 1
        self.last = last

    def append(self, entry: Entry) -> None:
        """Take the next cut; where its number shows a hole, what was before the hole is forgotten."""
        if entry.cut != self.last + 1:
            self.clear(entry.cut - 1)
        self._entries[entry.cut] = entry
        self.last = entry.cut
        rows = _rows_of(entry)
        self._sizes.append(rows)
        self._rows += rows
        while len(self._entries) > self._most_cuts or (self._rows > self._most_rows and len(self._entries) > 1):
            del self._entries[self.first]
            self._rows -= self._sizes.popleft()
            self.first += 1

    def reaches(self, cut: int) -> bool:
        """Say whether every cut after ``cut`` is held."""
        return self.first - 1 <= cut <= self.last

    def steps(self, after: int, watched: Callable[[str], bool]) -> Iterator[Step]:
        """Yield, in order, the steps after a cut of the views that are watched."""
        for number in range(after + 1, self.last + 1):
            for view, step in self._entries[number].steps.items():
                if watched(view):
                    yield step

    def __getitem__(self, cut: int) -> Entry:
        return self._entries[cut]


def _rows_of(entry: Entry) -> int:
    rows = 0
    for step in entry.steps.values():
        rows += len(step.changes)
    return rows
