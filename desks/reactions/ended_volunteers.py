"""Whoever is erased is no volunteer any more: what he has applied for ends, and his place goes to the next one."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.person_record import PersonErased
from management.volunteer_commands import Withdraw
from management.volunteer_events import (
    ApplicationOpened,
    Completed,
    Dismissed,
    OfferLapsed,
    OfferRejected,
    Reserved,
    TurnedDown,
    Withdrawn,
)

__all__ = ["ENDED_VOLUNTEERS", "State", "learn", "react"]

ENDS = TurnedDown | Withdrawn | Dismissed | Completed | OfferRejected | OfferLapsed


class State(msgspec.Struct):
    """Which applications are live, and who is erased."""

    live: dict[str, dict[str, None]] = {}  # person -> keys of applications
    erased: set[str] = set()


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember what is live, and who is erased."""
    key = recorded.key
    match recorded.event:
        case PersonErased(sources=sources):
            state.erased |= {key.removeprefix("per:"), *sources}
        case ApplicationOpened() | Reserved() if key.startswith("vol:"):
            state.live.setdefault(_person(key), {})[key] = None
        case _ if isinstance(recorded.event, ENDS) and key.startswith("vol:"):
            state.live.get(_person(key), {}).pop(key, None)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """End the applications of who is erased; also those that are seen later."""
    match recorded.event:
        case PersonErased(sources=sources):
            people = (recorded.key.removeprefix("per:"), *sources)
            return [_end(key) for person in people for key in state.live.get(person, ())]
        case ApplicationOpened() | Reserved() if recorded.key in state.live.get(_person(recorded.key), ()):
            return [_end(recorded.key)] if _person(recorded.key) in state.erased else []
    return []


def _person(key: str) -> str:
    return key.rpartition(":")[2]


def _end(key: str) -> Order:
    return Order(key, Withdraw("ERASED"))


ENDED_VOLUNTEERS = Manager("ended_volunteers", State, learn, react)
