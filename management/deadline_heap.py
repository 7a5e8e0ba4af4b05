"""Deadlines of an aggregate: the earliest at hand at once, whatever the number of the others.

A heap is a plain list, so that a snapshot keeps it. A deadline that no longer matters is not searched for and taken
out: it is passed over where it comes up, by asking whether it is live.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

__all__ = ["Deadline", "arm", "drop_stale", "passed"]

Deadline = tuple[int, str, str]  # ms since 1970 UTC, what it is about, of which


def arm(heap: list[Deadline], deadline: Deadline) -> None:
    """Add a deadline."""
    heappush(heap, deadline)


def drop_stale(heap: list[Deadline], is_live: Callable[[Deadline], bool]) -> None:
    """Take off what is not live from the top, so that the first is the earliest that is."""
    while heap and not is_live(heap[0]):
        heappop(heap)


def passed(heap: list[Deadline], until: int, is_live: Callable[[Deadline], bool]) -> list[Deadline]:
    """Return the live deadlines at or before an instant, earliest first, each once; costs what it looks at."""
    found: set[Deadline] = set()
    pending = [0]
    while pending:
        index = pending.pop()
        if index < len(heap) and heap[index][0] <= until:  # what lies below it in the heap is not earlier
            found.add(heap[index])
            pending += (2 * index + 1, 2 * index + 2)
    return sorted(deadline for deadline in found if is_live(deadline))
