"""Histograms that cost almost nothing to fill: counts between bounds, turned into metrics when somebody asks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["Histogram"]


class Histogram:
    """How often something took how long. Belongs to one thread."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)  # seconds, ascending; a value belongs to the first that is not below it
        self.counts = [0] * (len(self.bounds) + 1)  # the last: above all bounds
        self.total = 0.0  # seconds

    def observe(self, seconds: float, times: int = 1) -> None:
        """Count that something took so long, so many times."""
        self.counts[bisect_left(self.bounds, seconds)] += times
        self.total += seconds * times

    def buckets(self) -> list[tuple[str, float]]:
        """Return how many values were at most as long as each bound, as Prometheus wants them."""
        names = [*(f"{bound:g}" for bound in self.bounds), "+Inf"]
        return list(zip(names, map(float, accumulate(self.counts)), strict=True))
