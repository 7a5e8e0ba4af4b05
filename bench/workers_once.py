"""One worker, or one edge, over a log in Kafka, in a process of its own, by ``bench.workers``."""

from __future__ import annotations

import asyncio
import gc
import sys
import time

import msgspec
import uvloop

from bench.child import tell
from bench.machine import rss
from engine import about
from engine.about import About
from engine.collector import relax
from engine.edge import Edge
from engine.kafka_log import KafkaLog
from engine.raw import RAW
from engine.sports import load_sports
from engine.stages import EVENTS
from engine.worker import Rules, Worker
from projections.games import GamesFold
from projections.stages import DecodeStage, ResultsStage

__all__ = ["Worked", "worker_on"]


class Worked(msgspec.Struct):
    """What it took to read everything."""

    wall: float  # seconds
    cpu: float  # seconds
    cuts: int
    digest: str
    memory: int  # bytes resident


def worker_on(log: KafkaLog) -> Worker:
    """Return a worker on all partitions of a log."""
    games = (about.read(log) or About()).games
    sports = load_sports()
    rules = Rules("bench", lambda: DecodeStage(games), lambda: ResultsStage(sports, games))
    return Worker(log, rules, "bench", lambda: time.time_ns() // 1000)


async def _work(url: str) -> Worked:
    """Work until all is read, raw messages and what was made of them; the end is when the last was."""
    async with KafkaLog.open(url) as log:
        worker = worker_on(log)
        gc.collect()
        gc.freeze()
        wall, cpu = time.perf_counter(), time.process_time()
        tasks = [
            asyncio.create_task(worker.work(topic, partition))
            for topic in (RAW, EVENTS)
            for partition in range(log.partitions(topic))
        ]
        done, read, used = wall, 0, 0.0
        while True:
            await asyncio.sleep(0.02)
            if worker.read != read:
                read, done, used = worker.read, time.perf_counter(), time.process_time() - cpu
            elif time.perf_counter() - done > 2 and read and await asyncio.to_thread(_all_read, log, worker):
                break
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return Worked(done - wall, used, 0, "", rss())


def _all_read(log: KafkaLog, worker: Worker) -> bool:
    """Say whether a worker has read all that there is, stage by stage."""
    return all(
        worker.position((topic, partition)) >= log.head(worker.source(topic), partition=partition)
        for topic in (RAW, EVENTS)
        for partition in range(log.partitions(topic))
    )


def _edge(url: str) -> Worked:
    with KafkaLog.open(url, readonly=True) as log:
        edge = Edge(log, GamesFold, "bench")
        gc.collect()
        gc.freeze()
        wall, cpu = time.perf_counter(), time.process_time()
        edge.catch_up()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Worked(wall, cpu, edge.views.cut, edge.views.digest(), rss())


if __name__ == "__main__":
    relax()
    what, where = sys.argv[1:]
    tell(uvloop.run(_work(where)) if what == "worker" else _edge(where))
