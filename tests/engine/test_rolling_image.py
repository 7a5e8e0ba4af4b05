"""Images that are written bit by bit: each is whole and of one cut, whoever else writes, and a start reads little."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine import rolling_image
from engine.checkpoints import IMAGES, Manifest, dump_views
from engine.edge import Edge
from engine.epochs import topic_of
from engine.errors import LogFailed
from engine.log import Fence, Record
from engine.sqlite_log import SqliteLog
from engine.stages import FEED
from projections.games import GamesFold
from tests.replay.test_stages import Worker, games_and_messages, topics_with

FED, SLOTS = topic_of(FEED, "e"), topic_of(IMAGES, "e")


class Busy(SqliteLog):
    """A log under whose appends an edge folds on, and which refuses one now and then."""

    edge: Edge | None = None
    refuses = 0  # of so many appends the last one

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.sizes: list[int] = []  # bytes of each append

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        self.sizes.append(sum(len(one.value) for one in records))
        self.refuses -= 1
        if not self.refuses:
            raise LogFailed("games.db", "appending", "the disk is full")
        positions = await super().append(records, fence=fence)
        if self.edge is not None:
            fold_on(self.edge, 2)
        return positions


@pytest.fixture
async def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Busy]:
    """A log with the feed of the first hours of a Games."""
    games, messages, _ = games_and_messages()
    topics = topics_with(messages[:3000])
    worker = Worker(topics, games, random.Random(4))
    while worker.work():
        pass
    monkeypatch.setattr(rolling_image, "CHUNK", 20_000)
    monkeypatch.setattr(rolling_image, "LEAST", 5_000)
    log = Busy.open(tmp_path / "feed.db")
    assert isinstance(log, Busy)
    log.append_now([Record(FED, "", one.value, one.time, one.headers) for one in topics.held[FED, 0]])
    yield log
    await log.close()


def fold_on(edge: Edge, records: int) -> bool:
    """Fold some records; say whether there was one."""
    batch = edge.log.read(edge.topic, edge.position, limit=records)
    for stored in batch:
        for cause in edge.causes(stored):
            edge.step(cause)
    return bool(batch)


def edge_of(log: SqliteLog) -> Edge:
    return Edge(log, GamesFold, "e")


def assert_is_whole(log: SqliteLog, manifest: Manifest) -> None:
    """What a start from an image holds is what a fold from the beginning does."""
    loaded, folded = edge_of(log), edge_of(log)
    assert loaded.load()
    folded.fold_until(manifest.cut)
    assert (loaded.views.cut, loaded.position) == (manifest.cut, manifest.position)
    assert loaded.views.digest() == folded.views.digest() == manifest.digest
    assert dump_views(loaded.views, None) == dump_views(folded.views, None)
    loaded.catch_up()
    folded.catch_up()
    assert dump_views(loaded.views, None) == dump_views(folded.views, None)


def read_bytes(log: SqliteLog, manifest: Manifest) -> int:
    """Return how much a start from an image reads."""
    held = log.read(SLOTS, manifest.base, limit=10**6)
    return sum(len(one.value) for one in held if one.position <= manifest.image)


async def test_each_image_is_of_one_cut_though_the_edge_folds_on(log: Busy) -> None:
    edge = log.edge = edge_of(log)
    fold_on(edge, 20)
    checked = 0
    while fold_on(edge, 7):
        manifest = await edge.save_meanwhile()
        assert manifest is not None
        assert manifest == edge.saved[-1]
        checked += 1
        if checked % 4 == 1:
            assert_is_whole(log, manifest)
    assert checked > 5
    assert await edge.save_meanwhile() is None or not fold_on(edge, 1)


async def test_a_start_reads_little_however_many_images_there_are(log: Busy) -> None:
    edge = edge_of(log)
    sizes = []
    while fold_on(edge, 1):
        manifest = await edge.save_meanwhile()
        if manifest is not None:
            whole = sum(map(len, dump_views(edge.views, None).values()))
            sizes.append(read_bytes(log, manifest) / (whole + 50_000))
    assert len(sizes) > 50
    assert max(sizes) < 4
    assert sum(len(one.value) for one in log.read(SLOTS, limit=10**6)) > 10 * whole


async def test_however_much_has_changed_the_loop_has_its_turn_between_chunks(log: Busy) -> None:
    edge = log.edge = edge_of(log)
    fold_on(edge, 20)
    await edge.save_meanwhile()
    fold_on(edge, 300)
    largest = max(map(len, dump_views(edge.views, None).values()))
    log.sizes.clear()
    manifest = await edge.save_meanwhile()
    assert manifest is not None
    assert_is_whole(log, manifest)
    assert sum(log.sizes) > 10 * rolling_image.CHUNK
    assert max(log.sizes) < 2 * (rolling_image.CHUNK + largest) + len(edge.fold.dump()["reached"])


async def test_two_edges_that_write_at_once_spoil_nothing(log: Busy) -> None:
    one, other = edge_of(log), edge_of(log)
    fold_on(one, 30)
    while fold_on(one, 9):
        fold_on(other, 11)
        for edge in (one, other):
            if (manifest := await edge.save_meanwhile()) is not None:
                assert_is_whole(log, manifest)


@pytest.mark.parametrize("refused", [1, 2, 3])
async def test_an_image_that_was_refused_is_made_up_for(log: Busy, refused: int) -> None:
    edge = edge_of(log)
    fold_on(edge, 40)
    if refused == 3:  # the manifest of a later one
        await edge.save_meanwhile()
        fold_on(edge, 5)
        refused = 2
    log.refuses = refused
    with pytest.raises(LogFailed):
        await edge.save_meanwhile()
    fold_on(edge, 5)
    manifest = await edge.save_meanwhile()
    assert manifest is not None
    assert_is_whole(log, manifest)
