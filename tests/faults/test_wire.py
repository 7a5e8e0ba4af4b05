"""The wire itself, and a log behind one: whatever befalls it, what was acknowledged is there, what was refused not."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest

from engine.errors import LogError
from engine.kafka_client import Client
from engine.kafka_log import KafkaLog
from engine.kafka_reader import Cursor
from tests.conftest import WiredBroker
from tests.faults.acknowledged import check
from tests.faults.test_kafka_kill import Load, followed
from tests.faults.wire import FAULTS, Wire

pytestmark = pytest.mark.faults

SOON = 60.0  # seconds: when a test gives up
CUTS = 3  # a run
LONGEST = 3.0  # seconds: longer than the log's patience


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


@pytest.fixture
async def asked(wire: Wire) -> AsyncIterator[list[bytes]]:
    """What a server behind the wire was asked; it answers with the same in capitals."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                heard.append(line)
                writer.write(line.upper())
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.lead_to(server.sockets[0].getsockname()[1])
    async with server:
        yield heard


async def answer(reader: asyncio.StreamReader, seconds: float = SOON) -> bytes:
    async with asyncio.timeout(seconds):
        return await reader.readline()


async def test_what_is_held_comes_later_and_what_is_dropped_never(wire: Wire, asked: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"one\n")
    assert await answer(reader) == b"ONE\n"
    wire.harm("held")
    writer.write(b"two\n")
    with pytest.raises(TimeoutError):
        await answer(reader, 0.3)
    assert asked == [b"one\n"]
    wire.heal()
    assert await answer(reader) == b"TWO\n"
    wire.harm("slow")
    writer.write(b"three\n")
    assert await answer(reader) == b"THREE\n"
    wire.harm("dropped")
    writer.write(b"four\n")
    with pytest.raises(TimeoutError):
        await answer(reader, 0.3)
    wire.heal()
    with pytest.raises(ConnectionError):
        await answer(reader)
    assert asked == [b"one\n", b"two\n", b"three\n"]
    writer.close()


async def test_half_open_a_wire_takes_what_is_asked_and_loses_the_answer(wire: Wire, asked: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    wire.harm("half")
    writer.write(b"one\n")
    with pytest.raises(TimeoutError):
        await answer(reader, 0.5)
    assert asked == [b"one\n"]
    wire.heal()
    with pytest.raises(ConnectionError):
        await answer(reader)
    writer.close()


async def test_a_reset_wire_resets_what_is_there_and_what_comes(wire: Wire, asked: list[bytes]) -> None:
    old, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"one\n")
    assert await answer(old) == b"ONE\n"
    wire.harm("reset")
    with pytest.raises(ConnectionError):
        await answer(old)
    with pytest.raises(ConnectionError):
        await ask_anew(wire.port, b"two\n")
    wire.heal()
    assert await ask_anew(wire.port, b"three\n") == b"THREE\n"
    assert asked == [b"one\n", b"three\n"]
    writer.close()


async def ask_anew(port: int, line: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(line)
        return await answer(reader)
    finally:
        writer.close()


async def test_a_log_behind_a_wire_that_is_cut_keeps_its_word(wired_broker: WiredBroker, seed: int) -> None:
    dice = random.Random(seed)
    wire, name = wired_broker.wires[0], uuid4().hex[:8]
    async with KafkaLog.open(f"kafka://127.0.0.1:{wire.port}/{name}", patience=2.0) as log:
        load = Load(log)
        async with load.running(), followed(log, "a") as seen:
            try:
                for _ in range(CUTS):
                    await load.more()
                    await asyncio.sleep(dice.uniform(0, 0.05))
                    wire.harm(dice.choice(FAULTS))
                    await asyncio.sleep(dice.choice([dice.uniform(0, 0.3), dice.uniform(0, LONGEST)]))
                    wire.heal()
                await load.more()
            finally:
                wire.heal()
        load.verify()
        newest = log.head("a")
        async with asyncio.timeout(SOON), followed(log, "a", len(seen) and seen[-1].position) as rest:
            while not (seen + rest) or (seen + rest)[-1].position < newest:  # noqa: ASYNC110 - another task fills it
                await asyncio.sleep(0.05)
        assert seen + rest == log.read("a", limit=10_000_000)  # a follower has missed nothing, and got nothing twice
    with KafkaLog.open(f"kafka://{wired_broker.address}/{name}", readonly=True) as direct:
        check(direct, load.acknowledged)


def test_a_reader_that_is_cut_off_before_it_begins_says_so_as_the_log_does(wired_broker: WiredBroker) -> None:
    wire = wired_broker.wires[0]
    cursor = Cursor(Client("the log", f"127.0.0.1:{wire.port}", "x", {}, patience=0.5))
    wire.harm("held")
    try:
        with pytest.raises(LogError):  # not the client's own exception: whoever reads tries again
            cursor.seek(("a", 0), 0)
    finally:
        wire.heal()
        cursor.close()
