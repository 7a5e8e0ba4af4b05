"""The TCP door over the loopback: what a sender says and what it hears, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.errors import LogFailed
from engine.gateway import Gateway
from engine.limits import Limits
from engine.log import Fence, Record
from engine.raw import RAW, REFUSED, raw_of
from engine.sqlite_log import SqliteLog
from engine.tcp_door import TcpDoor, open_tcp_door

if TYPE_CHECKING:
    from tests.engine.conftest import HandClock

SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less
ZERO = "0" * 32


class Sender:
    """A venue's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)

    async def hear(self) -> str:
        """Return the next line, "" where the door has closed."""
        async with asyncio.timeout(SOON):
            return (await self.reader.readline()).decode().removesuffix("\n")

    async def hear_all(self) -> list[str]:
        """Return every line until the door closes."""
        async with asyncio.timeout(SOON):
            return (await self.reader.read()).decode().splitlines()

    async def close(self) -> None:
        """Cut the connection."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


Connects = Callable[..., Awaitable[Sender]]
SMALL = Limits(frame=100, refused=10, window=1000, connections=3, hello=SOON, silence=0)


@pytest.fixture
def gateway(log: SqliteLog, clock: HandClock) -> Gateway:
    return Gateway(log, clock, limits=SMALL)


@pytest.fixture
async def door(gateway: Gateway) -> AsyncIterator[TcpDoor]:
    door = await open_tcp_door(gateway)
    yield door
    await door.close()
    await gateway.close()


@pytest.fixture
async def connect(door: TcpDoor) -> AsyncIterator[Connects]:
    senders: list[Sender] = []

    async def connects(source: str = "swm", session: str = "S") -> Sender:
        sender = Sender(*await asyncio.open_connection("127.0.0.1", door.port))
        senders.append(sender)
        if source:
            sender.say(f"PODIUM/1 {source} {session}\n".encode())
        return sender

    yield connects
    for sender in senders:
        await sender.close()


def stored(log: SqliteLog) -> dict[str, bytes]:
    """Return the venue's messages of a log by name."""
    return {raw.name: raw.data for raw in map(raw_of, log.read(RAW)) if raw.serial > 0}


def heads(log: SqliteLog) -> dict[str, str]:
    """Return the chain value at each message of a log by name."""
    return {raw.name: raw.chain.hex() for raw in map(raw_of, log.read(RAW))}


async def test_a_connection_from_its_first_line_to_its_last(connect: Connects, log: SqliteLog) -> None:
    sender = await connect()
    assert await sender.hear() == f"OK 0 {ZERO}"
    sender.say(b"1 2\n{}")
    assert await sender.hear() == f"ACK 1 {heads(log)['swm/S/1']}"
    sender.say(b"PING\n")
    assert await sender.hear() == f"PONG 1 {heads(log)['swm/S/1']}"
    sender.say(b"BYE\n")
    assert await sender.hear_all() == ["BYE"]
    assert stored(log) == {"swm/S/1": b"{}"}


async def test_pipelined_messages_are_acknowledged_together_and_before_the_farewell(
    connect: Connects, log: SqliteLog
) -> None:
    sender = await connect()
    sender.say(b"".join(b"%d 3\n%03d" % (n, n) for n in range(1, 501)) + b"BYE\n")
    lines = await sender.hear_all()
    acks = [int(line.split()[1]) for line in lines[1:-1]]
    assert (lines[0], acks, acks[-1], lines[-1]) == (f"OK 0 {ZERO}", sorted(set(acks)), 500, "BYE")
    assert [line.split()[2] for line in lines[1:-1]] == [heads(log)[f"swm/S/{serial}"] for serial in acks]
    assert len(stored(log)) == 500


async def test_the_sender_resumes_after_a_break(connect: Connects, log: SqliteLog) -> None:
    first = await connect()
    first.say(b"1 1\na2 1\nb3 1\n")  # and the cable is pulled
    assert (await first.hear(), (await first.hear())[:5]) == (f"OK 0 {ZERO}", "ACK 2")
    await first.close()
    second = await connect()
    greeting = await second.hear()
    assert greeting.startswith("OK 2 ")
    assert greeting[5:] in heads(log).values()  # that of the last durable note, or of message 2
    second.say(b"2 1\nb3 1\nc")
    assert (await second.hear())[:5] in ("ACK 2", "ACK 3")
    second.say(b"BYE\n")
    await second.hear_all()
    assert stored(log) == {"swm/S/1": b"a", "swm/S/2": b"b", "swm/S/3": b"c"}


