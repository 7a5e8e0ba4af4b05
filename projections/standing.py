"""Standings: participants in order, kept in order as their marks come, with ranks and ties.

A place is ``(group, value, countback, decided)``; plain ``<`` orders it, best first. Groups below ``UNRANKED`` carry a
rank. Equal places share a rank, or are undecided where the sport says that a tie must be broken and nobody has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = [
    "BY_DECISION",
    "INVALID",
    "MARKED",
    "OVER_MARKS",
    "PLACED",
    "UNKNOWN",
    "UNRANKED",
    "WAITING",
    "Key",
    "Place",
    "Standable",
    "rank_lines",
]

OVER_MARKS, MARKED, BY_DECISION, PLACED, WAITING, INVALID, UNKNOWN = range(7)
UNRANKED = WAITING  # this group and all behind it have no rank

Place = tuple[int, int, tuple[int, ...], int]  # group, value (lower is better), countback, place by decision (0: none)
Key = tuple[Place, int, str]  # place, then start order, then participant: a total order


class Standable(Protocol):
    """What a line of a standing must have."""

    rank: int | None
    tied: bool
    undecided: bool
    sort: int


def rank_lines(
    keys: Sequence[Key], lines: Sequence[Standable], low: int, high: int, *, breaks: bool, first: int = 1
) -> list[int]:
    """Give ranks to the lines whose keys stand at ``low`` up to and including ``high``; return those that changed.

    ``keys`` is sorted and ``lines`` stands in its order. The range grows to whole runs of equal places. ``breaks`` says
    that ties must be broken: then equal places are undecided until each has its place by decision. ``first`` is the
    rank of the best.
    """
    count = len(keys)
    while low > 0 and low < count and keys[low - 1][0][:3] == keys[low][0][:3]:
        low -= 1
    high = min(high, count - 1)
    while high + 1 < count and keys[high + 1][0][:3] == keys[high][0][:3]:
        high += 1
    changed: list[int] = []
    index = low
    while index <= high:
        place = keys[index][0]
        end = index + 1
        after = keys[end][0] if end < count else None
        if after is None or (after != place and (place[3] or not after[3] or after[:3] != place[:3])):
            # alone: by far the most frequent
            rank = index + first if place[0] < UNRANKED else None
            line = lines[index]
            if line.sort != end or line.rank != rank or line.tied or line.undecided:
                line.rank, line.sort, line.tied, line.undecided = rank, end, False, False
                changed.append(index)
            index = end
            continue
        if place[3]:
            while end < count and keys[end][0] == place:
                end += 1
        else:  # those with a decision stand behind those that it left out: nobody has said where they stand among them
            while end < count and keys[end][0][:3] == place[:3]:
                end += 1
        left_out = keys[end - 1][0] != place
        if place[0] >= UNRANKED:
            tied = undecided = False
        else:
            undecided = not place[3] and (breaks or place[0] != MARKED or left_out)
            tied = not undecided
        rank = index + first if tied else None
        for position in range(index, end):
            line = lines[position]
            if (
                line.rank != rank
                or line.sort != position + 1
                or line.tied is not tied
                or line.undecided is not undecided
            ):
                line.rank, line.sort, line.tied, line.undecided = rank, position + 1, tied, undecided
                changed.append(position)
        index = end
    return changed
