"""The competition schedule as one aggregate: the acceptance scenario, the words on the log, its deadlines."""

from __future__ import annotations

from typing import get_args

import msgspec

from management.command import Role
from management.competition_schedule import Command, Event, State, due
from management.schedule_book import Move, Postpone, Reschedule, UnitChange
from management.schedule_changes import CarryOutChange, UnitPostponed, UnitsRescheduled
from management.schedule_conflicts import Delta
from management.schedule_draft import Waiver
from management.schedule_proposals import ApproveChange, ProposeChange
from schemas.policy.schedule import ChangeKind
from tests.management.schedule_hands import (
    DAY,
    MEN,
    PLANNER,
    T20,
    TOKYO,
    TRI_DELEGATE,
    TRI_MANAGER,
    WOMEN,
    Schedule,
    bay,
    ms,
)


def test_scenario_10_short_notice_postponement() -> None:
    schedule = Schedule()
    men, women, after = bay("2021-07-30T08:00"), bay("2021-07-31T08:00"), bay("2021-07-31T10:45")
    schedule.releases((MEN, men), (WOMEN, women))
    schedule.at = ms("2021-07-30T03:41")
    schedule.does(ProposeChange("C1", Postpone(MEN)), PLANNER)
    schedule.does(ApproveChange("C1", "SCHED_APPROVER"), TRI_MANAGER)
    assert schedule.refuses(CarryOutChange("C1"), PLANNER) == "APPROVAL"
    schedule.does(ApproveChange("C1", "IF_DELEGATE"), TRI_DELEGATE)
    both = ("tri-manager", "tri-delegate")
    assert schedule.does(CarryOutChange("C1"), PLANNER) == [
        UnitPostponed(UnitChange(MEN, men, None), "C1", both, Delta(), Delta())
    ]
    before = schedule.state.units[MEN].sequence
    waiver = Waiver(f"LOCATION:{MEN}:{WOMEN}", "right after the women, on the same course")
    event = schedule.tri("C2", Reschedule((Move(MEN, after.start, after.end, TOKYO),)), waiver)[0]
    assert isinstance(event, UnitsRescheduled)
    assert (event.changes, event.approvers) == ((UnitChange(MEN, None, after),), both)  # only what changed is told
    assert schedule.state.units[MEN].sequence == before + 1
    assert schedule.state.units[WOMEN].sequence == 1


def test_commands_and_events_are_told_apart_on_the_log() -> None:
    command = ProposeChange("C1", Reschedule((Move(MEN, 1, 2, TOKYO),)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=Command) == command
    schedule = Schedule()
    schedule.releases((MEN, bay("2021-07-30T08:00")), (WOMEN, bay("2021-07-30T09:00")))
    schedule.tri("C1", Postpone(MEN))
    for event in schedule.log:
        assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
    assert len({kind.__struct_config__.tag for kind in get_args(Command)}) == len(get_args(Command)) == 13
    assert len({kind.__struct_config__.tag for kind in get_args(Event)}) == len(get_args(Event)) == 13


def test_the_next_proposal_to_lapse_is_due() -> None:
    schedule = Schedule()
    schedule.releases((MEN, bay("2021-07-30T08:00")))
    assert due(State()) is None
    schedule.does(ProposeChange("C2", Postpone(MEN)), PLANNER, schedule.at + 5)
    schedule.does(ProposeChange("C1", Postpone(MEN)), PLANNER)
    assert due(schedule.state) == schedule.at + DAY


def test_every_role_that_the_policy_names_is_one() -> None:
    named = {role for roles in T20.approvals.values() for role in roles} | set(T20.delay_by)
    assert (named - set(get_args(Role)), set(T20.approvals)) == (set(), set(get_args(ChangeKind)))
