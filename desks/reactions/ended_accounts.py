"""Whoever is erased, or goes on in another record, has no account any more: nobody signs in as him."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.account import CloseAccount
from management.account_events import AccountClosed, AccountOpened
from management.command import Recorded
from management.person_record import PersonErased, PersonMerged

__all__ = ["ENDED_ACCOUNTS", "State", "learn", "react"]


class State(msgspec.Struct):
    """Who has an account, and who is to have none."""

    open: set[str] = set()
    gone: dict[str, str] = {}  # person -> why


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who has an account, and who has ended."""
    person = recorded.key.partition(":")[2]
    match recorded.event:
        case AccountOpened():
            state.open.add(person)
        case AccountClosed():
            state.open.discard(person)
        case PersonErased():
            state.gone[person] = "ERASED"
        case PersonMerged():
            state.gone.setdefault(person, "MERGED")


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Close the account of who has ended, whichever of the two comes first."""
    person = recorded.key.partition(":")[2]
    if not isinstance(recorded.event, AccountOpened | PersonErased | PersonMerged):
        return []
    if person in state.open and person in state.gone:
        return [Order(f"acct:{person}", CloseAccount(state.gone[person]))]
    return []


ENDED_ACCOUNTS = Manager("ended_accounts", State, learn, react)
