"""The offer to a reserve who is called: it needs the birth date, which the vault alone gives, and gives to nobody else.

Which days are offered, and how long the answer may take, is what the planners said last for the role at the venue, in
the newest offer made there. Where there was none, or the birth date cannot be read, nothing is offered here: the hold
expires, and the next one is called; the desk may still make the offer by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from desks.reactions.reaction import Order
from management.command import Recorded
from management.headcount import ReserveCalled
from management.publication import Sealed
from management.volunteer_commands import Hold, MakeOffer
from management.volunteer_events import ApplicationAmended, ApplicationOpened, OfferMade

__all__ = ["BornOf", "Offers"]

BornOf = Callable[[Sealed], date | None]


class Offers:
    """The effect."""

    name = "offers"
    prefixes: tuple[str, ...] = ("hc:", "vol:")

    def __init__(self, born_of: BornOf, clock: Callable[[], int]) -> None:
        """Take what opens a birth date, and the log's clock (microseconds): time to answer runs from the offer on."""
        self._born_of = born_of
        self._clock = clock
        self._sealed: dict[str, Sealed] = {}  # key of a part in a programme -> what the person said of himself last
        self._terms: dict[str, tuple[OfferMade, int]] = {}  # key of a headcount -> newest offer, ms to answer

    def learn(self, recorded: Recorded[Any]) -> None:
        """Remember what was said of a person, and the terms of offers."""
        event, key = recorded.event, recorded.key
        if isinstance(event, ApplicationOpened | ApplicationAmended) and event.sealed:
            if key.startswith("vol:"):
                self._sealed[key] = Sealed(key.rpartition(":")[2], key, recorded.cause, event.sealed)
        elif isinstance(event, OfferMade):
            programme = key.split(":")[1]
            self._terms[f"hc:{programme}:{event.venue}:{event.role}"] = (event, event.respond_by - recorded.at)

    async def carry_out(self, recorded: Recorded[Any]) -> list[Order]:
        """Make the offer to a reserve who was called."""
        event = recorded.event
        if not isinstance(event, ReserveCalled) or recorded.key not in self._terms:
            return []
        _, programme, venue, role = recorded.key.split(":", 3)
        part = f"vol:{programme}:{event.person}"
        sealed = self._sealed.get(part)
        born = self._born_of(sealed) if sealed else None
        if born is None:
            return []
        terms, answer = self._terms[recorded.key]
        hold = Hold(event.hold, event.person, role, venue)
        respond_by = self._clock() // 1000 + answer
        return [Order(part, MakeOffer(role, venue, terms.starts, terms.ends, respond_by, hold, born))]
