"""When the size of a delegation is fixed, its entries are confirmed in every book that has some."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.delegation import DelegationFixed
from management.entry import AthleteEntered, ConfirmEntries

__all__ = ["FIXED_DELEGATIONS", "State", "learn", "react"]


class State(msgspec.Struct):
    """Where an organisation has entries."""

    books: dict[str, list[str]] = {}  # organisation -> keys of entry books


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who entered somebody where."""
    match recorded.event:
        case AthleteEntered(noc=noc):
            books = state.books.setdefault(noc, [])
            if recorded.key not in books:
                books.append(recorded.key)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Confirm the entries of a delegation."""
    match recorded.event:
        case DelegationFixed():
            noc = recorded.key.removeprefix("del:")
            return [Order(book, ConfirmEntries(noc)) for book in state.books.get(noc, ())]
    return []


FIXED_DELEGATIONS = Manager("fixed_delegations", State, learn, react)
