"""The examples of ``docs/venue-feed.md``, played against a gateway in the order in which they stand."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from litestar import Litestar

from engine.gateway import Gateway
from engine.http_door import STATUS, http_door
from engine.limits import DEFAULT_LIMITS
from engine.sqlite_log import SqliteLog
from engine.tcp_door import open_tcp_door

if TYPE_CHECKING:
    from tests.engine.conftest import HandClock

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "venue-feed.md").read_text()
EXAMPLES = re.findall(r"^```(tcp|http)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less


@pytest.fixture
async def ports(log: SqliteLog, clock: HandClock) -> AsyncIterator[dict[str, int]]:
    """The ports of a gateway's two doors."""
    gateway = Gateway(log, clock)
    door = await open_tcp_door(gateway)
    app = Litestar([http_door(gateway)])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    yield {"tcp": door.port, "http": listener.getsockname()[1]}
    server.should_exit = True
    await running
    listener.close()
    await door.close()
    await gateway.close()


def masked(text: str) -> str:
    """Hide the chain values, which depend on the port that a sender happens to have."""
    return re.sub(r"\b[0-9a-f]{32}\b", "HEAD", text)


async def play_tcp(example: str, port: int) -> None:
    """Send what is sent and compare what is heard, line by line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in example.splitlines():
        said = line[2:]
        if line[0] == ">":
            writer.write(said.encode() + b"\n")
        else:
            async with asyncio.timeout(SOON):
                assert masked((await reader.readline()).decode()) == masked(said + "\n")
    writer.close()
    await writer.wait_closed()


async def play_http(example: str, port: int) -> None:
    """Send the request byte for byte, and compare every line of the answer that is shown."""
    sent = [line[2:] for line in example.splitlines() if line[0] == ">"]
    shown = [line[2:] for line in example.splitlines() if line[0] == "<"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join(sent).encode())
    async with asyncio.timeout(SOON):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(line.split()[1]) for line in head if line.startswith("content-length"))
        body = (await reader.readexactly(length)).decode()
    assert head[0].strip() == shown[0]
    assert masked(body) == masked(shown[-1])
    assert shown[-2] == ""
    assert [masked(line) for line in shown[1:-2]] == [
        masked(line) for line in head[1:] if line.split(":")[0] in {line.split(":")[0] for line in shown[1:-2]}
    ]
    writer.close()
    await writer.wait_closed()


async def test_the_examples_are_true(ports: dict[str, int]) -> None:
    assert len(EXAMPLES) == 7
    for door, example in EXAMPLES:
        await (play_tcp if door == "tcp" else play_http)(example, ports[door])


def test_every_code_and_status_is_explained() -> None:
    refusals = set(STATUS) - {"stored", "healed", "lost", "duplicate"}
    assert {code for code in refusals if f"| `{code}`" not in PAGE and f"`{code}`," not in PAGE} == set()
    assert {status for status in STATUS.values() if f"| {status} |" not in PAGE} == set()


def test_the_limits_are_those_of_the_gateway() -> None:
    limits = DEFAULT_LIMITS
    assert f"more than {limits.frame // 2**20} MiB" in PAGE
    assert f"more than {limits.message // 2**20} MiB" in PAGE
    assert f"for {limits.silence} s" in PAGE
    assert f"every {limits.silence // 3} s" in PAGE
    assert f"within {limits.hello:.0f} s" in PAGE
