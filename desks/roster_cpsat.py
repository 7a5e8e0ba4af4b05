"""A roster by OR-Tools' CP-SAT solver (extra ``roster``): the cheapest there is, if it is given the time.

Every guard of the aggregate is linear in who works what: rest and overlap are sets of which at most one is worked,
hours in 24 a weighted sum for each window that may be full, days in a row a sum over days, and a team keeps its places
for leaders and speakers by a bound on those who are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import ceil

from ortools.sat.python import cp_model

from desks.roster_greedy import Board, greedy
from desks.roster_problem import Opening, Pair, Plan, Problem
from management.ledger import DAY, MINUTE, Duty, overlapped, rest_broken_by
from management.shift import duty_of
from management.worker import Worker
from schemas.policy.workforce import Policy

__all__ = ["solve"]

Work = dict[Pair, cp_model.IntVar]


def solve(problem: Problem, policy: Policy, board: Board, effort: float) -> Plan:
    """Return a roster, beginning with one that is made. The effort is of CP-SAT's deterministic time."""
    model = cp_model.CpModel()
    work: Work = {
        (shift, person): model.new_bool_var(f"{shift} {person}")
        for shift, people in board.fits.items()
        for person in people
    }
    own: dict[str, list[tuple[Duty, cp_model.IntVar]]] = {worker.person: [] for worker in problem.people}
    for (shift, person), var in work.items():
        own[person].append((duty_of(board.openings[shift].shift, shift), var))
    for worker in problem.people:
        _keep_hours(model, worker, own[worker.person], policy)
    cost: list[cp_model.LinearExprT] = []
    for opening in problem.openings:
        team = {person: work[opening.shift.id, person] for person in board.fits[opening.shift.id]}
        _keep_mix(model, opening, team, board, policy)
        cost += _cost_of_places(model, opening, list(team.values()), problem)
    model.minimize(sum([*cost, *_cost_of_changes(problem, work)], 0))
    begun = {shift: {worker.person for worker in team} for shift, team in board.teams.items()}
    for (shift, person), var in work.items():
        model.add_hint(var, person in begun[shift])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same roster on every machine; several workers race each other
    solver.parameters.linearization_level = 2  # alone it proves nothing without the linear relaxation
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return board.plan(board.bound())
    chosen = [pair for pair, var in work.items() if solver.boolean_value(var)]
    return greedy(problem, policy, start=chosen).plan(ceil(solver.best_objective_bound - 1e-6))


# -- the guards -------------------------------------------------------------------------------------------------------

Own = Sequence[tuple[Duty, cp_model.IntVar]]  # what a person could work


def _keep_hours(model: cp_model.CpModel, worker: Worker, own: Own, policy: Policy) -> None:
    for together in _exclusive([duty for duty, _ in own], policy):
        model.add_at_most_one(own[index][1] for index in together)
    for window in sorted({duty.starts for duty, _ in own} | {duty.ends - DAY for duty, _ in own}):
        _keep_window(model, worker, own, window, policy)
    for duty in worker.duties:
        _keep_window(model, worker, own, duty.starts, policy)
        _keep_window(model, worker, own, duty.ends - DAY, policy)
    _keep_days(model, worker, own, policy)


def _exclusive(duties: Sequence[Duty], policy: Policy) -> Iterator[list[int]]:
    """Yield sets of duties of which one at most can be worked."""
    rest = policy.rest * MINUTE
    seen = set()
    for duty in duties:  # all that are not rested from when this one starts exclude each other
        together = [n for n, other in enumerate(duties) if other.starts <= duty.starts < other.ends + rest]
        if len(together) > 1 and tuple(together) not in seen:
            seen.add(tuple(together))
            yield together
    for one, other in combinations(range(len(duties)), 2):  # where the way is longer than the rest
        rested = rest_broken_by([duties[one]], duties[other], policy.rest) is None
        if rested and overlapped([duties[one]], duties[other], policy.travel_between) is not None:
            yield [one, other]


def _keep_window(model: cp_model.CpModel, worker: Worker, own: Own, starts: int, policy: Policy) -> None:
    most = policy.most_in_24_hours * MINUTE
    fixed = sum(_within(duty, starts) for duty in worker.duties)
    terms = [(_within(duty, starts), var) for duty, var in own if _within(duty, starts)]
    if fixed + sum(hours for hours, _ in terms) > most and terms:
        model.add(sum(hours * var for hours, var in terms) <= max(0, most - fixed))


def _within(duty: Duty, starts: int) -> int:
    return max(0, min(duty.ends, starts + DAY) - max(duty.starts, starts))


def _keep_days(model: cp_model.CpModel, worker: Worker, own: Own, policy: Policy) -> None:
    fixed = {duty.day for duty in worker.duties}
    worked: dict[int, cp_model.LinearExprT] = dict.fromkeys(fixed, 1)
    for day in sorted({duty.day for duty, _ in own} - fixed):
        variables = [var for duty, var in own if duty.day == day]
        if len(variables) == 1:
            worked[day] = variables[0]
        else:
            any_of_them = model.new_bool_var(f"{worker.person} {day}")
            for var in variables:
                model.add_implication(var, any_of_them)
            worked[day] = any_of_them
    row = policy.most_consecutive_days + 1
    for first in sorted(worked):
        days = range(first, first + row)
        if all(day in worked for day in days) and not all(day in fixed for day in days):
            model.add(sum(worked[day] for day in days) < row)


def _keep_mix(
    model: cp_model.CpModel, opening: Opening, team: dict[str, cp_model.IntVar], board: Board, policy: Policy
) -> None:
    shift, every = opening.shift, policy.roles[opening.shift.role].leader_every
    model.add(sum(team.values()) <= max(0, opening.places))
    wanted = {"": -(-shift.places // every) if every else 0, **shift.languages}
    for language, count in wanted.items():
        others = [var for person, var in team.items() if not _counts(board.workers[person], language)]
        held = sum(not _counts(worker, language) for worker in opening.held)
        if count and others:
            model.add(sum(others) <= max(0, shift.places - count - held))


def _counts(worker: Worker, language: str) -> bool:
    return language in worker.languages if language else worker.leader


# -- the cost ---------------------------------------------------------------------------------------------------------


def _cost_of_places(
    model: cp_model.CpModel, opening: Opening, team: list[cp_model.IntVar], problem: Problem
) -> Iterable[cp_model.LinearExprT]:
    shift, weights = opening.shift, problem.weights
    below = model.new_int_var(0, shift.need, f"{shift.id} below its need")
    there = sum(team, len(opening.held))
    model.add(below >= shift.need - there)
    yield weights.unfilled * below
    yield weights.spare * (shift.places - there - below)


def _cost_of_changes(problem: Problem, work: Work) -> Iterable[cp_model.LinearExprT]:
    weights = problem.weights
    before = {(current.shift, current.person): current.told for current in problem.current}
    told = {current.shift for current in problem.current if current.told}
    for pair, was_told in before.items():
        weight = weights.change if was_told else weights.proposed
        yield weight * (1 - work[pair]) if pair in work else weight
    for pair, var in work.items():
        if pair not in before and pair[0] in told:
            yield weights.change * var
