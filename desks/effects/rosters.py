"""The roster of a shift that lost people: it moved with the competition, and who cannot work it then was taken off.

A roster of its free places is made (OR-Tools, or greedily), beside all that the venue's people have already: nobody
else is asked to change. Whoever stops before it was said that it is made, makes it again from what is there by then.
"""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid5

from desks.reactions.reaction import Order
from desks.roster import commands_of, make_roster
from desks.roster_problem import Pair, problem_of
from management import workforce
from management.command import Recorded
from management.shift_planning import MOVED_OFF
from management.workforce_events import AssignmentCancelled
from schemas.policy.workforce import Policy

__all__ = ["Rosters"]


class Rosters:
    """The effect."""

    name = "rosters"
    prefixes: tuple[str, ...] = ("wf:",)

    def __init__(self, policy: Policy, *, solver: bool | None = None, effort: float = 10.0) -> None:
        self._policy = policy
        self._solver = solver
        self._effort = effort
        self._venues: dict[str, workforce.State] = {}
        self._versions: dict[str, int] = {}

    def learn(self, recorded: Recorded[Any]) -> None:
        """Take in what happened at a venue, once."""
        key = recorded.key
        if key.startswith("wf:") and recorded.version > self._versions.get(key, 0):
            self._versions[key] = recorded.version
            workforce.evolve(self._venues.setdefault(key, workforce.State()), recorded.event)

    async def carry_out(self, recorded: Recorded[Any]) -> list[Order]:
        """Fill the places of a shift whose people cannot work it any more."""
        event, key = recorded.event, recorded.key
        if not isinstance(event, AssignmentCancelled) or event.reason not in MOVED_OFF:
            return []
        state = self._venues[key]
        shift = state.shifts[state.assignments[event.assignment].shift]
        if shift.cancelled or len(state.teams[shift.id]) >= shift.places:
            return []
        problem = deepcopy(problem_of(state, self._policy, recorded.at, only=frozenset({shift.id})))
        plan = await asyncio.to_thread(make_roster, problem, self._policy, solver=self._solver, effort=self._effort)

        def name(pair: Pair) -> str:
            return str(uuid5(UUID(recorded.id), " ".join(pair)))

        return [Order(key, command) for command in commands_of(problem, plan, name)]
