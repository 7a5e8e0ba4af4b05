"""A record that goes on in another one: that one adopts the participations."""

from __future__ import annotations

from desks.reactions.merged_people import MERGED_PEOPLE
from desks.reactions.reaction import Order
from management.participation import Participation
from management.person_record import AdoptParticipation, PersonMerged
from tests.desks.reactions.told import tell

ONE, TWO = (Participation(name, "AAA", "Aa", "ATHLETE") for name in ("A1", "A2"))


def test_each_participation_is_adopted_with_the_names_of_all_whose_records_they_were() -> None:
    merged = PersonMerged("P2", (ONE, TWO), ("P0",))
    assert tell(MERGED_PEOPLE, ("per:P1", merged)) == [
        Order("per:P2", AdoptParticipation(("P1", "P0"), ONE)),
        Order("per:P2", AdoptParticipation(("P1", "P0"), TWO)),
    ]
