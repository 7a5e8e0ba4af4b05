"""A unit of the competition changes: what serves it is marked, wherever that is."""

from __future__ import annotations

from typing import Any

import pytest

from desks.reactions.affected_shifts import AFFECTED_SHIFTS
from desks.reactions.reaction import Order
from management.schedule_book import UnitChange
from management.schedule_changes import UnitCancelled, UnitDelayed, UnitPostponed, UnitsRescheduled
from management.schedule_conflicts import Delta
from management.schedule_draft import ScheduleReleased
from management.shift import Shift
from management.workforce_commands import MarkAffected
from management.workforce_events import ShiftPlanned
from tests.desks.reactions.told import recorded, tell


def planned(venue: str, *units: str) -> tuple[str, Any]:
    shift = Shift("s", venue, "STEWARD", "BLUE", 0, 1, 0, 0, 1, 1, units=units)
    return (f"wf:{venue}", ShiftPlanned(shift))


PLANNED = (planned("AQU", "U1", "U2"), planned("AQU", "U1"), planned("VIL", "U1"), planned("BAY", "U3"))
U1, U2, NOBODYS = (UnitChange(unit, None, None) for unit in ("U1", "U2", "U9"))
NONE = Delta()
CAUSE = recorded("", None, len(PLANNED) + 1).id
U1_AFFECTED = [Order("wf:AQU", MarkAffected("U1", CAUSE)), Order("wf:VIL", MarkAffected("U1", CAUSE))]


@pytest.mark.parametrize(
    "event",
    [
        UnitDelayed(U1, tbd=True, by="chief", draft=NONE, live=NONE),
        UnitPostponed(U1, "p", (), draft=NONE, live=NONE),
        UnitCancelled(U1, "p", (), draft=NONE, live=NONE),
    ],
    ids=["delayed", "postponed", "cancelled"],
)
def test_every_venue_that_serves_the_unit_is_told(event: Any) -> None:
    assert tell(AFFECTED_SHIFTS, *PLANNED, ("sch:T20", event)) == U1_AFFECTED


def test_a_version_or_a_set_tells_of_each_of_its_units() -> None:
    changes = (U1, U2, NOBODYS)
    both = [*U1_AFFECTED, Order("wf:AQU", MarkAffected("U2", CAUSE))]
    moved = UnitsRescheduled(changes, "reschedule", "p", (), overridden=False, waivers=(), draft=NONE, live=NONE)
    assert tell(AFFECTED_SHIFTS, *PLANNED, ("sch:T20", moved)) == both
    assert tell(AFFECTED_SHIFTS, *PLANNED, ("sch:T20", ScheduleReleased(2, changes, ()))) == both
