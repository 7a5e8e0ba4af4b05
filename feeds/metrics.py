"""Metrics of an edge: the hub counts what it does anyway, and this reads it when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feeds.feed import Feed

__all__ = ["FeedMetrics"]

COUNTS = {
    "cuts": "Cuts that the feed has taken.",
    "conflated": "Messages that held several cuts for a subscriber who was behind, or in a burst.",
    "resumed": "Subscriptions that went on from their token.",
    "dropped": "Subscribers cut off because they took nothing.",
}


class FeedMetrics(Collector):
    """Of one feed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def collect(self) -> Iterator[Metric]:
        """Yield all of them."""
        feed, hub = self._feed, self._feed.hub
        for name, value, about in (
            ("subscribers", feed.connections, "Connections."),
            ("subscriptions", hub.members, "Subscriptions of all connections."),
            ("groups", hub.groups, "Different things that are asked for."),
            ("behind", len(hub.behind), "Subscriptions that miss something just now."),
        ):
            yield GaugeMetricFamily(f"podium_feed_{name}", about, value=value)
        for name, about in COUNTS.items():
            yield CounterMetricFamily(f"podium_feed_{name}", about, value=hub.counts[name])
        yield CounterMetricFamily("podium_feed_deliveries", "Flushes taken by a subscriber.", value=hub.delivered)
        resets = CounterMetricFamily("podium_feed_resets", "New images in place of what was missed.", labels=("why",))
        for why, times in sorted(hub.resets.items()):
            resets.add_metric((why,), times)
        yield resets
