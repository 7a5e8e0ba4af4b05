"""One edge over a log in Kafka, in a process of its own, by ``bench.edges``: a start, or the images of a Games."""

from __future__ import annotations

import asyncio
import gc
import sys
import time

import msgspec
import uvloop

from bench.child import tell
from bench.machine import rss
from engine.checkpoints import dump_views
from engine.collector import relax
from engine.edge import Edge
from engine.kafka_log import KafkaLog
from projections.games import GamesFold

__all__ = ["Imaged", "Started"]

BEAT = 0.001  # seconds between two looks at how long the loop was held


class Started(msgspec.Struct):
    """A start, from opening the log to being caught up."""

    wall: float  # seconds
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
    held: float  # seconds for which the loop was held, at most, by writing an image
    packed: float  # seconds for which it is held by packing all views


def _start(url: str) -> Started:
    wall = time.perf_counter()
    with KafkaLog.open(url, readonly=True) as log:
        edge = Edge(log, GamesFold, "bench")
        edge.load()
        loaded = time.perf_counter() - wall
        edge.catch_up()
        took = time.perf_counter() - wall
        return Started(took, loaded, edge.views.cut, len(edge.views.names()), edge.views.digest(), rss())


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
        began = time.perf_counter()
        whole = sum(map(len, dump_views(edge.views, None).values()))
        packed = time.perf_counter() - began
        newest = edge.saved[-1]
        read, after = 0, newest.base
        while after < newest.image and (batch := log.read(edge.images, after)):
            read += sum(len(one.value) for one in batch if one.position <= newest.image)
            after = batch[-1].position
        return Imaged(whole, read, would, held, packed)


async def _watch() -> float:
    """Return the longest time for which the loop was held, until cancelled."""
    longest, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(BEAT)
            now = time.perf_counter()
            longest, last = max(longest, now - last - BEAT), now
    except asyncio.CancelledError:
        return max(longest, time.perf_counter() - last - BEAT)


if __name__ == "__main__":
    relax()
    gc.collect()
    what, where, *rest = sys.argv[1:]
    tell(_start(where) if what == "start" else uvloop.run(_images(where, int(rest[0]))))
