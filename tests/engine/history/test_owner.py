"""The owner of a history: it follows its log, answers at its door, and says when the history is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from engine.errors import NotKnown
from engine.history import questions as q
from engine.history.asking import ask
from engine.history.door import ask_owner, typed
from engine.history.errors import HistoryDown, HistoryNotFound, HistoryRefused
from engine.history.historian import Historian
from engine.history.owner import Owner
from engine.history.place import Place, Seat, parse
from engine.history.store import Store
from engine.instants import write_instant
from engine.log import Log
from engine.raw import RAW
from engine.sqlite_log import SqliteLog
from tests.engine.history.clickhouse_server import ClickHouseServer
from tests.engine.history.conftest import Half
from tests.engine.history.test_historian import assert_whole

MakeHistorian = Callable[[Log, Place], Historian]
SOON = 60.0  # seconds: when a test gives up


class Owned:
    """An owner at work, and what it told."""

    def __init__(self, owner: Owner, seat: Seat, place: Place, told: list[q.Progress]) -> None:
        self.owner = owner
        self.seat = seat
        self.place = place
        self.told = told

    async def ask(self, question: q.Question) -> object:
        """Ask at the door."""
        return typed(question, await ask_owner(self.seat, self.place.name, question))

    async def until(self, state: str, position: int = 0) -> q.Progress:
        """Wait until the history is in a state, and as far as that."""
        async with asyncio.timeout(SOON):
            while True:
                progress = msgspec.json.decode(await self.owner.ask(q.Standing()), type=q.Progress)
                if progress.state == state and progress.position >= position:
                    return progress
                await asyncio.sleep(0.01)


@asynccontextmanager
async def owning(historian: Historian, place: Place, log: SqliteLog) -> AsyncIterator[Owned]:
    """Run an owner within a block."""
    seat = place.seat(log.path)
    lock = seat.take(place.name)
    told: list[q.Progress] = []
    owner = Owner(historian, place, seat, log, every=0.02, retry=0.05, turned=told.append)
    owned = Owned(owner, seat, place, told)
    stop = asyncio.Event()
    working = asyncio.create_task(owner.run(stop))
    try:
        yield owned
    finally:
        stop.set()
        async with asyncio.timeout(SOON):
            await working
        lock.release()


async def test_it_follows_its_log_and_answers(
    log: SqliteLog, half: Half, place: Place, make_historian: MakeHistorian
) -> None:
    async with owning(make_historian(log, place), place, log) as owned:
        before = await owned.until("current", log.head(RAW))
        half.rest(log, 100)
        after = await owned.until("current", log.head(RAW))
        assert before.position < after.position == log.head(RAW)
        assert await owned.ask(q.Standing()) == after
        found = await owned.ask(q.MedalDays())
        assert isinstance(found, q.MedalDaysAnswer)
        assert (found.epoch, found.cut) == (after.epoch, after.cut)
        with pytest.raises(HistoryRefused) as refused:
            await owned.ask(q.ViewAsOf(view="medals/table", when="yesterday"))
        error = refused.value
        assert (error.code, error.retry) == ("not_known", False)
        assert str(error) == str(NotKnown("yesterday", "neither {epoch}.{cut} nor an RFC 3339 instant"))
    assert owned.told == []
    with pytest.raises(HistoryDown, match="no historian is running"):
        await ask_owner(place.seat(log.path), place.name, q.Standing())
    store = Store.open(place)
    assert_whole(store, log)
    store.close()


async def test_while_the_server_is_down_it_says_so_and_catches_up_later(
    server: ClickHouseServer, log: SqliteLog, half: Half, make_historian: MakeHistorian
) -> None:
    place = parse(server.url)
    async with owning(make_historian(log, place), place, log) as owned:
        await owned.until("current", log.head(RAW))
        server.stop()
        half.rest(log)
        down = await owned.until("down")
        assert (down.behind, down.error) == (
            log.head(RAW) - down.position,
            f"{place.name}: the history does not answer: [Errno 111] Connection refused",
        )
        with pytest.raises(HistoryRefused) as refused:
            await owned.ask(q.MedalDays())
        assert (refused.value.code, refused.value.retry) == ("history_down", True)
        later, reached = write_instant(down.cut_time + 1_000_000), write_instant(down.cut_time)
        for question in (
            q.ViewAsOf(view="medals/table", when=later),
            q.Between(since=reached, until=later),
            q.Between(since=later),
        ):
            with pytest.raises(HistoryRefused) as refused:  # there may be more before it, which is not written yet
                await owned.ask(question)
            assert str(refused.value) == f"as of {later}: the history has come to {reached} and is catching up"
        server.start()
        back = await owned.until("current", log.head(RAW))
        assert (back.behind, back.error, back.since) == (0, "", 0)
        assert isinstance(await owned.ask(q.MedalDays()), q.MedalDaysAnswer)
    assert [(one.state, one.error, one.cut) for one in owned.told] == [
        ("down", down.error, down.cut),
        ("current", "", back.cut),
    ]
    store = Store.open(place)
    assert_whole(store, log)
    store.close()


async def test_a_folder_that_is_open_elsewhere_is_asked_through_its_owner(
    log: SqliteLog, tmp_path: Path, make_historian: MakeHistorian
) -> None:
    place = parse(str(tmp_path / ("deep" * 30) / "history"))  # too deep for the address of a socket
    question = q.MedalDays()
    with pytest.raises(HistoryNotFound, match="there is no history here"):
        ask(place, question)
    async with owning(make_historian(log, place), place, log) as owned:
        await owned.until("current", log.head(RAW))
        through = await asyncio.to_thread(ask, place, question)
    assert await asyncio.to_thread(ask, place, question) == through


async def test_what_is_no_question_is_said_so(log: SqliteLog, place: Place, make_historian: MakeHistorian) -> None:
    async with owning(make_historian(log, place), place, log) as owned:
        await owned.until("current")
        with pytest.raises(HistoryRefused) as refused:
            await owned.ask(msgspec.defstruct("Other", [], tag_field="ask", tag="luck")())  # type: ignore[arg-type]
        assert refused.value.code == "bad_question"


async def test_the_end_does_not_wait_for_the_rest(log: SqliteLog, place: Place, make_historian: MakeHistorian) -> None:
    historian = make_historian(log, place)
    historian.stop()
    assert historian.work()
    assert (historian.progress().position, historian.progress().state) == (0, "behind")
