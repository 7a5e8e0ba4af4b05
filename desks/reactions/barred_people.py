"""Whoever is suspended or revoked works no shift, and his entries are flagged.

A person is barred while any of his participations is suspended or revoked: what somebody has done is not done in one
function only. Whatever he gets meanwhile, a place on a roster or a shift, is taken from him when it is seen, so it does
not matter which of the two events comes first. His card is blocked by his own record.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desks.reactions.reaction import Manager, Order
from management.command import Recorded
from management.entry_facts import FlagAthlete
from management.long_list import AthleteLongListed
from management.participation_events import Closed, Reinstated, Revoked, Suspended, SuspensionLapsed, Withdrawn
from management.person_record import ParticipationAdopted
from management.workforce_commands import ReleaseDuties
from management.workforce_events import AssignmentProposed, PersonEnrolled, PersonReceived

__all__ = ["BARRED_PEOPLE", "State", "learn", "react"]

Flag = Literal["suspended", "revoked"]

FLAGS: dict[str, Flag] = {"SUSPENDED": "suspended", "REVOKED": "revoked"}  # status of a participation -> flag


class State(msgspec.Struct):
    """Who is barred, and where he may have something to lose."""

    barred: dict[str, dict[str, Flag]] = {}  # person -> participation -> why
    rosters: dict[str, list[str]] = {}  # person -> keys of venues, in the order in which they came
    books: dict[str, list[str]] = {}  # athlete -> keys of entry books


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember who is barred, on whose roster, on whose long list."""
    event, person = recorded.event, recorded.key.removeprefix("per:")
    match event:
        case Suspended():
            state.barred.setdefault(person, {})[event.participation] = "suspended"
        case Revoked():
            state.barred.setdefault(person, {})[event.participation] = "revoked"
        case ParticipationAdopted(record=record) if record.status in FLAGS:
            state.barred.setdefault(person, {})[event.participation] = FLAGS[record.status]
        case Reinstated() | SuspensionLapsed() | Withdrawn() | Closed():
            state.barred.get(person, {}).pop(event.participation, None)
        case PersonEnrolled(person=worker) | PersonReceived(person=worker):
            _add(state.rosters, worker, recorded.key)
        case AthleteLongListed(athlete=athlete):
            _add(state.books, athlete, recorded.key)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Take the shifts and flag the entries of who is barred; take the flag away from who is no longer."""
    event, person = recorded.event, recorded.key.removeprefix("per:")
    match event:
        case Suspended() | Revoked() | ParticipationAdopted():
            flag = _flag(state, person)
            released = [Order(key, _release(person, flag)) for key in state.rosters.get(person, ()) if flag]
            return released + [Order(key, FlagAthlete(person, flag)) for key in state.books.get(person, ()) if flag]
        case Reinstated() | SuspensionLapsed():
            return [Order(key, FlagAthlete(person, _flag(state, person))) for key in state.books.get(person, ())]
        case PersonEnrolled(person=worker) | PersonReceived(person=worker) | AssignmentProposed(person=worker):
            flag = _flag(state, worker)
            return [Order(recorded.key, _release(worker, flag))] if flag else []
        case AthleteLongListed(athlete=athlete):
            flag = _flag(state, athlete)
            return [Order(recorded.key, FlagAthlete(athlete, flag))] if flag else []
    return []


def _add(known: dict[str, list[str]], person: str, key: str) -> None:
    keys = known.setdefault(person, [])
    if key not in keys:
        keys.append(key)


def _flag(state: State, person: str) -> Flag | None:
    """Return why somebody is barred, the graver of two reasons; None where he is not."""
    flags = state.barred.get(person, {}).values()
    return "revoked" if "revoked" in flags else next(iter(flags), None)


def _release(person: str, flag: Flag | None) -> ReleaseDuties:
    return ReleaseDuties(person, str(flag).upper())


BARRED_PEOPLE = Manager("barred_people", State, learn, react)
