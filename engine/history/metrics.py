"""Metrics of a historian: how far its history is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.history.questions import Progress
from engine.lag import Lag
from engine.metrics import gauge

__all__ = ["HistoryMetrics"]


class HistoryMetrics(Collector):
    """Of one history, as last looked at: its progress is asked for in a thread, now and then."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._lag = Lag(steady)
        self._progress: Progress | None = None

    def see(self, progress: Progress) -> None:
        """Say how far the history is."""
        self._progress = progress
        self._lag.see(progress.position + (progress.behind or 0), progress.position)

    def trouble(self, allowed: int) -> str:
        """Say why it is not ready; more than ``allowed`` messages that are not in it are too many."""
        progress = self._progress
        if progress is None:
            return "nobody has looked at the history yet"
        if progress.state == "down":
            return f"the history is down: {progress.error}"
        behind = progress.behind or 0
        return f"{behind} messages are not in the history, and at most {allowed} may be" if behind > allowed else ""

    def collect(self) -> Iterator[Metric]:
        """Yield all of them; none before the first look."""
        progress = self._progress
        if progress is None:
            return
        late = self._lag.seconds(progress.position)
        yield gauge("podium_history_up", "0 where the history does not answer.", progress.state != "down")
        yield gauge("podium_history_lag_messages", "Durable, and not in the history.", progress.behind or 0)
        yield gauge("podium_history_lag_seconds", "For which the oldest of them waits.", late)
        yield gauge("podium_history_cut", "Number of the newest cut in the history.", progress.cut)
        failures = CounterMetricFamily("podium_history_failures", "Times that it could not be written.")
        failures.add_metric((), progress.failures)
        yield failures
