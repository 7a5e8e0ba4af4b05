"""Where a person's record goes on in another one, that one adopts the participations, and has the documents."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.person_record import AdoptParticipation, PersonMerged
from management.reservation import Claimed, ClaimPassed, PassClaim

__all__ = ["MERGED_PEOPLE", "State", "learn", "react"]


class State(msgspec.Struct):
    """Which documents a record has claimed, and where it goes on; the event says the rest."""

    documents: dict[str, list[tuple[str, str]]] = {}  # "per:P1" -> key and value of each
    into: dict[str, str] = {}  # "per:P2" -> "per:P1"


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who has which document."""
    match recorded.event:
        case Claimed(value=value, ref=ref) | ClaimPassed(value=value, to=ref) if recorded.key.startswith("uq:doc:"):
            claims = state.documents.setdefault(ref, [])
            if (recorded.key, value) not in claims:
                claims.append((recorded.key, value))
        case PersonMerged(into=into):
            state.into[recorded.key] = f"per:{into}"


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Have the other record adopt each participation as it stood, and every document."""
    match recorded.event:
        case PersonMerged(into=into, records=records, sources=sources):
            people = (recorded.key.removeprefix("per:"), *sources)
            adopt = [Order(f"per:{into}", AdoptParticipation(people, record)) for record in records]
            claims = state.documents.get(recorded.key, ())
            return adopt + [Order(key, PassClaim(value, recorded.key, f"per:{into}")) for key, value in claims]
        case Claimed(value=value, ref=ref) | ClaimPassed(value=value, to=ref) if ref in state.into:
            return [Order(recorded.key, PassClaim(value, ref, state.into[ref]))]
    return []


MERGED_PEOPLE = Manager("merged_people", State, learn, react)
