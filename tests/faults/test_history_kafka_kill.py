"""The history of a log in Kafka: exactly once by position, over partitions, whatever befalls the historian."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from engine import about
from engine.about import About
from engine.errors import EngineError
from engine.gateway import Gateway
from engine.history import questions as q
from engine.history.door import ask_owner
from engine.history.place import parse
from engine.history.store import Store
from engine.host import Host
from engine.kafka_log import KafkaLog
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from engine.stages import EVENTS
from engine.worker import Worker
from podium.edge_history import EdgeHistory
from podium.rules import rules_of
from podium.wiring import host_over, shown_epoch, wall_clock
from schemas.layout import Layout, Spread
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.engine.history.conftest import START, Half
from tests.engine.history.test_historian import assert_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
SOON = 300.0  # seconds: when a test gives up; nothing is asserted about less
KILLS = 2
WIDE = Spread(2)


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Half:
    """The messages of a Games."""
    return Half(tmp_path_factory.mktemp("half"))


@pytest.fixture(scope="module")
def digest(half: Half) -> str:
    """What one process makes of all of them."""
    with SqliteLog.open(half.path) as log:
        half.rest(log)
        host = host_over(log)
        host.catch_up()
        return host.views.digest()


class Games:
    """A Games in Kafka that grows, and is folded as it grows."""

    def __init__(self, log: KafkaLog, half: Half) -> None:
        self.log = log
        self.messages = half.messages
        self._gateway = Gateway(log, lambda: START, games=half.games)

    async def grow(self, count: int) -> None:
        """Store the next messages."""
        batch, self.messages = self.messages[:count], self.messages[count:]
        await asyncio.to_thread(self._gateway.store, batch)

    def head(self) -> int:
        """Return how far the raw topic goes, all partitions together."""
        return sum(self.log.head(RAW, partition=number) for number in range(WIDE.partitions))

    async def settled(self, digest: str) -> Host:
        """Return a host that has folded all, once that has come to a digest."""
        host = host_over(self.log)
        async with asyncio.timeout(SOON):
            while host.views.digest() != digest:
                await asyncio.to_thread(host.catch_up)
                await asyncio.sleep(0.1)
        return host


@asynccontextmanager
async def games_on(kafka: str, half: Half) -> AsyncIterator[Games]:
    """Lay out a log over two partitions and fold it as it grows, within a block."""
    layout = Layout({RAW: WIDE, EVENTS: WIDE})
    log = await asyncio.to_thread(lambda: KafkaLog.open(f"kafka://{kafka}/{uuid4().hex[:8]}", layout=layout))
    said = About(half.games, "replay")
    await asyncio.to_thread(about.write, log, said, START)
    worker = Worker(log, rules_of(shown_epoch(log, said)), "a", wall_clock)
    tasks = [asyncio.create_task(worker.work(topic, share)) for topic in (RAW, EVENTS) for share in range(2)]
    try:
        yield Games(log, half)
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await log.close()


async def historian_of(games: Games, history: str) -> asyncio.subprocess.Process:
    """Start a historian."""
    words = ("-m", "podium", "historian", "--log", games.log.url, "--history", history, "--every", "0.01")
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )


async def test_in_a_folder_no_row_is_twice_there_and_none_is_missing(
    kafka: str, half: Half, digest: str, tmp_path: Path
) -> None:
    chance = random.Random(1)
    place = parse(str(tmp_path / "history"))

    async def progress() -> q.Progress | None:
        with suppress(EngineError):
            return msgspec.json.decode(await ask_owner(place.seat(None), place.name, q.Standing()), type=q.Progress)
        return None

    async with games_on(kafka, half) as games:
        await games.grow(len(games.messages) // 2)
        written = 0
        for _ in range(KILLS):
            historian = await historian_of(games, place.name)
            async with asyncio.timeout(SOON):
                while not ((found := await progress()) and found.position > written):
                    await games.grow(chance.randrange(1, 20))
                    await asyncio.sleep(chance.random() / 20)
            written = found.position
            await asyncio.sleep(chance.choice((0, chance.random() / 10, chance.random())))
            historian.kill()
            await historian.wait()
        await games.grow(len(games.messages))
        host = await games.settled(digest)
        historian = await historian_of(games, place.name)
        edge = EdgeHistory(host, games.log, place)
        async with asyncio.timeout(SOON):
            while not (found := await progress()) or (found.state, found.cut) != ("current", host.views.cut):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (found.position, found.behind, found.epoch) == (games.head(), 0, host.epoch)
        answer = msgspec.json.decode(await edge.ask(q.ViewAsOf(view="medals/table")), type=q.ViewAnswer)
        assert (answer.cut, set(answer.rows)) == (host.views.cut, set(host.views["medals/table"].rows))
        historian.terminate()
        assert await historian.wait() == 0
        store = await asyncio.to_thread(Store.open, place)
        assert_whole(store, games.log)
        store.close()


async def test_on_a_server_a_historian_that_wakes_up_behind_another_writes_nothing_twice(
    kafka: str, half: Half, digest: str, tmp_path: Path
) -> None:
    server = ClickHouseServer(tmp_path / "server")
    place = parse(server.url)
    try:
        async with games_on(kafka, half) as games:
            host = host_over(games.log)
            edge = EdgeHistory(host, games.log, place)

            async def until(state: str, beyond: int = 0) -> q.Progress:
                async with asyncio.timeout(SOON):
                    while True:
                        with suppress(EngineError):
                            found = msgspec.json.decode(await edge.ask(q.Standing()), type=q.Progress)
                            if found.state == state and found.position > beyond:
                                return found
                        await asyncio.sleep(0.05)

            await games.grow(len(games.messages) // 2)
            first = await historian_of(games, server.url)
            before = await until("current")
            first.send_signal(signal.SIGSTOP)
            await games.grow(len(games.messages) // 2)
            assert (await until("behind")).position == before.position
            second = await historian_of(games, server.url)
            after = await until("current", before.position)
            first.send_signal(signal.SIGCONT)
            await games.grow(len(games.messages))
            assert await first.wait() == 1
            assert first.stderr
            assert b"holds fence 1, but the newest is 2" in await first.stderr.read()
            host = await games.settled(digest)
            edge = EdgeHistory(host, games.log, place)
            assert (await until("current", after.position)).cut == host.views.cut
            second.terminate()
            assert await second.wait() == 0
            await edge.close()
            store = await asyncio.to_thread(Store.open, place)
            assert_whole(store, games.log)
            store.close()
    finally:
        server.close()
