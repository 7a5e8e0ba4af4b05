"""Somebody does not come: who could step in is looked for at his venue, and then at all others, who lend him.

A manager holds the workforce of every venue as it stands, since only all of them together say who is free where. It
proposes; each venue decides with its own guards. A loan goes home, there, home: let go, received, confirmed; or refused
and cancelled, and then somebody else is looked for.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desks.reactions.reaction import Manager, Order
from management import workforce
from management.attendance_board import replacements
from management.command import Recorded
from management.stand_in import arrival_of
from management.workforce_commands import (
    CancelLoan,
    ConfirmLoan,
    FindReplacement,
    LoanPerson,
    ReceivePerson,
    TakeBack,
)
from management.workforce_events import (
    AbsenceReported,
    LoanRefused,
    NobodyFound,
    NoShowRecorded,
    PersonLent,
    PersonReceived,
    PersonReturned,
)
from schemas.policy.workforce import Policy

__all__ = ["State", "learn", "react", "stand_ins"]


class State(msgspec.Struct):
    """The workforce of every venue."""

    policy: Policy
    venues: dict[str, workforce.State] = {}  # by key
    versions: dict[str, int] = {}
    sent: dict[str, tuple[str, str]] = {}  # person -> to which venue's key he is lent, for which assignment


def learn(state: State, recorded: Recorded[Any]) -> None:
    """Take in what happened at a venue, once."""
    key = recorded.key
    if not key.startswith("wf:") or recorded.version <= state.versions.get(key, 0):
        return
    state.versions[key] = recorded.version
    workforce.evolve(state.venues.setdefault(key, workforce.State()), recorded.event)
    assignment = ""
    match recorded.event:
        case NobodyFound():
            assignment = recorded.event.assignment
        case LoanRefused(person=person) if state.sent.get(person, ("", ""))[0] == key:
            assignment = state.sent[person][1]
    if assignment and (found := _elsewhere(state, recorded, assignment)):
        state.sent[found] = (key, assignment)


def react(state: State, recorded: Recorded[Any]) -> list[Order]:
    """Look for somebody; see to the loans."""
    event, key = recorded.event, recorded.key
    match event:
        case AbsenceReported() | NoShowRecorded():
            return [Order(key, FindReplacement(event.assignment, recorded.id))]
        case NobodyFound():
            return _lend(state, key, event.assignment)
        case PersonLent():
            home = key.removeprefix("wf:")
            received = ReceivePerson(event.person, home, event.profile, event.access, event.duties)
            return [Order(f"wf:{event.to}", received)]
        case PersonReceived():
            confirmed = [Order(f"wf:{event.home}", ConfirmLoan(event.person))]
            there, assignment = state.sent.get(event.person, ("", ""))
            return confirmed + ([Order(key, FindReplacement(assignment, recorded.id))] if there == key else [])
        case LoanRefused():
            there, assignment = state.sent.get(event.person, ("", ""))
            another = _lend(state, key, assignment, refused=event.person) if there == key else []
            return [Order(f"wf:{event.home}", CancelLoan(event.person)), *another]
        case PersonReturned():
            return [Order(f"wf:{event.home}", TakeBack(event.person, event.duties))]
    return []


def _lend(state: State, key: str, assignment: str, refused: str = "") -> list[Order]:
    """Ask for the newest who was found elsewhere for an assignment, unless it is who was refused."""
    sent = [person for person, where in state.sent.items() if where == (key, assignment)]
    venue = key.removeprefix("wf:")
    return [Order(f"wf:{_home(state, one)}", LoanPerson(one, venue)) for one in sent[-1:] if one != refused]


def _home(state: State, person: str) -> str:
    for venue in state.venues.values():
        worker = venue.workers.get(person)
        if worker is not None and worker.home:
            return worker.home
    return ""


def _elsewhere(state: State, recorded: Recorded[Any], assignment: str) -> str:
    """Return who of another venue could work instead, the one who has worked least; "" where there is nobody."""
    here = state.venues[recorded.key]
    shift = here.shifts[here.assignments[assignment].shift]
    expected = arrival_of(shift.starts, recorded.at, state.policy.travel_default)
    if expected >= shift.ends:
        return ""
    free = [
        worker
        for key, venue in sorted(state.venues.items())
        if key != recorded.key
        for worker in venue.workers.values()
        if worker.place == "HERE" and f"wf:{worker.home}" == key and worker.person not in state.sent
    ]
    fit = replacements(here, assignment, free, state.policy, expected)
    return fit[0] if fit else ""


def stand_ins(policy: Policy) -> Manager:
    """Return the manager, under the rules of the Games."""
    return Manager("stand_ins", lambda: State(policy), learn, react)
