"""When the first unit of an event starts, as it is published, is told to the book of its entries.

Late replacements end so long before it. Where the first unit has no time any more, the book keeps the last that it had.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.following_shifts import changes_of
from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.entry import AthleteEntered
from management.entry_facts import SetFirstUnit
from schemas.rsc import event_of

__all__ = ["FIRST_UNITS", "State", "learn", "react"]


class State(msgspec.Struct):
    """What is published, and in which events somebody is entered: no other book asks."""

    starts: dict[str, dict[str, int]] = {}  # event -> unit -> ms
    entered: dict[str, None] = {}  # events


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember when units start, and where there are entries."""
    for change in changes_of(recorded.event):
        starts = state.starts.setdefault(event_of(change.unit), {})
        if change.after is None:
            starts.pop(change.unit, None)
        else:
            starts[change.unit] = change.after.start
    if isinstance(recorded.event, AthleteEntered):
        state.entered[recorded.event.event] = None


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell the books of the events that changed; and the book of an event in which somebody is entered."""
    events = dict.fromkeys(event_of(change.unit) for change in changes_of(recorded.event))
    if isinstance(recorded.event, AthleteEntered):
        events[recorded.event.event] = None
    return [
        Order(f"ebk:{event[:3]}", SetFirstUnit(event, min(starts.values())))
        for event in events
        if event in state.entered and (starts := state.starts.get(event))
    ]


FIRST_UNITS = Manager("first_units", State, learn, react)
