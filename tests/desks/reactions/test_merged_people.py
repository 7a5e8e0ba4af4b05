"""A record that goes on in another one: that one adopts the participations."""

from __future__ import annotations

from desks.reactions.merged_people import MERGED_PEOPLE
from desks.reactions.reaction import Order
from management.participation import Participation
from management.person_record import AdoptParticipation, PersonMerged
from management.reservation import Claimed, PassClaim
from tests.desks.reactions.told import tell

ONE, TWO = (Participation(name, "AAA", "Aa", "ATHLETE") for name in ("A1", "A2"))


def test_each_participation_is_adopted_with_the_names_of_all_whose_records_they_were() -> None:
    merged = PersonMerged("P2", (ONE, TWO), ("P0",))
    assert tell(MERGED_PEOPLE, ("per:P1", merged)) == [
        Order("per:P2", AdoptParticipation(("P1", "P0"), ONE)),
        Order("per:P2", AdoptParticipation(("P1", "P0"), TWO)),
    ]


def test_every_document_of_the_record_passes_to_the_other() -> None:
    claims = [("uq:doc:7f", Claimed("7f01", "per:P1", 1)), ("uq:doc:7f", Claimed("7f02", "per:P3", 1))]
    assert tell(MERGED_PEOPLE, *claims, ("per:P1", PersonMerged("P2", (), ()))) == [
        Order("uq:doc:7f", PassClaim("7f01", "per:P1", "per:P2"))
    ]


def test_a_document_that_is_seen_after_the_merge_passes_too() -> None:
    merged, late = ("per:P1", PersonMerged("P2", (), ())), ("uq:doc:7f", Claimed("7f01", "per:P1", 1))
    assert tell(MERGED_PEOPLE, merged, late) == [Order("uq:doc:7f", PassClaim("7f01", "per:P1", "per:P2"))]
