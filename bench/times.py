"""Times and their percentiles, by HdrHistogram: microseconds up to a minute, exact to three digits."""

from __future__ import annotations

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]

__all__ = ["Times"]

HIGHEST = 60_000_000  # microseconds


class Times:
    """How long many things took."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(1, HIGHEST, 3)

    def record(self, seconds: float, count: int = 1) -> None:
        """Add what took so long."""
        self._histogram.record_value(min(max(1, int(seconds * 1e6)), HIGHEST), count)

    def at(self, percentile: float) -> float:
        """Return in ms what a percentile of them took at most."""
        return float(self._histogram.get_value_at_percentile(percentile)) / 1000

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._histogram.get_total_count())

    @property
    def longest(self) -> float:
        """The longest, ms."""
        return float(self._histogram.get_max_value()) / 1000

    def __str__(self) -> str:
        p50, p99, p999 = (self.at(percentile) for percentile in (50, 99, 99.9))
        return f"p50 {p50:.2f}, p99 {p99:.2f}, p99.9 {p999:.2f}, max {self.longest:.2f} ms"
