"""A worker process: its shares of decoding and folding, until it is stopped."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from engine import about
from engine.about import About
from engine.errors import LogError
from engine.kafka_log import KafkaLog, parse
from engine.log import Record
from engine.raw import RAW
from engine.shares import SESSION, SHARES, Shares
from engine.sports import load_sports
from engine.stages import EVENTS
from engine.worker import Rules, Worker
from podium.wiring import client_settings, epoch_over, wall_clock
from projections.stages import DecodeStage, ResultsStage

__all__ = ["rules_over", "run"]

SAVE_EVERY = 10.0  # seconds
LONGEST_WAIT = 5.0  # seconds until work that the log refused is tried again

_log = structlog.get_logger()


def rules_over(log: KafkaLog, said: About) -> Rules:
    """Return what all workers on a log agree on, following the packaged sport definitions."""
    sports = load_sports()
    games = said.games
    return Rules(epoch_over(log, said), lambda: DecodeStage(games), lambda: ResultsStage(sports, games))


async def run(url: str, name: str, *, session: float = SESSION, save_every: float = SAVE_EVERY) -> None:
    """Work in a set of workers until a signal comes.

    ``session`` is for how many seconds a worker may be silent before the others take its shares, ``save_every`` how
    many go by between two times that it saves its state.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    log = await asyncio.to_thread(KafkaLog.open, url, settings=client_settings())
    try:
        await _work(log, name, stopped, session, save_every)
    finally:
        await log.close()


async def _work(log: KafkaLog, name: str, stopped: asyncio.Event, session: float, save_every: float) -> None:
    said = await about.wait(log)
    worker = Worker(log, rules_over(log, said), name, wall_clock)
    servers, prefix = parse(log.url)
    topic = f"{prefix}.{SHARES}" if prefix else SHARES
    await log.append([Record(SHARES, name, b"a worker began", wall_clock())])  # and so the topic is there
    group = f"{prefix or 'podium'}.{name}"
    shares = Shares(servers, topic, group, lambda share: _work_on(worker, share), session=session)
    _log.info("working", log=log.url, set=name, shares=log.partitions(SHARES))
    tasks = [asyncio.create_task(one) for one in (shares.run(), _save(worker, save_every), stopped.wait())]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await worker.save()
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    _log.info("stopped", read=worker.read)
    for task in done:
        task.result()


async def _work_on(worker: Worker, share: int) -> None:
    """Work on a share: what the sources of its partition say, and what is asserted of its disciplines."""
    async with asyncio.TaskGroup() as group:
        for topic in (RAW, EVENTS):
            if share < worker.log.partitions(topic):
                group.create_task(_again(lambda topic=topic: worker.work(topic, share), topic, share))  # type: ignore[misc]


async def _again(work: Callable[[], Awaitable[None]], topic: str, share: int) -> None:
    """Work, and begin anew from what is saved whenever the log refuses."""
    wait = 0.1
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await work()
        except LogError as error:
            _log.warning("work interrupted", topic=topic, partition=share, why=str(error))
        if asyncio.get_running_loop().time() - began > LONGEST_WAIT:
            wait = 0.1
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(LONGEST_WAIT, 2 * wait)


async def _save(worker: Worker, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await worker.save()
        except LogError as error:
            _log.warning("state not saved", why=str(error))
