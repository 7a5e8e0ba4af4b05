"""Whoever is suspended or revoked loses his shifts and has his entries flagged, whichever was known first."""

from __future__ import annotations

from desks.reactions.barred_people import BARRED_PEOPLE
from desks.reactions.reaction import Order
from management.entry_facts import FlagAthlete
from management.long_list import AthleteLongListed
from management.participation import Participation
from management.participation_events import Reinstated, Revoked, Suspended, SuspensionLapsed, Withdrawn
from management.person_record import ParticipationAdopted
from management.worker import Access, Profile
from management.workforce_commands import ReleaseDuties
from management.workforce_events import AssignmentProposed, PersonEnrolled, PersonReceived
from tests.desks.reactions.told import tell

AT_HOME = ("wf:STA", PersonEnrolled("P1", "STA", Profile()))
LENT = ("wf:BAY", PersonReceived("P1", "STA", Profile(), Access(), ()))
SOMEBODY = ("wf:AQU", PersonEnrolled("P2", "AQU", Profile()))
LISTED = ("ebk:SWM", AthleteLongListed("AAA", "P1", "M"))
SUSPENDED = ("per:P1", Suspended("A1", reason="X", by="sup", until=None, confirm_by=None))
SUSPENDED_TOO = ("per:P1", Suspended("A2", reason="X", by="sup", until=None, confirm_by=None))
REVOKED = ("per:P1", Revoked("A1", requested_by="sup", approved_by="auth"))
REINSTATED = ("per:P1", Reinstated("A1", by="sup"))
LAPSED = ("per:P1", SuspensionLapsed("A1", cause="ENDED"))
WITHDRAWN = ("per:P1", Withdrawn("A1", by="ro"))
PROPOSED = ("wf:STA", AssignmentProposed("x", "early", "P1", 0, 0))


def adopted(status: str) -> tuple[str, ParticipationAdopted]:
    record = Participation("A1", "AAA", "Aa", "ATHLETE", status=status)  # type: ignore[arg-type]
    return ("per:P1", ParticipationAdopted("A1", sources=("P9",), record=record))


def test_a_suspended_person_is_taken_off_every_roster_and_flagged_in_every_book() -> None:
    assert tell(BARRED_PEOPLE, AT_HOME, SOMEBODY, LENT, LISTED, SUSPENDED) == [
        Order("wf:STA", ReleaseDuties("P1", "SUSPENDED")),
        Order("wf:BAY", ReleaseDuties("P1", "SUSPENDED")),
        Order("ebk:SWM", FlagAthlete("P1", "suspended")),
    ]


def test_revoked_is_graver_than_suspended() -> None:
    expected = [Order("wf:STA", ReleaseDuties("P1", "REVOKED")), Order("ebk:SWM", FlagAthlete("P1", "revoked"))]
    assert tell(BARRED_PEOPLE, AT_HOME, LISTED, SUSPENDED, REVOKED) == expected
    assert tell(BARRED_PEOPLE, AT_HOME, LISTED, SUSPENDED, REVOKED, SUSPENDED_TOO) == expected


def test_a_roster_a_shift_or_a_long_list_that_is_seen_later_is_no_way_around_it() -> None:
    release = Order("wf:STA", ReleaseDuties("P1", "SUSPENDED"))
    assert tell(BARRED_PEOPLE, SUSPENDED, AT_HOME) == [release]
    assert tell(BARRED_PEOPLE, SUSPENDED, LENT) == [Order("wf:BAY", ReleaseDuties("P1", "SUSPENDED"))]
    assert tell(BARRED_PEOPLE, AT_HOME, SUSPENDED, PROPOSED) == [release]
    assert tell(BARRED_PEOPLE, SUSPENDED, LISTED) == [Order("ebk:SWM", FlagAthlete("P1", "suspended"))]


def test_a_participation_that_is_adopted_brings_its_sanctions() -> None:
    assert tell(BARRED_PEOPLE, AT_HOME, adopted("REVOKED")) == [Order("wf:STA", ReleaseDuties("P1", "REVOKED"))]
    assert tell(BARRED_PEOPLE, AT_HOME, LISTED, adopted("APPROVED")) == []


def test_who_is_barred_no_longer_loses_his_flag_and_may_be_planned_for() -> None:
    for over in (REINSTATED, LAPSED):
        assert tell(BARRED_PEOPLE, LISTED, SUSPENDED, over) == [Order("ebk:SWM", FlagAthlete("P1", None))]
        assert tell(BARRED_PEOPLE, AT_HOME, SUSPENDED, over, PROPOSED) == []
    assert tell(BARRED_PEOPLE, SUSPENDED, WITHDRAWN, AT_HOME) == []


def test_one_participation_that_stands_again_does_not_clear_another() -> None:
    flagged = [Order("ebk:SWM", FlagAthlete("P1", "suspended"))]
    assert tell(BARRED_PEOPLE, LISTED, SUSPENDED, SUSPENDED_TOO, REINSTATED) == flagged


def test_nothing_follows_for_somebody_else() -> None:
    assert tell(BARRED_PEOPLE, SUSPENDED, SOMEBODY) == []
    assert tell(BARRED_PEOPLE, SUSPENDED, ("ebk:SWM", AthleteLongListed("AAA", "P2", "M"))) == []
