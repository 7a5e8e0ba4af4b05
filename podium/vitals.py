"""How a serving process is: what it is ready for, what it measures of itself, and work of it that has failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator, Mapping
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.gateway import Gateway
from engine.histogram import Histogram
from engine.host import Host
from engine.latency import BOUNDS
from engine.metrics import GatewayMetrics, HostMetrics, histogram, refused
from feeds.metrics import FeedMetrics
from feeds.operations import Check
from feeds.server import Edge

__all__ = ["Vitals"]

LOOK_EVERY = 0.25  # seconds between two looks at how late the loop is

_log = structlog.get_logger()


class Vitals:
    """Of one process."""

    def __init__(self, host: Host, gateway: Gateway, *, ready_within: int) -> None:
        self.leaving = False
        self.failed: dict[str, str] = {}  # work that ended, and should not have -> why
        self.loop_lag = Histogram(BOUNDS)
        self.registry = CollectorRegistry()
        self._host = host
        self._gateway = gateway
        self._ready_within = ready_within
        self._saved_at = time.monotonic()

    @property
    def checks(self) -> Mapping[str, Check]:
        """What has to have nothing to say for the process to be ready."""
        return {"process": self._process, "folds": self._folds, "log": self._stores}

    def _process(self) -> str:
        return "the process is leaving" if self.leaving else ""

    def _folds(self) -> str:
        if self.failed:
            return "; ".join(f"{name} failed: {why}" for name, why in self.failed.items())
        behind = self._host.log.head(self._host.topic) - self._host.position
        allowed = self._ready_within
        return f"{behind} messages are not folded, and at most {allowed} may be" if behind > allowed else ""

    def _stores(self) -> str:
        return self._gateway.trouble

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

    def measure(self, edge: Edge) -> None:
        """Gather the metrics of everything from now on."""
        self._host.passed = self._gateway.latency.fold
        edge.feed.hub.sent = self._gateway.latency.send
        for collector in (
            GatewayMetrics(self._gateway),
            HostMetrics(
                self._host,
                lambda: self._host.log.head(self._host.topic),
                lambda: self._gateway.latency.waiting,
                lambda: self.unsaved,
            ),
            FeedMetrics(edge.feed),
            _ProcessMetrics(self, edge),
        ):
            self.registry.register(collector)
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self.registry)


class _ProcessMetrics(Collector):
    """What belongs to the process as a whole."""

    def __init__(self, vitals: Vitals, edge: Edge) -> None:
        self._vitals = vitals
        self._edge = edge

    def collect(self) -> Iterator[Metric]:
        vitals, host = self._vitals, self._vitals._host
        told = {"version": version("podium-games"), "mode": host.mode, "epoch": host.epoch, "log": host.log.id}
        yield InfoMetricFamily("podium", "Which Podium this is, and what it serves.", value=told)
        yield refused((vitals._gateway.refusals, self._edge.feed.refusals, self._edge.refusals))
        yield histogram("podium_loop_lag_seconds", "How late the loop is.", (), (((), vitals.loop_lag),))
