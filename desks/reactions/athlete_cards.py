"""What becomes of an athlete's card is told to the books in which he stands: no replacement before it is blocked."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desks.reactions.reaction import Manager, Order
from management.card_events import (
    CardDamaged,
    CardEvent,
    CardLost,
    CardReturned,
    CardRevoked,
    CardStolen,
    CardSuperseded,
    CardSuspended,
    CardUnblocked,
    CardValidated,
)
from management.command import Recorded
from management.entry_facts import ReportCard
from management.long_list import AthleteLongListed

__all__ = ["ATHLETE_CARDS", "State", "learn", "react"]

Card = Literal["active", "blocked", "exchanged"]

# -- what happened to a card -> what the book is told -----------------------------------------------------------------

SAYS: dict[type, Card] = {
    CardValidated: "active",
    CardUnblocked: "active",
    **dict.fromkeys((CardLost, CardStolen, CardDamaged, CardSuspended, CardRevoked), "blocked"),
    **dict.fromkeys((CardReturned, CardSuperseded), "exchanged"),
}


class State(msgspec.Struct):
    """Where somebody is on a long list, and how his card stands."""

    books: dict[str, list[str]] = {}  # athlete -> keys
    cards: dict[str, Card] = {}  # person


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who stands in which book, and the newest of his card."""
    event = recorded.event
    if isinstance(event, AthleteLongListed):
        books = state.books.setdefault(event.athlete, [])
        if recorded.key not in books:
            books.append(recorded.key)
    elif isinstance(event, CardEvent) and type(event) in SAYS:
        state.cards[recorded.key.removeprefix("per:")] = SAYS[type(event)]


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell the books; a book that learns of an athlete later is told how his card stands."""
    event, person = recorded.event, recorded.key.removeprefix("per:")
    if isinstance(event, AthleteLongListed):
        card = state.cards.get(event.athlete)
        return [Order(recorded.key, ReportCard(event.athlete, card))] if card else []
    if isinstance(event, CardEvent) and type(event) in SAYS:
        return [Order(book, ReportCard(person, SAYS[type(event)])) for book in state.books.get(person, ())]
    return []


ATHLETE_CARDS = Manager("athlete_cards", State, learn, react)
