"""Records of which copies do no harm: appended without a transaction, in their order, durable on return."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from engine.errors import LogClosed, LogReadOnly, RecordRefused
from engine.kafka_log import KafkaLog
from engine.log import CopyLog, Record
from schemas.layout import Layout, Spread

TOPIC = "games.events"


@pytest.fixture
async def log(kafka: str) -> AsyncIterator[KafkaLog]:
    async with KafkaLog.open(f"kafka://{kafka}/{uuid4().hex}", layout=Layout({TOPIC: Spread(3)})) as log:
        yield log


def records(who: int, count: int = 50) -> list[Record]:
    return [Record(TOPIC, str(number % 7), b"%d:%d" % (who, number), number) for number in range(count)]


def held(log: KafkaLog, key: str) -> list[bytes]:
    return [one.value for one in log.read(TOPIC, partition=log.partition_of(TOPIC, key)) if one.key == key]


async def test_what_many_pass_on_at_once_keeps_the_order_of_each(log: KafkaLog) -> None:
    assert isinstance(log, CopyLog)
    await asyncio.gather(*(log.pass_on(records(who)) for who in range(8)))
    for key in map(str, range(7)):
        for who in range(8):
            mine = [value for value in held(log, key) if value.startswith(b"%d:" % who)]
            assert mine == [one.value for one in records(who) if one.key == key]


async def test_it_stands_behind_what_was_appended_before(log: KafkaLog) -> None:
    for number in range(5):
        await log.append([Record(TOPIC, "a", b"append %d" % number, 1)])
        await log.pass_on([Record(TOPIC, "a", b"pass on %d" % number, 1)])
    assert held(log, "a") == [b"%s %d" % (how, number) for number in range(5) for how in (b"append", b"pass on")]


async def test_a_record_that_is_none_is_named(log: KafkaLog) -> None:
    with pytest.raises(RecordRefused, match="record 1 "):
        await log.pass_on([Record(TOPIC, "a", b"1", 1), Record("no topic", "a", b"2", 1)])
    assert held(log, "a") == []


async def test_only_who_may_write_passes_on(log: KafkaLog) -> None:
    async with KafkaLog.open(log.url, readonly=True) as reader:
        with pytest.raises(LogReadOnly):
            await reader.pass_on(records(1))
    await log.close()
    with pytest.raises(LogClosed):
        await log.pass_on(records(1))
