"""The disk of an embedded log is full, and then is not: who sends is told, and loses nothing that was acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from engine.chain import verify
from engine.raw import RAW, raw_of
from engine.sqlite_log import SqliteLog
from tests.faults.small_disk import SmallDisk, started_on
from tests.faults.viewer import Viewer

pytestmark = pytest.mark.faults

PATIENCE = 60.0  # seconds
SOURCE = "SWM.timing"
UNIT = "SWMM100MFR------------FNL-000100--"
FULL = r"appending failed: (database or disk is full|disk I/O error)"  # the second where it is a limit of the process
MORE = 100  # messages, once there is room


class Address(NamedTuple):
    """Where a serving process is."""

    url: str
    lines: int


class Sender:
    """A venue that says what it has to until it is acknowledged."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.sent: dict[int, bytes] = {}
        self.acknowledged = 0
        self.complaints: list[str] = []
        self.more = asyncio.Event()

    def message(self, serial: int) -> bytes:
        if serial not in self.sent:
            said = {"kind": "finish", "at": serial, "unit": UNIT, "subject": "7", "mark": f"46.{serial:09}"}
            self.sent[serial] = json.dumps(said).encode().ljust(self.dice.randrange(200, 6000))
        return self.sent[serial]

    async def run(self, port: int) -> None:
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._send(port)
            await asyncio.sleep(0.05)

    async def _send(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sending: asyncio.Task[None] | None = None
        try:
            writer.write(f"PODIUM/1 {SOURCE} s\n".encode())
            while line := await reader.readuntil():
                word, *rest = line.decode().split(maxsplit=1)
                if word == "ERR":
                    self.complaints.append(rest[0])
                    return
                last = int(rest[0].split()[0])
                assert last >= self.acknowledged
                self.acknowledged = last
                self.more.set()
                sending = sending or asyncio.create_task(self._pipeline(writer, last))
        finally:
            if sending:
                sending.cancel()
            writer.transport.abort()

    async def _pipeline(self, writer: asyncio.StreamWriter, last: int) -> None:
        with suppress(OSError):
            while True:
                last += 1
                data = self.message(last)
                writer.write(b"%d %d\n%s\n" % (last, len(data), data))
                await writer.drain()
                await asyncio.sleep(0.001)


async def address_of(disk: SmallDisk) -> Address:
    assert disk.process.stdout
    said = b"".join([await asyncio.to_thread(disk.process.stdout.readline) for _ in range(2)]).decode()
    found = re.search(r"lines at [^:]+:(\d+)\n.*(http://[^:]+:\d+)", said)
    assert found, said
    return Address(found[2], int(found[1]))


@asynccontextmanager
async def in_the_background(*works: object) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.ensure_future(work) for work in works]  # type: ignore[call-overload]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.seeds(fixed=2, share=4)
async def test_a_full_disk_is_told_to_who_sends_and_all_goes_on_when_there_is_room(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    sender = Sender(dice)
    command = ["-m", "podium", "serve", "--log", str(tmp_path / "games.db"), "--port", "0", "--feed-in", "0"]
    with started_on(tmp_path, command) as disk:
        address = await asyncio.wait_for(address_of(disk), PATIENCE)
        viewer = Viewer(lambda: [address], dice)
        async with in_the_background(sender.run(address.lines), viewer.run()) as tasks, asyncio.timeout(PATIENCE):
            while len(sender.complaints) < 3:  # noqa: ASYNC110 - it fills, and stays full
                await asyncio.sleep(0.02)
            assert all(re.search(FULL, complaint) for complaint in sender.complaints), sender.complaints
            async with httpx.AsyncClient(base_url=address.url) as web:
                assert (await web.get("/healthz")).status_code == 200
                assert (await web.get(f"/v1/views/result/{UNIT}")).status_code == 200  # who reads does not notice
            wanted = sender.acknowledged + MORE
            disk.make_room()
            while sender.acknowledged < wanted:
                sender.more.clear()
                await sender.more.wait()
            stored = sender.acknowledged
            while f"46.{stored:09}" > viewer.held.views[f"result/{UNIT}"].rows["7"]["mark"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            assert not any(task.done() for task in tasks)  # the subscriber has seen each cut, and none twice
        (tmp_path / "copy").mkdir()
        disk.copy(tmp_path / "copy")
    with SqliteLog.open(tmp_path / "copy" / "games.db") as log:
        raws = [raw for raw in map(raw_of, log.read(RAW, limit=1_000_000)) if raw.serial > 0]
        assert [raw.serial for raw in raws] == list(range(1, len(raws) + 1))
        assert len(raws) >= stored
        assert all(raw.data == sender.sent[raw.serial] for raw in raws)
        assert verify(log).flaws == ()
