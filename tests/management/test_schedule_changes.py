"""Short-notice changes: their guards, who stands behind them, and what becomes of the units."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from management.schedule_board import Conflict, Plan
from management.schedule_book import (
    TRANSITIONS,
    Advance,
    Cancel,
    Change,
    Move,
    Postpone,
    Reschedule,
    UnitChange,
    UnitStatus,
)
from management.schedule_changes import (
    CarryOutChange,
    DelayUnit,
    ReportUnit,
    UnitCancelled,
    UnitDelayed,
    UnitPostponed,
    UnitReported,
    UnitsRescheduled,
)
from management.schedule_conflicts import Delta
from management.schedule_draft import PlanUnit, Waiver
from management.schedule_proposals import AcknowledgeChange, ApproveChange, ProposeChange
from tests.management.schedule_hands import (
    AUTHORITY,
    CHIEF,
    DAY,
    FINAL,
    HEAT1,
    HEAT2,
    HOUR,
    JULY,
    MEN,
    MINUTE,
    PLANNER,
    SWM_DELEGATE,
    SWM_MANAGER,
    SYSTEM,
    TOKYO,
    TRI_DELEGATE,
    TRI_MANAGER,
    WOMEN,
    Schedule,
    bay,
    later,
    ms,
    noc,
    pool,
)

TEN = pool("2021-07-25T10:00")
EIGHT = bay("2021-07-26T08:00")
NONE = Delta()


def swimming() -> Schedule:
    schedule = Schedule()
    schedule.releases((HEAT1, TEN), (HEAT2, later(TEN, 10 * MINUTE)))
    return schedule


def triathlon() -> Schedule:
    schedule = Schedule()
    schedule.releases((MEN, EIGHT), (WOMEN, bay("2021-07-27T08:00")))
    return schedule


def to(unit: str, plan: Plan) -> Move:
    return Move(unit, plan.start, plan.end, plan.offset)


# -- delay ------------------------------------------------------------------------------------------------------------


def test_one_approver_of_the_discipline_delays_a_unit_and_conflicts_are_listed() -> None:
    schedule = swimming()
    wish = DelayUnit(HEAT1, TEN.start + 5 * MINUTE)
    assert schedule.refuses(wish, PLANNER) == "NOT_AUTHORISED"
    assert schedule.refuses(wish, TRI_MANAGER) == "NOT_AUTHORISED"
    after = later(TEN, 5 * MINUTE)
    clash = f"LOCATION:{HEAT1}:{HEAT2}"
    delta = Delta((), (Conflict(clash, "LOCATION", (HEAT1, HEAT2), TEN.start + 10 * MINUTE, 5 * MINUTE),))
    change = UnitChange(HEAT1, TEN, after)
    assert schedule.does(wish, SWM_MANAGER) == [UnitDelayed(change, False, "swm-manager", delta, delta)]
    unit = schedule.state.units[HEAT1]
    assert (unit.status, unit.sequence, schedule.state.live.plans[HEAT1]) == ("DELAYED", 2, after)
    back = DelayUnit(HEAT1, TEN.start + 20 * MINUTE)
    assert schedule.does(back, SWM_DELEGATE)[0].live == Delta((clash,))  # type: ignore[union-attr]


def test_a_delay_stays_within_the_sport_day() -> None:
    schedule = swimming()
    assert schedule.refuses(DelayUnit(HEAT1, ms("2021-07-26T03:00")), SWM_MANAGER) == "SAME_DAY"
    assert schedule.does(DelayUnit(HEAT1, ms("2021-07-26T02:59")), SWM_MANAGER)[0].tbd is False  # type: ignore[union-attr]


def test_a_delay_goes_forward_and_not_into_the_past() -> None:
    schedule = swimming()
    for start in (TEN.start, TEN.start - 1):
        assert schedule.refuses(DelayUnit(HEAT1, start), SWM_MANAGER) == "NOT_LATER"
    assert schedule.refuses(DelayUnit(HEAT1, TEN.start + 1), SWM_MANAGER, TEN.start + 2) == "NOT_LATER"


def test_a_delay_may_be_open_ended_until_a_time_is_known() -> None:
    schedule = swimming()
    change = UnitChange(HEAT1, TEN, TEN)
    assert schedule.does(DelayUnit(HEAT1), SWM_MANAGER) == [UnitDelayed(change, True, "swm-manager", NONE, NONE)]
    assert schedule.does(DelayUnit(HEAT1), SWM_MANAGER) == []
    assert schedule.state.units[HEAT1].tbd
    assert schedule.does(DelayUnit(HEAT1, TEN.start), SWM_MANAGER) == [
        UnitDelayed(change, False, "swm-manager", NONE, NONE)
    ]
    assert not schedule.state.units[HEAT1].tbd


def test_an_open_ended_delay_is_over_when_the_unit_gets_ready() -> None:
    schedule = swimming()
    schedule.does(DelayUnit(HEAT1), SWM_MANAGER)
    schedule.does(ReportUnit(HEAT1, "GETTING_READY"), SYSTEM)
    assert not schedule.state.units[HEAT1].tbd


def test_an_open_ended_delay_brings_the_draft_back_to_what_is_published() -> None:
    schedule = swimming()
    schedule.draft((HEAT1, later(TEN, 5 * MINUTE)))
    event = schedule.does(DelayUnit(HEAT1), SWM_MANAGER)[0]
    assert (event.draft, event.live) == (Delta((f"LOCATION:{HEAT1}:{HEAT2}",)), NONE)  # type: ignore[union-attr]
    assert schedule.state.draft == schedule.state.live


# -- approvals --------------------------------------------------------------------------------------------------------


def test_nothing_is_carried_out_before_all_have_approved() -> None:
    schedule = triathlon()
    schedule.does(ProposeChange("C1", Postpone(MEN)), PLANNER)
    go = CarryOutChange("C1")
    assert schedule.refuses(go, PLANNER) == "APPROVAL"
    schedule.does(ApproveChange("C1", "SCHED_APPROVER"), TRI_MANAGER)
    assert schedule.refuses(go, PLANNER) == "APPROVAL"
    schedule.does(ApproveChange("C1", "IF_DELEGATE"), TRI_DELEGATE)
    assert schedule.refuses(go, SWM_MANAGER) == "NOT_AUTHORISED"
    assert schedule.refuses(go, TRI_DELEGATE) == "NOT_AUTHORISED"
    assert schedule.does(go, TRI_MANAGER)[0].approvers == ("tri-manager", "tri-delegate")  # type: ignore[union-attr]
    assert schedule.refuses(go, TRI_MANAGER) == "UNKNOWN"


def test_what_became_impossible_is_not_carried_out() -> None:
    schedule = triathlon()
    schedule.approved("C1", Cancel(MEN), ("SCHED_APPROVER", TRI_MANAGER), ("IF_DELEGATE", TRI_DELEGATE))
    schedule.does(ReportUnit(MEN, "RUNNING"), SYSTEM)
    assert schedule.refuses(CarryOutChange("C1"), PLANNER) == "STATE"


# -- postpone, cancel -------------------------------------------------------------------------------------------------


def test_a_postponed_unit_gives_its_slot_free_and_keeps_its_entries() -> None:
    schedule = triathlon()
    schedule.starters(MEN, "AAA1", "BBB1")
    postponed = UnitPostponed(UnitChange(MEN, EIGHT, None), "C1", ("tri-manager", "tri-delegate"), NONE, NONE)
    assert schedule.tri("C1", Postpone(MEN)) == [postponed]
    unit = schedule.state.units[MEN]
    assert (unit.status, unit.last, unit.nocs, unit.sequence) == ("POSTPONED", EIGHT, ("AAA", "BBB"), 2)
    assert (MEN in schedule.state.live.plans, schedule.state.starts.athletes[MEN]) == (False, ("AAA1", "BBB1"))
    assert (schedule.state.draft, schedule.state.touched) == (schedule.state.live, {})


def test_postponing_heals_a_conflict() -> None:
    schedule = swimming()
    schedule.releases((FINAL, later(TEN, 5 * MINUTE)))
    schedule.approved("C1", Postpone(FINAL), ("SCHED_APPROVER", SWM_MANAGER), ("IF_DELEGATE", SWM_DELEGATE))
    gone = Delta((f"LOCATION:{FINAL}:{HEAT1}", f"LOCATION:{FINAL}:{HEAT2}"))
    event = schedule.does(CarryOutChange("C1"), PLANNER)[0]
    assert (event.draft, event.live, schedule.state.waived) == (gone, gone, {})  # type: ignore[union-attr]


def test_a_medal_is_cancelled_with_the_authority_only() -> None:
    schedule = Schedule()
    medal = pool("2021-07-25T11:00", medal=True)
    schedule.releases((FINAL, medal))
    schedule.approved("C1", Cancel(FINAL), ("SCHED_APPROVER", SWM_MANAGER), ("GAMES_AUTHORITY", AUTHORITY))
    assert schedule.does(CarryOutChange("C1"), PLANNER) == [
        UnitCancelled(UnitChange(FINAL, medal, None), "C1", ("swm-manager", "authority"), NONE, NONE)
    ]
    assert schedule.state.units[FINAL].status == "CANCELLED"


def test_a_unit_that_was_only_drafted_may_be_cancelled() -> None:
    schedule = Schedule()
    schedule.draft((MEN, EIGHT))
    assert schedule.tri("C1", Cancel(MEN))[0].change == UnitChange(MEN, None, None)  # type: ignore[union-attr]
    assert (schedule.state.draft.plans, schedule.state.touched) == ({}, {})


# -- reschedule -------------------------------------------------------------------------------------------------------


def test_a_postponed_unit_gets_another_time_with_its_venue_as_it_was() -> None:
    schedule = triathlon()
    schedule.tri("C1", Postpone(MEN))
    after = bay("2021-07-27T11:00")
    both = ("tri-manager", "tri-delegate")
    assert schedule.tri("C2", Reschedule((to(MEN, after),))) == [
        UnitsRescheduled((UnitChange(MEN, None, after),), "reschedule", "C2", both, False, (), NONE, NONE)
    ]
    assert (schedule.state.units[MEN].status, schedule.state.live.plans[MEN]) == ("RESCHEDULED", after)


def test_two_units_change_places_at_once() -> None:
    schedule = triathlon()
    women = bay("2021-07-27T08:00")
    event = schedule.tri("C1", Reschedule((to(WOMEN, EIGHT), to(MEN, women))))[0]
    assert event.changes == (UnitChange(MEN, EIGHT, women), UnitChange(WOMEN, women, EIGHT))  # type: ignore[union-attr]
    assert schedule.state.live.plans == {MEN: women, WOMEN: EIGHT}


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ((), "PLAN"),
        ((to(MEN, bay("2021-07-28T08:00")), to(MEN, bay("2021-07-29T08:00"))), "PLAN"),
        ((Move(MEN, EIGHT.end, EIGHT.start, TOKYO),), "PLAN"),
        ((Move(MEN, EIGHT.start, EIGHT.end, TOKYO, venue="XXX"),), "PLAN"),
        ((to(MEN, bay("2021-07-28T08:00")), to(WOMEN, bay("2021-08-02T08:00"))), "TARGET"),
        ((to(MEN, bay("2021-07-28T08:00")), to(HEAT1, TEN)), "UNKNOWN"),
    ],
)
def test_a_set_is_rescheduled_as_a_whole_or_not_at_all(moves: tuple[Move, ...], code: str) -> None:
    schedule = triathlon()
    before = schedule.state.live.plans.copy()
    assert schedule.refuses(ProposeChange("C1", Reschedule(moves)), PLANNER) == code
    assert schedule.state.live.plans == before


def test_a_contingency_day_and_another_venue_are_targets() -> None:
    schedule = triathlon()
    contingency = bay("2021-08-01T08:00")
    schedule.tri("C1", Reschedule((to(MEN, contingency),)))
    assert schedule.state.live.plans[MEN] == contingency
    start = ms("2021-07-30T08:00")
    move = Move(WOMEN, start, start + HOUR, TOKYO, "STA", "TRACK", "Asia/Tokyo")
    schedule.tri("C2", Reschedule((move,)))
    assert schedule.state.live.plans[WOMEN].place == "STA/TRACK"


def test_the_conflicts_that_it_makes_are_waived_by_name() -> None:
    schedule = triathlon()
    after = bay("2021-07-27T10:45")
    move = Reschedule((to(MEN, after),))
    schedule.approved("C1", move, ("SCHED_APPROVER", TRI_MANAGER), ("IF_DELEGATE", TRI_DELEGATE))
    name = f"LOCATION:{MEN}:{WOMEN}"
    waiver = Waiver(name, "the course stands")
    assert schedule.refuses(CarryOutChange("C1"), PLANNER) == "CONFLICTS"
    assert schedule.refuses(CarryOutChange("C1", (waiver, Waiver("REST:A:B", "?"))), PLANNER) == "WAIVER"
    assert schedule.refuses(CarryOutChange("C1", (Waiver(name, ""),)), PLANNER) == "WAIVER"
    event = schedule.does(CarryOutChange("C1", (waiver,)), PLANNER)[0]
    assert event.waivers == (waiver,)  # type: ignore[union-attr]
    assert schedule.state.waived == {name: "the course stands"}
    schedule.releases((HEAT1, TEN))  # needs no other waiver


def test_a_conflict_that_only_the_draft_does_not_have_is_not_waived_there() -> None:
    schedule = triathlon()
    schedule.draft((WOMEN, bay("2021-07-28T08:00")))
    name = f"LOCATION:{MEN}:{WOMEN}"
    schedule.tri("C1", Reschedule((to(MEN, bay("2021-07-27T10:45")),)), Waiver(name, "the course stands"))
    assert (schedule.state.waived, list(schedule.state.live.conflicts)) == ({}, [name])


def test_a_rescheduled_unit_keeps_what_is_published_and_not_what_is_drafted() -> None:
    schedule = triathlon()
    schedule.draft((MEN, replace(EIGHT, location="LAGOON")))
    schedule.tri("C1", Reschedule((to(MEN, bay("2021-07-28T08:00")),)))
    assert schedule.state.live.plans[MEN].location == "COURSE"


# -- advance ----------------------------------------------------------------------------------------------------------


def advance(schedule: Schedule) -> None:
    """Have heat 1 proposed an hour earlier, approved by the manager of swimming."""
    change = Advance((to(HEAT1, later(TEN, -HOUR)),))
    schedule.approved("C1", change, ("SCHED_APPROVER", SWM_MANAGER))


def test_every_organisation_with_an_entry_acknowledges_an_advance() -> None:
    schedule = swimming()
    schedule.starters(HEAT1, "AAA1", "BBB1")
    schedule.starters(HEAT2, "CCC1")
    advance(schedule)
    go = CarryOutChange("C1")
    schedule.does(AcknowledgeChange("C1", "AAA"), noc("AAA"))
    assert schedule.refuses(go, PLANNER) == "ACKNOWLEDGEMENT"
    schedule.does(AcknowledgeChange("C1", "BBB"), noc("BBB"))
    change = UnitChange(HEAT1, TEN, later(TEN, -HOUR))
    assert schedule.does(go, PLANNER) == [
        UnitsRescheduled((change,), "advance", "C1", ("swm-manager",), False, (), NONE, NONE)
    ]
    assert schedule.state.units[HEAT1].status == "RESCHEDULED"


def test_an_advance_needs_its_notice() -> None:
    schedule = swimming()
    advance(schedule)
    go, noticed = CarryOutChange("C1"), TEN.start - HOUR - 12 * HOUR
    assert schedule.refuses(go, PLANNER, noticed + 1) == "NOTICE"
    assert schedule.does(go, PLANNER, noticed)[0].kind == "advance"  # type: ignore[union-attr]


def test_the_authority_does_without_notice_and_acknowledgements() -> None:
    schedule = swimming()
    schedule.starters(HEAT1, "AAA1")
    advance(schedule)
    schedule.does(ApproveChange("C1", "GAMES_AUTHORITY"), AUTHORITY)
    event = schedule.does(CarryOutChange("C1"), PLANNER, TEN.start - 2 * HOUR)[0]
    assert (event.overridden, event.approvers) == (True, ("swm-manager", "authority"))  # type: ignore[union-attr]


def test_what_a_rescheduled_set_starts_earlier_needs_the_same() -> None:
    schedule = triathlon()
    schedule.starters(MEN, "AAA1")
    schedule.starters(WOMEN, "BBB1")
    women = bay("2021-07-27T08:00")
    swap = Reschedule((to(WOMEN, EIGHT), to(MEN, women)))
    schedule.approved("C1", swap, ("SCHED_APPROVER", TRI_MANAGER), ("IF_DELEGATE", TRI_DELEGATE))
    go, noticed = CarryOutChange("C1"), EIGHT.start - 12 * HOUR
    assert schedule.refuses(go, PLANNER, noticed + 1) == "NOTICE"
    assert schedule.refuses(go, PLANNER, noticed) == "ACKNOWLEDGEMENT"
    schedule.does(AcknowledgeChange("C1", "BBB"), noc("BBB"))  # the men start later, so AAA is not asked
    assert schedule.does(go, PLANNER, noticed)[0].kind == "reschedule"  # type: ignore[union-attr]


def test_an_advance_goes_back_in_time() -> None:
    schedule = swimming()
    for plan in (TEN, later(TEN, DAY)):
        assert schedule.refuses(ProposeChange("C1", Advance((to(HEAT1, plan),))), PLANNER) == "NOT_EARLIER"


# -- statuses ---------------------------------------------------------------------------------------------------------


def test_the_results_side_tells_what_happens() -> None:
    schedule = swimming()
    assert schedule.refuses(ReportUnit(HEAT1, "RUNNING"), CHIEF) == "NOT_AUTHORISED"
    assert schedule.refuses(ReportUnit(FINAL, "RUNNING"), SYSTEM) == "UNKNOWN"
    for status in ("GETTING_READY", "RUNNING", "INTERRUPTED", "RUNNING", "FINISHED", "RUNNING"):
        assert schedule.does(ReportUnit(HEAT1, status), SYSTEM) == [UnitReported(HEAT1, status)]
        assert schedule.does(ReportUnit(HEAT1, status), SYSTEM) == []
        assert schedule.state.units[HEAT1].status == status
    assert schedule.refuses(ReportUnit(HEAT2, "FINISHED"), SYSTEM) == "STATE"


TRIED: dict[str, set[UnitStatus]] = {  # as the facts have it, and RESCHEDULED where they say SCHEDULED
    "delay": {"SCHEDULED", "GETTING_READY", "DELAYED", "RESCHEDULED"},
    "postpone": {"SCHEDULED", "GETTING_READY", "RUNNING", "DELAYED", "INTERRUPTED", "RESCHEDULED"},
    "reschedule": {"SCHEDULED", "DELAYED", "POSTPONED", "INTERRUPTED", "RESCHEDULED"},
    "advance": {"SCHEDULED", "RESCHEDULED"},
    "cancel": {"UNSCHEDULED", "SCHEDULED", "GETTING_READY", "DELAYED", "INTERRUPTED", "POSTPONED", "RESCHEDULED"},
}


@pytest.mark.parametrize("status", get_args(UnitStatus))
@pytest.mark.parametrize("verb", sorted(TRIED))
def test_every_change_has_the_statuses_that_it_is_possible_in(verb: str, status: UnitStatus) -> None:
    assert (verb in TRANSITIONS[status]) is (status in TRIED[verb])
    schedule = triathlon()
    if status in ("UNSCHEDULED", "POSTPONED", "CANCELLED"):
        change: Change = Cancel(MEN) if status == "CANCELLED" else Postpone(MEN)
        schedule.tri("C0", change)
    schedule.state.units[MEN].status = status
    earlier, afterwards = bay("2021-07-25T08:00"), bay("2021-07-28T08:00")
    wishes = {
        "delay": DelayUnit(MEN),
        "postpone": ProposeChange("C1", Postpone(MEN)),
        "reschedule": ProposeChange("C1", Reschedule((to(MEN, afterwards),))),
        "advance": ProposeChange("C1", Advance((to(MEN, earlier),))),
        "cancel": ProposeChange("C1", Cancel(MEN)),
    }
    by = TRI_MANAGER if verb == "delay" else PLANNER
    if status in TRIED[verb]:
        assert len(schedule.does(wishes[verb], by)) == 1
    else:
        assert schedule.refuses(wishes[verb], by) == "STATE"


def test_a_plan_of_the_draft_is_no_reason_to_change_a_postponed_unit_by_release() -> None:
    schedule = triathlon()
    schedule.tri("C1", Postpone(MEN))
    schedule.does(PlanUnit(MEN, bay("2021-07-28T08:00")), PLANNER, JULY)
    assert schedule.state.units[MEN].status == "POSTPONED"
    schedule.tri("C2", Reschedule((to(MEN, bay("2021-07-29T08:00")),)))
    assert schedule.state.draft == schedule.state.live
