"""The feed's metrics: read off what the hub does, never written per delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from feeds.metrics import FeedMetrics
from feeds.server import Edge, build, running
from tests.feeds.client import Subscription, connected
from tests.feeds.games import medals, small_games


def says(edge: Edge) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(FeedMetrics(edge.feed))
    return registry


async def test_what_is_there_is_counted() -> None:
    edge = build(small_games())
    told = says(edge)
    async with running(edge) as port, connected(port) as one, connected(port) as two:
        await one.subscribe(1, "medals/table")
        await two.subscribe(1, "medals/table")
        await two.subscribe(2, "result/**")
        for name, value in (("subscribers", 2), ("subscriptions", 3), ("groups", 2), ("behind", 0)):
            assert told.get_sample_value(f"podium_feed_{name}") == value, name
    assert told.get_sample_value("podium_feed_subscriptions") == 0


async def test_cuts_and_deliveries_are_counted_and_the_sent_ones_told() -> None:
    source = small_games()
    edge = build(source)
    told = says(edge)
    sent: list[int] = []

    def note(positions: Sequence[int]) -> None:
        sent.extend(positions)

    edge.feed.hub.sent = note
    async with running(edge) as port, connected(port) as client:
        await client.subscribe(1, "medals/table")
        cut = source.put(("medals/table", "AAA", medals("AAA", 1, 3, 0)))
        unseen = source.put(("medals/day/2030-03-17", "AAA", medals("AAA", 1, 3, 0)))
        async with asyncio.timeout(10):
            while not sent:
                await client.hear()
    assert sent == [cut.position]  # nobody watches what the other one changed
    assert unseen.position == cut.position + 1
    assert told.get_sample_value("podium_feed_cuts_total") == 2
    assert told.get_sample_value("podium_feed_deliveries_total") == 1


async def test_resets_are_told_by_why_and_refusals_counted() -> None:
    edge = build(small_games())
    told = says(edge)
    async with running(edge) as port, connected(port) as client:
        client.subscriptions[1] = Subscription()
        await client.say(op="sub", id=1, views=["medals/table"], resume="nonsense")
        why = (await client.hear())["why"]
        await client.say(op="sub", id=1, views=["medals/table"])
        while (await client.hear())["op"] != "err":
            pass
    assert told.get_sample_value("podium_feed_resets_total", {"why": why}) == 1
    assert edge.feed.refusals.counts == {("bad_message", ""): 1}
