"""A roster made one place at a time: never wrong, seldom the best, and it needs nothing but Python.

Also the last step of every other way: what can be filled by adding somebody is filled, and what cannot has a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from desks.roster_problem import Opening, Pair, Plan, Problem, Unfilled, cost_of, duties_of, least_cost, refused
from management.command import Refusal
from management.shift import Shift
from management.worker import Worker
from management.workforce_state import Code
from schemas.policy.workforce import Policy

__all__ = ["Board", "greedy"]

GUARDS = ("AWAY", *Code.__args__)  # type: ignore[attr-defined]  # in the order in which they are asked


class Board:
    """A roster in the making: who is where, and who could join."""

    def __init__(self, problem: Problem, policy: Policy) -> None:
        """Begin with empty teams."""
        self.problem = problem
        self.policy = policy
        self.openings = {opening.shift.id: opening for opening in problem.openings}
        self.workers = {worker.person: worker for worker in problem.people}
        self.teams: dict[str, list[Worker]] = {shift: [] for shift in self.openings}
        self.shifts: dict[str, list[Shift]] = {person: [] for person in self.workers}
        self.told = {current.shift for current in problem.current if current.told}
        self.fits = {shift: self._fitting(opening) for shift, opening in self.openings.items()}

    def _fitting(self, opening: Opening) -> dict[str, Worker]:
        """Return who could work a shift if he had nothing but what is frozen."""
        return {
            worker.person: worker
            for worker in self.problem.people
            if refused(self.problem, self.policy, opening, worker, team=(), duties=worker.duties) is None
        }

    def ask(self, shift: str, person: str) -> Refusal | None:
        """Say what keeps a person from joining a team as it is."""
        worker = self.workers[person]
        duties = duties_of(worker, self.shifts[person])
        opening, team = self.openings[shift], self.teams[shift]
        return refused(self.problem, self.policy, opening, worker, team=team, duties=duties)

    def join(self, shift: str, person: str) -> bool:
        """Have a person join a team, where all guards hold."""
        if person not in self.fits[shift] or self.ask(shift, person) is not None:
            return False
        self.teams[shift].append(self.workers[person])
        self.shifts[person].append(self.openings[shift].shift)
        return True

    def fill(self) -> None:
        """Have people join until nobody can: the need of all shifts first, and of these whoever has least choice."""
        by_choice = sorted(self.openings, key=lambda shift: (len(self.fits[shift]), shift))
        for need_only in (True, False):
            for shift in by_choice:
                self._fill_one(self.openings[shift], need_only)

    def _fill_one(self, opening: Opening, need_only: bool) -> None:
        shift, weights = opening.shift, self.problem.weights
        if shift.id in self.told and (weights.unfilled if need_only else weights.spare) <= weights.change:
            return
        wanted = (shift.need if need_only else shift.places) - len(opening.held)
        # Who has worked least comes first. Leaders and speakers join as such: TEAM_MIX keeps the places for them.
        for person in sorted(self.fits[shift.id], key=lambda person: (len(self.shifts[person]), person)):
            if len(self.teams[shift.id]) >= wanted:
                return
            if shift not in self.shifts[person]:
                self.join(shift.id, person)

    def bound(self) -> int:
        """Return what a roster costs at least."""
        return least_cost(self.problem, self.fits)

    def plan(self, bound: int) -> Plan:
        """Return the roster as it stands; it is optimal where it costs no more than the bound."""
        assigned = sorted((shift, worker.person) for shift, team in self.teams.items() for worker in team)
        before = {(current.shift, current.person) for current in self.problem.current}
        cost = cost_of(self.problem, assigned)
        return Plan(
            assigned=tuple(assigned),
            added=tuple(pair for pair in assigned if pair not in before),
            dropped=tuple(sorted(before.difference(assigned))),
            unfilled=tuple(self._unfilled()),
            cost=cost,
            optimal=cost <= bound,
        )

    def _unfilled(self) -> Iterable[Unfilled]:
        for shift, opening in self.openings.items():
            free = opening.places - len(self.teams[shift])
            if free > 0:
                there = {worker.person for worker in (*opening.held, *self.teams[shift])}
                answers = (self.ask(shift, person) for person in self.workers if person not in there)
                codes = Counter(answer.code if answer else "CHANGE" for answer in answers)
                reason = max(codes, key=_order, default="NOBODY")
                below = max(0, opening.shift.need - len(there))
                yield Unfilled(shift, free, below, reason, dict(sorted(codes.items())))


def _order(code: str) -> int:
    return GUARDS.index(code) if code in GUARDS else len(GUARDS)


def greedy(problem: Problem, policy: Policy, start: Iterable[Pair] | None = None) -> Board:
    """Make a roster: what is planned stays where it may, the told first; then the rest is filled."""
    board = Board(problem, policy)
    if start is None:
        current = sorted(problem.current, key=lambda current: (not current.told, current.shift, current.person))
        start = [(each.shift, each.person) for each in current]
    for shift, person in start:
        if person in board.workers:
            board.join(shift, person)
    board.fill()
    return board
