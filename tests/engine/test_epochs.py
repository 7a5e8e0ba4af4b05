"""Epochs: what a log says of them, and when one that is being built holds as much as the one that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from engine import epochs
from engine.approach import Approach
from engine.edge import Edge
from engine.epochs import Epoch, announcement, caught_up, topic_of
from engine.raw import RAW
from engine.sports import load_sports
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS, FEED
from projections.games import GamesFold
from schemas.games import Games
from tests.engine.test_worker import store, until, worker_of, working

SPORTS = load_sports()
FIRST = Epoch.of("log", 1, SPORTS, Games())
SECOND = Epoch.of("log", 1, SPORTS, Games(name="Games of another name"))
THIRD = Epoch.of("log", 1, {code: SPORTS[code] for code in ("ATH", "SWM")}, Games())
LATER = Epoch.of("log", 2, SPORTS, Games())


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog.open(tmp_path / "games.db")
    yield log
    await log.close()


def told(log: SqliteLog, *said: Epoch | str) -> tuple[str, str, list[str]]:
    """Say what is announced, and by its name what has caught up; return what is shown, being built, and all."""
    log.append_now([announcement(one, 1) if isinstance(one, Epoch) else caught_up(one, 1) for one in said])
    book = epochs.read(log, 1)
    names = [one.name if one is not None else "" for one in (book.shown, book.building)]
    return names[0], names[1], [one.name for one in book.all]


def test_an_epoch_comes_back_from_the_log_as_it_was(log: SqliteLog) -> None:
    told(log, FIRST)
    assert epochs.read(log, 1).shown == FIRST
    assert Epoch.of("log", 1, *epochs.read(log, 1).all[0][2:]) == FIRST


def test_four_things_make_an_epoch() -> None:
    names = {FIRST.name, SECOND.name, THIRD.name, LATER.name, Epoch.of("other", 1, SPORTS, Games()).name}
    assert len(names) == 5


async def test_the_first_is_shown_and_the_next_ones_when_they_have_caught_up(log: SqliteLog) -> None:
    one, two, three = FIRST.name, SECOND.name, THIRD.name
    assert told(log) == ("", "", [])
    assert told(log, FIRST) == (one, "", [one])
    assert told(log, FIRST) == (one, "", [one])
    assert told(log, SECOND) == (one, two, [one, two])
    assert told(log, THIRD) == (one, three, [one, two, three])
    assert told(log, two) == (one, three, [one, two, three])  # it is not wanted any more
    assert told(log, three) == (three, "", [one, two, three])
    assert told(log, FIRST) == (three, one, [two, three, one])  # and back
    assert told(log, THIRD) == (three, "", [two, one, three])  # or not
    assert told(log, FIRST, one) == (one, "", [two, three, one])


async def test_what_folds_of_another_version_make_is_none_of_ours(log: SqliteLog) -> None:
    assert told(log, FIRST, LATER, LATER.name) == (FIRST.name, "", [FIRST.name])
    assert epochs.read(log, 2).shown == LATER
    assert epochs.read(log, 3).shown is None
    assert epochs.read(log, 3).position == epochs.read(log, 1).position > 0


async def test_an_epoch_is_near_when_decoding_folding_and_the_host_have_passed_what_there_was(log: SqliteLog) -> None:
    store(log, 1, 20)
    approach = Approach(log, "e")
    edge = Edge(log, GamesFold, "e")
    worker = worker_of(log)
    assert not approach.look(edge.position)
    assert approach.left == log.head(RAW)
    async with working(worker, RAW):
        await until(lambda: worker.read == 20)
        assert not approach.look(10**6)  # nobody has said so
        await worker.tell()
        assert not approach.look(10**6)
        assert approach.left == 0
    async with working(worker, EVENTS):
        await until(lambda: log.head(topic_of(FEED, "e")) > 0 and worker.read == 20 + log.head(topic_of(EVENTS, "e")))
        await worker.tell()
        assert not approach.look(edge.position)
        edge.catch_up()
        assert approach.look(edge.position)
    assert approach.quiet()
    store(log, 21, 21)
    assert not approach.quiet()
    assert approach.look(edge.position)  # of what there was then
    assert not Approach(log, "e").look(edge.position)


async def test_a_worker_says_how_far_it_is_once(log: SqliteLog) -> None:
    store(log, 1, 5)
    worker = worker_of(log)
    async with working(worker, RAW, EVENTS):
        await until(lambda: worker.read == 5 + log.head(topic_of(EVENTS, "e")) > 5)
        await worker.tell()
        head = log.head(topic_of("games.reached", "e"))
        await worker.tell()
        assert log.head(topic_of("games.reached", "e")) == head > 0
        await worker.save()
    again = worker_of(log)
    async with working(again, RAW, EVENTS):
        await again.tell()
        await asyncio.sleep(0)
    assert Approach(log, "e").look(log.head(topic_of(FEED, "e")))  # also of what was saved and never done again


def test_what_is_said_of_epochs_has_one_shape() -> None:
    assert msgspec.json.decode(caught_up("e", 1).value) == {"type": "caught_up"}
    said = msgspec.json.decode(announcement(FIRST, 1).value)
    assert (said["type"], said["version"], len(said["sports"])) == ("announced", 1, len(SPORTS))
