"""Where a person's record goes on in another one, that one adopts the participations."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.person_record import AdoptParticipation, PersonMerged

__all__ = ["MERGED_PEOPLE", "State", "learn", "react"]


class State(msgspec.Struct):
    """Nothing: the event says it all."""


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember nothing."""


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Have the other record adopt each participation as it stood."""
    match recorded.event:
        case PersonMerged(into=into, records=records, sources=sources):
            people = (recorded.key.removeprefix("per:"), *sources)
            return [Order(f"per:{into}", AdoptParticipation(people, record)) for record in records]
    return []


MERGED_PEOPLE = Manager("merged_people", State, learn, react)
