"""Medal tables: counts of the medals that stand now, ranked.

A count is kept while medals come and go, so that one more costs the same at the end of a Games as at its beginning.

Order: gold, then silver, then bronze; or total. Equal rows share a rank, the next rank skips, and they stand by
organisation code. An organisation may be counted and unranked: it stands in its place by medals and shifts nobody's
rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from projections.medals import BRONZE, GOLD, SILVER
from schemas.views import MedalTableRow

__all__ = ["Counts", "Medal", "Tally", "medal_table"]

_COLUMN = {GOLD: 0, SILVER: 1, BRONZE: 2}
_GENDER = {"M": 1, "W": 2, "X": 3}  # else open: 4; 0 is the total


class Medal(NamedTuple):
    """A medal that counts."""

    organisation: str
    medal: str
    event: str


Counts = list[list[int]]  # total, men, women, mixed, open -> gold, silver, bronze


class Tally:
    """The medals of each organisation, counted while they come and go."""

    def __init__(self, medals: Iterable[Medal] = ()) -> None:
        self.counts: dict[str, Counts] = {}  # only organisations that have a medal
        for medal in medals:
            self.add(medal)

    def add(self, medal: Medal) -> None:
        """Count a medal."""
        self._count(medal, 1)

    def remove(self, medal: Medal) -> None:
        """Count a medal no longer; it was counted before."""
        self._count(medal, -1)
        if not any(self.counts[medal.organisation][0]):
            del self.counts[medal.organisation]

    def _count(self, medal: Medal, by: int) -> None:
        own = self.counts.get(medal.organisation)
        if own is None:
            own = self.counts[medal.organisation] = [[0, 0, 0] for _ in range(5)]
        column = _COLUMN[medal.medal]
        own[0][column] += by
        own[_GENDER.get(medal.event[3], 4)][column] += by


class _Stand(NamedTuple):
    rank: int | None
    tied: bool
    sort: int


def _ranks(
    counts: Mapping[str, Counts], key: Callable[[list[int]], tuple[int, ...]], unranked: frozenset[str]
) -> dict[str, _Stand]:
    ordered = sorted(counts, key=lambda code: (key(counts[code][0]), code))
    keys = [key(counts[code][0]) for code in ordered if code not in unranked]
    shared = Counter(keys)
    first: dict[tuple[int, ...], int] = {}
    for number, one in enumerate(keys, start=1):
        first.setdefault(one, number)
    stands = {}
    for sort, code in enumerate(ordered, start=1):
        own = key(counts[code][0])
        out = code in unranked
        stands[code] = _Stand(None if out else first[own], not out and shared[own] > 1, sort)
    return stands


def medal_table(tally: Tally, unranked: frozenset[str] = frozenset()) -> dict[str, MedalTableRow]:
    """Return the table of the medals counted, by organisation."""
    counts = tally.counts
    by_gold = _ranks(counts, lambda one: (-one[0], -one[1], -one[2]), unranked)
    by_total = _ranks(counts, lambda one: (-sum(one),), unranked)
    rows = {}
    for code, own in counts.items():
        gold, total = by_gold[code], by_total[code]
        columns = [(one[0], one[1], one[2]) for one in own]
        rows[code] = MedalTableRow(
            organisation=code,
            rank=gold.rank,
            tied=gold.tied,
            sort=gold.sort,
            rank_total=total.rank,
            tied_total=total.tied,
            sort_total=total.sort,
            gold=own[0][0],
            silver=own[0][1],
            bronze=own[0][2],
            total=sum(own[0]),
            men=columns[1],
            women=columns[2],
            mixed=columns[3],
            open=columns[4],
        )
    return rows
