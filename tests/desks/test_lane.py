"""The line before one partition, where what goes wrong is rare."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desks.errors import NotServed, Unavailable
from desks.partitions import Partitions
from desks.writer import Writer
from engine.log import Fence, Record
from engine.sqlite_log import SqliteLog
from management.command import Actor, Grant, Received
from tests.desks.tally import TALLY, Add, Limit
from tests.desks.troubled_log import TroubledLog

SYSTEM = Actor("system", (Grant("SYSTEM"),))


class BrokenLog(TroubledLog):
    """A log with a bug in it."""

    bug = False

    async def append(self, records: Sequence[Record], *, fence: Fence | None = None) -> list[int]:
        if self.bug:
            raise ZeroDivisionError("a bug")
        return await super().append(records, fence=fence)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[BrokenLog]:
    log = BrokenLog(SqliteLog.open(tmp_path / "games.podium"))
    yield log
    await log.close()


async def open_writer(log: BrokenLog, policy: object = Limit()) -> Writer:
    return await Writer.open(
        log, {"ct": policy}, lambda: 1, b"pepper", partitions=Partitions(1), aggregates={"ct": TALLY}
    )


def received(number: int) -> Received[Any]:
    return Received(str(UUID(int=number)), "ct:A", Add(), SYSTEM, 1)


async def test_a_bug_is_told_to_all_who_wait_and_reported(log: BrokenLog) -> None:
    reported: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    writer = await open_writer(log)
    log.bug = True
    failed = await asyncio.gather(*(writer.submit(received(n)) for n in range(70)), return_exceptions=True)
    assert {(type(error), str(error)) for error in failed} == {
        (NotServed, "management partition 0 is not served here: a bug")
    }
    assert writer.serves == ()
    await writer.close()
    del writer, failed
    gc.collect()
    assert [type(error) for error in reported] == [ZeroDivisionError]
    log.bug = False
    assert (await (await open_writer(log)).submit(received(7))).version == 1


async def test_a_log_that_is_closed_under_way_ends_the_service(log: BrokenLog) -> None:
    writer = await open_writer(log)
    await writer.submit(received(1))
    await log.close()
    with pytest.raises(NotServed, match="the log is closed"):
        await writer.submit(received(2))
    assert writer.serves == ()


async def test_a_log_that_is_closed_while_it_is_read_again_ends_the_service(log: BrokenLog) -> None:
    writer = await open_writer(log)
    log.open.clear()
    log.refusals = 1
    submitted = asyncio.create_task(writer.submit(received(1)))
    await log.waiting.wait()
    await log.close()
    log.open.set()
    with pytest.raises(NotServed, match="the log is closed"):
        await submitted


async def test_a_snapshot_is_of_what_the_log_holds(log: BrokenLog) -> None:
    writer = await open_writer(log)
    await writer.submit(received(1))
    log.refusals = log.unreadable = 1
    with pytest.raises(Unavailable):
        await writer.submit(received(2))
    await writer.save()  # which reads first: what was decided last did not happen
    await writer.close()
    again = await open_writer(log)
    assert (await again.submit(received(3))).version == 2
    await again.close()


async def test_a_lane_that_was_closed_saves_nothing(log: BrokenLog) -> None:
    writer = await open_writer(log)
    lane = writer._lanes[0]
    await writer.close()
    with pytest.raises(NotServed, match="the writer is closed"):
        await lane.save()


async def test_a_policy_of_another_kind_is_refused(log: BrokenLog) -> None:
    with pytest.raises(TypeError, match=r"the policy of 'ct' is a builtins\.str"):
        await open_writer(log, "much")


async def test_a_record_is_read_as_it_is_durable_and_not_as_it_is_decided(log: BrokenLog) -> None:
    writer = await open_writer(log)
    await writer.submit(received(1))
    log.open.clear()
    submitted = asyncio.create_task(writer.submit(received(2)))
    await log.waiting.wait()
    read = asyncio.create_task(writer.read("ct:A"))
    await asyncio.sleep(0)
    log.refusals = 1  # what was decided just now will not have happened
    log.open.set()
    position, version, state = await read
    assert (position.serial, version, state.total) == (1, 1, 1)
    with pytest.raises(Unavailable):
        await submitted


async def test_a_record_that_cannot_be_read_is_not_made_up(log: BrokenLog) -> None:
    writer = await open_writer(log)
    log.refusals = 1
    log.unreadable = 2
    with pytest.raises(Unavailable):
        await writer.submit(received(1))
    with pytest.raises(Unavailable):
        await writer.read("ct:A")
    assert (await writer.read("ct:A"))[1] == 0
    await log.close()
    await writer.close()
    with pytest.raises(NotServed):
        await writer.read("ct:A")
