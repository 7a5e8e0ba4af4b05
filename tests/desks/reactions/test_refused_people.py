"""Whoever answers for a participation is told that the security check has refused it, and nobody else."""

from __future__ import annotations

from uuid import UUID

from desks.reactions.reaction import Order
from desks.reactions.refused_people import REFUSED_PEOPLE
from management.notice import Notify
from management.participation import Participation
from management.participation_events import ApplicationOpened, ClearanceRefused, Cleared
from management.person_record import ParticipationAdopted
from tests.desks.reactions.told import tell

OPENED = ("per:P1", ApplicationOpened("A1", "AAA", "Aa", "ATHLETE", "SWM", "ro"))
OTHER = ("per:P2", ApplicationOpened("A1", "BBB", "Aa", "ATHLETE", "SWM", "ro"))
REFUSED = ("per:P1", ClearanceRefused("A1", "POLICE"))


def told(ro: str, number: int) -> list[Order]:
    news = Notify("per:P1/A1", "REQUEST", None, str(UUID(int=number)), "CLEARANCE_REFUSED")
    return [Order(f"ntc:ro:{ro}", news)]


def test_the_organisation_is_told_and_not_why() -> None:
    assert tell(REFUSED_PEOPLE, OPENED, OTHER, REFUSED) == told("AAA", 3)


def test_of_an_adopted_participation_whoever_answers_for_it_now_is_told() -> None:
    record = Participation("A1", "BBB", "Aa", "ATHLETE")
    adopted = ("per:P1", ParticipationAdopted("A1", sources=("P9",), record=record))
    assert tell(REFUSED_PEOPLE, OPENED, adopted, REFUSED) == told("BBB", 3)


def test_a_verdict_that_lets_somebody_in_tells_nobody() -> None:
    assert tell(REFUSED_PEOPLE, OPENED, ("per:P1", Cleared("A1", "POLICE", 9))) == []
