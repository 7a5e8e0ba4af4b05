"""Ap becomes Aa once a place is held for it, and who leaves makes room first."""

from __future__ import annotations

from desks.reactions.exchanged_functions import exchanged_functions
from desks.reactions.reaction import Order
from management.application import HoldGrant
from management.function_change import ChangeFunction
from management.participation_events import ApplicationOpened, FunctionChanged, QuotaReleased
from management.quota import HoldQuota, QuotaHeld
from management.replacement import AthleteReplaced, FunctionChangeAsked
from tests.desks.reactions.told import tell
from tests.management.accredited import T20

MANAGER = exchanged_functions(T20)
IN = ("per:IN", ApplicationOpened("A1", "AAA", "Ap", "ALTERNATE", "SWM", "x"))
OUT = ("per:OUT", ApplicationOpened("A2", "AAA", "Aa", "ATHLETE", "SWM", "x"))
COMES = ("ebk:SWM", FunctionChangeAsked("IN", "Ap", "Aa", "R1"))
GOES = ("ebk:SWM", FunctionChangeAsked("OUT", "Aa", "Ap", "R1"))


def replaced(*, reversible: bool) -> tuple[str, AthleteReplaced]:
    return ("ebk:SWM", AthleteReplaced("R1", "AAA", "E", "OUT", "IN", "MEDICAL", reversible, ()))


def test_a_place_is_held_and_then_the_function_changes() -> None:
    before = (IN, OUT, replaced(reversible=False), COMES)
    assert tell(MANAGER, *before) == [Order("ro:AAA", HoldQuota("Aa", "per:IN/A1"))]
    held = ("ro:AAA", QuotaHeld("H1", "Aa", "per:IN/A1", 99))
    change = ChangeFunction("A1", "Aa", "ATHLETE", "SWM", HoldGrant("H1", "AAA", "Aa", 99))
    assert tell(MANAGER, *before, held) == [Order("per:IN", change)]


def test_who_leaves_for_a_while_goes_first() -> None:
    before = (IN, OUT, replaced(reversible=True), GOES)
    assert tell(MANAGER, *before) == [Order("ro:AAA", HoldQuota("Ap", "per:OUT/A2"))]
    assert tell(MANAGER, *before, COMES) == []
    gone = (("per:OUT", FunctionChanged("A2", "Ap", "ALTERNATE", "SWM", "H0", 2, "x")),)
    free = ("per:OUT", QuotaReleased("A2", "OLD", "AAA", "Aa"))
    assert tell(MANAGER, *before, COMES, *gone, free) == [Order("ro:AAA", HoldQuota("Aa", "per:IN/A1"))]


def test_a_place_that_somebody_else_asked_for_is_none_of_its_business() -> None:
    assert tell(MANAGER, IN, ("ro:AAA", QuotaHeld("H1", "Aa", "per:IN/A1", 99))) == []


def test_who_has_no_participation_to_exchange_is_left_alone() -> None:
    assert tell(MANAGER, OUT, replaced(reversible=False), COMES) == []
