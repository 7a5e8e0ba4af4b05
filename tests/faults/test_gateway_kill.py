"""Nothing that was acknowledged is ever lost: a real gateway is killed under load, again and again.

Several senders push on both doors, pipelined on one and several sources at a time on the other, and resume after each
kill as ``docs/venue-feed.md`` tells them to. Then what they got acknowledged is compared with what the log holds.
"""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from engine.chain import verify
from engine.raw import RAW, Raw, raw_of
from engine.sqlite_log import SqliteLog

PROCESS = Path(__file__).with_name("gateway_process.py")
ROOT = Path(__file__).resolve().parents[2]
SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less
KILLS = 4


class GatewayProcess:
    """One gateway after another on the same log and the same ports."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.ports = free_ports(2)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until its doors are open."""
        arguments = (str(PROCESS), str(self.log), *map(str, self.ports))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout
        async with asyncio.timeout(SOON):
            assert await self.process.stdout.readline() == b"open\n"

    async def kill(self) -> None:
        """Kill it, as a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses, and that a restarted gateway can take again."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Sender:
    """A source with messages to send for ever, and what it was told of them."""

    def __init__(self, source: str, port: int, seed: int) -> None:
        self.source = source
        self.port = port
        self.random = random.Random(f"{source}/{seed}")
        self.acknowledged = 0  # the last serial
        self.heads: dict[int, str] = {}  # serial -> the chain value that came with its acknowledgement
        self.stopping = False

    def message(self, serial: int) -> bytes:
        """Return what is sent under a serial: always the same."""
        return f'{{"kind":"heartbeat","at":{serial}}}'.encode().ljust(40 + serial * 37 % 300)

    def acknowledge(self, serial: int, head: str) -> None:
        """Take down that all serials up to one are durable."""
        assert serial >= self.acknowledged
        self.acknowledged = serial
        self.heads[serial] = head

    async def run(self) -> None:
        """Send until told to stop, and come back whenever the gateway is gone."""
        while not self.stopping:
            with suppress(OSError, EOFError, httpx.HTTPError):
                await self.send()
            await asyncio.sleep(0.02)

    async def send(self) -> None:
        """Send until the gateway is gone."""
        raise NotImplementedError


class TcpSender(Sender):
    """Pipelines; after a break goes on behind the last durable serial, now and then with some before it again."""

    async def send(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"PODIUM/1 {self.source} S\n".encode())
            word, last, _ = (await reader.readuntil()).decode().split()
            assert word == "OK"
            assert int(last) >= self.acknowledged, "something that was acknowledged is gone"
            serial = max(1, int(last) + 1 - self.random.randrange(4))
            listening = asyncio.create_task(self.listen(reader))
            while not listening.done() and not self.stopping:
                burst = range(serial, serial + self.random.randrange(1, 60))
                serial = burst.stop
                messages = [(number, self.message(number)) for number in burst]
                writer.write(b"".join(b"%d %d\n%s" % (number, len(data), data) for number, data in messages))
                await writer.drain()
                await asyncio.sleep(0.001)
            if self.stopping:
                writer.write(b"BYE\n")
            await listening
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Take acknowledgements down until the gateway is gone."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while (line := (await reader.readuntil()).decode().split()) != ["BYE"]:
                assert line[0] == "ACK", line
                self.acknowledge(int(line[1]), line[2])


class HttpSender(Sender):
    """Sends one at a time and repeats what was not answered; a 450 tells it where it stands."""

    async def send(self) -> None:
        url = f"http://127.0.0.1:{self.port}/v1/venue/{self.source}"
        async with httpx.AsyncClient(timeout=SOON) as client:
            while not self.stopping:
                serial = self.acknowledged + 1
                headers = {"X-HOVTP-Session-Id": "S", "X-HOVTP-Serial-Number": str(serial)}
                answer = await client.post(url, content=self.message(serial), headers=headers)
                assert answer.status_code in (200, 450), answer.text
                assert int(answer.headers["X-HOVTP-Last-Serial-Number"]) == serial
                assert answer.status_code == 200 or answer.json()["error"]["code"] == "duplicate"
                self.acknowledge(serial, answer.headers["Podium-Chain-Head"])


async def kill_again_and_again(gateway: GatewayProcess, senders: list[Sender], chance: random.Random) -> None:
    """Run the senders while gateways come and go; at the end all that is under way is answered."""
    await gateway.start()
    running = [asyncio.create_task(sender.run()) for sender in senders]
    for _ in range(KILLS):
        goal = sum(sender.acknowledged for sender in senders) + chance.randrange(50, 1500)
        async with asyncio.timeout(SOON):
            while sum(sender.acknowledged for sender in senders) < goal:
                await asyncio.sleep(chance.random() / 100)
                for task in running:
                    if task.done():
                        await task
        await gateway.kill()
        await gateway.start()
    for sender in senders:
        sender.stopping = True
    async with asyncio.timeout(SOON):
        await asyncio.gather(*running)
    await gateway.kill()


@pytest.mark.faults
async def test_what_was_acknowledged_survives_every_kill(tmp_path: Path, seed: int) -> None:
    gateway = GatewayProcess(tmp_path / "games.podium")
    tcp, http = gateway.ports
    senders: list[Sender] = [TcpSender(f"tcp{number}", tcp, seed) for number in range(4)]
    senders += [HttpSender(f"http{number}", http, seed) for number in range(3)]
    try:
        await kill_again_and_again(gateway, senders, random.Random(seed))
    finally:
        if gateway.process and gateway.process.returncode is None:
            await gateway.kill()

    log = SqliteLog.open(gateway.log)
    held: dict[str, list[Raw]] = {sender.source: [] for sender in senders}
    chains: dict[str, set[str]] = {sender.source: set() for sender in senders}
    for raw in map(raw_of, log.read(RAW, limit=10**9)):
        chains[raw.source].add(raw.chain.hex())
        if raw.serial > 0:
            held[raw.source].append(raw)
    for sender in senders:
        raws = held[sender.source]
        assert [raw.serial for raw in raws] == list(range(1, len(raws) + 1))  # no gap, nothing doubled
        assert len(raws) >= sender.acknowledged
        assert [raw.data for raw in raws] == [sender.message(raw.serial) for raw in raws]
        assert set(sender.heads.values()) <= chains[sender.source]  # of a duplicate: that of the newest, or of a note
    report = verify(log, heads={sender.source: sender.heads[max(sender.heads)] for sender in senders})
    assert report.flaws == ()
    assert len(report.found) == len(senders)
    await log.close()
