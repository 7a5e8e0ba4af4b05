"""The guards of an assignment: whether a person may work a shift, with everything else that he does.

The guards are asked in the order of the codes; the first that fails is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from management.command import Refusal
from management.ledger import MINUTE, Duty, days_in_a_row, most_worked_in_a_day, overlapped, rest_broken_by
from management.shift import Shift, duty_of, is_night, mix_is_possible
from management.worker import AccessWindow, Worker, covers
from management.workforce_state import State, members, refuse
from schemas.policy.workforce import Policy

__all__ = ["check_hours", "check_person", "check_place", "check_team"]


def check_person(
    worker: Worker,
    shift: Shift,
    policy: Policy,
    *,
    duties: Sequence[Duty],
    windows: Sequence[AccessWindow],
    starts: int | None = None,
) -> Refusal | None:
    """Say what keeps a person from a shift, with these duties beside it; None where nothing does."""
    about = {"person": worker.person, "shift": shift.id}
    if worker.place != "HERE":
        return refuse("LENT", f"{worker.person} is lent to {worker.lent_to}", **about)
    for training in policy.roles[shift.role].trainings:
        if training not in worker.trainings:
            text = f"{worker.person} has not done the training {training} that {shift.role} asks for"
            return refuse("NOT_TRAINED", text, **about, training=training)
    new = duty_of(shift, "", starts)
    if not covers(windows, shift.venue, shift.zone, new.starts, new.ends):
        text = f"{worker.person} has no access to {shift.venue} zone {shift.zone} for the whole of shift {shift.id}"
        return refuse("NO_ACCESS", text, **about, venue=shift.venue, zone=shift.zone)
    if refusal := check_hours(worker.person, duties, new, policy):
        return Refusal(refusal.code, refusal.text, {**about, **refusal.about})
    if worker.minor and is_night(shift, policy):
        return refuse("MINOR_NIGHT", f"{worker.person} is a minor, and shift {shift.id} is at night", **about)
    return None


def check_hours(person: str, duties: Sequence[Duty], new: Duty, policy: Policy) -> Refusal | None:
    """Say which rule on hours and rest a new duty would break."""
    if duty := overlapped(duties, new, policy.travel_between):
        text = f"{person} is at {duty.venue} then, or on the way"
        return refuse("OVERLAP", text, other=duty.assignment, venue=duty.venue)
    if duty := rest_broken_by(duties, new, policy.rest):
        text = f"{person} would have less than {policy.rest} minutes of rest"
        return refuse("REST", text, other=duty.assignment)
    worked = most_worked_in_a_day(duties, new)
    if worked > policy.most_in_24_hours * MINUTE:
        text = f"{person} would work {worked // MINUTE} minutes in 24 hours, and {policy.most_in_24_hours} are the most"
        return refuse("HOURS_24", text, minutes=worked // MINUTE)
    days = days_in_a_row(duties, new)
    if days > policy.most_consecutive_days:
        text = f"{person} would work {days} days in a row, and {policy.most_consecutive_days} are the most"
        return refuse("CONSECUTIVE", text, days=days)
    return None


def check_team(shift: Shift, team: Sequence[Worker], policy: Policy) -> Refusal | None:
    """Say whether a team is larger than its places, or could no longer get the mix that it needs."""
    if len(team) > shift.places:
        return refuse("FULL", f"shift {shift.id} has no place left", shift=shift.id, places=shift.places)
    if not mix_is_possible(shift, team, policy.roles[shift.role]):
        text = f"with this person shift {shift.id} could no longer have the leaders and languages that it needs"
        return refuse("TEAM_MIX", text, shift=shift.id)
    return None


def check_place(
    state: State,
    worker: Worker,
    shift: Shift,
    policy: Policy,
    *,
    instead_of: str = "",
    leaving: str = "",
    windows: Sequence[AccessWindow] | None = None,
    starts: int | None = None,
) -> Refusal | None:
    """Ask all guards for one person at one shift.

    ``instead_of`` is an assignment of the shift whose place he takes, ``leaving`` one of his own that he gives up for
    it.
    """
    duties = [duty for duty in worker.duties if duty.assignment != leaving]
    known = worker.access.windows if windows is None else windows
    if refusal := check_person(worker, shift, policy, duties=duties, windows=known, starts=starts):
        return refusal
    return check_team(shift, [*members(state, shift.id, without=instead_of), worker], policy)
