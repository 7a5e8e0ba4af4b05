"""The place in a quota: taken with the form, given back when it is needed no longer."""

from __future__ import annotations

from desks.reactions.quota_places import QUOTA_PLACES
from desks.reactions.reaction import Order
from management.participation import Participation
from management.participation_events import ApplicationOpened, FunctionChanged, QuotaReleased, Submitted, Verified
from management.person_record import ParticipationAdopted
from management.quota import ConfirmHold, ReleaseHold
from tests.desks.reactions.told import tell

OPENED = ApplicationOpened("A1", "AAA", "Aa", "ATHLETE", "SWM", by="ro")
OTHER = ApplicationOpened("A1", "BBB", "E", "JOURNALIST", "", by="ro")
SUBMITTED = Submitted("A1", by="ro", hold="H1", late=False)
CHANGED = FunctionChanged("A1", category="Ap", function="ALTERNATE", discipline="SWM", hold="H2", version=2, by="op")


def test_a_form_takes_the_place_that_was_held_for_it_in_the_book_of_its_organisation() -> None:
    happened = (("per:P1", OPENED), ("per:P2", OTHER), ("per:P1", SUBMITTED))
    assert tell(QUOTA_PLACES, *happened) == [Order("ro:AAA", ConfirmHold("H1"), in_time=True)]


def test_another_function_takes_its_place() -> None:
    assert tell(QUOTA_PLACES, ("per:P1", OPENED), ("per:P1", CHANGED)) == [
        Order("ro:AAA", ConfirmHold("H2"), in_time=True)
    ]


def test_an_adopted_participation_keeps_its_organisation() -> None:
    adopted = ParticipationAdopted("A1", sources=("P1",), record=Participation("A1", "AAA", "Aa", "ATHLETE"))
    assert tell(QUOTA_PLACES, ("per:P2", adopted), ("per:P2", CHANGED)) == [
        Order("ro:AAA", ConfirmHold("H2"), in_time=True)
    ]


def test_a_place_that_is_needed_no_longer_is_given_back() -> None:
    released = QuotaReleased("A1", hold="H1", ro="AAA", category="Aa")
    assert tell(QUOTA_PLACES, ("per:P1", released)) == [Order("ro:AAA", ReleaseHold("H1"))]


def test_from_anything_else_nothing_follows() -> None:
    assert tell(QUOTA_PLACES, ("per:P1", OPENED), ("per:P1", Verified("A1", by="op"))) == []
