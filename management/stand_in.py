"""Who steps in for somebody who does not come: the best of this roster whom every guard lets in, or why nobody does.

He is told at once, and expected at the start of the shift, or when he can have come if it is too late for that.
"""

from __future__ import annotations

from collections import Counter
from typing import get_args

from management.assignment import replacement_events
from management.assignment_rules import check_person, check_team
from management.attendance_board import replacements
from management.command import Refusal
from management.ledger import MINUTE
from management.workforce_commands import FindReplacement
from management.workforce_events import AssignmentReplaced, Event, NobodyFound
from management.workforce_rights import need_planner
from management.workforce_state import TRANSITIONS, Assignment, Code, Setting, State, find, members

__all__ = ["arrival_of", "find_replacement"]

GUARDS: tuple[str, ...] = get_args(Code)  # in the order in which they are asked


def arrival_of(starts: int, at: int, travel: int) -> int:
    """Return when somebody who is told at an instant can be at a shift (ms); the travel is in minutes."""
    return max(starts, at + travel * MINUTE)


def find_replacement(state: State, command: FindReplacement, setting: Setting) -> list[Event] | Refusal:
    """Have the best of this roster work instead of somebody absent; say why, where nobody can."""
    if refusal := need_planner(setting):
        return refusal
    old = find(state, command.assignment)
    if isinstance(old, Refusal):
        return old
    shift = state.shifts[old.shift]
    missing = old.status in ("ABSENT", "NO_SHOW") and AssignmentReplaced in TRANSITIONS[old.status]
    if not missing or shift.cancelled:
        return []  # he has come after all, or somebody works instead
    expected = arrival_of(shift.starts, setting.at, setting.policy.travel_default)
    if expected >= shift.ends:
        return _nobody(state, old, "WINDOW", {})
    here = [worker for worker in state.workers.values() if worker.place == "HERE"]
    fit = replacements(state, old.id, here, setting.policy, expected)
    if fit:
        late = expected + setting.policy.check_in_late * MINUTE
        return replacement_events(state, old, command.by, fit[0], expected=expected, no_show_at=late)
    refused = _refused(state, old, setting, expected)
    return _nobody(state, old, max(refused, key=GUARDS.index, default="NOBODY"), refused)


def _nobody(state: State, old: Assignment, reason: str, refused: dict[str, int]) -> list[Event]:
    return [] if state.unreplaced.get(old.id) == reason else [NobodyFound(old.id, reason, refused)]


def _refused(state: State, old: Assignment, setting: Setting, expected: int) -> dict[str, int]:
    """Return how many people of the roster each guard keeps off."""
    shift, policy = state.shifts[old.shift], setting.policy
    team = list(members(state, shift.id, without=old.id))
    found: Counter[str] = Counter()
    for worker in state.workers.values():
        if worker.person != old.person:
            windows = worker.access.windows
            refusal = check_person(
                worker, shift, policy, duties=worker.duties, windows=windows, starts=expected
            ) or check_team(shift, [*team, worker], policy)
            if worker.place != "HERE":
                found["LENT"] += 1
            elif refusal:
                found[refusal.code] += 1
    return dict(sorted(found.items()))
