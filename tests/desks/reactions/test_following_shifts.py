"""A shift keeps its distance to the units that it serves, whatever the clock on the wall does meanwhile."""

from __future__ import annotations

from datetime import datetime

import pytest

from desks.reactions.following_shifts import FOLLOWING_SHIFTS
from desks.reactions.reaction import Order
from desks.venue_clock import instant_of
from management.schedule_board import Plan
from management.schedule_book import UnitChange
from management.schedule_changes import UnitDelayed, UnitPostponed, UnitsRescheduled
from management.schedule_conflicts import Delta
from management.schedule_draft import ScheduleReleased
from management.shift import Shift
from management.workforce_commands import MoveShift
from management.workforce_events import ShiftCancelled, ShiftMoved, ShiftPlanned
from tests.desks.reactions.told import tell

HOUR = 3_600_000
NOTHING = Delta()
PARIS = "Europe/Paris"


def paris(text: str) -> int:
    """Return an instant by the clock of Paris."""
    return instant_of(PARIS, datetime.fromisoformat(text))


def plan(starts: str, hours: int = 2) -> Plan:
    start = paris(starts)
    return Plan("STA", "TRACK", start, start + hours * HOUR, PARIS, 0)


def released(**plans: Plan) -> tuple[str, ScheduleReleased]:
    return ("sch:T20", ScheduleReleased(1, tuple(UnitChange(unit, None, one) for unit, one in plans.items()), ()))


def moved(unit: str, to: Plan) -> tuple[str, UnitsRescheduled]:
    change = UnitChange(unit, None, to)
    return ("sch:T20", UnitsRescheduled((change,), "reschedule", "C", (), False, (), NOTHING, NOTHING))


def shift(starts: str, ends: str, *units: str) -> tuple[str, ShiftPlanned]:
    planned = Shift("s1", "STA", "STEWARD", "BLUE", paris(starts), paris(ends), 120, 120, 1, 2, units=units)
    return ("wf:STA", ShiftPlanned(planned))


def order(starts: str, ends: str, offset: int = 120, offset_ends: int = 120) -> list[Order]:
    return [Order("wf:STA", MoveShift("s1", paris(starts), paris(ends), offset, offset_ends))]


DAY = released(U1=plan("2030-07-20T10:00"), U2=plan("2030-07-20T14:00"))
BOTH = shift("2030-07-20T08:00", "2030-07-20T17:00", "U1", "U2")


def test_it_begins_so_long_before_the_first_and_ends_so_long_after_the_last() -> None:
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, moved("U1", plan("2030-07-20T11:00"))) == order(
        "2030-07-20T09:00", "2030-07-20T17:00"
    )
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, moved("U1", plan("2030-07-20T18:00"))) == order(
        "2030-07-20T12:00", "2030-07-20T21:00"
    )


def test_what_does_not_change_its_hours_moves_nothing() -> None:
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, moved("U2", plan("2030-07-20T13:00", 3))) == []
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, moved("U3", plan("2030-07-20T13:00"))) == []


def test_a_unit_without_a_time_leaves_it_to_the_venue() -> None:
    change = UnitChange("U1", plan("2030-07-20T10:00"), None)
    postponed = ("sch:T20", UnitPostponed(change, "C", (), NOTHING, NOTHING))
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, postponed) == []
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, postponed, moved("U2", plan("2030-07-20T15:00"))) == []
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, postponed, moved("U1", plan("2030-07-21T10:00"))) == order(
        "2030-07-20T12:00", "2030-07-21T13:00"
    )


def test_where_the_planners_put_it_is_how_it_is_meant() -> None:
    by_hand = ("wf:STA", ShiftMoved("s1", paris("2030-07-20T09:30"), paris("2030-07-20T16:00"), 120, 120))
    delayed = UnitDelayed(
        UnitChange("U1", None, plan("2030-07-20T10:30")), tbd=False, by="x", draft=NOTHING, live=NOTHING
    )
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, by_hand, ("sch:T20", delayed)) == order(
        "2030-07-20T10:00", "2030-07-20T16:00"
    )


def test_a_shift_that_is_gone_or_was_there_before_the_schedule_does_not_move() -> None:
    gone = ("wf:STA", ShiftCancelled("s1", "X"))
    assert tell(FOLLOWING_SHIFTS, DAY, BOTH, gone, moved("U1", plan("2030-07-20T11:00"))) == []
    assert tell(FOLLOWING_SHIFTS, BOTH, DAY) == []


@pytest.mark.parametrize(
    ("night", "to", "expected"),
    [
        # 26 October: at 03:00 it is 02:00 again. The shift has an hour more than the clock shows, and two offsets.
        ("2030-10-26T23:00", "2030-10-27T00:30", order("2030-10-26T23:30", "2030-10-27T04:30", 120, 60)),
        # 31 March: at 02:00 it is 03:00 at once.
        ("2030-03-30T23:00", "2030-03-31T00:30", order("2030-03-30T23:30", "2030-03-31T06:30", 60, 120)),
    ],
    ids=["an hour comes twice", "an hour is left out"],
)
def test_in_the_night_in_which_the_clocks_change_it_keeps_the_hours_that_there_are(
    night: str, to: str, expected: list[Order]
) -> None:
    at = released(U1=plan(night))
    start = paris(night) - HOUR
    planned = Shift("s1", "STA", "STEWARD", "BLUE", start, start + 6 * HOUR, 0, 0, 1, 2, units=("U1",))
    ((_, command, _),) = tell(FOLLOWING_SHIFTS, at, ("wf:STA", ShiftPlanned(planned)), moved("U1", plan(to)))
    assert [Order("wf:STA", command)] == expected
    assert command.ends - command.starts == 6 * HOUR
