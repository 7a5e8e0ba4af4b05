"""The aggregate of the entries: one book for each discipline, under the key ``ebk:{discipline}``.

Long lists, places and their routes, entries by name, exceptions, sanctions and replacements have a file each; here they
come together. A decision that returns places also gives them anew, where their routes do so at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from management import (
    entry,
    entry_exception,
    entry_facts,
    entry_results,
    long_list,
    place,
    reallocation,
    replacement,
    sanction,
)
from management.command import Received, Refusal, Tick
from management.entry_book import Code, State
from management.entry_exception import ExceptionGranted, GrantException
from management.place import PlaceReturned
from schemas.policy.entries import Policy

__all__ = ["PREFIX", "Code", "Command", "Event", "State", "decide", "due", "evolve"]

PREFIX = "ebk"

Command = (
    long_list.Command
    | GrantException
    | entry_facts.Command
    | entry_results.Command
    | place.Command
    | reallocation.Command
    | entry.Command
    | sanction.Command
    | replacement.Command
    | Tick
)
Event = (
    long_list.Event
    | ExceptionGranted
    | entry_facts.Event
    | entry_results.Event
    | place.Event
    | reallocation.Event
    | entry.Event
    | sanction.Event
    | replacement.Event
)

_PARTS = (long_list, entry_exception, entry_facts, entry_results, place, reallocation, entry, sanction, replacement)
_DECIDE: Mapping[type, Callable[..., Any]] = MappingProxyType(
    {command: rule for part in _PARTS for command, rule in part.DECIDE.items()}
)
_EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {event: change for part in _PARTS for event, change in part.EVOLVE.items()}
)


def decide(state: State, received: Received[Any], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it is refused."""
    events: list[Event] | Refusal = _DECIDE[type(received.command)](state, received, policy)
    if isinstance(events, Refusal) or not any(isinstance(event, PlaceReturned) for event in events):
        return events
    discipline = policy.disciplines[received.key.removeprefix("ebk:")]
    return [*events, *reallocation.anew(state, events, discipline, policy, received.at)]


def evolve(state: State, event: Event) -> None:
    """Change the book by what happened."""
    _EVOLVE[type(event)](state, event)


def due(state: State) -> int | None:
    """Return the earliest deadline of a place, ms; None where no place waits."""
    return state.deadlines[0][0] if state.deadlines else None
