"""Rosters: who works which shift, made once and made anew with the fewest changes.

With OR-Tools (extra ``roster``) the roster is the cheapest that the effort finds; without it, it is made greedily. Both
take and return the same, keep to the guards of ``management/assignment_rules.py``, and give a reason for what stays
unfilled. Where the effort is too small for a proof, ``Plan.optimal`` is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec

from desks.roster_greedy import greedy
from desks.roster_problem import Pair, Plan, Problem
from management.workforce_commands import CancelAssignment, Command, ProposeAssignment, PublishAssignments
from schemas.policy.workforce import Policy

__all__ = ["EFFORT", "commands_of", "has_solver", "make_roster"]

EFFORT = 60.0  # of deterministic time, about seconds on one core


def has_solver() -> bool:
    """Say whether OR-Tools is installed."""
    return find_spec("ortools") is not None


def make_roster(problem: Problem, policy: Policy, *, solver: bool | None = None, effort: float = EFFORT) -> Plan:
    """Make a roster; with the solver where it is installed, unless told otherwise."""
    if solver is None:
        solver = has_solver()
    board = greedy(problem, policy)
    plan = board.plan(board.bound())
    if plan.optimal or not solver:
        return plan
    from desks.roster_cpsat import solve  # noqa: PLC0415  # an extra, and slow to import

    return min(solve(problem, policy, board, effort), plan, key=lambda made: made.cost)


def commands_of(problem: Problem, plan: Plan, name: Callable[[Pair], str]) -> Iterable[Command]:
    """Yield what makes a plan true at the venue: whoever goes first, then whoever comes; ``name`` gives identifiers."""
    names = {(current.shift, current.person): current.assignment for current in problem.current}
    for pair in plan.dropped:
        yield CancelAssignment(names[pair], "ROSTER")
    for pair in plan.added:
        yield ProposeAssignment(name(pair), *pair)
    if plan.added:
        yield PublishAssignments(tuple(name(pair) for pair in plan.added))
