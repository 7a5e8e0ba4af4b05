"""Every aggregate of the Games through one writer: what it decides can be kept, and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import schemas.policy
from desks.policies import read_policies
from desks.writer import Writer
from engine.sqlite_log import SqliteLog
from management import (
    account,
    device,
    headcount,
    notice,
    reservation,
    retention,
    uniform,
    volunteer_commands,
    workforce_commands,
)
from management.aggregates import AGGREGATES
from management.command import Actor, Grant, Received, Role
from management.delegation import PresentDelegation
from management.long_list import LongListAthlete
from management.quota import SetQuota
from management.schedule_draft import PlanUnit
from management.worker import Profile
from tests.desks.troubled_log import WithoutSnapshots
from tests.management import accredited, pass_book, schedule_hands
from tests.management.test_delegation import TEN

POLICIES = read_policies(Path(schemas.policy.__path__[0], "t20"))
ALL = Actor("ANN", tuple(Grant(role) for role in get_args(Role)))
SPRING = accredited.SPRING
SLOT = notice.Slot("STEWARD", "STA", "BLUE", SPRING, SPRING + 1)

WISHES: list[tuple[str, Any, int]] = [
    ("ro:FRA", SetQuota("E", 5), SPRING),
    ("uq:doc:7f", reservation.Claim("7f00", "per:P1"), SPRING),
    ("per:P1", accredited.OPEN, SPRING),
    ("dp:AAA", pass_book.ASK, pass_book.EVENING_BEFORE - 1),
    ("ebk:SWM", LongListAthlete("AAA", "A1", "M", b"sealed"), SPRING),
    ("del:AAA", PresentDelegation(TEN), SPRING),
    ("sch:T20", PlanUnit(schedule_hands.HEAT1, schedule_hands.pool("2021-07-28T10:00")), SPRING),
    ("hc:MAIN:STA:STEWARD", headcount.SetHeadcount(3), SPRING),
    ("uni:BOB", uniform.Allot({"JACKET": "M"}), SPRING),
    ("vol:MAIN:ANN", volunteer_commands.OpenApplication(b"sealed"), SPRING),
    ("acct:P1", account.OpenAccount(), SPRING),
    ("dev:SCAN-1", device.InviteDevice("STA", "0" * 64), SPRING),
    ("ret:T20", retention.PlanRetention(), SPRING),
    (
        "ntc:ANN",
        notice.Notify("A1", "REQUEST", notice.Slot("STEWARD", "STA", "BLUE", SPRING, SPRING + 1), "decision"),
        SPRING,
    ),
    ("wf:STA", workforce_commands.EnrolPerson("ANN", Profile()), SPRING),
]


async def open_writer(log: Any) -> Writer:
    return await Writer.open(log, POLICIES, lambda: 1_600_000_000_000_000, b"pepper")


async def test_what_every_aggregate_decides_is_kept_and_read_again(tmp_path: Path) -> None:
    assert {key.partition(":")[0] for key, _, _ in WISHES} == set(AGGREGATES)
    async with SqliteLog.open(tmp_path / "games.podium") as log:
        writer = await open_writer(log)
        for number, (key, command, at) in enumerate(WISHES, 1):
            outcome = await writer.submit(Received(str(UUID(int=number)), key, command, ALL, at))
            assert (key, outcome.refusal, outcome.version > 0) == (key, None, True)
        held = [writer.digest(number) for number in range(12)]
        await writer.save()
        await writer.close()
        for source in (log, WithoutSnapshots(log)):
            again = await open_writer(source)
            assert [again.digest(number) for number in range(12)] == held
            await again.close()
