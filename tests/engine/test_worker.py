"""Workers over one log: what they write, what they save, and what is left when one stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from engine.edge import Edge
from engine.epochs import topic_of
from engine.errors import LogFailed
from engine.log import Fence, Record
from engine.parts import unpack
from engine.raw import RAW, Raw, record_of
from engine.saved_state import SAVED
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS, FEED, FoldPartition
from engine.worker import Rules, Worker
from projections.fold import Fold
from projections.games import GamesFold
from projections.stages import DecodeStage, ResultsStage
from schemas import messages as m
from tests.projections.hand import Hand, rsc

SPORTS = load_sports()
UNIT = rsc("ATHM100M", "FNL-", "000100--")
RULES = Rules("e", DecodeStage, lambda: ResultsStage(SPORTS))


def worker_of(log: SqliteLog, name: str = "a", rules: Rules = RULES) -> Worker:
    return Worker(log, rules, name, lambda: 1)


def finish(number: int) -> bytes:
    return m.encode(m.Finish(unit=UNIT, subject=f"A{number % 5}", mark=f"{10 + number / 100:.2f}", at=number))


def store(log: SqliteLog, first: int, last: int) -> None:
    log.append_now([record_of(Raw("ath.timing", "s1", n, n, n, finish(n))) for n in range(first, last + 1)])


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog.open(tmp_path / "games.db")
    yield log
    await log.close()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - it is the log that is looked at
        await asyncio.sleep(0.01)


@asynccontextmanager
async def working(worker: Worker, *topics: str) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.work(topic, 0)) for topic in topics]
    await until(lambda: len(worker.places) == len(topics) or any(task.done() for task in tasks))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, LogFailed):
                await task


def edge_of(log: SqliteLog) -> Edge:
    edge = Edge(log, GamesFold, "e")
    edge.catch_up()
    return edge


def parts(log: SqliteLog) -> int:
    return sum(len(unpack(record)[1]) for record in log.read(topic_of(FEED, "e")))


def expected(count: int) -> str:
    hand = Hand(known=SPORTS)
    assert isinstance(hand.fold, Fold)
    for number in range(1, count + 1):
        hand.take(("ath.timing", "s1", number, finish(number)))
    return hand.views.digest()


async def test_raw_messages_come_out_as_cuts(log: SqliteLog) -> None:
    store(log, 1, 20)
    async with working(worker_of(log), RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 20)
        store(log, 21, 30)
        await until(lambda: edge_of(log).views.cut == 30)
    assert edge_of(log).views.digest() == expected(30)


async def test_who_takes_over_goes_on_from_what_was_saved(log: SqliteLog) -> None:
    store(log, 1, 20)
    first = worker_of(log)
    async with working(first, RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 20)
        assert await first.save() > 0
        assert await first.save() == 0
    before = log.head(topic_of(EVENTS, "e"))
    store(log, 21, 30)
    second = worker_of(log)
    async with working(second, RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 30)
        events = log.read(topic_of(EVENTS, "e"), before)
        await until(lambda: second.read >= 10 + len(events))  # it counts a moment after others see what follows
    assert second.read == 10 + len(events)  # nothing of what was saved is read again
    assert edge_of(log).views.digest() == expected(30)


async def test_what_was_not_saved_is_done_again_and_adds_no_cut(log: SqliteLog) -> None:
    store(log, 1, 20)
    for times in (1, 2):
        async with working(worker_of(log), RAW, EVENTS):
            await until(lambda times=times: parts(log) >= 20 * times)  # type: ignore[misc]
    assert edge_of(log).views.cut == 20


async def test_the_state_of_another_set_or_epoch_is_not_ours(log: SqliteLog) -> None:
    store(log, 1, 5)
    first = worker_of(log)
    async with working(first, RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 5)
        await first.save()
    assert (await first.load(RAW, 0))[0].position == log.head(RAW)
    assert (await worker_of(log, "b").load(RAW, 0))[0].position == 0
    other = Rules("f", RULES.make_decoding, RULES.make_results)
    assert (await worker_of(log, "a", other).load(EVENTS, 0))[0].position == 0


class Failing(SqliteLog):
    """A log that refuses one append of a topic."""

    refuses: tuple[str, str] | None = None  # topic, and what is in the key

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        first = records[0]
        if self.refuses and self.refuses[0] == first.topic and self.refuses[1] in first.key:
            self.refuses = None
            raise LogFailed("games.db", "appending", "the disk is full")
        return await super().append(records, fence=fence)


async def test_a_partition_whose_output_is_refused_is_let_go(tmp_path: Path) -> None:
    log = Failing.open(tmp_path / "games.db")
    assert isinstance(log, Failing)
    store(log, 1, 5)
    worker = worker_of(log)
    log.refuses = topic_of(EVENTS, "e"), ""
    with pytest.raises(LogFailed):
        await worker.work(RAW, 0)
    assert worker.places == []
    assert await worker.save() == 0
    async with working(worker, RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 5)
    await log.close()


async def test_a_state_that_could_not_be_saved_is_saved_whole_the_next_time(tmp_path: Path) -> None:
    log = Failing.open(tmp_path / "games.db")
    assert isinstance(log, Failing)
    store(log, 1, 5)
    worker = worker_of(log)
    async with working(worker, RAW, EVENTS):
        await until(lambda: edge_of(log).views.cut == 5)
        await worker.save()
        store(log, 6, 9)
        await until(lambda: edge_of(log).views.cut == 9)
        log.refuses = topic_of(SAVED, "e"), f"/{EVENTS}/"
        with pytest.raises(LogFailed):
            await worker.save()
        await worker.save()
    assert (await worker.load(RAW, 0))[0].position == log.head(RAW)
    assert (await worker.load(EVENTS, 0))[0].position == log.head(topic_of(EVENTS, "e"))
    fresh = FoldPartition(ResultsStage(SPORTS), "e", 0)
    fresh.take(log.read(topic_of(EVENTS, "e")))
    assert (await worker.load(EVENTS, 0))[0].dump(whole=True) == fresh.dump(whole=True)
    await log.close()
