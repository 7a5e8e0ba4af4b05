"""What a volunteer is on the way to is told to his programme, and what he leaves behind is seen to."""

from __future__ import annotations

import pytest

from desks.reactions.reaction import Order
from desks.reactions.volunteer_roads import VOLUNTEER_ROADS
from management import volunteer_events as vol
from management.function_change import Withdraw
from management.participation_events import ApplicationOpened, Cleared, Revoked
from management.uniform import CallBack, Item, ItemsIssued
from management.volunteer_commands import Activate, RecordAccreditation, RecordUniform
from management.worker import Profile
from management.workforce_commands import RecordTraining, ReleaseDuties
from management.workforce_events import AssignmentProposed, CheckedIn, PersonEnrolled
from tests.desks.reactions.told import tell

PART = "vol:MAIN:ANN"
APPLIED = (PART, vol.ApplicationOpened("ANN", "MAIN"))
ACCEPTED = (PART, vol.OfferAccepted("h1"))
OURS = ("per:ANN", ApplicationOpened("A1", "OC", "OCOG", "VENUE_TEAM", "", "x"))
PRESS = ("per:ANN", ApplicationOpened("A2", "AAA", "E", "JOURNALIST", "", "x"))
ENROLLED = ("wf:STA", PersonEnrolled("ANN", "STA", Profile()))


def test_what_happens_elsewhere_is_told_to_the_programme() -> None:
    known = (APPLIED, OURS, PRESS, ENROLLED, ("wf:STA", AssignmentProposed("a1", "s1", "ANN", 1, 1)))
    assert tell(VOLUNTEER_ROADS, *known, ("per:ANN", Cleared("A1", "x", 9))) == [Order(PART, RecordAccreditation(True))]
    assert tell(VOLUNTEER_ROADS, *known, ("per:ANN", Revoked("A1", "x", "y"))) == [
        Order(PART, RecordAccreditation(False))
    ]
    assert tell(VOLUNTEER_ROADS, *known, ("per:ANN", Cleared("A2", "x", 9))) == []
    issued = ("uni:ANN", ItemsIssued((Item("1", "JACKET"),)))
    assert tell(VOLUNTEER_ROADS, *known, issued) == [Order(PART, RecordUniform(True))]
    assert tell(VOLUNTEER_ROADS, *known, ("wf:STA", CheckedIn("a1", 1, "scan", 9))) == [Order(PART, Activate())]
    trained = (PART, vol.TrainingRecorded("GENERAL"))
    assert tell(VOLUNTEER_ROADS, *known, trained) == [Order("wf:STA", RecordTraining("ANN", "GENERAL"))]


@pytest.mark.parametrize(
    ("left", "reason"), [(vol.Withdrawn("", "h1"), "WITHDRAWN"), (vol.Dismissed("X", "h1"), "DISMISSED")]
)
def test_who_leaves_has_no_shift_no_uniform_and_no_accreditation(left: object, reason: str) -> None:
    assert tell(VOLUNTEER_ROADS, APPLIED, OURS, PRESS, ACCEPTED, ENROLLED, (PART, left)) == [
        Order("wf:STA", ReleaseDuties("ANN", reason)),
        Order("uni:ANN", CallBack(reason)),
        Order("per:ANN", Withdraw("A1")),
    ]


def test_who_never_accepted_an_offer_keeps_what_he_has_otherwise() -> None:
    left = (PART, vol.Withdrawn("", ""))
    assert tell(VOLUNTEER_ROADS, APPLIED, OURS, left) == [Order("uni:ANN", CallBack("WITHDRAWN"))]
