"""A volunteer's offer and the place that the headcount holds for it go together, to the end of both.

Offered, filled and given back follow from what became of the offer. A hold that expires is dropped by the person's part
first, and released by that. The next reserve is called by the headcount itself; the offer to him is made by the desk,
since it needs his birth date, which no event has. Where the desk does not, his hold expires too.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.headcount import (
    FillPlace,
    HoldExpired,
    MarkOffered,
    PlaceHeld,
    PlaceReleased,
    ReleasePlace,
    ReserveCalled,
)
from management.volunteer_commands import DropHold
from management.volunteer_events import (
    Dismissed,
    HoldDropped,
    OfferAccepted,
    OfferLapsed,
    OfferMade,
    OfferRejected,
    Withdrawn,
)

__all__ = ["VOLUNTEER_PLACES", "State", "learn", "react"]

# -- what became of the offer, or of the person -> why the place is free ----------------------------------------------

REASONS: dict[type, str] = {
    OfferRejected: "REJECTED",
    OfferLapsed: "LAPSED",
    Withdrawn: "WITHDRAWN",
    Dismissed: "DISMISSED",
    HoldDropped: "EXPIRED",
}


class State(msgspec.Struct):
    """Which headcount a hold is of, from the hold or the offer to the release."""

    headcounts: dict[str, str] = {}  # hold -> key


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember where a hold is."""
    match recorded.event:
        case PlaceHeld(hold=hold) | ReserveCalled(hold=hold):
            state.headcounts[hold] = recorded.key
        case OfferMade(hold=hold, venue=venue, role=role):  # which may be seen before the hold is
            state.headcounts[hold] = f"hc:{_programme(recorded.key)}:{venue}:{role}"
        case PlaceReleased(hold=hold):
            state.headcounts.pop(hold, None)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell the headcount what became of the offer, and the person's part that a hold expired."""
    match recorded.event:
        case OfferMade(hold=hold):
            return _tell(state, hold, MarkOffered(hold))
        case OfferAccepted(hold=hold):
            return _tell(state, hold, FillPlace(hold))
        case OfferRejected() | OfferLapsed() | Withdrawn() | Dismissed() | HoldDropped() as freed:
            return _tell(state, freed.hold, ReleasePlace(freed.hold, REASONS[type(freed)]))
        case HoldExpired(hold=hold, person=person):
            return [Order(f"vol:{_programme(recorded.key)}:{person}", DropHold(hold))]
    return []


def _tell(state: State, hold: str, command: MarkOffered | FillPlace | ReleasePlace) -> list[Order]:
    """Return a command to the headcount of a hold; none where there is no hold, or it was released already."""
    return [Order(state.headcounts[hold], command)] if hold in state.headcounts else []


def _programme(key: str) -> str:
    return key.split(":")[1]


VOLUNTEER_PLACES = Manager("volunteer_places", State, learn, react)