async def test_a_gap_is_reported_once_and_ends_when_the_missing_ones_come(connect: Connects, log: SqliteLog) -> None:
    sender = await connect()
    sender.say(b"1 1\na3 1\nc4 1\nd2 1\nb3 1\nc")
    lines: list[str] = []
    while not lines or not lines[-1].startswith("ACK 3"):
        lines.append(await sender.hear())
    assert [line for line in lines if line.startswith("ERR")] == [
        "ERR gap 3 1 frame 2, byte 20: swm/S/3 does not follow 1: send 2 first, or declare what is missing lost"
    ]
    assert list(stored(log)) == ["swm/S/1", "swm/S/2", "swm/S/3"]


async def test_lost_serials_are_declared_and_healed(connect: Connects, log: SqliteLog) -> None:
    sender = await connect()
    sender.say(b"1 1\naLOST 2 3\n4 1\nd")
    while not (line := await sender.hear()).startswith("ACK 4"):
        pass
    assert line == f"ACK 4 {heads(log)['swm/S/4']}"
    sender.say(b"3 1\nc")
    assert await sender.hear() == f"HEALED 3 {heads(log)['swm/S/3']}"
    sender.say(b"LOST 9 9\n")
    assert await sender.hear() == (
        "ERR gap 9 4 frame 5, byte 39: swm/S/9 does not follow 4: send 5 to 8 first, or declare what is missing lost"
    )


async def test_other_bytes_under_a_serial_are_refused_and_the_connection_goes_on(
    connect: Connects, log: SqliteLog
) -> None:
    sender = await connect()
    sender.say(b"1 1\na1 1\nb2 1\nc")
    lines = [await sender.hear() for _ in range(4)]
    assert lines[2] == "ERR conflict 1 1 frame 2, byte 20: other bytes are stored under swm/S/1"
    assert [line.split()[:2] for line in lines] == [["OK", "0"], ["ACK", "1"], ["ERR", "conflict"], ["ACK", "2"]]
    assert stored(log) == {"swm/S/1": b"a", "swm/S/2": b"c"}
    assert [record.value for record in log.read(REFUSED)] == [b"b"]


async def test_a_message_that_is_too_large_keeps_its_serial_and_harms_no_other(
    connect: Connects, log: SqliteLog
) -> None:
    sender = await connect()
    sender.say(b"1 1\na2 101\n" + b"x" * 101 + b"LOST 2 2\n3 1\nc")
    lines = [await sender.hear() for _ in range(4)]
    assert lines[2] == "ERR too_large 2 1 frame 2, byte 20: a message has at most 100 bytes, and this one 101"
    assert lines[3].startswith("ACK 3")
    (refused,) = log.read(REFUSED)
    assert (refused.value, refused.headers["size"], refused.headers["serial"]) == (b"x" * 10, b"101", b"2")
    assert stored(log) == {"swm/S/1": b"a", "swm/S/3": b"c"}


async def test_what_cannot_be_read_is_kept_and_ends_the_connection(connect: Connects, log: SqliteLog) -> None:
    sender = await connect()
    sender.say(b"1 1\na<OdfBody>\n2 1\nb")
    lines = await sender.hear_all()
    assert lines[1].startswith("ACK 1")
    assert lines[2:] == ["ERR malformed 0 1 frame 2, byte 20: a line must be 'serial length', LOST, PING or BYE"]
    assert [(record.key, record.value) for record in log.read(REFUSED)] == [("swm", b"<OdfBody>\n")]
    assert stored(log) == {"swm/S/1": b"a"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            b"GET / HTTP/1.1\r\n",
            "ERR malformed 0 0 frame 0, byte 0: the first line must be 'PODIUM/1 source session'",
        ),
        (b"PODIUM/1 a/b S\n", "ERR hello 0 0 the source's name holds a slash, white space or a control character"),
        (b"PODIUM/1 gateway S\n", "ERR forbidden 0 0 gateway is no venue's name"),
    ],
)
async def test_a_first_line_that_is_not_accepted(connect: Connects, line: bytes, said: str) -> None:
    sender = await connect("")
    sender.say(line)
    assert await sender.hear_all() == [said]


async def test_who_says_nothing_is_not_waited_for(log: SqliteLog, clock: HandClock) -> None:
    gateway = Gateway(log, clock, limits=Limits(hello=0.01))
    door = await open_tcp_door(gateway)
    sender = Sender(*await asyncio.open_connection("127.0.0.1", door.port))
    assert await sender.hear_all() == ["ERR hello 0 0 no first line came in time"]
    await sender.close()
    await door.close()


async def test_a_newer_connection_takes_the_place_of_the_older(connect: Connects, log: SqliteLog) -> None:
    older = await connect()
    older.say(b"1 1\na")
    assert [(await older.hear()).split()[0] for _ in range(2)] == ["OK", "ACK"]
    newer = await connect()
    assert (await newer.hear()).startswith("OK 1 ")
    (line,) = await older.hear_all()
    assert line.startswith("ERR replaced 0 0 swm connected anew from 127.0.0.1:")
    older.say(b"2 1\nb")
    newer.say(b"2 1\nB")
    assert (await newer.hear()).startswith("ACK 2")
    assert stored(log) == {"swm/S/1": b"a", "swm/S/2": b"B"}


