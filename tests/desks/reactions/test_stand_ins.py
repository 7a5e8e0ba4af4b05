"""A loan that the other venue refuses is cancelled at home; the ways of those that it takes are tried on a log."""

from __future__ import annotations

from desks.reactions.reaction import Order
from desks.reactions.stand_ins import stand_ins
from management.worker import Access, Profile
from management.workforce_commands import CancelLoan, ReceivePerson
from management.workforce_events import LoanRefused, PersonEnrolled, PersonLent
from tests.desks.people import POLICIES
from tests.desks.reactions.told import tell

AT_HOME = ("wf:BAY", PersonEnrolled("ANN", "BAY", Profile()))
LENT = ("wf:BAY", PersonLent("ANN", "STA", Profile(), Access(), ()))
REFUSED = ("wf:STA", LoanRefused("ANN", "BAY"))


def test_who_is_refused_is_had_again_at_home() -> None:
    manager = stand_ins(POLICIES["wf"])
    assert tell(manager, AT_HOME, LENT) == [Order("wf:STA", ReceivePerson("ANN", "BAY", Profile(), Access(), ()))]
    assert tell(manager, AT_HOME, LENT, REFUSED) == [Order("wf:BAY", CancelLoan("ANN"))]
