"""A log that is spread is proved from stage to stage, and what was put into it by another hand is found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from engine.epochs import topic_of
from engine.log import Record
from engine.parts import Part, pack, unpack
from engine.proof import Proof, prove
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS, FEED
from tests.engine.test_worker import RULES, edge_of, store, until, worker_of, working

OF_EVENTS, OF_FEED = topic_of(EVENTS, "e"), topic_of(FEED, "e")


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog.open(tmp_path / "games.db")
    yield log
    await log.close()


async def work(log: SqliteLog, cut: int, *topics: str) -> None:
    async with working(worker_of(log), *(topics or (RAW, EVENTS))):
        await until(lambda: edge_of(log).views.cut == cut)


async def test_what_workers_have_written_follows_from_what_came(log: SqliteLog) -> None:
    store(log, 1, 20)
    assert prove(log, RULES) == Proof(0, 0, 20, "")
    await work(log, 20)
    assert prove(log, RULES) == Proof(20, 20, 0, "")
    store(log, 21, 25)
    assert prove(log, RULES) == Proof(20, 20, 5, "")
    await work(log, 25)  # from the beginning, as nothing was saved: copies
    assert prove(log, RULES) == Proof(25, 25, 0, "")


def forged(log: SqliteLog, topic: str, change: Callable[[Part], Part]) -> Record:
    """Return the last record of a topic with one part, which was changed."""
    cause, parts = unpack(log.read(topic)[-1])
    return next(pack(topic, cause, [change(parts[-1])]))


def elsewhere(part: Part) -> Part:
    return msgspec.structs.replace(part, position=part.position + 1)


async def test_what_follows_from_nothing_is_found(log: SqliteLog) -> None:
    store(log, 1, 20)
    await work(log, 20)
    log.append_now([forged(log, OF_FEED, elsewhere)])
    assert prove(log, RULES).flaw == f"{OF_FEED}, partition 0, position {log.head(OF_FEED)}: it follows from nothing"
    log.append_now([forged(log, OF_EVENTS, elsewhere)])
    assert (
        prove(log, RULES).flaw == f"{OF_EVENTS}, partition 0, position {log.head(OF_EVENTS)}: it follows from nothing"
    )


async def test_what_was_said_before_workers_said_it_is_found(log: SqliteLog, tmp_path: Path) -> None:
    store(log, 1, 20)
    with SqliteLog.open(tmp_path / "true.db") as true:
        store(true, 1, 20)
        async with working(worker_of(true), RAW, EVENTS):
            await until(lambda: edge_of(true).views.cut == 20)
        first = unpack(true.read(OF_FEED)[0])[1][0]
    lie = msgspec.structs.replace(first, because="nobody/s1/1")
    log.append_now(list(pack(OF_FEED, 0, [lie])))
    await work(log, 20)
    assert prove(log, RULES).flaw == (
        f"{OF_FEED}, partition 0, position 1: it is not what follows from {OF_EVENTS}, partition 0, "
        f"position 1: ath.timing/s1/1"
    )
