"""One log, both sides: what is planned and entered shows as results, and what happens in the field comes back."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from desks.reactor import Taker
from desks.results_reader import ResultsReader
from engine.gateway import Gateway
from engine.host import Host
from engine.log import Log
from management.entry import WithdrawEntry
from management.entry_book import Outcome as Line
from management.entry_results import ResultsReported
from management.schedule_changes import UnitReported
from management.schedule_draft import PlanUnit, ReleaseVersion, StartersRecorded
from podium.meeting import meet
from podium.wiring import host_over
from schemas import messages as m
from schemas.views import ResultRow, ScheduleRow
from tests.desks.conftest import OpenLog
from tests.desks.people import People, Step, clock
from tests.desks.test_management_source import CONFIRM, enter, listed, speak
from tests.desks.test_reactor import Steps, Stopped, StoppingLog, StoppingTaker
from tests.management import entry_hands as ebk
from tests.management import schedule_hands as sch

PLANNED: list[Step] = [
    *(
        ("sch:T20", PlanUnit(unit, sch.pool(at)), sch.PLANNER, sch.JULY)
        for unit, at in ((sch.HEAT1, "2021-07-30T10:00"), (sch.HEAT2, "2021-07-30T10:30"))
    ),
    ("sch:T20", ReleaseVersion(1), sch.CHIEF, sch.JULY),
    *listed("P1"),
    *listed("P2"),
    enter("P1", ebk.M100),
    enter("P2", ebk.M100),
    CONFIRM,
]
BEGINS = sch.ms("2021-07-30T10:00")
FIELD: list[m.Message] = [
    m.StartList(unit=sch.HEAT1, starters=(m.Starter("P1", 4), m.Starter("P2", 5), m.Starter("P9", 6))),
    m.UnitStatus(unit=sch.HEAT1, status="GETTING_READY", at=BEGINS - 60_000),
    m.Start(unit=sch.HEAT1, at=BEGINS),
    m.Finish(unit=sch.HEAT1, subject="P1", mark="48.10", at=BEGINS + 48_100),
    m.Irm(unit=sch.HEAT1, subject="P2", irm="DNF", at=BEGINS + 60_000),
    m.ResultStatus(unit=sch.HEAT1, status="UNOFFICIAL", at=BEGINS + 70_000),
    m.ResultStatus(unit=sch.HEAT1, status="OFFICIAL", at=BEGINS + 600_000),
    m.Irm(unit=sch.HEAT1, subject="P2", irm="DSQ", reason="SW 7.6", at=BEGINS + 700_000),
]
TOLD = [
    ("sch:T20", StartersRecorded),
    ("sch:T20", UnitReported(sch.HEAT1, "GETTING_READY")),
    ("sch:T20", UnitReported(sch.HEAT1, "RUNNING")),
    ("sch:T20", UnitReported(sch.HEAT1, "FINISHED")),
    ("ebk:SWM", ResultsReported(sch.HEAT1, ebk.M100, (Line("P1", 1, "48.10"), Line("P2", irm="DNF"), Line("P9")))),
    ("ebk:SWM", ResultsReported(sch.HEAT1, ebk.M100, (Line("P1", 1, "48.10"), Line("P2", irm="DSQ"), Line("P9")))),
]


async def happen(log: Log, messages: list[m.Message], first: int = 1) -> None:
    """Have a results desk and a timing of the pool say something."""
    gateway = Gateway(log, clock)
    for serial, message in enumerate(messages, first):
        answer = await gateway.offer("AQU.desk", "S1", serial, m.encode(message))
        assert answer.code == "stored"
    await gateway.close()


def folded(log: Log) -> Host:
    host = host_over(log)
    host.load()
    host.catch_up()
    return host


async def hear(log: Log, taker: Taker, host: Host | None = None) -> int:
    """Open a reader anew and have it see to all there is."""
    reader = await ResultsReader.open(log, taker, clock)
    meet(host or folded(log), reader, "T20")
    return await reader.catch_up()


def told(events: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(key, type(event) if isinstance(event, StartersRecorded) else event) for key, event in events]


async def test_what_is_planned_shows_and_what_happens_comes_back(open_log: OpenLog) -> None:
    log = await open_log()
    people = await People.over(log)
    await people.do(*PLANNED)
    await speak(log)
    await happen(log, FIELD)
    host = folded(log)
    row = host.views[f"result/{sch.HEAT1}"].rows["P1"]
    assert isinstance(row, ResultRow)
    assert (row.rank, row.mark) == (1, "48.10")
    shown = host.views["schedule/SWM"].rows[sch.HEAT1]
    assert isinstance(shown, ScheduleRow)
    assert (shown.start, shown.started, shown.status) == (BEGINS, BEGINS, "FINISHED")
    await hear(log, people.writer, host)
    assert sorted(map(repr, told(await people.events("results")))) == sorted(map(repr, TOLD))
    schedule, book = await people.state("sch:T20"), await people.state("ebk:SWM")
    assert (schedule.units[sch.HEAT1].status, schedule.units[sch.HEAT2].status) == ("FINISHED", "SCHEDULED")
    assert schedule.starts.athletes[sch.HEAT1] == ("P1", "P2")  # P9 waits: nobody knows who he starts for
    assert book.competed == {f"{one}/{ebk.M100}": [sch.HEAT1] for one in ("P1", "P2", "P9")}
    withdrawn = await people.writer.submit(
        people.received(("ebk:SWM", WithdrawEntry("AAA", "P1", ebk.M100), ebk.noc("AAA"), ebk.LATE))
    )
    assert withdrawn.refusal is not None
    assert withdrawn.refusal.code == "STATE"
    # What came back is not said once more, and one replay of the log gives the same content.
    assert await speak(log) == 0
    assert folded(log).views.digest() == host.views.digest()
    assert await hear(log, people.writer) == 0
    await people.writer.close()


async def test_who_becomes_known_later_is_a_starter_then(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*PLANNED)
    await speak(people.log)
    await happen(people.log, [*FIELD[:1], m.Participant(code="P9", name="NINE", organisation="CCC")])
    await hear(people.log, people.writer)
    assert (await people.state("sch:T20")).starts.athletes[sch.HEAT1] == ("P1", "P2", "P9")
    assert (await people.state("sch:T20")).units[sch.HEAT1].nocs == ("AAA", "CCC")
    await people.close()


async def test_a_reader_that_was_replaced_is_told_nothing_more(tmp_path: Path) -> None:
    """Where another process came between, the same host gets another reader."""
    people = await People.open(tmp_path)
    await people.do(*PLANNED)
    await speak(people.log)
    await happen(people.log, FIELD[:3])
    host = folded(people.log)
    first = await ResultsReader.open(people.log, people.writer, clock)
    part = meet(host, first, "T20")
    assert await first.catch_up() > 0
    part()
    second = await ResultsReader.open(people.log, people.writer, clock)
    meet(host, second, "T20")
    await happen(people.log, FIELD[3:], 4)
    host.catch_up()
    assert await first.catch_up() == 0  # it would be fenced if it had anything to say
    assert await second.catch_up() > 0
    assert sorted(map(repr, told(await people.events("results")))) == sorted(map(repr, TOLD))
    await people.close()


async def test_units_that_nobody_plans_here_are_passed_over(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await happen(people.log, FIELD)
    reader = await ResultsReader.open(people.log, people.writer, clock)
    meet(folded(people.log), reader, "T20")
    await reader.catch_up()
    assert reader.heard is not None
    assert reader.heard.refused == ()
    assert {key for key, _ in await people.events("results")} == {"ebk:SWM"}
    await people.close()


async def test_it_may_be_stopped_between_any_two_steps_and_the_views_be_saved_anywhere(tmp_path: Path) -> None:
    story = tmp_path / "story"
    story.mkdir()
    people = await People.open(story)
    await people.do(*PLANNED)
    await speak(people.log)
    await happen(people.log, FIELD)
    await people.close()
    ends: list[Any] = []
    for left in (10_000, *range(100)):
        shutil.copytree(story, tmp_path / str(left))
        people = await People.open(tmp_path / str(left))
        log, steps = StoppingLog(people.log), Steps(left)
        log.steps = steps
        with suppress(Stopped):
            await hear(log, StoppingTaker(people.writer, steps), folded(people.log))
        folded(people.log).save()  # newer than what the reader has seen to
        await hear(people.log, people.writer)
        commands = await people.commands("results")
        assert len({name for name, _ in commands}) == len(commands)
        ends.append((people.digests(), commands, sorted(map(repr, await people.events("results")))))
        await people.close()
        assert ends[-1] == ends[0]
        if steps.left >= 0 and left < 10_000:
            break
    assert len(ends) > 6


@pytest.mark.parametrize("seen", range(1, len(FIELD)))
async def test_another_epoch_tells_nothing_again(tmp_path: Path, seen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await People.open(tmp_path)
    await people.do(*PLANNED)
    await speak(people.log)
    await happen(people.log, FIELD[:seen])
    await hear(people.log, people.writer)
    await happen(people.log, FIELD[seen:], seen + 1)
    monkeypatch.setattr("podium.wiring.VERSION", 10_000)
    await hear(people.log, people.writer)
    assert sorted(map(repr, told(await people.events("results")))) == sorted(map(repr, TOLD))
    await people.close()
