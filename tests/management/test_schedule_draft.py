"""The draft and its release: who plans, what is listed, and what a version asks for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from management.schedule_board import Conflict, Plan
from management.schedule_book import Postpone, Unit, UnitChange
from management.schedule_changes import DelayUnit, ReportUnit
from management.schedule_conflicts import Delta
from management.schedule_draft import (
    DraftChanged,
    MoveUnit,
    PlanUnit,
    RecordStarters,
    ReleaseVersion,
    ScheduleReleased,
    Starter,
    StartersRecorded,
    UnplanUnit,
    Waiver,
)
from tests.management.schedule_hands import (
    CHIEF,
    DAY,
    FINAL,
    HEAT1,
    HEAT2,
    HEATS,
    HOUR,
    JULY,
    MEN,
    MINUTE,
    PLANNER,
    SWM_MANAGER,
    SYSTEM,
    TOKYO,
    Schedule,
    bay,
    later,
    noc,
    person,
    pool,
)

TEN = pool("2021-07-25T10:00")
CLASH = f"LOCATION:{HEAT1}:{HEAT2}"


# -- drafting ---------------------------------------------------------------------------------------------------------


def test_a_planner_of_the_discipline_plans_a_unit() -> None:
    schedule = Schedule()
    assert schedule.refuses(PlanUnit(HEAT1, TEN), CHIEF) == "NOT_AUTHORISED"
    assert (
        schedule.refuses(PlanUnit(HEAT1, TEN), person("p", "SCHED_PLANNER", scope="discipline:ATH")) == "NOT_AUTHORISED"
    )
    planned = DraftChanged(UnitChange(HEAT1, None, TEN), Delta(), "planner")
    assert schedule.does(PlanUnit(HEAT1, TEN), PLANNER) == [planned]
    assert schedule.does(PlanUnit(HEAT1, TEN), PLANNER) == []
    assert (schedule.state.units, schedule.state.touched) == ({HEAT1: Unit(last=TEN)}, {HEAT1: None})


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        (HEATS, TEN),  # a phase
        (HEAT1[:22] + "------------", TEN),  # an event
        ("SWM", TEN),
        (HEAT1, replace(TEN, venue="XXX")),
        (HEAT1, replace(TEN, zone="Europe/Paris")),
        (HEAT1, replace(TEN, end=TEN.start)),
        (HEAT1, replace(TEN, end=TEN.start + DAY + 1)),
        (HEAT1, replace(TEN, offset=841)),
        (FINAL, replace(TEN, after=("HEATS",))),
        (FINAL, replace(TEN, after=(HEAT1,))),
    ],
)
def test_what_is_no_plan_is_refused(code: str, plan: Plan) -> None:
    assert Schedule().refuses(PlanUnit(code, plan), PLANNER) == "PLAN"


def test_a_plan_may_last_a_day_and_be_far_from_greenwich() -> None:
    plan = replace(TEN, end=TEN.start + DAY, offset=-840, after=(HEATS,))
    assert Schedule().does(PlanUnit(FINAL, plan), PLANNER)[0].change.after == plan  # type: ignore[union-attr]


def test_the_draft_may_conflict_and_each_change_lists_how() -> None:
    schedule = Schedule()
    schedule.draft((HEAT1, TEN))
    conflict = Conflict(CLASH, "LOCATION", (HEAT1, HEAT2), TEN.start + 5 * MINUTE, 5 * MINUTE)
    second = later(TEN, 5 * MINUTE)
    assert schedule.does(PlanUnit(HEAT2, second), PLANNER) == [
        DraftChanged(UnitChange(HEAT2, None, second), Delta((), (conflict,)), "planner")
    ]
    assert schedule.state.draft.conflicts == {CLASH: conflict}
    third = later(TEN, 10 * MINUTE)
    assert schedule.does(MoveUnit(HEAT2, third.start, third.end, TOKYO), PLANNER) == [
        DraftChanged(UnitChange(HEAT2, second, third), Delta((CLASH,)), "planner")
    ]
    assert schedule.state.draft.conflicts == {}


def test_a_unit_leaves_the_draft_and_only_what_is_there_moves() -> None:
    schedule = Schedule()
    schedule.draft((HEAT1, TEN))
    assert schedule.does(UnplanUnit(HEAT1), PLANNER) == [DraftChanged(UnitChange(HEAT1, TEN, None), Delta(), "planner")]
    assert schedule.does(UnplanUnit(HEAT1), PLANNER) == []
    assert schedule.refuses(MoveUnit(HEAT1, TEN.start, TEN.end, TOKYO), PLANNER) == "UNKNOWN"
    assert schedule.state.touched == {}


def test_who_starts_may_bring_conflicts_to_both_boards() -> None:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN), (FINAL, later(replace(TEN, location="TEN-LANES"), 20 * MINUTE)))
    assert schedule.refuses(RecordStarters(HEAT1, ()), PLANNER) == "NOT_AUTHORISED"
    assert schedule.refuses(RecordStarters(HEAT2, ()), SYSTEM) == "UNKNOWN"
    assert schedule.starters(HEAT1, "AAA1", "BBB1") == [
        StartersRecorded(HEAT1, (Starter("AAA1", "AAA"), Starter("BBB1", "BBB")), Delta(), Delta())
    ]
    assert schedule.starters(HEAT1, "BBB1", "AAA1") == []
    conflict = Conflict(f"REST:{FINAL}:{HEAT1}", "REST", (FINAL, HEAT1), TEN.start + 20 * MINUTE, 10 * MINUTE)
    delta = Delta((), (conflict,))
    assert schedule.starters(FINAL, "AAA1") == [StartersRecorded(FINAL, (Starter("AAA1", "AAA"),), delta, delta)]
    assert schedule.state.live.conflicts == schedule.state.draft.conflicts == {conflict.name: conflict}
    assert schedule.state.units[HEAT1].nocs == ("AAA", "BBB")
    gone = Delta((conflict.name,))
    assert schedule.starters(HEAT1, "BBB1") == [StartersRecorded(HEAT1, (Starter("BBB1", "BBB"),), gone, gone)]
    assert schedule.state.starts.units == {"BBB1": [HEAT1], "AAA1": [FINAL]}
    assert schedule.starters(HEAT1) == [StartersRecorded(HEAT1, (), Delta(), Delta())]
    assert (schedule.state.starts.athletes, schedule.state.units[HEAT1].nocs) == ({FINAL: ("AAA1",)}, ())


# -- release ----------------------------------------------------------------------------------------------------------


def test_a_version_publishes_the_difference_and_no_more() -> None:
    schedule = Schedule()
    schedule.draft((HEAT2, later(TEN, HOUR)), (HEAT1, TEN))
    first = (UnitChange(HEAT1, None, TEN), UnitChange(HEAT2, None, later(TEN, HOUR)))
    assert schedule.does(ReleaseVersion(1), CHIEF) == [ScheduleReleased(1, first, ())]
    assert {unit.status for unit in schedule.state.units.values()} == {"SCHEDULED"}
    assert schedule.refuses(ReleaseVersion(2), CHIEF) == "EMPTY"
    schedule.draft((HEAT1, later(TEN, DAY)), (HEAT2, later(TEN, 2 * HOUR)), (HEAT2, later(TEN, HOUR)))
    second = (UnitChange(HEAT1, TEN, later(TEN, DAY)),)
    assert schedule.does(ReleaseVersion(2), CHIEF) == [ScheduleReleased(2, second, ())]
    assert schedule.state.drafters == []
    assert (schedule.state.version, schedule.state.touched, schedule.state.draft) == (2, {}, schedule.state.live)
    assert [schedule.state.units[code].sequence for code in (HEAT1, HEAT2)] == [2, 1]


def test_an_approver_of_the_whole_schedule_releases_who_did_not_draft() -> None:
    schedule = Schedule()
    both = person("both", "SCHED_PLANNER", "SCHED_APPROVER")
    schedule.does(PlanUnit(HEAT1, TEN), both)
    assert schedule.refuses(ReleaseVersion(1), PLANNER) == "NOT_AUTHORISED"
    assert schedule.refuses(ReleaseVersion(1), SWM_MANAGER) == "NOT_AUTHORISED"
    assert schedule.refuses(ReleaseVersion(1), both) == "SAME_PERSON"
    schedule.does(ReleaseVersion(1), CHIEF)
    schedule.draft((HEAT2, later(TEN, HOUR)))
    assert schedule.does(ReleaseVersion(2), both)[0].version == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("version", [0, 2, 3])
def test_versions_follow_each_other(version: int) -> None:
    schedule = Schedule()
    schedule.draft((HEAT1, TEN))
    assert schedule.refuses(ReleaseVersion(version), CHIEF) == "VERSION"


def test_each_hard_conflict_is_waived_by_name_and_with_a_reason() -> None:
    schedule = Schedule()
    schedule.draft((HEAT1, TEN), (HEAT2, later(TEN, 5 * MINUTE)))
    waiver = Waiver(CLASH, "two lanes each")
    assert schedule.refuses(ReleaseVersion(1), CHIEF) == "CONFLICTS"
    assert schedule.refuses(ReleaseVersion(1, (waiver, Waiver("LOCATION:A:B", "?"))), CHIEF) == "WAIVER"
    assert schedule.refuses(ReleaseVersion(1, (Waiver(CLASH, " "),)), CHIEF) == "WAIVER"
    assert schedule.does(ReleaseVersion(1, (waiver,)), CHIEF)[0].waivers == (waiver,)  # type: ignore[union-attr]
    assert schedule.state.live.conflicts == schedule.state.draft.conflicts


def test_a_waiver_holds_as_long_as_the_conflict_is_the_same() -> None:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN), (HEAT2, later(TEN, 5 * MINUTE)))
    schedule.draft((FINAL, later(TEN, DAY)))
    assert schedule.does(ReleaseVersion(2), CHIEF)[0].waivers == ()  # type: ignore[union-attr]
    schedule.draft((HEAT2, later(TEN, 4 * MINUTE)))
    assert schedule.refuses(ReleaseVersion(3), CHIEF) == "CONFLICTS"


def test_shortly_before_its_start_a_published_unit_moves_by_a_short_notice_change_only() -> None:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN))
    schedule.draft((HEAT1, later(TEN, DAY)))
    assert schedule.refuses(ReleaseVersion(2), CHIEF, TEN.start - 2 * DAY + 1) == "FROZEN"
    assert schedule.does(ReleaseVersion(2), CHIEF, TEN.start - 2 * DAY)[0].version == 2  # type: ignore[union-attr]
    schedule.draft((HEAT1, TEN))
    assert schedule.refuses(ReleaseVersion(3), CHIEF, TEN.start - 2 * DAY + 1) == "FROZEN"  # it would start too soon


def test_a_unit_that_was_never_published_may_be_published_at_any_time() -> None:
    schedule = Schedule()
    schedule.draft((HEAT1, TEN))
    assert schedule.does(ReleaseVersion(1), CHIEF, TEN.start - 1)[0].version == 1  # type: ignore[union-attr]


def test_a_version_takes_a_unit_off_and_puts_it_on_again() -> None:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN))
    schedule.does(UnplanUnit(HEAT1), PLANNER)
    assert schedule.releases() == [ScheduleReleased(2, (UnitChange(HEAT1, TEN, None),), ())]
    assert schedule.state.units[HEAT1].status == "UNSCHEDULED"
    schedule.releases((HEAT1, TEN))
    assert schedule.state.units[HEAT1].status == "SCHEDULED"


def test_what_is_under_way_or_postponed_is_not_moved_by_a_version() -> None:
    schedule = Schedule()
    schedule.releases((MEN, bay("2021-07-26T08:00")), (HEAT1, TEN))
    schedule.does(ReportUnit(HEAT1, "RUNNING"), SYSTEM)
    schedule.tri("C1", Postpone(MEN))
    for code, plan in ((HEAT1, later(TEN, DAY)), (MEN, bay("2021-07-27T08:00"))):
        schedule.draft((code, plan))
        assert schedule.refuses(ReleaseVersion(2), CHIEF) == "STATE"
        before = schedule.state.live.plans.get(code)
        schedule.does(UnplanUnit(code) if before is None else PlanUnit(code, before), PLANNER)
    assert schedule.refuses(ReleaseVersion(2), CHIEF) == "EMPTY"


def test_a_delay_is_in_the_next_version_s_past() -> None:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN))
    schedule.draft((HEAT1, later(TEN, DAY)))
    schedule.does(DelayUnit(HEAT1, TEN.start + HOUR), SWM_MANAGER)
    assert (schedule.state.touched, schedule.state.draft) == ({}, schedule.state.live)
    assert schedule.refuses(ReleaseVersion(2), CHIEF, JULY) == "EMPTY"
    assert schedule.refuses(ReleaseVersion(2), noc("AAA")) == "NOT_AUTHORISED"
