"""How a process is: what it is ready for, what it measures of itself, and work of it that has failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.histogram import Histogram
from engine.latency import BOUNDS
from engine.metrics import gauge, histogram, refused
from engine.refusals import Refusals
from feeds.operations import Check

__all__ = ["Vitals"]

LOOK_EVERY = 0.25  # seconds between two looks at how late the loop is

_log = structlog.get_logger()


class Vitals:
    """Of one process."""

    def __init__(self, process: str, told: Callable[[], Mapping[str, str]], checks: Mapping[str, Check]) -> None:
        """Make those of a process of that name; ``told`` says what it works on, as labels of ``podium_info``.

        ``checks`` are what has to have nothing to say for it to be ready, beside leaving and work that failed.
        """
        self.process = process
        self.leaving = False
        self.failed: dict[str, str] = {}  # work that ended, and should not have -> why
        self.loop_lag = Histogram(BOUNDS)
        self.checks: Mapping[str, Check] = {"process": self._trouble, **checks}
        self.registry = CollectorRegistry()
        self.told = told
        self._saved_at = time.monotonic()

    @property
    def reason(self) -> str:
        """Why the process is not ready; empty where it is."""
        return next((said for check in self.checks.values() if (said := check())), "")

    def _trouble(self) -> str:
        if self.failed:
            return "; ".join(f"{name} failed: {why}" for name, why in self.failed.items())
        return "the process is leaving" if self.leaving else ""

    async def watch(self, name: str, work: Awaitable[object]) -> None:
        """Do work that should never end; where it fails say so, as nobody awaits it."""
        try:
            await work
        except Exception as error:
            self.failed[name] = str(error) or type(error).__name__
            _log.exception("work_failed", work=name)

    async def look_at_the_loop(self) -> None:
        """Measure for ever how late the loop comes to what is due."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_EVERY
            await asyncio.sleep(LOOK_EVERY)
            self.loop_lag.observe(max(0.0, loop.time() - due))

    def saved(self) -> None:
        """Say that all that is folded is in a checkpoint, or was there before."""
        self._saved_at = time.monotonic()

    @property
    def unsaved(self) -> float:
        """Seconds since that was so for the last time."""
        return time.monotonic() - self._saved_at

    def measure(self, *collectors: Collector, doors: Iterable[Refusals] = ()) -> None:
        """Gather the metrics of these from now on, what these doors refuse, and those of the process itself."""
        for collector in (*collectors, _ProcessMetrics(self, tuple(doors))):
            self.registry.register(collector)
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self.registry)


class _ProcessMetrics(Collector):
    """What belongs to the process as a whole."""

    def __init__(self, vitals: Vitals, doors: tuple[Refusals, ...]) -> None:
        self._vitals = vitals
        self._doors = doors

    def collect(self) -> Iterator[Metric]:
        vitals = self._vitals
        told = {"process": vitals.process, "version": version("podium-games"), **vitals.told()}
        yield InfoMetricFamily("podium", "Which Podium this is, and what it works on.", value=told)
        if self._doors:
            yield refused(self._doors)
        yield gauge("podium_ready", "1 where the process is ready.", not vitals.reason)
        yield histogram("podium_loop_lag_seconds", "How late the loop is.", (), (((), vitals.loop_lag),))
