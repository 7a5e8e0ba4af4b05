"""By ``bench.edges``, in a process of its own: the feed of a Games, the images of an edge over it, or a start."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from typing import get_args

import msgspec
import uvloop

from bench.child import tell
from bench.games import GamesScale
from bench.machine import rss
from engine.checkpoints import dump_views
from engine.collector import relax
from engine.edge import Edge
from engine.kafka_log import KafkaLog
from engine.log import Record, Stored
from engine.raw import RAW, Raw, record_of
from engine.sports import load_sports
from engine.stages import EVENTS, DecodePartition, FoldPartition
from projections.games import GamesFold
from projections.stages import DecodeStage, ResultsStage
from replay.synth import synthesise
from schemas.layout import Spread

__all__ = ["Fed", "Imaged", "Started"]

WIDE = Spread(4)  # sources, and disciplines, over partitions
BATCH = 2000  # raw messages that a worker would read at once
BEAT = 0.001  # seconds between two looks at how long the loop was held; by the clock it is held by others as well


class Fed(msgspec.Struct):
    """A feed, as workers would write it."""

    messages: int
    records: int
    size: int  # bytes


class Started(msgspec.Struct):
    """A start, from opening the log to being caught up."""

    wall: float  # seconds
    cpu: float  # seconds of it that were the processor's
    loaded: float  # seconds of it, until the newest image was loaded
    cuts: int
    views: int
    digest: str
    memory: int  # bytes resident


class Imaged(msgspec.Struct):
    """The images of a Games."""

    whole: int  # bytes of all views
    read: int  # bytes that a start from the newest image reads of images
    would: int  # bytes that it would read, had each image held what changed and nothing else
    held: float  # seconds of processor time for which the loop was held, at most, by writing an image
    packed: float  # the same for packing all views at once


class _Workers:
    """The stages of all partitions, without a log between them."""

    def __init__(self, scale: GamesScale) -> None:
        header, self.messages = synthesise(7, scale)
        games, sports, wide = header.games, load_sports(), range(WIDE.partitions)
        self.decoders = [DecodePartition(DecodeStage(games), "bench", number, WIDE.of) for number in wide]
        self.folds = [FoldPartition(ResultsStage(sports, games), "bench", number) for number in wide]
        self.read = 0
        self._written = 0

    def feed(self) -> Iterator[list[Record]]:
        """Yield what follows from each batch of messages."""
        batch: list[Stored] = []
        for one in self.messages:
            self.read += 1
            raw = record_of(Raw(one.source, one.session, one.serial, one.at, one.time, one.data))
            batch.append(_stored(raw, RAW, self.read, WIDE.of(one.source)))
            if len(batch) == BATCH:
                yield self._work(batch)
                batch = []
        yield self._work(batch)

    def _work(self, batch: Sequence[Stored]) -> list[Record]:
        feed: list[Record] = []
        for decoder in self.decoders:
            for record in decoder.take([one for one in batch if one.partition == decoder.partition]):
                self._written += 1
                place = WIDE.of(record.key)
                feed += self.folds[place].take([_stored(record, EVENTS, self._written, place)])
        return feed


def _stored(record: Record, topic: str, position: int, partition: int) -> Stored:
    return Stored(position, topic, record.key, record.value, record.time, record.headers, partition)


def _feed(url: str, scale: GamesScale) -> Fed:
    workers, count, size = _Workers(scale), 0, 0
    with KafkaLog.open(url) as log:
        for records in workers.feed():
            log.append_now(records)
            count += len(records)
            size += sum(len(one.value) for one in records)
    return Fed(workers.read, count, size)


def _start(url: str) -> Started:
    wall, cpu = time.perf_counter(), time.process_time()
    with KafkaLog.open(url, readonly=True) as log:
        edge = Edge(log, GamesFold, "bench")
        edge.load()
        loaded = time.perf_counter() - wall
        edge.catch_up()
        took = time.perf_counter() - wall
        used = time.process_time() - cpu
        return Started(took, used, loaded, edge.views.cut, len(edge.views.names()), edge.views.digest(), rss())


async def _images(url: str, count: int) -> Imaged:
    """Fold the feed and write images evenly over it, the last one some records before its end."""
    async with KafkaLog.open(url) as log:
        edge = Edge(log, GamesFold, "bench")
        head = log.head(edge.topic)
        would, held = 0, 0.0
        for number in range(1, count + 1):
            edge.catch_up(until=head * number // (count + 1))
            would += sum(map(len, dump_views(edge.views, edge.changed).values()))
            watch = asyncio.create_task(_watch())
            await asyncio.sleep(0)
            await edge.save_meanwhile()
            watch.cancel()
            held = max(held, await watch)
        began = time.thread_time()
        whole = sum(map(len, dump_views(edge.views, None).values()))
        packed = time.thread_time() - began
        newest = edge.saved[-1]
        read, after = 0, newest.base
        while after < newest.image and (batch := log.read(edge.images, after)):
            read += sum(len(one.value) for one in batch if one.position <= newest.image)
            after = batch[-1].position
        return Imaged(whole, read, would, held, packed)


async def _watch() -> float:
    """Return the most processor time that the loop took between two of its turns, until cancelled."""
    longest, last = 0.0, time.thread_time()
    try:
        while True:
            await asyncio.sleep(BEAT)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
    except asyncio.CancelledError:
        return max(longest, time.thread_time() - last)


if __name__ == "__main__":
    relax()
    gc.collect()
    what, where, *rest = sys.argv[1:]
    if what == "feed":
        (scale,) = (one for one in get_args(GamesScale) if one == rest[0])
        tell(_feed(where, scale))
    else:
        tell(_start(where) if what == "start" else uvloop.run(_images(where, int(rest[0]))))
