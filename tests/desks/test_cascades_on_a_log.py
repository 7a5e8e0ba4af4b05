"""What moves the work of others, on a real log: a postponed unit, and a delegation whose size is fixed."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from desks.reactor import Reactor
from engine.log import Stored
from management.delegation import ITEMS, Figures, PresentDelegation, SignItem
from management.entry import EntriesConfirmed
from management.long_list import LongListAthlete, SignEligibilityForm
from management.schedule_book import Postpone
from management.schedule_changes import CarryOutChange
from management.schedule_draft import PlanUnit, ReleaseVersion
from management.schedule_proposals import ApproveChange, ProposeChange
from management.workforce_commands import PlanShift
from tests.desks.begun import begun
from tests.desks.people import MANAGERS, PARTITIONS, People, Step, clock
from tests.desks.troubled_log import TroubledLog
from tests.management import entry_hands as ebk
from tests.management import schedule_hands as sch
from tests.management import venue_hands as wf

NIGHT = sch.ms("2021-07-30T03:41")
SHIFT = PlanShift("s1", "STEWARD", "BLUE", wf.at(1, 6), wf.at(1, 14), wf.OFFSET, wf.OFFSET, 3, units=(sch.MEN,))
ELSEWHERE = PlanShift("s2", "STEWARD", "BLUE", wf.at(1, 6), wf.at(1, 14), wf.OFFSET, wf.OFFSET, 3, units=(sch.WOMEN,))
RELEASED: list[Step] = [
    ("sch:T20", PlanUnit(sch.MEN, sch.bay("2021-07-30T08:00")), sch.PLANNER, sch.JULY),
    ("sch:T20", PlanUnit(sch.WOMEN, sch.bay("2021-07-31T08:00")), sch.PLANNER, sch.JULY),
    ("sch:T20", ReleaseVersion(1), sch.CHIEF, sch.JULY),
]
STAFFED: list[Step] = [
    ("wf:BAY", SHIFT, wf.PLANNER, wf.at(0, 0)),
    ("wf:BAY", ELSEWHERE, wf.PLANNER, wf.at(0, 0)),
    ("wf:VIL", SHIFT, wf.PLANNER, wf.at(0, 0)),
]
POSTPONED: list[Step] = [
    ("sch:T20", ProposeChange("C1", Postpone(sch.MEN)), sch.PLANNER, NIGHT),
    ("sch:T20", ApproveChange("C1", "SCHED_APPROVER"), sch.TRI_MANAGER, NIGHT),
    ("sch:T20", ApproveChange("C1", "IF_DELEGATE"), sch.TRI_DELEGATE, NIGHT),
    ("sch:T20", CarryOutChange("C1"), sch.PLANNER, NIGHT),
]


async def test_scenario_10_a_postponed_unit_lists_the_shifts_that_serve_it(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*RELEASED, *STAFFED)
    await people.react()
    assert await people.events() == []  # the shifts were planned by the times that were released
    postponed = (await people.do(*POSTPONED))[-1]
    await people.react()
    cause = {"s1": postponed.events[0]}
    assert [(await people.state(venue)).affected for venue in ("wf:BAY", "wf:VIL")] == [cause, cause]
    assert await people.declined() == []
    await people.close()


ENTRY = ebk.Book().entry("P1", ebk.M100, ebk.OQT)
ENTERED: list[Step] = [
    ("ebk:SWM", LongListAthlete("AAA", "P1", "M"), ebk.noc("AAA"), ebk.SPRING),
    ("ebk:SWM", SignEligibilityForm("P1"), ebk.noc("AAA"), ebk.SPRING),
    ("ebk:SWM", ENTRY, ebk.noc("AAA"), ebk.SPRING),
]
CLERK = ebk.person("clerk", "SPORT_ENTRIES")
FIXED: list[Step] = [
    ("del:AAA", PresentDelegation(Figures(athletes=1, forms=1, officials=1, cards=2)), CLERK, ebk.LATE),
    *(("del:AAA", SignItem(item, "office"), ebk.OFFICE, ebk.LATE) for item in ITEMS),
    *(("del:AAA", SignItem(item, "organisation"), ebk.noc("AAA"), ebk.LATE) for item in ITEMS),
]


async def test_with_the_eighth_signature_the_entries_are_confirmed(tmp_path: Path) -> None:
    people = await People.open(tmp_path)
    await people.do(*ENTERED, *FIXED[:-1])
    await people.react()
    assert await people.events() == []
    await people.do(FIXED[-1])
    await people.react()
    assert await people.events() == [("ebk:SWM", EntriesConfirmed("AAA", (f"P1/{ebk.M100}",)))]
    await people.close()


class SplitLog(TroubledLog):
    """A log that keeps each partition by itself, as Kafka does."""

    def partitions(self, topic: str) -> int:
        return PARTITIONS.count

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        found = [one for one in super().read(topic, after, limit=10_000) if PARTITIONS.read_mark(one) == partition]
        return [replace(one, partition=partition) for one in found[:limit]]


@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_what_came_of_several_partitions_while_nobody_looked_is_seen_in_its_order(
    tmp_path: Path, batch: int
) -> None:
    ticking = count(sch.JULY * 1000)
    people = await People.open(tmp_path, lambda: next(ticking))
    keys = [f"wf:V{number}" for number in range(9)]
    assert {PARTITIONS.of(key) for key in keys} == set(range(PARTITIONS.count))
    await people.do(*RELEASED, *((key, SHIFT, wf.PLANNER, wf.at(0, 0)) for key in keys), *POSTPONED)
    reactor = await begun(
        Reactor(SplitLog(people.log), people.writer, clock, MANAGERS, partitions=PARTITIONS, batch=batch)
    )
    await reactor.catch_up()
    assert sorted(key for key, _ in await people.events()) == keys
    await people.close()
