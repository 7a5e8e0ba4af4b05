"""Leaving: what was taken before is durable, folded and sent when it returns, however slow each of them is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.raw import RAW
from feeds import patterns
from feeds.encoding import JSON
from podium.serving import Ports, Process
from podium.settings import Drain, Feeding, Settings


class Subscriber:
    """The way to a subscriber who takes everything."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    def offer(self, data: bytes) -> bool:
        self.got.append(data)
        return True

    def send(self, data: bytes) -> None:
        self.got.append(data)

    def drop(self) -> None:
        raise AssertionError("nobody is to be dropped")


def venue(number: int) -> bytes:
    return msgspec.json.encode({"kind": "venue", "code": f"HA{number}", "name": f"Hall {number}"})


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    settings = Settings(feed=Feeding(interval=0.3), drain=Drain(finish=20.0))
    process = Process.open(tmp_path / "games.db", None, settings)
    async with process.working(Ports()):
        yield process


async def test_what_is_in_flight_is_stored_folded_sent_and_saved(process: Process) -> None:
    subscriber, hub = Subscriber(), process.edge.feed.hub
    hub.subscribe(subscriber, JSON, 1, patterns.decode(["**"], most=10), now=0.0)
    await process.gateway.offer("central", "s", 1, venue(1))
    async with asyncio.timeout(20):
        while not hub.delivered:  # noqa: ASYNC110 - the first goes out at once, and those after it wait for their turn
            await asyncio.sleep(0.001)
    answers = [process.gateway.offer("central", "s", serial, venue(serial)) for serial in range(2, 50)]
    await process.leave()
    assert [answer.result().code for answer in answers] == ["stored"] * 48
    assert process.host.position == process.log.head(RAW) == 49
    assert (process.host.views.cut, hub.dirty) == (49, False)
    assert b"Hall 49" in subscriber.got[-1]
    assert process.host.saved[-1].position == 49


async def test_what_takes_too_long_is_left_to_the_next_start(tmp_path: Path) -> None:
    process = Process.open(tmp_path / "games.db", None, Settings(drain=Drain(finish=0.05)))
    stored = process.gateway.store([("central", "s", 1, 0, 1, venue(1))])
    assert len(stored.raws) == 1  # and nobody folds it
    with capture_logs() as lines:
        await process.leave()
    assert [line["event"] for line in lines] == ["leaving", "leaving_unfinished"]
    await process.close()
