"""Workers of two sets are killed, paused and stopped at random moments under load: the content is that of one process.

Real processes on a real broker. What subscribers see is watched at an edge that lives through all of it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from engine import about
from engine.about import About
from engine.kafka_log import KafkaLog
from engine.raw import RAW, Raw, record_of
from engine.shares import SHARES
from engine.stages import EVENTS
from podium.wiring import host_over
from schemas.layout import Layout, Spread
from tests.replay.test_stages import games_and_messages

pytestmark = pytest.mark.faults

PATIENCE = 120.0  # seconds: on CI the broker, the workers and this test share two cores
WORKERS = ("a", "a", "b")  # by the names of their sets
SPREAD = Spread(3)
FAULTS = 6


class Crew:
    """Worker processes that come and go."""

    def __init__(self, url: str, notes: Path) -> None:
        self._url = url
        self._notes = notes
        self.alive: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "podium", "worker", "--log", self._url, "--set", name]
        options = ["--session", "6", "--save-every", "0.5"]
        with self._notes.open("ab") as notes:
            process = subprocess.Popen([*command, *options], stderr=notes, env={**os.environ, "PODIUM_DEBUG": "1"})
        self.alive.append((name, process))

    def harm(self, dice: random.Random) -> str:
        """Do something to one of them; another one takes the place of one that ended."""
        name, process = dice.choice(self.alive)
        what = dice.choice(["kill", "kill", "pause", "stop"])
        if what == "pause":
            process.send_signal(signal.SIGSTOP)
            return what
        self.alive.remove((name, process))
        process.send_signal(signal.SIGKILL if what == "kill" else signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.wait(60)
        self.start(name)
        return what

    def wake(self) -> None:
        for _, process in self.alive:
            process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        for _, process in self.alive:
            process.kill()
            process.wait()


@contextmanager
def crew(url: str, notes: Path) -> Iterator[Crew]:
    them = Crew(url, notes)
    try:
        yield them
    finally:
        them.end()


async def until(true: Callable[[], bool], what: Callable[[], str], patience: float = PATIENCE) -> None:
    try:
        async with asyncio.timeout(patience):
            while not true():  # noqa: ASYNC110 - it is other processes that are waited for
                await asyncio.sleep(0.2)
    except TimeoutError:
        pytest.fail(what())


@pytest.mark.timeout(600)
async def test_the_content_is_that_of_one_process_whatever_befalls_the_workers(
    kafka: str, tmp_path: Path, seed: int
) -> None:
    games, messages, expected = games_and_messages()
    dice = random.Random(seed)
    url, notes = f"kafka://{kafka}/{uuid4().hex[:8]}", tmp_path / "workers.log"
    log = KafkaLog.open(url, layout=Layout({RAW: SPREAD, EVENTS: SPREAD, SHARES: SPREAD}))
    await asyncio.to_thread(about.write, log, About(games, "replay"), 1)
    edge = host_over(log)
    cuts: list[int] = []
    edge.listen(lambda cut, _: cuts.append(cut.number))
    watching = asyncio.create_task(edge.run())
    with crew(url, notes) as workers:
        for name in WORKERS:
            workers.start(name)
        await until(lambda: edge.views.cut > 0 or log.head(SHARES) > 0, notes.read_text)
        size = len(messages) // FAULTS + 1
        for begin in range(0, len(messages), size):
            for start in range(begin, min(begin + size, len(messages)), 300):
                some = messages[start : min(start + 300, begin + size)]
                await log.append([record_of(Raw(o.source, o.session, o.serial, o.at, o.time, o.data)) for o in some])
                await asyncio.sleep(dice.uniform(0, 0.1))
            await asyncio.to_thread(workers.harm, dice)
            await asyncio.sleep(dice.uniform(0, 3))
        workers.wake()
        await until(
            lambda: edge.views.digest() == expected,
            lambda: f"seed {seed}: at cut {edge.views.cut} {edge.views.digest()}\n{notes.read_text()}",
        )
    watching.cancel()
    again = host_over(log)
    await asyncio.to_thread(again.catch_up)
    assert again.views.digest() == expected
    assert cuts == list(range(1, len(cuts) + 1))
    assert again.views.cut >= len(cuts)
    await log.close()
