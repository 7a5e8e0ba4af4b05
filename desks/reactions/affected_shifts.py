"""A unit that gets other times, or none, has the shifts that serve it looked at, at every venue."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.following_shifts import changes_of
from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.workforce_commands import MarkAffected
from management.workforce_events import ShiftPlanned

__all__ = ["AFFECTED_SHIFTS", "State", "learn", "react"]


class State(msgspec.Struct):
    """Which venues serve a unit: not only the one where it is held."""

    serving: dict[str, list[str]] = {}  # unit -> keys of venues


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember which units the shifts of a venue serve."""
    match recorded.event:
        case ShiftPlanned(shift=shift):
            for unit in shift.units:
                venues = state.serving.setdefault(unit, [])
                if recorded.key not in venues:
                    venues.append(recorded.key)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Mark what serves the units that changed; the event is the cause."""
    return [
        Order(venue, MarkAffected(change.unit, recorded.id))
        for change in changes_of(recorded.event)
        for venue in state.serving.get(change.unit, ())
    ]


AFFECTED_SHIFTS = Manager("affected_shifts", State, learn, react)
