"""Two people change places at two shifts: asked by one, accepted by the other, approved by the venue, or not at all."""

from __future__ import annotations

from management.assignment_rules import check_place
from management.command import Refusal
from management.workforce_commands import AcceptSwap, ApproveSwap, DeclineSwap, ProposeSwap, RefuseSwap
from management.workforce_events import Event, SwapAccepted, SwapApproved, SwapClosed, SwapProposed
from management.workforce_rights import need_person, need_venue
from management.workforce_state import SWAPS, Assignment, Setting, State, Swap, check_step, find, refuse

__all__ = ["accept_swap", "approve_swap", "closed_swap", "decline_swap", "propose_swap", "refuse_swap"]


def closed_swap(state: State, assignment: Assignment, reason: str) -> list[Event]:
    """Return the event that closes the swap which an assignment waits for, if there is one."""
    return [SwapClosed(assignment.swap, reason)] if assignment.swap else []


def propose_swap(state: State, command: ProposeSwap, setting: Setting) -> list[Event] | Refusal:
    """Ask the person of another assignment to change places."""
    mine, theirs = find(state, command.mine), find(state, command.theirs)
    if isinstance(mine, Refusal):
        return mine
    if isinstance(theirs, Refusal):
        return theirs
    if refusal := need_person(setting, mine.person):
        return refusal
    if known := state.swaps.get(command.swap):
        same = (known.mine, known.theirs) == (mine.id, theirs.id)
        return [] if same else refuse("EXISTS", f"swap {known.id} is another one", swap=known.id)
    if mine.person == theirs.person or mine.shift == theirs.shift:
        return refuse("STATE", "a swap is between two people at two shifts")
    for assignment in (mine, theirs):
        if refusal := check_step(assignment, SwapApproved):
            return refusal
        if assignment.swap:
            text = f"assignment {assignment.id} already waits for a swap"
            return refuse("STATE", text, assignment=assignment.id, swap=assignment.swap)
    starts = min(mine.expected_at, theirs.expected_at)
    if starts <= setting.at:
        return refuse("WINDOW", "one of the two shifts has begun")
    return [SwapProposed(command.swap, mine.id, theirs.id, starts)]


def accept_swap(state: State, command: AcceptSwap, setting: Setting) -> list[Event] | Refusal:
    """Agree to a swap, if all guards hold for both people."""
    swap = _find(state, command.swap)
    if isinstance(swap, Refusal):
        return swap
    if refusal := need_person(setting, state.assignments[swap.theirs].person):
        return refusal
    if swap.status == "ACCEPTED":
        return []
    return _check_step(swap, SwapAccepted) or _check_both(state, swap, setting) or [SwapAccepted(swap.id)]


def decline_swap(state: State, command: DeclineSwap, setting: Setting) -> list[Event] | Refusal:
    """Leave both where they are, by the wish of one of them."""
    swap = _find(state, command.swap)
    if isinstance(swap, Refusal):
        return swap
    people = (state.assignments[swap.mine].person, state.assignments[swap.theirs].person)
    if refusal := need_person(setting, *people):
        return refusal
    if swap.status == "CLOSED":
        return []
    return _check_step(swap, SwapClosed) or [SwapClosed(swap.id, "DECLINED")]


def approve_swap(state: State, command: ApproveSwap, setting: Setting) -> list[Event] | Refusal:
    """Have both change places in one event, if all guards hold for both, still."""
    if refusal := need_venue(setting):
        return refusal
    swap = _find(state, command.swap)
    if isinstance(swap, Refusal):
        return swap
    if setting.actor.id in (state.assignments[swap.mine].person, state.assignments[swap.theirs].person):
        return refuse("SAME_PERSON", "who changes places does not approve it", swap=swap.id)
    become = (command.mine_becomes, command.theirs_becomes)
    if swap.status == "APPROVED":
        return [] if all(name in state.assignments for name in become) else refuse("EXISTS", "it is approved already")
    if refusal := _check_step(swap, SwapApproved):
        return refusal
    if become[0] == become[1] or any(name in state.assignments for name in become):
        return refuse("EXISTS", "the two new assignments need identifiers of their own")
    return _check_both(state, swap, setting) or [SwapApproved(swap.id, *become)]


def refuse_swap(state: State, command: RefuseSwap, setting: Setting) -> list[Event] | Refusal:
    """Leave both where they are, by the venue's decision."""
    if refusal := need_venue(setting):
        return refusal
    swap = _find(state, command.swap)
    if isinstance(swap, Refusal):
        return swap
    if swap.status == "CLOSED":
        return []
    return _check_step(swap, SwapClosed) or [SwapClosed(swap.id, "REFUSED")]


def _find(state: State, name: str) -> Swap | Refusal:
    return state.swaps.get(name) or refuse("UNKNOWN", f"there is no swap {name}", swap=name)


def _check_step(swap: Swap, event: type) -> Refusal | None:
    if event in SWAPS[swap.status]:
        return None
    return refuse("STATE", f"swap {swap.id} is {swap.status}", swap=swap.id, status=swap.status)


def _check_both(state: State, swap: Swap, setting: Setting) -> Refusal | None:
    """Ask all guards for both, each at the other's shift in the other's place, his own given up."""
    if swap.lapses_at <= setting.at:
        return refuse("WINDOW", "one of the two shifts has begun", swap=swap.id)
    mine, theirs = state.assignments[swap.mine], state.assignments[swap.theirs]
    for leaving, taking in ((mine, theirs), (theirs, mine)):
        worker, shift = state.workers[leaving.person], state.shifts[taking.shift]
        if refusal := check_place(
            state,
            worker,
            shift,
            setting.policy,
            instead_of=taking.id,
            leaving=leaving.id,
            starts=taking.expected_at,
        ):
            return refusal
    return None
