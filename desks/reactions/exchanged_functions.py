"""Who takes an athlete's start becomes an athlete, and who gives it up for a while an alternate: Ap -> Aa, Aa -> Ap.

A function of another category takes a place of its quota, which is held first; then the function changes, by which the
card is exchanged. Where both change, who leaves goes first: his place is the one that who comes takes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management.application import HoldGrant
from management.command import Recorded
from management.function_change import ChangeFunction
from management.participation_events import ApplicationOpened, FunctionChanged, QuotaReleased
from management.person_record import ParticipationAdopted
from management.quota import HoldQuota, QuotaHeld
from management.replacement import AthleteReplaced, FunctionChangeAsked
from schemas.policy.accreditation import Policy

__all__ = ["State", "exchanged_functions", "learn", "react"]


class _Function(msgspec.Struct):
    ro: str
    category: str
    discipline: str


class _Asked(msgspec.Struct):
    category: str
    after: str = ""  # athlete whose place has to be free first


class State(msgspec.Struct):
    """Who is what, and what he is to become."""

    policy: Policy
    people: dict[str, dict[str, _Function]] = {}  # person -> participation
    leaving: dict[str, str] = {}  # replacement -> who leaves
    away: dict[str, None] = {}  # who leaves and becomes an alternate
    asked: dict[str, _Asked] = {}  # subject of the hold, "per:P1/A1"


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Remember functions, and what is asked."""
    event, person = recorded.event, recorded.key.removeprefix("per:")
    match event:
        case ApplicationOpened():
            known = state.people.setdefault(person, {})
            known.setdefault(event.participation, _Function(event.ro, event.category, event.discipline))
        case ParticipationAdopted(record=record):
            function = _Function(record.ro, record.category, record.discipline)
            state.people.setdefault(person, {})[event.participation] = function
        case FunctionChanged():
            function = state.people[person][event.participation]
            function.category, function.discipline = event.category, event.discipline
            state.asked.pop(f"{recorded.key}/{event.participation}", None)
        case AthleteReplaced():
            state.leaving[event.replacement] = event.leaving
            if event.reversible:
                state.away[event.leaving] = None
        case FunctionChangeAsked():
            leaving = state.leaving.get(event.replacement, "")
            after = leaving if leaving in state.away and leaving != event.athlete else ""
            for subject in _subjects(state, event.athlete, event.from_function):
                state.asked[subject] = _Asked(event.to_function, after)
        case QuotaReleased():
            state.away.pop(person, None)


def _subjects(state: State, person: str, category: str) -> list[str]:
    functions = state.people.get(person, {})
    return [f"per:{person}/{name}" for name, function in functions.items() if function.category == category]


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Hold a place, and change the function once it is held."""
    event = recorded.event
    match event:
        case FunctionChangeAsked():
            subjects = _subjects(state, event.athlete, event.from_function)
            return [order for one in subjects if not state.asked[one].after for order in _hold(state, one)]
        case QuotaReleased():  # the place itself is released in this turn, and before
            person = recorded.key.removeprefix("per:")
            waiting = [one for one, asked in state.asked.items() if asked.after == person]
            return [order for one in waiting for order in _hold(state, one)]
        case QuotaHeld() if event.subject in state.asked:
            return _change(state, event, recorded.key.removeprefix("ro:"))
    return []


def _hold(state: State, subject: str) -> list[Order]:
    person, _, participation = subject.removeprefix("per:").partition("/")
    function = state.people[person][participation]
    return [Order(f"ro:{function.ro}", HoldQuota(state.asked[subject].category, subject))]


def _change(state: State, event: QuotaHeld, ro: str) -> list[Order]:
    key, _, participation = event.subject.partition("/")
    functions = state.policy.categories[event.category].functions
    discipline = state.people[key.removeprefix("per:")][participation].discipline
    if len(functions) != 1:
        return []  # which of them it is to be, somebody has to say
    hold = HoldGrant(event.hold, ro, event.category, event.until)
    return [Order(key, ChangeFunction(participation, event.category, next(iter(functions)), discipline, hold))]


def exchanged_functions(policy: Policy) -> Manager:
    """Return the manager, under the rules of the Games."""
    return Manager("exchanged_functions", lambda: State(policy), learn, react)
