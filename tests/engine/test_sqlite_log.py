"""What is special to a log in an SQLite file: the file, its lock, its socket, its checkpoints, a full disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest
import uvloop
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine import sqlite_checkpoint
from engine.errors import (
    Fenced,
    LogClosed,
    LogCorrupt,
    LogFailed,
    LogLocked,
    LogNotFound,
    LogReadOnly,
    NewerLog,
    NotALog,
    RecordRefused,
)
from engine.log import Fence, Log, Record, Stored
from engine.sqlite_log import SqliteLog

HOUR = 3600.0
SOON = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "games.podium"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    with SqliteLog.open(path, safety_poll=HOUR) as log:
        yield log


def batch(*texts: str, topic: str = "a") -> list[Record]:
    return [Record(topic, "K", text.encode(), 1) for text in texts]


def texts(log: SqliteLog, topic: str = "a") -> list[str]:
    return [stored.value.decode() for stored in log.read(topic, limit=1_000_000)]


def wal_size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"{path}-wal").stat().st_size
    return 0


def test_it_is_a_log(log: SqliteLog) -> None:
    port: Log = log  # mypy says so
    assert port.id == log.id


# -- group commit


async def test_appends_of_one_turn_share_a_commit(log: SqliteLog) -> None:
    before = log._writer.commits  # type: ignore[union-attr]
    await asyncio.gather(*(log.append(batch(str(n))) for n in range(50)))
    assert log._writer.commits == before + 1  # type: ignore[union-attr]
    assert texts(log) == [str(n) for n in range(50)]


async def test_appends_that_arrive_while_a_thread_commits_share_the_next(path: Path) -> None:
    with SqliteLog.open(path, committer="thread") as log:
        writer = log._writer
        assert writer
        before = writer.commits
        with writer.turn:  # the first commit has to wait, as if the disk were slow
            first = asyncio.create_task(log.append(batch("first")))
            await asyncio.sleep(0.01)
            others = [asyncio.create_task(log.append(batch(str(n)))) for n in range(20)]
            await asyncio.sleep(0.01)
            assert not any(task.done() for task in (first, *others))
        await asyncio.gather(first, *others)
        assert writer.commits == before + 2
        assert texts(log) == ["first", *(str(n) for n in range(20))]
        await log.close()


async def test_what_waits_when_the_log_is_closed_without_a_loop_is_refused(path: Path) -> None:
    for committer in ("loop", "thread"):
        log = SqliteLog.open(path, committer=committer)
        waiting = asyncio.create_task(log.append(batch("late")))
        await asyncio.sleep(0)
        log.close_now()
        with pytest.raises(LogClosed):
            await waiting


@pytest.mark.parametrize("committer", ["loop", "thread"])
async def test_a_close_that_is_cancelled_lets_go_all_the_same(path: Path, committer: Literal["loop", "thread"]) -> None:
    log = SqliteLog.open(path, committer=committer)
    under_way = asyncio.create_task(log.append(batch("1")))
    await asyncio.sleep(0)
    closing = asyncio.create_task(log.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(under_way, closing, return_exceptions=True)
    with SqliteLog.open(path) as again:
        again.append_now(batch("2"))
        assert texts(again)[-1] == "2"


def test_a_loop_that_ended_early_does_not_hold_up_the_next(log: SqliteLog) -> None:
    async def leave() -> None:
        task = asyncio.create_task(log.append(batch("left")))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    asyncio.run(asyncio.wait_for(log.append(batch("next")), SOON))
    assert texts(log) == ["next"]


# -- without a loop


def test_a_command_line_host_needs_no_loop(path: Path) -> None:
    with SqliteLog.open(path) as log:
        fence = log.fence_now("import")
        assert log.append_now(batch("1", "2") + batch("3", topic="b"), fence) == [1, 2, 1]
        newer = log.fence_now("import")
        with pytest.raises(Fenced, match=r"writer 'import' holds fence 1, but the newest is 2"):
            log.append_now(batch("stale"), fence)
        assert log.append_now(batch("4"), newer) == [3]
        with pytest.raises(RecordRefused):
            log.append_now([Record("a", "K", b"", 2**63)])
    with SqliteLog.open(path, readonly=True) as log:
        assert (texts(log), texts(log, "b"), log.topics()) == (["1", "2", "4"], ["3"], ["a", "b"])


async def test_appending_in_another_thread_wakes_the_followers_of_this_loop(log: SqliteLog) -> None:
    following = log.follow("a")
    first = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0.01)
    await asyncio.to_thread(log.append_now, batch("1"))
    async with asyncio.timeout(SOON):
        assert [stored.value for stored in await first] == [b"1"]
    await following.aclose()  # type: ignore[attr-defined]


def test_threads_read_while_one_writes(log: SqliteLog) -> None:
    seen: list[list[int]] = []

    def read() -> None:
        mine: list[int] = []
        while len(mine) < 2000:
            mine += [stored.position for stored in log.read("a", mine[-1] if mine else 0, limit=70)]
        seen.append(mine)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(200):
        log.append_now(batch(*(f"{n} {part}" for part in range(10))))
    for reader in readers:
        reader.join(SOON)
    assert seen == [list(range(1, 2001))] * 3


def test_a_fence_that_this_log_never_gave_is_refused(log: SqliteLog) -> None:
    for number in (0, 1, 99):
        with pytest.raises(Fenced):
            log.append_now(batch("foreign"), Fence("other log", number))
    assert texts(log) == []


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record("", "K", b"", 1), "its topic is not a name"),
        (Record("a", None, b"", 1), "its key is NoneType, not str"),  # type: ignore[arg-type]
        (Record("a", "K", b"", 1.5), "its time is not a number of microseconds"),  # type: ignore[arg-type]
        (Record("a", "K", b"", 1, {"h": "text"}), "its header 'h' is not text to bytes"),  # type: ignore[dict-item]
        (Record("a", "\ud800", b"", 1), "its key or topic is not valid Unicode"),
    ],
)
def test_a_record_that_cannot_be_stored_is_told_from_a_failing_storage(
    log: SqliteLog, record: Record, reason: str
) -> None:
    with pytest.raises(RecordRefused, match=reason):
        log.append_now([*batch("with it"), record])
    assert log.topics() == []


# -- whose file it is


def test_a_file_of_text_is_not_a_log(path: Path) -> None:
    path.write_text("Rank,Name,Mark\n" * 1000)
    for readonly in (False, True):
        with pytest.raises(NotALog, match="file is not a database"):
            SqliteLog.open(path, readonly=readonly)
    assert path.read_text() == "Rank,Name,Mark\n" * 1000


def test_the_database_of_another_application_is_not_a_log(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    for readonly in (False, True):
        with pytest.raises(NotALog, match="an SQLite database of another application"):
            SqliteLog.open(path, readonly=readonly)


def test_a_log_of_a_newer_podium_is_left_alone(path: Path) -> None:
    SqliteLog.open(path).close_now()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 2")
    for readonly in (False, True):
        with pytest.raises(NewerLog, match="log format 2 is newer than 1, the newest that this Podium knows"):
            SqliteLog.open(path, readonly=readonly)


def test_there_is_nothing_to_read_before_the_writer_has_made_it(path: Path) -> None:
    with pytest.raises(LogNotFound, match="there is no log here"):
        SqliteLog.open(path, readonly=True)
    assert not path.exists()
    path.touch()
    with pytest.raises(LogNotFound):
        SqliteLog.open(path, readonly=True)


def test_a_log_whose_making_was_cut_short_is_made_anew(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as half:
        half.execute("PRAGMA journal_mode = WAL")
    with SqliteLog.open(path) as log:
        assert log.append_now(batch("1")) == [1]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogFailed, match="opening failed: its folder does not exist"):
        SqliteLog.open(tmp_path / "nowhere" / "games.podium")


def test_a_damaged_file_is_told_from_an_empty_one(path: Path) -> None:
    with SqliteLog.open(path) as log:
        log.append_now(batch(*("x" * 300 for _ in range(2000))))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 40_000)
    with SqliteLog.open(path, readonly=True) as log, pytest.raises(LogCorrupt, match="the log is damaged"):
        log.read("a", limit=2000)


def test_reading_changes_nothing(path: Path, log: SqliteLog) -> None:
    log.append_now(batch("1"))
    with SqliteLog.open(path, readonly=True) as reader:
        with pytest.raises(LogReadOnly, match="opened for reading only"):
            reader.append_now(batch("2"))
        with pytest.raises(LogReadOnly):
            reader.fence_now("gateway")
        with pytest.raises(LogReadOnly):
            asyncio.run(reader.append(batch("2")))


def test_an_archive_on_a_disc_can_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteLog.open(path) as log:
        log.append_now(batch("1"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with SqliteLog.open(path, readonly=True) as archive:
        assert texts(archive) == ["1"]
        assert {one.name for one in path.parent.iterdir()} == {"games.podium", "games.podium-lock"}


def test_a_closed_log_is_one_file(path: Path) -> None:
    with SqliteLog.open(path) as log:
        log.append_now(batch(*("x" * 300 for _ in range(2000))))
    assert {one.name for one in path.parent.iterdir()} == {"games.podium", "games.podium-lock"}
    copy = path.with_name("copy.podium")
    copy.write_bytes(path.read_bytes())
    with SqliteLog.open(copy, readonly=True) as archive:
        assert len(texts(archive)) == 2000


# -- the lock


def test_a_second_writer_in_this_process_is_refused_and_the_first_keeps_its_lock(path: Path, log: SqliteLog) -> None:
    for _ in range(2):
        with pytest.raises(LogLocked) as refused:
            SqliteLog.open(path)
        assert str(refused.value) == (
            f"{path}: process {os.getpid()} writes this log already; one process at a time may"
        )
    log.append_now(batch("1"))


def test_a_link_to_the_log_is_the_same_log(path: Path, log: SqliteLog) -> None:
    link = path.with_name("link.podium")
    link.symlink_to(path)
    with pytest.raises(LogLocked):
        SqliteLog.open(link)


def test_what_a_dead_writer_wrote_in_the_lock_file_binds_nobody(path: Path) -> None:
    Path(f"{path}-lock").write_text("1\n")  # process 1 is alive, and not ours
    with SqliteLog.open(path) as log:
        log.append_now(batch("1"))


def test_the_lock_is_not_inherited_by_children(path: Path) -> None:
    log = SqliteLog.open(path)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    log.close_now()
    SqliteLog.open(path).close_now()
    child.communicate(b"\n")


def test_opening_that_fails_leaves_no_lock(path: Path) -> None:
    path.write_text("not a database, and long enough to be taken for one" * 100)
    with pytest.raises(NotALog):
        SqliteLog.open(path)
    path.unlink()
    SqliteLog.open(path).close_now()


# -- followers


async def first_woken(reader: SqliteLog, writer: SqliteLog) -> list[Stored]:
    """Return what a follower gets that already waits when something is appended."""
    following: AsyncIterator[list[Stored]] = reader.follow("a")
    first = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0.05)
    await writer.append(batch("1"))
    async with asyncio.timeout(SOON):
        woken = await first
    await following.aclose()  # type: ignore[attr-defined]
    return woken


@pytest.mark.parametrize(
    "name",
    ["plain.podium", "odd ?#%20'\"& ü.podium", "n" * 200 + ".podium", "/".join(["deep" * 10] * 8) + "/x.podium"],
    ids=["plain", "odd characters", "a long name", "a long path"],
)
async def test_followers_are_woken_wherever_the_log_lies(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    async with (
        SqliteLog.open(path, safety_poll=HOUR) as writer,
        SqliteLog.open(path, readonly=True, safety_poll=HOUR) as reader,
    ):
        assert [stored.value for stored in await first_woken(reader, writer)] == [b"1"]


def test_followers_are_woken_on_uvloop_too(path: Path) -> None:
    async def wake() -> list[Stored]:
        async with (
            SqliteLog.open(path, safety_poll=HOUR) as writer,
            SqliteLog.open(path, readonly=True, safety_poll=HOUR) as reader,
        ):
            return await first_woken(reader, writer)

    assert [stored.value for stored in uvloop.run(wake())] == [b"1"]


async def test_without_the_socket_the_slow_poll_does_it(path: Path) -> None:
    async with (
        SqliteLog.open(path) as writer,
        SqliteLog.open(path, readonly=True, safety_poll=0.1) as reader,
    ):
        os.unlink(f"{path}-wake")
        assert [stored.value for stored in await first_woken(reader, writer)] == [b"1"]


async def test_a_follower_that_sleeps_does_not_hold_up_the_writer(path: Path, log: SqliteLog) -> None:
    async with SqliteLog.open(path, readonly=True, safety_poll=HOUR) as reader:
        following = reader.follow("a")
        log.append_now(batch("first"))
        assert len(await anext(following)) == 1
        for n in range(5000):  # more wakes than a socket holds, and nobody takes them
            log._sender.send()
            if n % 1000 == 0:
                log.append_now(batch(str(n)))
        assert [stored.value for stored in await anext(following)] == [b"0", b"1000", b"2000", b"3000", b"4000"]
        await following.aclose()  # type: ignore[attr-defined]


async def test_followers_that_left_are_forgotten(path: Path, log: SqliteLog) -> None:
    log.append_now(batch("1"))
    async with SqliteLog.open(path, readonly=True) as reader:
        for _ in range(5):
            async for _ in (following := reader.follow("a")):
                break
            await following.aclose()  # type: ignore[attr-defined]
            log.append_now(batch("more"))
    log.append_now(batch("more"))
    log.append_now(batch("more"))
    assert log._sender._followers == []
    assert not log._followers


# -- checkpoints


def test_under_load_the_wal_starts_anew_again_and_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_checkpoint, "PAUSE", 0.1)  # much more than from one commit to the next, on any disk
    monkeypatch.setattr(sqlite_checkpoint, "LONGEST", 200_000)
    seen: set[bytes] = set()
    written = 0
    with SqliteLog.open(path) as log:
        end = time.monotonic() + SOON
        while len(seen) < 6:
            assert time.monotonic() < end
            log.append_now(batch(*(f"{written} {'x' * 1000}" for _ in range(100))))
            written += 1
            time.sleep(0.001)  # a load that leaves the other thread its turns
            with Path(f"{path}-wal").open("rb") as wal:
                seen.add(wal.read(24)[16:])  # two salts, new whenever it starts anew
        assert [text.split()[0] for text in texts(log)] == [str(n) for n in range(written) for _ in range(100)]


def test_a_checkpoint_is_due_only_when_something_was_committed_since(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoint, "PAUSE", HOUR)
    with SqliteLog.open(path) as log:
        work = log._checkpointer._work
        assert not work.is_set()
        stale, _ = log.fence_now("gateway"), log.fence_now("gateway")
        assert work.is_set()
        log._checkpointer._checkpoint()
        assert not work.is_set()
        log.append_now([])
        with pytest.raises(Fenced):
            log.append_now(batch("stale"), stale)
        with pytest.raises(RecordRefused):
            log.append_now([Record("a", "K", "text", 1)])  # type: ignore[arg-type]
        assert not work.is_set()
        log.append_now(batch("1"))
        assert work.is_set()


def test_a_reader_sees_one_moment_whatever_is_checkpointed(path: Path, log: SqliteLog) -> None:
    log.append_now(batch(*(str(n) for n in range(1000))))
    with SqliteLog.open(path, readonly=True) as reader:
        assert texts(reader) == texts(log) == [str(n) for n in range(1000)]
        log._checkpointer._checkpoint()
        log.append_now(batch("more"))
        assert len(texts(reader)) == 1001


# -- a storage that refuses


@contextlib.contextmanager
def room_for(extra: int, path: Path) -> Iterator[None]:
    """Let no file of this process grow beyond the log's WAL plus so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal_size(path) + extra, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_loses_nothing_stores_no_part_and_passes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_checkpoint, "PAUSE", HOUR)
    kept: list[str] = []
    with SqliteLog.open(path) as log:
        for round_ in range(5):
            with room_for(200_000, path), pytest.raises(LogFailed, match="appending failed"):  # noqa: PT012 - some fit
                for n in range(1000):
                    new = [f"{round_} {n} {part} {'x' * 500}" for part in range(20)]
                    log.append_now(batch(*new) + batch(*new, topic="b"))
                    kept += new
            assert texts(log) == texts(log, "b") == kept
            log.append_now(batch(f"after {round_}") + batch(f"after {round_}", topic="b"))
            kept.append(f"after {round_}")
    with SqliteLog.open(path) as log:
        assert texts(log) == texts(log, "b") == kept
        assert log.head("a") == len(kept)


