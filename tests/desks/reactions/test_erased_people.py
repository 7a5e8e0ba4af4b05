"""Whoever was erased has no document any more; whoever was banned leaves its hash on the ban list."""

from __future__ import annotations

from typing import Any

import pytest

from desks.reactions.erased_people import ERASED_PEOPLE
from desks.reactions.reaction import Order
from management.participation import Participation
from management.participation_events import ClearanceRefused, Revoked
from management.person_record import ParticipationAdopted, PersonErased
from management.reservation import BANNED, Claimed, ClaimPassed, PassClaim, ReleaseClaim
from tests.desks.reactions.told import tell

FIRST, SECOND = ("uq:doc:7f", "7f01"), ("uq:doc:8a", "8a02")
CLAIMS = [(key, Claimed(value, "per:P1", 1)) for key, value in (FIRST, SECOND)]
ERASED = ("per:P1", PersonErased(()))


def test_every_document_is_given_up() -> None:
    others = ("uq:doc:7f", Claimed("7f99", "per:P2", 1)), ("uq:serial:1", Claimed("1", "per:P1", 1))
    assert tell(ERASED_PEOPLE, *CLAIMS, *others, ERASED) == [
        Order("uq:doc:7f", ReleaseClaim("7f01", "per:P1")),
        Order("uq:doc:8a", ReleaseClaim("8a02", "per:P1")),
    ]
    assert tell(ERASED_PEOPLE, ERASED) == []


@pytest.mark.parametrize("ban", [Revoked("A1", "a", "b"), ClearanceRefused("A1", "POLICE")])
def test_documents_of_a_banned_person_pass_to_the_ban_list(ban: Any) -> None:
    assert tell(ERASED_PEOPLE, CLAIMS[0], ("per:P1", ban), ERASED) == [
        Order("uq:doc:7f", PassClaim("7f01", "per:P1", BANNED))
    ]


def test_documents_and_bans_of_merged_records_go_along() -> None:
    record = Participation("A2", "AAA", "Aa", "ATHLETE", status="REVOKED")
    happened = [
        ("uq:doc:7f", Claimed("7f01", "per:P2", 1)),
        ("uq:doc:7f", ClaimPassed("7f01", "per:P1")),
        ("per:P1", ParticipationAdopted("A2", sources=("P2",), record=record)),
        ("per:P1", PersonErased(("P2",))),
    ]
    assert tell(ERASED_PEOPLE, *happened) == [
        Order("uq:doc:7f", PassClaim("7f01", "per:P1", BANNED)),
        Order("uq:doc:7f", PassClaim("7f01", "per:P2", BANNED)),
    ]


def test_a_document_that_is_seen_after_the_erasure_is_given_up_too() -> None:
    assert tell(ERASED_PEOPLE, ERASED, CLAIMS[0]) == [Order("uq:doc:7f", ReleaseClaim("7f01", "per:P1"))]
    banned = ("per:P1", Revoked("A1", "a", "b"))
    passed = ("uq:doc:7f", ClaimPassed("7f01", "per:P1"))
    assert tell(ERASED_PEOPLE, banned, ERASED, passed) == [Order("uq:doc:7f", PassClaim("7f01", "per:P1", BANNED))]
