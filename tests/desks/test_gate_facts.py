"""What gates are sent follows what happened: entitlements, released venues, and shifts that people were told of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from desks.gate_facts import GateFacts
from desks.gate_publication import Entitlements
from desks.outcome import Position
from management.card_events import CardProduced
from management.command import Recorded
from management.entitlement import Override
from management.gate import Shift, Span
from management.participation_events import ApplicationOpened, EntitlementChanged, FunctionChanged
from management.schedule_book import UnitChange
from management.schedule_draft import ScheduleReleased
from management.shift import Shift as Planned
from management.workforce_events import (
    AssignmentProposed,
    AssignmentPublished,
    NoShowRecorded,
    ShiftMoved,
    ShiftPlanned,
    SwapApproved,
    SwapProposed,
)
from tests.desks.people import POLICIES
from tests.management import schedule_hands as sch

ANN, BOB, WF = "per:ANN", "per:BOB", "wf:STA"


def told(*happened: tuple[str, Any]) -> GateFacts:
    facts = GateFacts(POLICIES)
    for number, (key, event) in enumerate(happened, 1):
        recorded = Recorded(str(UUID(int=number)), key, number, event, "c", "x", 0)
        facts.take(recorded, Position(0, number))
    return facts


def shift(name: str, starts: int) -> tuple[str, ShiftPlanned]:
    return (WF, ShiftPlanned(Planned(name, "STA", "STEWARD", "BLUE", starts, starts + 8, 0, 0, 1, 2)))


def on(name: str, shift: str, person: str) -> list[tuple[str, Any]]:
    return [(WF, AssignmentProposed(name, shift, person, 1, 1)), (WF, AssignmentPublished(name, 9))]


CARDS: list[tuple[str, Any]] = [
    (ANN, ApplicationOpened("A1", "OC", "OCOG", "VENUE_TEAM", "", "x")),
    (ANN, CardProduced(1, 10, "A1", 0, 9, "x")),
    (BOB, ApplicationOpened("B1", "AAA", "Aa", "ATHLETE", "SWM", "x")),
    (BOB, CardProduced(2, 11, "B1", 0, 9, "x")),
]
WORK = [shift("s1", 100), shift("s2", 200), *on("a1", "s1", "ANN"), *on("a2", "s2", "BOB")]


def test_a_shift_opens_gates_for_every_card_of_whom_was_told_and_at_its_newest_times() -> None:
    facts = told(*CARDS, *WORK).facts(7)
    assert facts.shifts == {1: (Shift("STA", Span(100, 108)),), 2: (Shift("STA", Span(200, 208)),)}
    moved = told(*CARDS, *WORK, (WF, ShiftMoved("s1", 150, 158, 0, 0)))
    assert moved.facts(7).shifts[1] == (Shift("STA", Span(150, 158)),)
    assert moved.version > told(*CARDS, *WORK).version
    assert 1 not in told(*CARDS, *WORK, (WF, NoShowRecorded("a1"))).facts(7).shifts
    assert told(*CARDS, shift("s1", 100), on("a1", "s1", "ANN")[0]).facts(7).shifts == {}  # planned, not told


def test_who_changed_places_is_let_in_by_the_others_hours() -> None:
    swapped = told(*CARDS, *WORK, (WF, SwapProposed("w", "a1", "a2", 9)), (WF, SwapApproved("w", "a3", "a4")))
    assert swapped.facts(7).shifts == {1: (Shift("STA", Span(200, 208)),), 2: (Shift("STA", Span(100, 108)),)}


def test_a_card_opens_what_its_function_and_its_own_grants_say() -> None:
    grant = Override("GRANT", "x", 99, "MPC", "4")
    changed = (ANN, EntitlementChanged("A1", (grant,), 3, "x"))
    known = Entitlements(told(*CARDS, changed).facts(7))
    assert (known[1].version, known[1].overrides) == (3, (grant,))
    assert known[2].discipline == "SWM"
    exchanged = (BOB, FunctionChanged("B1", "Ap", "ALTERNATE", "SWM", "H", 2, "x"))
    assert Entitlements(told(*CARDS, exchanged).facts(7))[2].venues == ("TRP", "OLP")


def test_the_venues_of_a_discipline_are_those_of_the_released_schedule() -> None:
    units = ((sch.HEAT1, sch.pool("2021-07-25T10:00")), (sch.MEN, sch.bay("2021-07-30T08:00")))
    released = ScheduleReleased(1, tuple(UnitChange(unit, None, plan) for unit, plan in units), ())
    facts = told(("sch:T20", released)).facts(7)
    assert facts.released == {"SWM": ("AQU",), "TRI": ("BAY",)}
    assert facts.operating["AQU"] == (Span(*((w := POLICIES["sch"].venues["AQU"].window).first, w.end)),)
