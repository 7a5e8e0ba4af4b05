"""Metrics of a worker, gathered when somebody asks, and how far it is behind in each of its partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.lag import Lag
from engine.metrics import end_to_end, gauge
from engine.raw import RAW
from engine.stages import EVENTS
from engine.worker import Place, Worker

__all__ = ["WorkerMetrics"]

STAGES = {RAW: "decoded", EVENTS: "fed"}  # what is reached when a record of a topic has been worked on


class Crew(Protocol):
    """Who works, as far as is measured."""

    interrupted: int  # times that the log refused, and work began anew

    @property
    def shown(self) -> Worker | None:
        """The worker of the epoch that is shown; None while there is none."""


class WorkerMetrics(Collector):
    """Of the worker of the epoch that is shown, which may be another one tomorrow."""

    def __init__(self, crew: Crew, reach: Callable[[Worker, Place], int], saved: Callable[[], float]) -> None:
        self._crew = crew
        self._reach = reach  # position of the newest record that is known of in a partition of its
        self._saved = saved  # seconds since its state was last known to be saved
        self._lags: dict[Place, Lag] = {}
        self._measured: Worker | None = None  # whose lags they are

    def look(self) -> None:
        """Look how far the partitions go; to be called now and then, as lag is measured between two looks."""
        worker = self._crew.shown
        if worker is not self._measured:
            self._measured = worker
            self._lags.clear()
        places = worker.places if worker else []
        for place in places:
            assert worker
            self._lags.setdefault(place, Lag()).see(self._reach(worker, place), worker.position(place))
        for place in set(self._lags).difference(places):
            del self._lags[place]

    @property
    def behind(self) -> int:
        """Positions that are not worked on yet, in all its partitions together."""
        return sum(lag.records(position) for _, lag, position in self._standing())

    def _standing(self) -> Iterator[tuple[Place, Lag, int]]:
        worker = self._measured
        for place in worker.places if worker else ():
            if worker and place in self._lags:
                yield place, self._lags[place], worker.position(place)

    def collect(self) -> Iterator[Metric]:
        """Yield all of them."""
        worker = self._crew.shown
        where = ("topic", "partition")
        behind = GaugeMetricFamily(
            "podium_fold_lag_messages", "Records that are durable and not worked on.", labels=where
        )
        late = GaugeMetricFamily("podium_fold_lag_seconds", "For which the oldest of them waits.", labels=where)
        reached = GaugeMetricFamily("podium_fold_position", "Position of the newest record worked on.", labels=where)
        for (topic, partition), lag, position in self._standing():
            labels = (topic, str(partition))
            behind.add_metric(labels, lag.records(position))
            late.add_metric(labels, lag.seconds(position))
            reached.add_metric(labels, position)
        yield from (behind, late, reached)
        read = CounterMetricFamily("podium_worker_records", "Records worked on, by topic.", labels=("topic",))
        for topic in STAGES:
            read.add_metric((topic,), worker.records[topic] if worker else 0)
        yield read
        yield gauge("podium_worker_partitions", "That it works on.", len(worker.places) if worker else 0)
        broken = CounterMetricFamily("podium_worker_interruptions", "Times that the log refused.")
        broken.add_metric((), self._crew.interrupted)
        yield broken
        yield gauge("podium_checkpoint_age_seconds", "Since its state was last known to be saved.", self._saved())
        if worker:
            yield end_to_end({STAGES[topic]: times for topic, times in worker.times.items()})
