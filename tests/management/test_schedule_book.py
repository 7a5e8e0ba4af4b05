"""The statuses of a unit as a table, and what the book says of changes."""

from __future__ import annotations

from typing import get_args

import pytest

from management.command import Actor, Grant, Refusal
from management.schedule_book import (
    TRANSITIONS,
    Advance,
    Cancel,
    Change,
    Move,
    Postpone,
    Reschedule,
    State,
    Unit,
    UnitStatus,
    Verb,
    holds,
    step,
    units_of,
)
from tests.management.schedule_hands import HEAT1, MEN, TOKYO, WOMEN

MOVES = (Move(MEN, 1, 2, TOKYO), Move(WOMEN, 3, 4, TOKYO))


def test_every_status_has_its_line_and_every_verb_its_use() -> None:
    assert set(TRANSITIONS) == set(get_args(UnitStatus))
    assert {verb for line in TRANSITIONS.values() for verb in line} == set(get_args(Verb))
    assert [status for status, line in TRANSITIONS.items() if not line] == ["CANCELLED"]


def test_a_rescheduled_unit_is_as_good_as_a_scheduled_one() -> None:
    assert TRANSITIONS["RESCHEDULED"] == TRANSITIONS["SCHEDULED"]


@pytest.mark.parametrize(
    ("change", "units"),
    [(Postpone(MEN), (MEN,)), (Cancel(MEN), (MEN,)), (Reschedule(MOVES), (MEN, WOMEN)), (Advance(MOVES), (MEN, WOMEN))],
)
def test_a_change_names_its_units(change: Change, units: tuple[str, ...]) -> None:
    assert units_of(change) == units


def test_a_role_is_held_for_the_disciplines_of_all_units() -> None:
    tri = Actor("tri", (Grant("SCHED_APPROVER", "discipline:TRI"),))
    both = Actor("both", (*tri.grants, Grant("SCHED_APPROVER", "discipline:SWM")))
    whole = Actor("whole", (Grant("SCHED_APPROVER"),))
    assert [holds(actor, "SCHED_APPROVER", (MEN, WOMEN)) for actor in (tri, both, whole)] == [True, True, True]
    assert [holds(actor, "SCHED_APPROVER", (MEN, HEAT1)) for actor in (tri, both, whole)] == [False, True, True]
    assert not holds(whole, "IF_DELEGATE", (MEN,))


def test_what_a_status_does_not_allow_is_refused_with_the_status() -> None:
    state = State(units={MEN: Unit("FINISHED")})
    assert step(state, MEN, "run") is None
    assert step(state, MEN, "delay") == Refusal("STATE", f"unit {MEN} is FINISHED", {"unit": MEN, "status": "FINISHED"})
    assert step(state, WOMEN, "run") == Refusal("UNKNOWN", f"there is no unit {WOMEN}", {"unit": WOMEN})
