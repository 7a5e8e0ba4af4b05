"""The engine's metrics: what they say is what the gateway, the folds and the log hold."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from engine.gateway import Gateway
from engine.host import Host
from engine.limits import Limits
from engine.metrics import GatewayMetrics, HostMetrics, refused
from engine.raw import RAW
from engine.refusals import Refusals
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from projections.fold import Fold
from tests.engine.conftest import HandClock

SPORTS = load_sports()


class Told:
    """A gateway and a host over one log, and what their metrics say."""

    def __init__(self, log: SqliteLog, clock: HandClock) -> None:
        self.gateway = Gateway(log, clock, limits=Limits(silence=5))
        self.host = Host(log, lambda: Fold(SPORTS), "e")
        self.host.passed = self.gateway.latency.fold
        self.registry = CollectorRegistry()
        self.registry.register(GatewayMetrics(self.gateway, folds=True))
        waiting = self.gateway.latency
        self.registry.register(HostMetrics(self.host, lambda: log.head(RAW), lambda: waiting.waiting, lambda: 3.5))

    def says(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
def told(log: SqliteLog, clock: HandClock) -> Told:
    return Told(log, clock)


async def test_a_source_is_told_by_its_stream(told: Told, clock: HandClock) -> None:
    gateway = told.gateway
    for serial in (1, 2, 3):
        await gateway.offer("HAL.timing", "s", serial, b"x")
    await gateway.offer("HAL.desk", "s", 1, b"x")
    await gateway.declare_lost("HAL.timing", "s", 4, 9, "me")
    await gateway.offer("HAL.timing", "s", 5, b"late")
    gateway.connected("HAL.desk", "s", "10.0.0.1:5")
    seen = clock.now / 1_000_000
    clock.forward(6)
    gateway.tick()
    for source, sample in (
        ("HAL.timing", {"messages_total": 4, "lost_messages": 5, "silent": 1, "connected": 0}),
        ("HAL.desk", {"messages_total": 1, "lost_messages": 0, "silent": 1, "connected": 1}),
    ):
        for name, value in (sample | {"last_message_timestamp_seconds": seen}).items():
            assert told.says(f"podium_source_{name}", source=source) == value, (source, name)


async def test_what_the_log_held_before_is_told_after_a_restart(told: Told, log: SqliteLog, clock: HandClock) -> None:
    for serial in (1, 2):
        await told.gateway.offer("HAL.timing", "s", serial, b"x")
    assert Told(log, clock).says("podium_source_messages_total", source="HAL.timing") == 2


async def test_the_folds_are_behind_until_they_are_not(told: Told) -> None:
    for serial in (1, 2, 3):
        await told.gateway.offer("HAL.timing", "s", serial, b"x")
    assert told.says("podium_fold_lag_messages") == 3
    assert (told.says("podium_fold_lag_seconds") or 0.0) > 0.0
    folding = asyncio.create_task(told.host.run())
    while told.host.position < 3:  # noqa: ASYNC110 - the host has no event for it
        await asyncio.sleep(0.001)
    folding.cancel()
    with suppress(asyncio.CancelledError):
        await folding
    assert (told.says("podium_fold_lag_messages"), told.says("podium_fold_lag_seconds")) == (0, 0.0)
    assert told.says("podium_fold_position") == 3
    assert told.says("podium_checkpoint_lag_messages") == 3
    assert told.says("podium_checkpoint_age_seconds") == 3.5


async def test_every_message_is_counted_in_every_stage_and_every_commit_once(told: Told) -> None:
    await asyncio.gather(*(told.gateway.offer("HAL.timing", "s", serial, b"x") for serial in range(1, 51)))
    await told.gateway.offer("HAL.timing", "s", 51, b"x")
    told.host.catch_up()
    told.host.passed(told.host.position)
    assert told.says("podium_end_to_end_seconds_count", stage="durable") == 51
    assert told.says("podium_end_to_end_seconds_count", stage="folded") == 51
    assert told.says("podium_end_to_end_seconds_count", stage="sent") == 0
    assert told.says("podium_end_to_end_seconds_bucket", stage="folded", le="+Inf") == 51
    assert told.says("podium_commit_seconds_count") == 2  # the fifty shared one


async def test_the_two_promises_are_bounds(told: Told) -> None:
    for bound in ("0.3", "2"):
        assert told.says("podium_end_to_end_seconds_bucket", stage="sent", le=bound) == 0


async def test_an_archive_is_counted_as_it_is_stored_and_not_by_its_times(told: Told) -> None:
    began = told.gateway.latency.steady()
    told.gateway.store([("HAL.timing", "s", serial, 0, 1, b"x") for serial in (1, 2, 3)])
    taken = told.gateway.latency.steady() - began
    assert told.says("podium_end_to_end_seconds_count", stage="durable") == 3
    assert 0.0 < (told.says("podium_end_to_end_seconds_sum", stage="durable") or 0.0) <= 3 * taken


async def test_what_the_gateway_turns_away_is_counted_by_reason(told: Told) -> None:
    gateway = told.gateway
    await gateway.offer("HAL.timing", "s", 1, b"x")
    await gateway.offer("HAL.timing", "s", 1, b"x")
    await gateway.offer("HAL.timing", "s", 1, b"y")
    await gateway.offer("HAL.timing", "s", 3, b"x")
    await gateway.offer("in/vented", "s", 1, b"x")
    assert gateway.refusals.counts == {
        ("duplicate", "HAL.timing"): 1,
        ("conflict", "HAL.timing"): 1,
        ("gap", "HAL.timing"): 1,
        ("malformed", ""): 1,
    }


def test_refusals_of_all_doors_are_one_metric() -> None:
    venue, feed = Refusals("venue"), Refusals("feed")
    venue.note("gap", place="x", party="p", reason="r", source="A.b", known=True)
    feed.note("too_many", place="x", party="p", reason="r")
    family = refused((venue, feed))
    assert [(sample.labels, sample.value) for sample in family.samples] == [
        ({"door": "venue", "code": "gap", "source": "A.b"}, 1),
        ({"door": "feed", "code": "too_many", "source": ""}, 1),
    ]


async def test_prometheus_can_read_it(told: Told) -> None:
    await told.gateway.offer("HAL.timing", "s", 1, b"x")
    lines = generate_latest(told.registry).decode().splitlines()
    assert 'podium_source_messages_total{source="HAL.timing"} 1.0' in lines
    assert [line for line in lines if not line.startswith(("#", "podium_"))] == []
