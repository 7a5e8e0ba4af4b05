"""What a follower of a log in Kafka knows of the end without asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from engine.kafka_log import KafkaLog
from engine.log import Record

PATIENCE = 60.0


@pytest.fixture
async def log(kafka: str) -> AsyncIterator[KafkaLog]:
    async with await asyncio.to_thread(KafkaLog.open, f"kafka://{kafka}/{uuid4().hex}") as log:
        yield log


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - a thread knows
            await asyncio.sleep(0.01)


async def test_it_knows_how_far_the_partition_goes_while_nobody_reads(log: KafkaLog) -> None:
    assert log.reach("a") == 0  # nobody follows
    (first,) = await log.append([Record("a", "K", b"0", 1)])
    batches = log.follow("a")
    assert [one.value for one in await anext(batches)] == [b"0"]
    waiting = asyncio.ensure_future(anext(batches))
    await until(lambda: log.reach("a") == first)  # the mark of the commit behind it is none

    positions = await log.append([Record("a", "K", b"%d" % n, 1) for n in range(3000)])
    batch = await waiting
    assert log.reach("a") >= positions[-1] > batch[-1].position  # not read yet, and known of
    while batch[-1].position < positions[-1]:
        batch = await anext(batches)
    waiting = asyncio.ensure_future(anext(batches))
    await until(lambda: log.reach("a") == positions[-1])
    waiting.cancel()
    await asyncio.wait([waiting])
    await batches.aclose()  # type: ignore[attr-defined]  # an async generator
    assert log.reach("a") == 0
