"""Proposed changes: who proposes, approves, acknowledges, drops, and that they lapse."""

from __future__ import annotations

from management.command import Tick
from management.schedule_book import Advance, Cancel, Change, Move, Postpone, Reschedule
from management.schedule_proposals import (
    AcknowledgeChange,
    ApproveChange,
    ChangeAcknowledged,
    ChangeApproved,
    ChangeDropped,
    ChangeLapsed,
    ChangeProposed,
    DropChange,
    ProposeChange,
)
from tests.management.schedule_hands import (
    AUTHORITY,
    DAY,
    FINAL,
    HEAT1,
    HOUR,
    JULY,
    MEN,
    PLANNER,
    SWM_DELEGATE,
    SWM_MANAGER,
    SYSTEM,
    TOKYO,
    TRI_DELEGATE,
    TRI_MANAGER,
    Schedule,
    bay,
    later,
    noc,
    person,
    pool,
)

TEN = pool("2021-07-25T10:00")
LAPSES = JULY + DAY
POSTPONE = ProposeChange("C1", Postpone(MEN))
BOTH = ("SCHED_APPROVER", "IF_DELEGATE")


def released() -> Schedule:
    schedule = Schedule()
    final = pool("2021-07-26T11:00", medal=True)
    schedule.releases((MEN, bay("2021-07-26T08:00")), (HEAT1, TEN), (FINAL, final))
    return schedule


def earlier() -> Advance:
    plan = later(TEN, -HOUR)
    return Advance((Move(HEAT1, plan.start, plan.end, TOKYO),))


def test_a_change_is_proposed_by_the_schedule_the_federation_or_the_authority() -> None:
    schedule = released()
    assert schedule.refuses(POSTPONE, noc("AAA")) == "NOT_AUTHORISED"
    assert schedule.refuses(POSTPONE, SWM_DELEGATE) == "NOT_AUTHORISED"
    proposed = ChangeProposed("C1", Postpone(MEN), "tri-delegate", LAPSES, BOTH)
    assert schedule.does(POSTPONE, TRI_DELEGATE) == [proposed]
    assert schedule.does(POSTPONE, TRI_DELEGATE) == []
    assert schedule.refuses(POSTPONE, TRI_MANAGER) == "STATE"
    assert schedule.refuses(ProposeChange("C1", Cancel(MEN)), TRI_DELEGATE) == "STATE"


def test_a_set_over_disciplines_needs_the_role_in_each() -> None:
    schedule = released()
    moves = tuple(
        Move(code, plan.start + DAY, plan.end + DAY, TOKYO) for code, plan in schedule.state.live.plans.items()
    )
    assert schedule.refuses(ProposeChange("C1", Reschedule(moves)), TRI_MANAGER) == "NOT_AUTHORISED"
    schedule.does(ProposeChange("C1", Reschedule(moves)), PLANNER)
    assert schedule.refuses(ApproveChange("C1", "SCHED_APPROVER"), TRI_MANAGER) == "NOT_AUTHORISED"


def test_what_is_impossible_is_not_proposed() -> None:
    assert released().refuses(ProposeChange("C1", Postpone("TRI?")), PLANNER) == "UNKNOWN"


def test_each_kind_of_change_has_its_approvers() -> None:
    schedule = released()
    tomorrow = later(TEN, DAY)
    changes: dict[Change, tuple[str, ...]] = {
        Postpone(MEN): BOTH,
        Reschedule((Move(HEAT1, tomorrow.start, tomorrow.end, TOKYO),)): BOTH,
        earlier(): ("SCHED_APPROVER",),
        Cancel(HEAT1): BOTH,
        Cancel(FINAL): ("SCHED_APPROVER", "GAMES_AUTHORITY"),
    }
    for number, (change, missing) in enumerate(changes.items()):
        event = schedule.does(ProposeChange(f"C{number}", change), PLANNER)[0]
        assert event == ChangeProposed(f"C{number}", change, "planner", LAPSES, missing)


