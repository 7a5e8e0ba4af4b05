"""What every log must do, whatever keeps it: subclass ``LogContract`` with an adapter.

Nothing here measures time. Where a test says that nobody polls, it sets the safety poll to an hour and then waits for
less.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import engine
from engine.errors import Fenced, LogClosed, NoPartition, RecordRefused
from engine.log import NO_HEADERS, Fence, Log, Record, Stored
from engine.sqlite_log import SqliteLog
from tests.contracts import spread_log

HOUR = 3600.0  # seconds: a poll that a test cannot live to see
SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less
ROOT = Path(next(iter(engine.__path__))).parent


class OtherProcess:
    """A process of its own that has the log open, and does what it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def answer(self) -> Any:
        """Return its next line."""
        assert self._process.stdout
        async with asyncio.timeout(SOON):
            return json.loads(await self._process.stdout.readline())

    async def ask(self, *order: object) -> Any:
        """Tell it something and return the first line that it answers."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self.answer()


@dataclass(frozen=True)
class Adapter:
    """How to open one log, for writing and for reading, here and in another process."""

    opener: str  # "module:callable", which returns a log or an awaitable of one
    open: Callable[..., Any]  # the same
    writing: dict[str, Any] = field(default_factory=dict)  # keywords, plain enough for JSON
    reading: dict[str, Any] = field(default_factory=dict)
    partitions: int = 1  # of the topic "spread"; every other has one

    async def writer(self) -> Log:
        """Open the log for writing."""
        return await self._open(self.writing)

    async def reader(self) -> Log:
        """Open the log for reading, as another process would."""
        return await self._open(self.reading)

    async def _open(self, keywords: dict[str, Any]) -> Log:
        opened = self.open(**keywords)
        log: Log = await opened if inspect.isawaitable(opened) else opened
        return log

    @contextlib.asynccontextmanager
    async def other_process(self, keywords: dict[str, Any]) -> AsyncIterator[OtherProcess]:
        """Run another process with the log open."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("log_process.py")),
            self.opener,
            json.dumps(keywords),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            yield OtherProcess(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


def record(topic: str, value: bytes | str = b"", key: str = "SWM", time: int = 1_000_000, **headers: bytes) -> Record:
    """Write a record briefly."""
    return Record(topic, key, value.encode() if isinstance(value, str) else value, time, headers or NO_HEADERS)


def values(records: list[Stored]) -> list[bytes]:
    """Return what the records hold."""
    return [stored.value for stored in records]


async def take(batches: AsyncIterator[list[Stored]], count: int) -> list[Stored]:
    """Follow until so many records have come, then stop following."""
    taken: list[Stored] = []
    async with asyncio.timeout(SOON):
        while len(taken) < count:
            taken += await anext(batches)
    await batches.aclose()  # type: ignore[attr-defined]  # every follow is an async generator
    return taken


class LogContract:
    """The promise of ``engine/log.py``, as tests."""

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> Adapter:
        raise NotImplementedError

    @pytest.fixture
    async def log(self, adapter: Adapter) -> AsyncIterator[Log]:
        log = await adapter.writer()
        yield log
        await log.close()

    # -- appending and reading

    async def test_a_record_comes_back_as_it_was_given(self, log: Log) -> None:
        (position,) = await log.append(
            [Record("venue.raw", "Zürich", b"<a/>", 1_721_999_999_123_456, {"serial": b"7"})]
        )
        assert log.read("venue.raw") == [
            Stored(position, "venue.raw", "Zürich", b"<a/>", 1_721_999_999_123_456, {"serial": b"7"}, 0)
        ]

    async def test_positions_are_above_zero_and_strictly_increase(self, log: Log) -> None:
        positions = await log.append([record("a", str(n)) for n in range(10)])
        positions += await log.append([record("a", str(n)) for n in range(10, 20)])
        assert positions == sorted(set(positions))
        assert positions[0] > 0
        assert [stored.position for stored in log.read("a")] == positions

    async def test_positions_are_returned_in_the_order_of_the_batch(self, log: Log) -> None:
        batch = [record("a", "a1"), record("b", "b1"), record("a", "a2"), record("c", "c1"), record("b", "b2")]
        positions = await log.append(batch)
        where = {(topic, stored.position): stored.value for topic in "abc" for stored in log.read(topic)}
        assert [where[one.topic, position] for one, position in zip(batch, positions, strict=True)] == [
            one.value for one in batch
        ]

    async def test_topics_do_not_mix(self, log: Log) -> None:
        await log.append([record("games.feed", "1"), record("games.feed2", "2"), record("GAMES.feed", "3")])
        assert values(log.read("games.feed")) == [b"1"]
        assert values(log.read("games.feed2")) == [b"2"]
        assert values(log.read("GAMES.feed")) == [b"3"]

    async def test_reading_starts_above_any_position(self, log: Log) -> None:
        positions = await log.append([record("a", str(n)) for n in range(5)])
        for index, position in enumerate(positions):
            assert values(log.read("a", position)) == [b"%d" % n for n in range(index + 1, 5)]

    async def test_reading_stops_at_the_limit_and_goes_on_from_there(self, log: Log) -> None:
        await log.append([record("a", str(n)) for n in range(25)])
        after, read = 0, []
        while batch := log.read("a", after, limit=10):
            assert len(batch) <= 10
            after = batch[-1].position
            read += batch
        assert values(read) == [b"%d" % n for n in range(25)]

    async def test_a_topic_that_holds_nothing_reads_as_empty(self, log: Log) -> None:
        assert log.read("never.written") == []
        assert log.head("never.written") == 0

    async def test_the_head_is_the_newest_position(self, log: Log) -> None:
        positions = await log.append([record("a"), record("a"), record("b")])
        assert (log.head("a"), log.head("b")) == (positions[1], positions[2])
        assert log.read("a", log.head("a")) == []

    async def test_a_partition_that_is_not_there_is_named(self, log: Log) -> None:
        await log.append([record("a")])
        with pytest.raises(NoPartition, match="a has no partition 4711"):
            log.read("a", partition=4711)
        with pytest.raises(NoPartition):
            log.head("a", partition=4711)

    async def test_an_empty_batch_is_no_trouble(self, log: Log) -> None:
        assert await log.append([]) == []

    @pytest.mark.parametrize(
        "value",
        [b"", b"\0", bytes(range(256)), b"\xff\xfe not utf-8 \xc3\x28", bytes(range(256)) * (3 << 12)],
        ids=["empty", "nul", "every byte", "not text", "3 MB"],
    )
    async def test_any_bytes_are_a_value(self, log: Log, value: bytes) -> None:
        await log.append([record("a", value), record("a", b"next")])
        assert values(log.read("a")) == [value, b"next"]

    @pytest.mark.parametrize(
        "headers",
        [{}, {"session": b""}, {"a": b"1", "B": bytes(range(256)), "ß": b"\xff" * 1000}],
        ids=["none", "empty", "several"],
    )
    async def test_headers_come_back_as_they_were_given(self, log: Log, headers: dict[str, bytes]) -> None:
        await log.append([Record("a", "", b"x", 0, headers)])
        assert [dict(stored.headers) for stored in log.read("a")] == [headers]

    @pytest.mark.parametrize("time", [0, -1, 2**53 + 1, 253_402_300_799_999_999])
    async def test_log_time_is_kept_to_the_microsecond(self, log: Log, time: int) -> None:
        await log.append([record("a", time=time)])
        assert [stored.time for stored in log.read("a")] == [time]

    # -- partitions

    async def test_a_topic_has_its_partitions_before_and_after_the_first_append(
        self, log: Log, adapter: Adapter
    ) -> None:
        assert (log.partitions("spread"), log.partitions("a")) == (adapter.partitions, 1)
        await log.append([record("spread"), record("a")])
        assert (log.partitions("spread"), log.partitions("a")) == (adapter.partitions, 1)

    async def test_the_records_of_a_key_are_in_its_partition_in_their_order(self, log: Log, adapter: Adapter) -> None:
        keys = ["ATH", "SWM", "JUD", "GAMES", "Zürich", "", "*"]
        for n in range(3):
            await log.append([record("spread", f"{key} {n}", key) for key in keys])
        held = [log.read("spread", partition=number) for number in range(adapter.partitions)]
        for number, stored in enumerate(held):
            assert [one.partition for one in stored] == [number] * len(stored)
            assert [log.partition_of("spread", one.key) for one in stored] == [number] * len(stored)
            positions = [one.position for one in stored]
            assert positions == sorted(set(positions))
            assert log.head("spread", partition=number) == (positions[-1] if positions else 0)
        for key in keys:
            own = [one.value for stored in held for one in stored if one.key == key]
            assert own == [f"{key} {n}".encode() for n in range(3)]

    async def test_positions_are_those_within_each_partition(self, log: Log) -> None:
        batch = [record("spread", key, key) for key in ("ATH", "SWM", "JUD", "ATH", "GLF", "SWM")]
        positions = await log.append(batch)
        for one, position in zip(batch, positions, strict=True):
            (first, *_) = log.read("spread", position - 1, partition=log.partition_of("spread", one.key))
            assert (first.position, first.value) == (position, one.value)

    async def test_another_process_computes_the_same_partitions(self, log: Log, adapter: Adapter) -> None:
        await log.append([record("spread")])
        keys = [f"key {n}" for n in range(50)]
        ours = [log.partition_of("spread", key) for key in keys]
        assert sorted(set(ours)) == list(range(adapter.partitions))
        async with adapter.other_process(adapter.reading) as other:
            assert await other.answer() == "open"
            assert await other.ask("partitions", "spread", keys) == ours

    async def test_partitions_are_followed_apart(self, log: Log) -> None:
        keys = ["ATH", "SWM", "JUD", "GLF", "CYC"]
        partition = log.partition_of("spread", "CYC")
        own = [key for key in keys if log.partition_of("spread", key) == partition]
        following = asyncio.create_task(take(log.follow("spread", partition=partition), len(own)))
        for key in keys:
            await log.append([record("spread", key, key)])
        assert values(await following) == [key.encode() for key in own]

    # -- all or nothing

    async def test_a_batch_with_a_bad_record_leaves_nothing_in_any_topic(self, log: Log) -> None:
        await log.append([record("a", "before")])
        bad = Record("c", "", "not bytes", 0)  # type: ignore[arg-type]
        with pytest.raises(RecordRefused, match="record 2 of the batch, for c, cannot be stored: its value is str"):
            await log.append([record("a", "lost"), record("b", "lost"), bad])
        await log.append([record("a", "after"), record("b", "after")])
        assert [values(log.read(topic)) for topic in "abc"] == [[b"before", b"after"], [b"after"], []]

    async def test_a_bad_batch_harms_none_that_came_with_it(self, log: Log) -> None:
        bad = Record("a", "", "not bytes", 0)  # type: ignore[arg-type]
        outcomes = await asyncio.gather(
            log.append([record("a", "1")]),
            log.append([record("a", "lost"), bad]),
            log.append([record("a", "2")]),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [list, RecordRefused, list]
        assert values(log.read("a")) == [b"1", b"2"]

    async def test_a_batch_over_several_topics_becomes_visible_together(self, log: Log, adapter: Adapter) -> None:
        reader = await adapter.reader()

        async def check(seen: str, other: str) -> None:
            count = 0
            async for batch in reader.follow(seen):
                count += len(batch)
                assert len(reader.read(other)) >= count
                if count == 50:
                    return

        async with asyncio.TaskGroup() as tasks:
            checks = [tasks.create_task(check("a", "b")), tasks.create_task(check("b", "a"))]
            for n in range(50):
                await log.append([record("a", str(n)), record("b", str(n))])
            async with asyncio.timeout(SOON):
                await asyncio.wait(checks)
        await reader.close()

    # -- many writers at once

    async def test_concurrent_appenders_lose_nothing_and_keep_their_own_order(self, log: Log) -> None:
        told: dict[int, bytes] = {}

        async def appender(name: int) -> None:
            for n in range(25):
                batch = [record("a", f"{name} {n} {part}") for part in range(1 + n % 3)]
                positions = await log.append(batch)
                told.update(zip(positions, [one.value for one in batch], strict=True))

        await asyncio.gather(*(appender(name) for name in range(20)))
        stored = log.read("a", limit=10_000)
        assert {one.position: one.value for one in stored} == told
        for name in range(20):
            own = [value for value in values(stored) if value.startswith(b"%d " % name)]
            assert own == [b"%d %d %d" % (name, n, part) for n in range(25) for part in range(1 + n % 3)]

    async def test_an_appender_that_is_cancelled_disturbs_nobody(self, log: Log) -> None:
        gone = asyncio.create_task(log.append([record("a", "gone")]))
        stays = asyncio.create_task(log.append([record("b", "stays")]))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone
        await log.append([record("b", "more")])
        assert values(log.read("b")) == [b"stays", b"more"]

    # -- fences

    async def test_the_newest_fence_wins(self, log: Log) -> None:
        first = await log.fence("gateway")
        await log.append([record("a", "first")], fence=first)
        second = await log.fence("gateway")
        assert (second.name, second.number) == ("gateway", first.number + 1)
        with pytest.raises(Fenced) as refused:
            await log.append([record("a", "stale")], fence=first)
        assert (refused.value.name, refused.value.number, refused.value.newest) == (
            "gateway",
            first.number,
            second.number,
        )
        await log.append([record("a", "second")], fence=second)
        assert values(log.read("a")) == [b"first", b"second"]

    async def test_nothing_of_a_fenced_batch_is_stored_in_any_topic(self, log: Log) -> None:
        stale = await log.fence("gateway")
        await log.fence("gateway")
        outcomes = await asyncio.gather(
            log.append([record("a", "1")]),
            log.append([record("a", "stale"), record("b", "stale")], fence=stale),
            log.append([record("a", "2")]),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [list, Fenced, list]
        assert [values(log.read(topic)) for topic in "ab"] == [[b"1", b"2"], []]

    async def test_a_fence_takes_effect_between_the_appends_around_it(self, log: Log) -> None:
        old = await log.fence("gateway")
        before, new, after = await asyncio.gather(
            log.append([record("a", "before")], fence=old),
            log.fence("gateway"),
            log.append([record("a", "after")], fence=old),
            return_exceptions=True,
        )
        assert (type(before), type(new), type(after)) == (list, Fence, Fenced)
        assert values(log.read("a")) == [b"before"]

    async def test_names_are_fenced_apart(self, log: Log) -> None:
        gateway = await log.fence("gateway")
        await log.fence("decode")
        await log.append([record("a", "1")], fence=gateway)
        assert values(log.read("a")) == [b"1"]

    # -- durable, and seen by others

    async def test_what_append_returned_is_seen_by_another_process(self, log: Log, adapter: Adapter) -> None:
        await log.append([record("a", "0")])
        async with adapter.other_process(adapter.reading) as other:
            assert await other.answer() == "open"
            for n in range(1, 20):
                (position,) = await log.append([record("a", str(n))])
                assert await other.ask("head", "a") == position
                assert await other.ask("read", "a", position - 1) == [str(n)]

    async def test_reopening_keeps_id_positions_records_and_fences(self, adapter: Adapter) -> None:
        log = await adapter.writer()
        stale, newest = await log.fence("gateway"), await log.fence("gateway")
        positions = await log.append([record("a", "1"), record("b", "2", serial=b"1")])
        held = {topic: log.read(topic) for topic in "ab"}
        name = log.id
        await log.close()

        again = await adapter.writer()
        assert again.id == name
        assert len(name) == 32
        assert int(name, 16) >= 0
        assert {topic: again.read(topic) for topic in "ab"} == held
        assert again.head("a") == positions[0]
        with pytest.raises(Fenced):
            await again.append([record("a", "stale")], fence=stale)
        more = await again.append([record("a", "3"), record("c", "4")], fence=newest)
        assert more[0] > positions[0]
        assert values(again.read("a")) == [b"1", b"3"]
        assert (await again.fence("gateway")).number == newest.number + 1
        await again.close()

    async def test_a_reader_has_the_id_of_the_log(self, log: Log, adapter: Adapter) -> None:
        reader = await adapter.reader()
        assert reader.id == log.id
        await reader.close()

    # -- following

    async def test_a_follower_gets_what_was_there_and_what_comes(self, log: Log) -> None:
        positions = await log.append([record("a", str(n)) for n in range(3)])
        following = asyncio.create_task(take(log.follow("a", positions[0]), 4))
        for n in range(3, 5):
            await asyncio.sleep(0)
            await log.append([record("a", str(n))])
        assert values(await following) == [b"1", b"2", b"3", b"4"]

    async def test_a_follower_may_come_before_the_topic(self, log: Log) -> None:
        following = asyncio.create_task(take(log.follow("later"), 1))
        await asyncio.sleep(0.01)
        await log.append([record("other", "x")])
        await log.append([record("later", "1")])
        assert values(await following) == [b"1"]

    async def test_a_follower_far_behind_gets_all_in_order(self, log: Log) -> None:
        for start in range(0, 5000, 1000):
            await log.append([record("a", str(n)) for n in range(start, start + 1000)])
        assert values(await take(log.follow("a"), 5000)) == [b"%d" % n for n in range(5000)]

    async def test_followers_do_not_take_from_each_other(self, log: Log) -> None:
        following = [asyncio.create_task(take(log.follow("a"), 30)) for _ in range(3)]
        for n in range(30):
            await log.append([record("a", str(n))])
        assert [values(await one) for one in following] == [[b"%d" % n for n in range(30)]] * 3

    async def test_a_follower_in_another_process_is_woken(self, log: Log, adapter: Adapter) -> None:
        await log.append([record("a", "0")])
        async with adapter.other_process(adapter.reading) as other:
            assert await other.answer() == "open"
            assert await other.ask("follow", "a", 0) == "following"
            assert await other.answer() == ["0"]
            for n in range(1, 20):  # its poll is an hour away: each arrives because the append woke it
                await log.append([record("a", str(n))])
                assert await other.answer() == [str(n)]

    async def test_a_follower_goes_on_with_the_next_writer(self, adapter: Adapter) -> None:
        first = await adapter.writer()
        await first.append([record("a", "1")])
        async with adapter.other_process(adapter.reading) as other:
            assert await other.answer() == "open"
            assert await other.ask("follow", "a", 0) == "following"
            assert await other.answer() == ["1"]
            await first.close()
            second = await adapter.writer()
            await second.append([record("a", "2")])
            assert await other.answer() == ["2"]
            await second.append([record("a", "3")])
            assert await other.answer() == ["3"]
            await second.close()

    # -- closing

    async def test_a_closed_log_says_so(self, log: Log) -> None:
        await log.append([record("a")])
        await log.close()
        with pytest.raises(LogClosed, match="the log is closed"):
            await log.append([record("a")])
        with pytest.raises(LogClosed):
            await log.fence("gateway")
        with pytest.raises(LogClosed):
            log.read("a")
        with pytest.raises(LogClosed):
            log.head("a")
        await log.close()

    async def test_closing_finishes_the_appends_under_way(self, adapter: Adapter) -> None:
        log = await adapter.writer()
        under_way = [asyncio.create_task(log.append([record("a", str(n))])) for n in range(10)]
        await asyncio.sleep(0)
        await log.close()
        positions = [position for task in under_way for position in await task]
        again = await adapter.writer()
        assert [stored.position for stored in again.read("a")] == positions
        await again.close()

    async def test_closing_ends_the_followers(self, adapter: Adapter) -> None:
        for open_log in (adapter.writer, adapter.reader):
            log = await open_log()

            async def follow(log: Log = log) -> list[Stored]:
                return [stored async for batch in log.follow("a") for stored in batch]

            following = asyncio.create_task(follow())
            await asyncio.sleep(0.01)
            await log.close()
            async with asyncio.timeout(SOON):
                assert await following == []


class OneWriterContract:
    """What a log adds that only one process may write: a file, where nothing but a lock keeps two commits apart."""

    async def test_a_second_writing_process_is_refused(self, adapter: Adapter) -> None:
        log = await adapter.writer()
        async with adapter.other_process(adapter.writing) as other:
            kind, sentence = await other.answer()
            assert kind == "LogLocked"
            assert f"process {os.getpid()} writes this log already" in sentence
        await log.append([record("a", "1")])
        assert values(log.read("a")) == [b"1"]
        await log.close()

    async def test_the_right_to_write_passes_on(self, adapter: Adapter) -> None:
        async with adapter.other_process(adapter.writing) as other:
            assert await other.answer() == "open"
            await other.ask("append", "a", ["theirs"])
        log = await adapter.writer()  # the other was killed: its lock went with it
        await log.append([record("a", "ours")])
        assert values(log.read("a")) == [b"theirs", b"ours"]
        await log.close()


class ManyWritersContract:
    """What a log adds that any number of processes may write: no lock refuses them, so fences keep them apart."""

    async def test_processes_that_write_together_lose_nothing_and_keep_their_own_order(
        self, log: Log, adapter: Adapter
    ) -> None:
        async with adapter.other_process(adapter.writing) as other:
            assert await other.answer() == "open"
            for n in range(10):
                (_, theirs) = await asyncio.gather(
                    log.append([record("a", f"ours {n}")]), other.ask("append", "a", [f"theirs {n}"])
                )
                assert len(theirs) == 1
        stored = values(log.read("a"))
        assert [value for value in stored if value.startswith(b"ours")] == [b"ours %d" % n for n in range(10)]
        assert [value for value in stored if value.startswith(b"theirs")] == [b"theirs %d" % n for n in range(10)]
        assert len(stored) == 20

    async def test_a_fence_that_another_process_takes_makes_ours_stale(self, log: Log, adapter: Adapter) -> None:
        ours = await log.fence("gateway")
        await log.append([record("a", "before")], fence=ours)
        async with adapter.other_process(adapter.writing) as other:
            assert await other.answer() == "open"
            assert await other.ask("fence", "gateway") == ours.number + 1
            with pytest.raises(Fenced) as refused:
                await log.append([record("a", "stale"), record("b", "stale")], fence=ours)
            assert refused.value.newest == ours.number + 1
            assert len(await other.ask("append under", "gateway", ours.number + 1, "a", ["theirs"])) == 1
        newest = await log.fence("gateway")
        assert newest.number == ours.number + 2
        await log.append([record("a", "after")], fence=newest)
        assert [values(log.read(topic)) for topic in "ab"] == [[b"before", b"theirs", b"after"], []]

    async def test_what_a_killed_process_held_is_taken_over_at_once(self, log: Log, adapter: Adapter) -> None:
        async with adapter.other_process(adapter.writing) as other:
            assert await other.answer() == "open"
            number = await other.ask("fence", "gateway")
            await other.ask("append under", "gateway", number, "a", ["theirs"])
        fence = await log.fence("gateway")  # the other was killed
        assert fence.number == number + 1
        await log.append([record("a", "ours")], fence=fence)
        assert values(log.read("a")) == [b"theirs", b"ours"]


class TestSqliteLog(LogContract, OneWriterContract):
    """A file, committed on the loop or in a thread."""

    @pytest.fixture(params=["loop", "thread"])
    def adapter(self, tmp_path: Path, request: pytest.FixtureRequest) -> Adapter:
        common = {"path": str(tmp_path / "games.podium"), "safety_poll": HOUR}
        return Adapter(
            "engine.sqlite_log:SqliteLog.open",
            SqliteLog.open,
            writing={**common, "committer": request.param},
            reading={**common, "readonly": True},
        )


class TestKafkaLog(LogContract, ManyWritersContract):
    """Topics of a name of their own, on the broker of the run."""

    @pytest.fixture
    def adapter(self, kafka: str) -> Adapter:
        common = {"url": f"kafka://{kafka}/{uuid4().hex}"}
        return Adapter(
            "tests.contracts.spread_log:open_log",
            spread_log.open_log,
            writing=common,
            reading={**common, "readonly": True},
            partitions=spread_log.PARTITIONS,
        )
