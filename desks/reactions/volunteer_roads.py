"""What a volunteer is on the way to, and what he leaves behind, wherever else it is known.

On the way in, what happens elsewhere is told to his part in the programme: approved, equipped, here. On the way out,
his shifts are cancelled, his uniform is called back, and where he had accepted an offer, his accreditation with the
organising committee ends.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management import volunteer_events as vol
from management.command import Recorded
from management.function_change import Withdraw
from management.participation_events import ApplicationOpened, ClearanceRefused, Cleared, Revoked, Withdrawn
from management.uniform import CallBack, ItemsIssued
from management.volunteer_commands import Activate, RecordAccreditation, RecordUniform
from management.workforce_commands import RecordTraining, ReleaseDuties
from management.workforce_events import AssignmentProposed, CheckedIn, PersonEnrolled, PersonReceived

__all__ = ["VOLUNTEER_ROADS", "State", "learn", "react"]

COMMITTEE = "OCOG"  # the category in which volunteers are accredited


class State(msgspec.Struct):
    """Where a volunteer is known."""

    parts: dict[str, list[str]] = {}  # person -> keys of his parts in programmes, those that he has not left
    rosters: dict[str, list[str]] = {}  # person -> keys of venues
    participations: dict[str, list[str]] = {}  # person -> those with the organising committee
    engaged: dict[str, None] = {}  # parts with an offer that was accepted
    assignments: dict[str, str] = {}  # venue's key, a space, assignment -> person


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember programmes, rosters, assignments and participations."""
    event, key = recorded.event, recorded.key
    match event:
        case vol.ApplicationOpened():
            _add(state.parts, event.person, key)
        case vol.OfferAccepted():
            state.engaged[key] = None
        case PersonEnrolled() | PersonReceived():
            _add(state.rosters, event.person, key)
        case AssignmentProposed():
            state.assignments[f"{key} {event.assignment}"] = event.person
        case ApplicationOpened() if event.category == COMMITTEE:
            _add(state.participations, key.removeprefix("per:"), event.participation)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Tell the programme, or have undone what belongs to it."""
    event, key = recorded.event, recorded.key
    match event:
        case Cleared() | ClearanceRefused() | Revoked() | Withdrawn():
            person = key.removeprefix("per:")
            approved = isinstance(event, Cleared)
            ours = event.participation in state.participations.get(person, ())
            return [Order(part, RecordAccreditation(approved)) for part in state.parts.get(person, ()) if ours]
        case ItemsIssued():
            return [Order(part, RecordUniform(True)) for part in state.parts.get(key.removeprefix("uni:"), ())]
        case CheckedIn():
            person = state.assignments.get(f"{key} {event.assignment}", "")
            return [Order(part, Activate()) for part in state.parts.get(person, ())]
        case vol.TrainingRecorded():
            person = key.rpartition(":")[2]
            return [Order(venue, RecordTraining(person, event.training)) for venue in state.rosters.get(person, ())]
        case vol.Withdrawn() | vol.Dismissed():
            return _leave(state, key, "WITHDRAWN" if isinstance(event, vol.Withdrawn) else "DISMISSED")
    return []


def _leave(state: State, part: str, reason: str) -> list[Order]:
    person = part.rpartition(":")[2]
    ours = state.participations.get(person, ()) if part in state.engaged else ()
    return [
        *(Order(venue, ReleaseDuties(person, reason)) for venue in state.rosters.get(person, ())),
        Order(f"uni:{person}", CallBack(reason)),
        *(Order(f"per:{person}", Withdraw(participation)) for participation in ours),
    ]


def _add(known: dict[str, list[str]], name: str, value: str) -> None:
    values = known.setdefault(name, [])
    if value not in values:
        values.append(value)


VOLUNTEER_ROADS = Manager("volunteer_roads", State, learn, react)