async def test_too_many_connections_are_refused(connect: Connects) -> None:
    for source in ("a", "b", "c"):
        assert (await (await connect(source)).hear()).startswith("OK")
    assert await (await connect("d")).hear_all() == ["ERR unavailable 0 0 too many connections"]


async def test_coming_and_going_is_noted(
    connect: Connects, door: TcpDoor, gateway: Gateway, log: SqliteLog, clock: HandClock
) -> None:
    for farewell in (b"BYE\n", b""):
        sender = await connect()
        assert (await sender.hear()).startswith("OK")
        sender.say(farewell)
        if not farewell:
            sender.writer.write_eof()
        await sender.hear_all()
    last = await connect()
    await last.hear()
    await door.close()
    await gateway.close()
    notes = [msgspec.json.decode(raw.data) for raw in map(raw_of, log.read(RAW))]
    assert [(note["kind"], note.get("reason", "")) for note in notes] == [
        ("source_connected", ""),
        ("source_disconnected", "bye"),
        ("source_connected", ""),
        ("source_disconnected", "the sender closed"),
        ("source_connected", ""),
        ("source_disconnected", "the gateway stopped"),
    ]
    assert all(note["peer"].startswith("127.0.0.1:") for note in notes[::2])


async def test_when_the_log_refuses_the_sender_is_sent_away_to_resume(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    class FullLog(SqliteLog):
        full = False

        async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
            if self.full:
                raise LogFailed("games.podium", "appending", "disk full")
            return await super().append(records, fence=fence)

    log = FullLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock)
    door = await open_tcp_door(gateway)
    sender = Sender(*await asyncio.open_connection("127.0.0.1", door.port))
    sender.say(b"PODIUM/1 swm S\n1 1\na")
    assert [(await sender.hear())[:5] for _ in range(2)] == ["OK 0 ", "ACK 1"]
    log.full = True
    sender.say(b"2 1\nb3 1\nc")
    assert await sender.hear_all() == [
        "ERR unavailable 2 0 frame 2, byte 20: games.podium: appending failed: disk full"
    ]
    await sender.close()
    log.full = False
    sender = Sender(*await asyncio.open_connection("127.0.0.1", door.port))
    sender.say(b"PODIUM/1 swm S\n")
    assert (await sender.hear()).startswith("OK 1 ")
    sender.say(b"2 1\nb3 1\ncBYE\n")
    assert (await sender.hear_all())[-1] == "BYE"
    assert list(stored(log)) == ["swm/S/1", "swm/S/2", "swm/S/3"]
    await sender.close()
    await door.close()
    await gateway.close()
    await log.close()


async def test_a_sender_is_read_no_further_than_the_log_follows(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock
) -> None:
    class SlowLog(SqliteLog):
        go = asyncio.Event()
        most = 0

        async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
            await self.go.wait()
            return await super().append(records, fence=fence)

    log = SlowLog.open(tmp_path_factory.mktemp("log") / "games.podium")
    gateway = Gateway(log, clock, limits=Limits(window=10_000))
    door = await open_tcp_door(gateway)
    sender = Sender(*await asyncio.open_connection("127.0.0.1", door.port))
    size, count = 50_000, 400
    sender.say(b"PODIUM/1 swm S\n")
    for serial in range(1, count + 1):
        sender.say(b"%d %d\n" % (serial, size) + b"x" * size)
    before = -1
    while gateway.in_flight != before:  # it stands still
        before = gateway.in_flight
        await asyncio.sleep(0.1)
    assert before < count * size / 4
    log.go.set()
    sender.say(b"BYE\n")
    assert (await sender.hear_all())[-1] == "BYE"
    assert gateway.status("swm", "S")[0] == count
    await sender.close()
    await door.close()
    await gateway.close()
    await log.close()


async def test_every_refusal_is_one_line_with_place_and_party(connect: Connects, gateway: Gateway) -> None:
    with capture_logs() as lines:
        stranger = await connect("management")
        await stranger.hear_all()
        sender = await connect()
        sender.say(b"3 1\na4 1\nb1 101\n" + b"x" * 101 + b"BYE\n")
        await sender.hear_all()
    refused = [line for line in lines if line["event"] == "refused"]
    assert {line["party"].rpartition(":")[0] for line in refused} == {"127.0.0.1"}
    assert [(line["code"], line["place"], line.get("source", "")) for line in refused] == [
        ("forbidden", "connection", ""),
        ("gap", "swm/S/3", "swm"),
        ("too_large", "swm/S/1", "swm"),
    ]
    # A source is a label only once the log knows it: its connection was noted before it sent.
    assert gateway.refusals.counts == {("forbidden", ""): 1, ("gap", "swm"): 2, ("too_large", "swm"): 1}
