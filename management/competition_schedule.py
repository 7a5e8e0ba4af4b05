"""The aggregate of the competition schedule: one for a whole Games, under the key ``sch:{games}``.

The draft and its release, proposals, and short-notice changes have a file each; here they come together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from management import schedule_changes, schedule_draft, schedule_proposals
from management.command import Received, Refusal, Tick
from management.schedule_book import Code, State
from schemas.policy.schedule import Policy

__all__ = ["PREFIX", "Code", "Command", "Event", "State", "decide", "due", "evolve"]

PREFIX = "sch"

Command = schedule_draft.Command | schedule_proposals.Command | schedule_changes.Command | Tick
Event = schedule_draft.Event | schedule_proposals.Event | schedule_changes.Event

_PARTS = (schedule_draft, schedule_proposals, schedule_changes)
_DECIDE: Mapping[type, Callable[..., list[Any] | Refusal]] = MappingProxyType(
    {command: rule for part in _PARTS for command, rule in part.DECIDE.items()}
)
_EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {event: change for part in _PARTS for event, change in part.EVOLVE.items()}
)


def decide(state: State, received: Received[Any], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it is refused."""
    return _DECIDE[type(received.command)](state, received, policy)


def evolve(state: State, event: Event) -> None:
    """Change the schedule by what happened."""
    _EVOLVE[type(event)](state, event)


def due(state: State) -> int | None:
    """Return when the next proposal lapses, ms; None where none waits."""
    return state.lapses[0][0] if state.lapses else None
