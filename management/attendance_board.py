"""The boards of a venue's lead: who is expected, here, late or missing; which shifts are short; who could step in.

These are looks at the state for people to decide by; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from management.assignment_rules import check_person, check_team
from management.ledger import MINUTE
from management.shift import Shift
from management.worker import Worker
from management.workforce_state import COUNTED, Assignment, State, Status, members
from schemas.policy.workforce import Policy

__all__ = ["Arrival", "Presence", "Short", "arrivals", "replacements", "short_shifts"]

Presence = Literal["EXPECTED", "LATE", "HERE", "LEFT", "ABSENT", "NO_SHOW"]

PRESENCE: dict[Status, Presence] = {
    "PUBLISHED": "EXPECTED",
    "CONFIRMED": "EXPECTED",
    "CHECKED_IN": "HERE",
    "CHECKED_OUT": "LEFT",
    "AUTO_CLOSED": "LEFT",
    "ABSENT": "ABSENT",
    "NO_SHOW": "NO_SHOW",
}


class Arrival(msgspec.Struct, frozen=True, order=True):
    """One person of a shift that people arrive at or work."""

    role: str
    shift: str
    person: str
    presence: Presence
    expected_at: int  # ms since 1970 UTC
    at_risk: str = ""  # the code of a guard that no longer holds


class Short(msgspec.Struct, frozen=True):
    """A shift with fewer people than have to come, counting those only who are at no risk."""

    shift: str
    role: str
    need: int
    sure: int


def arrivals(state: State, at: int, policy: Policy) -> list[Arrival]:
    """Return who is to be at the venue at an instant, by role and shift; whoever is expected by now is LATE."""
    opens = policy.check_in_early * MINUTE
    now = {name for name, shift in state.shifts.items() if shift.starts - opens <= at < shift.ends}
    rows = [
        Arrival(
            role=state.shifts[each.shift].role,
            shift=each.shift,
            person=each.person,
            presence=_presence(each, at),
            expected_at=each.expected_at,
            at_risk=each.at_risk,
        )
        for each in state.assignments.values()
        if each.shift in now and each.status in PRESENCE
    ]
    return sorted(rows)


def _presence(assignment: Assignment, at: int) -> Presence:
    presence = PRESENCE[assignment.status]
    return "LATE" if presence == "EXPECTED" and at >= assignment.expected_at else presence


def short_shifts(state: State, starts: int, ends: int) -> list[Short]:
    """Return the shifts under way or to come between two instants that have too few, those that start first before."""
    found = []
    for shift in sorted(state.shifts.values(), key=lambda shift: (shift.starts, shift.id)):
        if not shift.cancelled and shift.starts < ends and starts < shift.ends:
            team = [state.assignments[name] for name in state.teams[shift.id]]
            sure = sum(each.status in COUNTED and not each.at_risk for each in team)
            if sure < shift.need:
                found.append(Short(shift.id, shift.role, shift.need, sure))
    return found


def replacements(
    state: State, assignment: str, workers: Iterable[Worker], policy: Policy, expected_at: int | None = None
) -> list[str]:
    """Return who could take an assignment's place, the best first: of the venue before others, less worked before more.

    The workers are those of this roster, or of another venue's: these have to be lent first.
    """
    old = state.assignments[assignment]
    shift = state.shifts[old.shift]
    team = list(members(state, shift.id, without=old.id))
    fit = [
        worker
        for worker in workers
        if worker.person != old.person
        and check_person(worker, shift, policy, duties=worker.duties, windows=worker.access.windows, starts=expected_at)
        is None
        and check_team(shift, [*team, worker], policy) is None
    ]
    return [worker.person for worker in sorted(fit, key=lambda worker: _suits(worker, shift))]


def _suits(worker: Worker, shift: Shift) -> tuple[bool, int, str]:
    worked = sum(duty.ends - duty.starts for duty in worker.duties)
    return (worker.home != shift.venue, worked, worker.person)
