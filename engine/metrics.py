"""Metrics of a process that takes venue feeds and folds them, gathered when somebody asks and not before.

Names begin with ``podium_`` and are in seconds, bytes and totals, as Prometheus has it. The only free label is the
source, and only of sources that the log knows: never an athlete, a connection or what a sender made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.checkpoints import Manifest
from engine.gateway import Gateway
from engine.histogram import Histogram
from engine.latency import Latency
from engine.refusals import Refusals
from engine.session import Session, Stream
from engine.views import Views

__all__ = ["EdgeMetrics", "GatewayMetrics", "HostMetrics", "end_to_end", "gauge", "histogram", "refused"]


def gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    """Return a metric of one value."""
    return GaugeMetricFamily(name, about, value=value)


def histogram(
    name: str, about: str, labels: tuple[str, ...], parts: Iterable[tuple[tuple[str, ...], Histogram]]
) -> Metric:
    """Return histograms of one name, each under the values of its labels."""
    family = HistogramMetricFamily(name, about, labels=labels)
    for values, filled in parts:
        family.add_metric(values, buckets=filled.buckets(), sum_value=filled.total)
    return family


def end_to_end(stages: Mapping[str, Histogram]) -> Metric:
    """Return how long messages took from the venue's bytes to each stage."""
    about = "From the venue's bytes to durable, decoded, fed, folded, sent to the subscribers."
    parts = (((stage,), filled) for stage, filled in stages.items())
    return histogram("podium_end_to_end_seconds", about, ("stage",), parts)


def refused(doors: Iterable[Refusals]) -> Metric:
    """Return how often each door refused, by reason."""
    family = CounterMetricFamily(
        "podium_refusals", "What was refused, by door and reason.", labels=("door", "code", "source")
    )
    for door in doors:
        for (code, source), times in sorted(door.counts.items()):
            family.add_metric((door.door, code, source), times)
    return family


class Folded(Protocol):
    """As much of a host as is measured; which one it is may change."""

    @property
    def position(self) -> int:
        """Of the newest record folded."""

    @property
    def views(self) -> Views:
        """As they stand."""

    @property
    def saved(self) -> Sequence[Manifest]:
        """The checkpoints."""

    @property
    def last_seen(self) -> Mapping[str, int]:
        """Source -> log time of its newest message, microseconds."""


class HostMetrics(Collector):
    """Of the folds and the checkpoints."""

    def __init__(
        self, host: Folded, head: Callable[[], int], waiting: Callable[[], float], saved: Callable[[], float | None]
    ) -> None:
        self._host = host
        self._head = head  # position of the newest record that there is to fold
        self._waiting = waiting  # seconds since the oldest that is not folded was received
        self._saved = saved  # seconds since what is folded was last known to be saved; None: others do that

    def collect(self) -> Iterator[Metric]:
        """Yield all of them."""
        host = self._host
        behind = max(0, self._head() - host.position)
        yield gauge("podium_fold_lag_messages", "Records that are durable and not folded.", behind)
        yield gauge("podium_fold_lag_seconds", "Since the oldest of them came.", self._waiting() if behind else 0.0)
        yield gauge("podium_fold_position", "Position of the newest record folded.", host.position)
        yield gauge("podium_cut", "Number of the newest cut.", host.views.cut)
        if (age := self._saved()) is None:
            return
        yield gauge("podium_checkpoint_age_seconds", "Since what is folded was last known to be saved.", age)
        position = host.saved[-1].position if host.saved else 0
        yield gauge("podium_checkpoint_lag_messages", "Folded, and not in a checkpoint.", host.position - position)


class EdgeMetrics(Collector):
    """Of what reaches an edge that did not receive the bytes itself."""

    def __init__(self, latency: Latency, host: Folded) -> None:
        self._latency = latency
        self._host = host

    def collect(self) -> Iterator[Metric]:
        """Yield all of them."""
        last = GaugeMetricFamily(
            "podium_source_last_shown_timestamp_seconds",
            "Log time of the newest message of a source that changed a view here.",
            labels=("source",),
        )
        for source, time in sorted(self._host.last_seen.items()):
            last.add_metric((source,), time / 1_000_000)
        yield last
        yield end_to_end({"folded": self._latency.folded, "sent": self._latency.sent})


class GatewayMetrics(Collector):
    """Of the sources and the gateway."""

    def __init__(self, gateway: Gateway, *, folds: bool) -> None:
        self._gateway = gateway
        self._folds = folds  # whether what it takes is folded and sent in the same process

    def collect(self) -> Iterator[Metric]:
        """Yield all of them."""
        yield from self._sources()
        yield from self._times()

    def _sources(self) -> Iterator[Metric]:
        count, last, lost, silent, linked = (
            CounterMetricFamily("podium_source_messages", "Messages of a source in the log.", labels=("source",)),
            GaugeMetricFamily(
                "podium_source_last_message_timestamp_seconds",
                "Log time of the newest message of a source.",
                labels=("source",),
            ),
            GaugeMetricFamily(
                "podium_source_lost_messages", "Serials declared lost that have not come since.", labels=("source",)
            ),
            GaugeMetricFamily("podium_source_silent", "1 where a source is noted as silent.", labels=("source",)),
            GaugeMetricFamily("podium_source_connected", "1 where a source has a connection.", labels=("source",)),
        )
        for name, stream in sorted(self._gateway.streams.items()):
            count.add_metric((name,), sum(map(_stored, stream.sessions.values())))
            last.add_metric((name,), stream.seen / 1_000_000)
            lost.add_metric((name,), _missing(stream))
            silent.add_metric((name,), stream.silent)
            linked.add_metric((name,), stream.link is not None)
        yield from (count, last, lost, silent, linked)

    def _times(self) -> Iterator[Metric]:
        latency = self._gateway.latency
        stages = {"durable": latency.durable}
        if self._folds:
            stages |= {"folded": latency.folded, "sent": latency.sent}
        yield end_to_end(stages)
        yield histogram(
            "podium_commit_seconds", "How long a commit of the gateway takes.", (), (((), latency.commits),)
        )
        failed = CounterMetricFamily("podium_commit_failures", "Batches that the log refused.")
        failed.add_metric((), self._gateway.failures)
        yield failed
        yield gauge("podium_in_flight_bytes", "Taken, and not yet durable.", self._gateway.in_flight)


def _stored(session: Session) -> int:
    return len(session.digests) + len(session.backfilled)


def _missing(stream: Stream) -> int:
    return sum(lost.missing for session in stream.sessions.values() for lost in session.lost)