async def test_where_some_fits_only_those_that_do_not_fit_fail(path: Path) -> None:
    async with SqliteLog.open(path) as log:
        await log.append(batch("before"))
        with room_for(60_000, path):
            outcomes = await asyncio.gather(
                log.append(batch("small")),
                log.append(batch("x" * 500_000)),
                log.append(batch("small too")),
                return_exceptions=True,
            )
        assert [type(outcome) for outcome in outcomes] == [list, LogFailed, list]
        assert texts(log) == ["before", "small", "small too"]


# -- the model: a list for each topic


class AgainstLists(RuleBasedStateMachine):
    """Whatever is done to a log, it holds what lists would hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "games.podium"
        self.log = SqliteLog.open(self.path)
        self.id = self.log.id
        self.held: dict[str, list[Record]] = {}
        self.fences: dict[str, list[Fence]] = {}

    records = st.lists(
        st.builds(
            Record,
            st.sampled_from(["a", "b", "ü"]),
            st.text(st.characters(codec="utf-8"), max_size=3),
            st.binary(max_size=20),
            st.integers(-(2**63), 2**63 - 1),
            st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), st.binary(max_size=3), max_size=2),
        ),
        max_size=6,
    )

    def append(self, new: list[Record], fence: Fence | None) -> None:
        expected = []
        for record in new:
            held = self.held.setdefault(record.topic, [])
            held.append(record)
            expected.append(len(held))
        assert self.log.append_now(new, fence) == expected

    @rule(new=records)
    def append_free(self, new: list[Record]) -> None:
        self.append(new, None)

    @rule(new=records, name=st.sampled_from("xy"), which=st.integers(0, 3))
    def append_fenced(self, new: list[Record], name: str, which: int) -> None:
        fences = self.fences.get(name, [])
        if which >= len(fences):
            return
        if which == len(fences) - 1:
            self.append(new, fences[which])
        else:
            with pytest.raises(Fenced):
                self.log.append_now(new, fences[which])

    @rule(name=st.sampled_from("xy"))
    def take_over(self, name: str) -> None:
        fences = self.fences.setdefault(name, [])
        fences.append(self.log.fence_now(name))
        assert fences[-1] == Fence(name, len(fences))

    @rule(new=records)
    def append_with_a_flaw(self, new: list[Record]) -> None:
        with pytest.raises(RecordRefused):
            self.log.append_now([*new, Record("a", "", "text", 0)])  # type: ignore[arg-type]

    @rule()
    def reopen(self) -> None:
        self.log.close_now()
        self.log = SqliteLog.open(self.path)
        assert self.log.id == self.id

    @rule(topic=st.sampled_from(["a", "b", "ü"]), after=st.integers(-1, 12), limit=st.integers(1, 5))
    def read_some(self, topic: str, after: int, limit: int) -> None:
        held = self.held.get(topic, [])[max(after, 0) :][:limit]
        assert [stored.value for stored in self.log.read(topic, after, limit=limit)] == [one.value for one in held]

    @invariant()
    def it_holds_what_lists_hold(self) -> None:
        for topic, held in self.held.items():
            assert self.log.head(topic) == len(held)
            assert self.log.read(topic) == [
                Stored(n, topic, one.key, one.value, one.time, one.headers) for n, one in enumerate(held, 1)
            ]

    def teardown(self) -> None:
        self.log.close_now()
        self.folder.cleanup()


assert settings.default
AgainstLists.TestCase.settings = settings(  # fewer than elsewhere: each step writes to a disk
    max_examples=settings.default.max_examples // 5, stateful_step_count=20
)
TestAgainstLists = AgainstLists.TestCase
