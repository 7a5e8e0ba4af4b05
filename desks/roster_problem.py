"""What a roster is to be made of, what comes out, and what it costs: the same for whatever makes it.

A problem holds the shifts that may still change and the people who may work them. What may not change is part of the
people: their duties. So whoever makes a roster can only keep to what is frozen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from management.assignment_rules import check_person, check_team
from management.command import Refusal
from management.ledger import Duty
from management.shift import Shift, duty_of
from management.worker import Worker
from management.workforce_state import COUNTED, OPEN, State
from schemas.policy.workforce import Policy, Weights

__all__ = [
    "Away",
    "Current",
    "Opening",
    "Pair",
    "Plan",
    "Problem",
    "Unfilled",
    "cost_of",
    "duties_of",
    "least_cost",
    "place_cost",
    "problem_of",
    "refused",
]

Pair = tuple[str, str]  # shift, person


class Opening(msgspec.Struct, frozen=True):
    """A shift that may still change, and who is on it for good."""

    shift: Shift
    held: tuple[Worker, ...] = ()

    @property
    def places(self) -> int:
        """How many more may work it."""
        return self.shift.places - len(self.held)


class Current(msgspec.Struct, frozen=True):
    """Who is planned for a shift now, and need not stay."""

    shift: str
    person: str
    assignment: str
    told: bool  # published


class Away(msgspec.Struct, frozen=True):
    """When a person cannot work: sick, or a day off that he was promised."""

    person: str
    starts: int  # ms since 1970 UTC
    ends: int


class Problem(msgspec.Struct, frozen=True):
    """A roster to make, or to make anew."""

    openings: tuple[Opening, ...]
    people: tuple[Worker, ...]  # with the duties that stay, whatever comes out
    current: tuple[Current, ...] = ()
    away: tuple[Away, ...] = ()
    weights: Weights = Weights()


class Unfilled(msgspec.Struct, frozen=True):
    """Places of a shift that nobody can take, and why."""

    shift: str
    places: int
    below_need: int  # how many of them
    # The last guard that anybody came to, in the order of the guards. NOBODY: there is nobody. CHANGE: somebody could,
    # and to tell him costs more than the place.
    reason: str
    refused: dict[str, int]  # code of a guard -> how many people it keeps off


class Plan(msgspec.Struct, frozen=True):
    """A roster."""

    assigned: tuple[Pair, ...]  # all of the openings, sorted; those who are held not among them
    added: tuple[Pair, ...]
    dropped: tuple[Pair, ...]
    unfilled: tuple[Unfilled, ...]
    cost: int
    optimal: bool  # no roster costs less


def problem_of(
    state: State,
    policy: Policy,
    frozen_until: int,
    away: Iterable[Away] = (),
    *,
    only: frozenset[str] | None = None,
) -> Problem:
    """Return the problem of a venue as it stands: shifts that start before an instant, or are not named, stay."""
    people = {person: worker for person, worker in state.workers.items() if worker.place == "HERE"}
    openings, current, movable = [], [], set()
    for shift in sorted(state.shifts.values(), key=lambda shift: (shift.starts, shift.id)):
        if shift.cancelled or shift.starts < frozen_until or (only is not None and shift.id not in only):
            continue
        held = []
        for name in state.teams[shift.id]:
            assignment = state.assignments[name]
            if assignment.person in people and assignment.status in OPEN:
                told = assignment.status != "PROPOSED"
                current.append(Current(shift.id, assignment.person, name, told))
                movable.add(name)
            elif assignment.status in COUNTED:
                held.append(state.workers[assignment.person])
        openings.append(Opening(shift, tuple(held)))
    kept = tuple(
        msgspec.structs.replace(worker, duties=[duty for duty in worker.duties if duty.assignment not in movable])
        for _, worker in sorted(people.items())
    )
    return Problem(tuple(openings), kept, tuple(current), tuple(away), policy.roster)


def duties_of(worker: Worker, shifts: Iterable[Shift]) -> list[Duty]:
    """Return a person's duties with those of these shifts, by time."""
    return sorted([*worker.duties, *(duty_of(shift, shift.id) for shift in shifts)])


def refused(
    problem: Problem,
    policy: Policy,
    opening: Opening,
    worker: Worker,
    *,
    team: Sequence[Worker],
    duties: Sequence[Duty],
) -> Refusal | None:
    """Ask whether a person could join the team of an opening, beside these duties; the guards are the aggregate's."""
    shift = opening.shift
    for away in problem.away:
        if away.person == worker.person and away.starts < shift.ends and shift.starts < away.ends:
            return Refusal("AWAY", f"{worker.person} is away")
    if refusal := check_person(worker, shift, policy, duties=duties, windows=worker.access.windows):
        return refusal
    return check_team(shift, [*opening.held, *team, worker], policy)


def least_cost(problem: Problem, fits: Mapping[str, Iterable[str]]) -> int:
    """Return what a roster costs at least, where these people fit each shift: each shift for itself, as if alone."""
    weights, cost = problem.weights, 0
    by_shift: dict[str, list[Current]] = {opening.shift.id: [] for opening in problem.openings}
    for current in problem.current:
        by_shift[current.shift].append(current)
    for opening in problem.openings:
        people, planned = set(fits[opening.shift.id]), by_shift[opening.shift.id]
        stay = sorted((_price(weights, each) for each in planned if each.person in people), reverse=True)
        cost += sum(_price(weights, each) for each in planned if each.person not in people)
        join = weights.change if any(each.told for each in planned) else 0
        most = max(0, min(opening.places, len(people)))
        cost += min(
            place_cost(opening, weights, team) + sum(stay[team:]) + join * max(0, team - len(stay))
            for team in range(most + 1)
        )
    return cost


def place_cost(opening: Opening, weights: Weights, team: int) -> int:
    """Return what the places cost that so many people, beside those who are held, leave open."""
    there = len(opening.held) + team
    below = max(0, opening.shift.need - there)
    return weights.unfilled * below + weights.spare * (opening.shift.places - there - below)


def _price(weights: Weights, current: Current) -> int:
    return weights.change if current.told else weights.proposed


def cost_of(problem: Problem, assigned: Iterable[Pair]) -> int:
    """Return what a roster costs by the weights."""
    weights, now = problem.weights, set(assigned)
    told = {current.shift for current in problem.current if current.told}
    before = {(current.shift, current.person): current.told for current in problem.current}
    cost = sum(weights.change if before[pair] else weights.proposed for pair in before.keys() - now)
    cost += sum(weights.change for shift, _ in now - before.keys() if shift in told)
    filled = Counter(shift for shift, _ in now)
    return cost + sum(place_cost(opening, weights, filled[opening.shift.id]) for opening in problem.openings)
