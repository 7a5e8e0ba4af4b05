"""A serving process is told to stop while venues send and subscribers listen: nobody loses anything."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from engine.checkpoints import manifests
from engine.raw import RAW, raw_of
from engine.sqlite_log import SqliteLog

pytestmark = pytest.mark.faults

UNIT = "SWMM100MFR------------FNL-000100--"
PATIENCE = 60.0  # seconds, for a machine that does much else
CONFIGURATION = """
[serve]
log = "games.db"
port = 0
feed_in = 0
[drain]
notice = 2
reconnect = 5
[operations]
save_every = 3600
"""


class Served:
    """A process, and where it is."""

    def __init__(self, process: asyncio.subprocess.Process, lines: int, http: int) -> None:
        self.process = process
        self.lines = lines  # ports
        self.http = http

    async def end(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait for the end; return the exit code and what the process wrote of itself."""
        _, errors = await asyncio.wait_for(self.process.communicate(), PATIENCE)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in errors.splitlines()]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    (tmp_path / "podium.toml").write_text(CONFIGURATION)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "podium", "serve", "--config", "podium.toml", "--log-format", "json"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        said = b"".join([await asyncio.wait_for(process.stdout.readline(), PATIENCE) for _ in range(2)]).decode()
        found = re.search(r"lines at [^:]+:(\d+)\n.*http://[^:]+:(\d+)", said)
        assert found, said
        yield Served(process, int(found[1]), int(found[2]))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Sender:
    """A venue that sends as fast as it may, whatever it hears, until the connection ends."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sent = 0
        self.acknowledged = 0

    async def run(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"PODIUM/1 {self.source} s\n".encode())
        sending = asyncio.create_task(self._send(writer))
        try:
            while line := await reader.readline():
                word, *rest = line.decode().split()
                if word == "ACK":
                    self.acknowledged = int(rest[0])
        except ConnectionError:
            pass
        sending.cancel()
        writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                self.sent += 1
                said = {"kind": "finish", "at": self.sent, "unit": UNIT, "subject": "7", "mark": f"46.{self.sent:09}"}
                data = json.dumps(said).encode()
                writer.write(b"%d %d\n%s\n" % (self.sent, len(data), data))
                await writer.drain()
                await asyncio.sleep(0.001)
        except ConnectionError:
            pass


async def listen(socket: ClientConnection, cuts: list[Any]) -> None:
    """Note the cuts of a subscription until the connection ends."""
    try:
        async for text in socket:
            told = json.loads(text)
            if told["op"] == "cut":
                cuts.append(told["cut"])
    except ConnectionClosed:
        pass


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.01)


async def test_a_process_that_is_told_to_stop_finishes_what_it_took(served: Served, tmp_path: Path) -> None:
    senders = [Sender("SWM.timing"), Sender("SWM.desk")]
    venues = [asyncio.create_task(sender.run(served.lines)) for sender in senders]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.http}") as web:
        socket = await connect(f"ws://127.0.0.1:{served.http}/v1/feed")
        await socket.send(json.dumps({"op": "hello", "v": 1}))
        await socket.send(json.dumps({"op": "sub", "id": 1, "views": ["**"]}))
        cuts: list[Any] = []
        listening = asyncio.create_task(listen(socket, cuts))

        async def is_busy() -> bool:
            return len(cuts) > 5 and all(sender.acknowledged > 20 for sender in senders)

        await until(is_busy)
        assert (await web.get("/readyz")).status_code == 200

        async def is_counted() -> bool:  # not those that a subscriber who fell behind was given
            metrics = (await web.get("/metrics")).text
            sent = re.search(r'podium_end_to_end_seconds_count\{stage="sent"\} (\S+)', metrics)
            return sent is not None and float(sent[1]) > 0

        await until(is_counted)

        served.process.send_signal(signal.SIGTERM)

        async def is_not_ready() -> bool:
            return (await web.get("/readyz")).status_code == 503

        await until(is_not_ready)  # and goes on working while it is noticed
        error = (await web.get("/readyz")).json()["error"]
        assert (error["code"], error["at"]) == ("not_ready", "process")
        assert (await web.get("/healthz")).json() == {"alive": True}
        before = [sender.acknowledged for sender in senders]

        async def goes_on() -> bool:
            return all(sender.acknowledged > so_far for sender, so_far in zip(senders, before, strict=True))

        await until(goes_on)
        await asyncio.wait_for(asyncio.gather(*venues, listening), PATIENCE)
    code, lines = await served.end()

    assert code == 0, lines
    assert socket.close_code == 1001
    told = re.fullmatch(r"going away; retry_ms=(\d+)", socket.close_reason or "")
    assert told
    assert 0 <= int(told[1]) <= 5000
    assert [line["event"] for line in lines if line["event"] in ("serving", "leaving", "stopped")] == [
        "serving",
        "leaving",
        "stopped",
    ]
    assert [line for line in lines if line["level"] not in ("info",)] == []

    with SqliteLog.open(tmp_path / "games.db", readonly=True) as log:
        raws = [raw_of(stored) for stored in log.read(RAW, limit=10_000_000)]
        for sender in senders:
            stored = [raw.serial for raw in raws if raw.source == sender.source and raw.serial > 0]
            assert stored == list(range(1, sender.acknowledged + 1))  # all that is stored was acknowledged
        (*_, (_, newest)) = manifests(log)
        assert newest.position == log.head(RAW)  # nothing is left to fold at the next start
        last = cuts[-1] if isinstance(cuts[-1], int) else cuts[-1][1]
        assert last == newest.cut  # and the subscriber has seen the last cut


async def test_a_second_signal_does_not_wait(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.1)
    served.process.send_signal(signal.SIGTERM)
    code, lines = await served.end()
    assert code == 0
    assert [line["event"] for line in lines] == ["serving", "leaving", "stopped"]