def test_each_approval_is_another_person_s_and_none_the_proposer_s() -> None:
    schedule = released()
    schedule.does(POSTPONE, TRI_MANAGER)
    assert schedule.refuses(ApproveChange("C1", "SCHED_APPROVER"), TRI_MANAGER) == "SAME_PERSON"
    both = person("both", "SCHED_APPROVER", "IF_DELEGATE")
    assert schedule.does(ApproveChange("C1", "SCHED_APPROVER"), both) == [
        ChangeApproved("C1", "SCHED_APPROVER", "both", override=False)
    ]
    assert schedule.refuses(ApproveChange("C1", "IF_DELEGATE"), both) == "SAME_PERSON"


def test_a_role_approves_once_and_for_its_discipline() -> None:
    schedule = released()
    schedule.does(POSTPONE, PLANNER)
    assert schedule.refuses(ApproveChange("C9", "IF_DELEGATE"), TRI_DELEGATE) == "UNKNOWN"
    assert schedule.refuses(ApproveChange("C1", "IF_DELEGATE"), SWM_DELEGATE) == "NOT_AUTHORISED"
    assert schedule.refuses(ApproveChange("C1", "SCHED_APPROVER"), TRI_DELEGATE) == "NOT_AUTHORISED"
    assert schedule.refuses(ApproveChange("C1", "GAMES_AUTHORITY"), AUTHORITY) == "STATE"
    schedule.does(ApproveChange("C1", "IF_DELEGATE"), TRI_DELEGATE)
    assert schedule.refuses(ApproveChange("C1", "IF_DELEGATE"), person("second", "IF_DELEGATE")) == "STATE"


def test_the_authority_may_override_what_an_advance_asks_for_once() -> None:
    schedule = released()
    schedule.does(ProposeChange("C1", earlier()), PLANNER)
    override = ApproveChange("C1", "GAMES_AUTHORITY")
    assert schedule.does(override, AUTHORITY) == [ChangeApproved("C1", "GAMES_AUTHORITY", "authority", override=True)]
    assert schedule.refuses(override, person("second", "GAMES_AUTHORITY")) == "STATE"
    proposal = schedule.state.proposals["C1"]
    assert (proposal.overridden, proposal.missing) == (True, ["SCHED_APPROVER"])


def test_an_organisation_acknowledges_an_advance_for_itself() -> None:
    schedule = released()
    schedule.does(ProposeChange("C1", earlier()), PLANNER)
    wish = AcknowledgeChange("C1", "AAA")
    assert schedule.refuses(wish, noc("BBB")) == "NOT_AUTHORISED"
    assert schedule.refuses(AcknowledgeChange("C9", "AAA"), noc("AAA")) == "UNKNOWN"
    assert schedule.does(wish, noc("AAA")) == [ChangeAcknowledged("C1", "AAA")]
    assert schedule.does(wish, noc("AAA")) == []
    schedule.does(ProposeChange("C2", Postpone(MEN)), PLANNER)
    assert schedule.refuses(AcknowledgeChange("C2", "AAA"), noc("AAA")) == "STATE"


def test_the_proposer_or_an_approver_ends_a_proposal() -> None:
    schedule = released()
    drop = DropChange("C1")
    schedule.does(POSTPONE, PLANNER)
    assert schedule.refuses(drop, SWM_MANAGER) == "NOT_AUTHORISED"
    assert schedule.does(drop, TRI_DELEGATE) == [ChangeDropped("C1", "tri-delegate")]
    assert schedule.refuses(drop, TRI_DELEGATE) == "UNKNOWN"
    schedule.does(POSTPONE, PLANNER)
    assert schedule.does(drop, PLANNER) == [ChangeDropped("C1", "planner")]
    assert (schedule.state.proposals, schedule.state.lapses) == ({}, [])


def test_a_proposal_that_nobody_carries_out_lapses() -> None:
    schedule = released()
    schedule.does(POSTPONE, PLANNER)
    schedule.does(ProposeChange("C2", Cancel(MEN)), PLANNER, JULY + 1)
    assert schedule.refuses(Tick(LAPSES), PLANNER) == "NOT_AUTHORISED"
    assert schedule.does(Tick(LAPSES - 1), SYSTEM) == []
    assert schedule.does(Tick(LAPSES), SYSTEM) == [ChangeLapsed("C1")]
    assert schedule.does(Tick(LAPSES + 1), SYSTEM) == [ChangeLapsed("C2")]
    assert schedule.refuses(ApproveChange("C1", "IF_DELEGATE"), TRI_DELEGATE) == "UNKNOWN"
