"""Brokers and writers are killed under load: what was acknowledged is there, what was refused is not, in its order."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

import engine
from engine import broker
from engine.errors import LogError, LogUnreachable
from engine.kafka_log import KafkaLog
from engine.log import Stored
from tests.faults.acknowledged import batch_of, check, parse
from tests.faults.leader import leader_of

ROOT = Path(next(iter(engine.__path__))).parent
TASKS = 4

SOON = 60.0  # seconds

pytestmark = pytest.mark.faults


class Load:
    """Tasks that append without end, and what they were told."""

    def __init__(self, log: KafkaLog) -> None:
        self.acknowledged: dict[str, int] = {}
        self.refused: set[str] = set()
        self._log = log
        self._stopped = False
        self._answered = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Append within a block; all are answered behind it."""
        async with asyncio.TaskGroup() as tasks:
            for task in range(TASKS):
                tasks.create_task(self._append(task))
            yield
            self._stopped = True

    async def _append(self, task: int) -> None:
        for n in count():
            if self._stopped:
                return
            name, size = f"load.{task}.{n}", 1 + n % 3
            try:
                await self._log.append(batch_of(name, size))
            except LogError:
                self.refused.add(name)
            else:
                self.acknowledged[name] = size
            self._answered.set()

    async def answer(self) -> None:
        """Return when something was acknowledged or refused."""
        self._answered.clear()
        await self._answered.wait()

    async def more(self) -> None:
        """Return when something that was begun after this is acknowledged."""
        for _ in range(2 * TASKS):
            known = len(self.acknowledged)
            while len(self.acknowledged) == known:
                await self.answer()

    def verify(self) -> None:
        """Hold what the tasks were told against the log."""
        check(self._log, self.acknowledged)
        names = [one.value.split(b" ")[0].decode() for one in self._log.read("a", limit=10_000_000)]
        stored = list(dict.fromkeys(names))
        assert set(stored) & self.refused == set()
        for task in range(TASKS):
            numbers = [int(name.split(".")[2]) for name in stored if name.startswith(f"load.{task}.")]
            assert numbers == sorted(numbers)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a broker of this test's own is, that it may kill."""
    yield tmp_path
    known = broker.status(tmp_path)
    for node in known.nodes if known else ():  # its data is not wanted any more: no need to end in good order
        broker.kill(tmp_path, node.id)


async def test_a_broker_that_is_killed_loses_nothing_that_it_acknowledged(folder: Path) -> None:
    moments = random.Random(7)
    address = broker.start(folder).address
    async with KafkaLog.open(f"kafka://{address}", patience=2.0) as log:
        load = Load(log)
        async with load.running(), followed(log, "a") as seen:
            await load.more()
            await asyncio.sleep(moments.uniform(0, 0.05))
            await asyncio.to_thread(broker.kill, folder)
            before = len(seen)
            with pytest.raises(LogUnreachable, match=r"no broker answers: 127\.0\.0\.1:\d+: Connection refused$"):
                await asyncio.to_thread(log.read, "a")
            while not load.refused:
                await load.answer()
            assert (await asyncio.to_thread(broker.start, folder)).address == address
            await load.more()
            async with asyncio.timeout(SOON):  # its client comes back in its own time
                while len(seen) == before:  # noqa: ASYNC110 - another task fills it
                    await asyncio.sleep(0.05)
        load.verify()
        assert seen == log.read("a", limit=len(seen))  # a follower has missed nothing, and got nothing twice
    with KafkaLog.open(f"kafka://{address}", readonly=True) as another:
        check(another, load.acknowledged)


@asynccontextmanager
async def followed(log: KafkaLog, topic: str, after: int = 0) -> AsyncIterator[list[Stored]]:
    """Follow a topic within a block."""
    seen: list[Stored] = []

    async def follow() -> None:
        async for batch in log.follow(topic, after):
            seen.extend(batch)

    following = asyncio.create_task(follow())
    try:
        yield seen
    finally:
        following.cancel()


async def test_the_others_go_on_where_a_leader_is_killed(folder: Path) -> None:
    address = broker.start(folder, 3).address
    async with KafkaLog.open(f"kafka://{address}") as log:
        load = Load(log)
        async with load.running():
            await load.more()
            leader = await asyncio.to_thread(leader_of, address, "a")
            await asyncio.to_thread(broker.kill, folder, leader)
            await load.more()
            assert await asyncio.to_thread(leader_of, address, "a") != leader
        load.verify()


def test_a_writer_that_is_killed_loses_nothing_that_it_was_told_is_there(kafka: str) -> None:
    moments = random.Random(7)
    url = f"kafka://{kafka}/{uuid4().hex}"
    acknowledged: dict[str, int] = {}
    with KafkaLog.open(url) as log:
        for number in range(1, 4):
            acknowledged |= write_and_kill(url, moments.uniform(0.1, 0.6))
            assert log.fence_now("writer").number == 2 * number  # what was under way is finished or given up by this
            check(log, acknowledged)
    assert acknowledged


def write_and_kill(url: str, seconds: float) -> dict[str, int]:
    """Let a process write for so long, kill it, and return the sizes of the batches that it was acknowledged."""
    writer = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("kafka_log_writer.py")), url],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with writer:
        assert writer.stdout
        assert writer.stdout.readline() == b"open\n"
        time.sleep(seconds)  # what it says in the meantime is far less than a pipe holds
        writer.kill()
        return parse(writer.stdout.read())
