"""No row twice, none missing: a real historian is killed again and again while its log grows."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from engine.errors import EngineError
from engine.history import questions as q
from engine.history.door import ask_owner
from engine.history.place import Place, parse
from engine.history.store import Store
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.engine.history.conftest import Half
from tests.engine.history.test_historian import assert_whole

ROOT = Path(__file__).resolve().parents[2]
SOON = 120.0  # seconds: when a test gives up; nothing is asserted about less
KILLS = 4


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Half:
    """A synthetic Games, of which a log holds the first half."""
    return Half(tmp_path_factory.mktemp("half"))


class HistorianProcess:
    """One historian after another of the same log and history."""

    def __init__(self, log: SqliteLog, history: str, place: Place) -> None:
        self.log = log
        self.place = place
        self.words = ("-m", "podium", "historian", "--log", str(log.path), "--history", history, "--every", "0.01")
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; what it says of its work goes nowhere."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self.words, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )

    async def end(self, by: signal.Signals) -> None:
        """Have it end."""
        if self.process and self.process.returncode is None:
            self.process.send_signal(by)
            await self.process.wait()

    async def progress(self) -> q.Progress | None:
        """Say how far it says that the history is; None: it is not there yet."""
        with suppress(EngineError):
            seat = self.place.seat(self.log.path)
            return msgspec.json.decode(await ask_owner(seat, self.place.name, q.Standing()), type=q.Progress)
        return None

    async def until_current(self) -> None:
        """Wait until all that the log holds is in the history."""
        async with asyncio.timeout(SOON):
            while True:
                found = await self.progress()
                if found and found.state == "current" and found.position == self.log.head(RAW):
                    return
                await asyncio.sleep(0.02)


async def write_and_kill(historian: HistorianProcess, half: Half, chance: random.Random) -> None:
    """Have the log grow bit by bit, while historians are killed: as soon as one has written something, or a bit later.

    That is between the inserts of raw messages, changes and cuts, within one of them, or before the first one.
    """
    first, last = len(half.messages) // 2, len(half.messages)
    written = 0
    for _ in range(KILLS):
        await historian.start()
        loop = asyncio.get_running_loop()
        until = None
        async with asyncio.timeout(SOON):
            while until is None or loop.time() < until:
                end = min(first + chance.randrange(1, 20), last)
                half.append(historian.log, first, end)
                first = end
                await asyncio.sleep(chance.random() / 50)
                if until is None and (found := await historian.progress()) and found.position > written:
                    written = found.position
                    until = loop.time() + chance.choice((0, chance.random() / 10, chance.random()))
        await historian.end(signal.SIGKILL)
    half.append(historian.log, first, last)
    await historian.start()
    await historian.until_current()
    await historian.end(signal.SIGTERM)
    assert historian.process
    assert historian.process.returncode == 0


async def assert_survives(half: Half, folder: Path, history: str, seed: int) -> None:
    """Kill historians of a growing log, and compare what they have written."""
    place = parse(history)
    (folder / "games.db").write_bytes(half.path.read_bytes())
    with SqliteLog.open(folder / "games.db") as log:
        historian = HistorianProcess(log, history, place)
        try:
            await write_and_kill(historian, half, random.Random(seed))
        finally:
            await historian.end(signal.SIGKILL)
        store = await asyncio.to_thread(Store.open, place)
        assert_whole(store, log)
        store.close()


@pytest.mark.faults
async def test_in_a_folder_no_row_is_twice_there_and_none_is_missing(half: Half, tmp_path: Path, seed: int) -> None:
    await assert_survives(half, tmp_path, str(tmp_path / "history"), seed)


@pytest.mark.faults
async def test_on_a_server_no_row_is_twice_there_and_none_is_missing(half: Half, tmp_path: Path) -> None:
    server = ClickHouseServer(tmp_path / "server")
    try:
        await assert_survives(half, tmp_path, server.url, 1)
    finally:
        server.close()
