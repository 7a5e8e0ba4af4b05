"""Proposed changes of the schedule: each approval is another person's, and none the proposer's.

Which roles must approve what is policy. The authority of the Games may approve new times beyond that: then what starts
earlier needs neither notice nor acknowledgements of the organisations. A proposal that nobody carries out lapses.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

import msgspec

from management.command import Received, Refusal, Role, Tick
from management.schedule_book import (
    Advance,
    Cancel,
    Change,
    Postpone,
    Proposal,
    Reschedule,
    State,
    holds,
    refuse,
    units_of,
)
from management.schedule_changes import judge
from schemas.policy.schedule import ChangeKind, Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AcknowledgeChange",
    "ApproveChange",
    "ChangeAcknowledged",
    "ChangeApproved",
    "ChangeDropped",
    "ChangeLapsed",
    "ChangeProposed",
    "Command",
    "DropChange",
    "Event",
    "ProposeChange",
]

_HOUR = 3_600_000
_PROPOSERS: tuple[Role, ...] = ("SCHED_PLANNER", "SCHED_APPROVER", "IF_DELEGATE", "GAMES_AUTHORITY")
_KINDS: Mapping[type, ChangeKind] = {
    Postpone: "postpone",
    Reschedule: "reschedule",
    Advance: "advance",
    Cancel: "cancel",
}


class ProposeChange(msgspec.Struct, frozen=True, tag="propose_change"):
    """Propose a change that others must approve."""

    proposal: str  # its id
    change: Change


class ApproveChange(msgspec.Struct, frozen=True, tag="approve_change"):
    """Approve a proposal in a role."""

    proposal: str
    role: Role


class AcknowledgeChange(msgspec.Struct, frozen=True, tag="acknowledge_change"):
    """Say, for an organisation, that proposed new times are known to it."""

    proposal: str
    noc: str


class DropChange(msgspec.Struct, frozen=True, tag="drop_change"):
    """Take a proposal back, or refuse it."""

    proposal: str


class ChangeProposed(msgspec.Struct, frozen=True, tag="change_proposed"):
    """A change waits for its approvers."""

    proposal: str
    change: Change
    by: str
    lapses: int  # ms
    missing: tuple[str, ...]  # roles


class ChangeApproved(msgspec.Struct, frozen=True, tag="change_approved"):
    """One role has approved a proposal."""

    proposal: str
    role: str
    by: str
    override: bool  # beyond what was missing


class ChangeAcknowledged(msgspec.Struct, frozen=True, tag="change_acknowledged"):
    """An organisation knows of proposed new times."""

    proposal: str
    noc: str


class ChangeDropped(msgspec.Struct, frozen=True, tag="change_dropped"):
    """A proposal was taken back or refused."""

    proposal: str
    by: str


class ChangeLapsed(msgspec.Struct, frozen=True, tag="change_lapsed"):
    """Nobody carried out a proposal in time."""

    proposal: str


Command = ProposeChange | ApproveChange | AcknowledgeChange | DropChange
Event = ChangeProposed | ChangeApproved | ChangeAcknowledged | ChangeDropped | ChangeLapsed


def propose(state: State, received: Received[ProposeChange], policy: Policy) -> list[Event] | Refusal:
    """Decide on a proposal: by one of the schedule, the federation or the authority, of what is possible now."""
    wish, actor = received.command, received.actor
    units = units_of(wish.change)
    if not any(holds(actor, role, units) for role in _PROPOSERS):
        return refuse("NOT_AUTHORISED", "only those of the schedule, the federation or the authority propose changes")
    known = state.proposals.get(wish.proposal)
    if known is not None:
        same = (known.change, known.by) == (wish.change, actor.id)
        return [] if same else refuse("STATE", f"proposal {wish.proposal} waits already", proposal=wish.proposal)
    judged = judge(state, wish.change, policy)
    if isinstance(judged, Refusal):
        return judged
    lapses = received.at + policy.proposal_hours * _HOUR
    missing = policy.approvals[_kind(state, wish.change)]
    return [ChangeProposed(wish.proposal, wish.change, actor.id, lapses, missing)]


def _kind(state: State, change: Change) -> ChangeKind:
    if isinstance(change, Cancel):
        last = state.live.plans.get(change.unit) or state.units[change.unit].last
        return "cancel_medal" if last is not None and last.medal else "cancel"
    return _KINDS[type(change)]


def approve(state: State, received: Received[ApproveChange], policy: Policy) -> list[Event] | Refusal:
    """Decide on an approval."""
    wish, actor = received.command, received.actor
    proposal = state.proposals.get(wish.proposal)
    if proposal is None:
        return refuse("UNKNOWN", f"there is no proposal {wish.proposal}", proposal=wish.proposal)
    if actor.id == proposal.by or actor.id in proposal.approvers:
        return refuse("SAME_PERSON", "each approval is another person's, and none the proposer's")
    if not holds(actor, wish.role, units_of(proposal.change)):
        return refuse("NOT_AUTHORISED", f"the actor does not hold {wish.role} for these units", role=wish.role)
    if wish.role in proposal.missing:
        return [ChangeApproved(wish.proposal, wish.role, actor.id, override=False)]
    if wish.role == "GAMES_AUTHORITY" and isinstance(proposal.change, Advance | Reschedule) and not proposal.overridden:
        return [ChangeApproved(wish.proposal, wish.role, actor.id, override=True)]
    return refuse("STATE", f"no approval of {wish.role} is missing", role=wish.role, missing=tuple(proposal.missing))


def acknowledge(state: State, received: Received[AcknowledgeChange], policy: Policy) -> list[Event] | Refusal:
    """Decide on an acknowledgement."""
    wish = received.command
    proposal = state.proposals.get(wish.proposal)
    if proposal is None:
        return refuse("UNKNOWN", f"there is no proposal {wish.proposal}", proposal=wish.proposal)
    if not received.actor.may("RO_ENTRIES", f"ro:{wish.noc}"):
        return refuse("NOT_AUTHORISED", f"only the entries office of {wish.noc} acknowledges for it", noc=wish.noc)
    if not isinstance(proposal.change, Advance | Reschedule):
        return refuse("STATE", "only new times are acknowledged", proposal=wish.proposal)
    return [] if wish.noc in proposal.acknowledged else [ChangeAcknowledged(wish.proposal, wish.noc)]


def drop(state: State, received: Received[DropChange], policy: Policy) -> list[Event] | Refusal:
    """Decide on ending a proposal: by who proposed it, or could approve it."""
    wish, actor = received.command, received.actor
    proposal = state.proposals.get(wish.proposal)
    if proposal is None:
        return refuse("UNKNOWN", f"there is no proposal {wish.proposal}", proposal=wish.proposal)
    units = units_of(proposal.change)
    if actor.id != proposal.by and not any(holds(actor, cast("Role", role), units) for role in proposal.missing):
        return refuse("NOT_AUTHORISED", "only the proposer or an approver ends a proposal")
    return [ChangeDropped(wish.proposal, actor.id)]


def lapse(state: State, received: Received[Tick], policy: Policy) -> list[Event] | Refusal:
    """Decide what a tick does: end the proposals whose time is over."""
    if not received.actor.may("SYSTEM"):
        return refuse("NOT_AUTHORISED", "only the scheduler says that time has passed")
    events: list[Event] = []
    for at, proposal in state.lapses:
        if at > received.command.until:
            break
        events.append(ChangeLapsed(proposal))
    return events


def _proposed(state: State, event: ChangeProposed) -> None:
    state.proposals[event.proposal] = Proposal(event.change, event.by, event.lapses, list(event.missing))
    insort(state.lapses, (event.lapses, event.proposal))


def _approved(state: State, event: ChangeApproved) -> None:
    proposal = state.proposals[event.proposal]
    proposal.approvers.append(event.by)
    if event.override:
        proposal.overridden = True
    else:
        proposal.missing.remove(event.role)


def _acknowledged(state: State, event: ChangeAcknowledged) -> None:
    state.proposals[event.proposal].acknowledged.append(event.noc)


def _ended(state: State, event: ChangeDropped | ChangeLapsed) -> None:
    ended = state.proposals.pop(event.proposal)
    state.lapses.remove((ended.lapses, event.proposal))


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {ProposeChange: propose, ApproveChange: approve, AcknowledgeChange: acknowledge, DropChange: drop, Tick: lapse}
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        ChangeProposed: _proposed,
        ChangeApproved: _approved,
        ChangeAcknowledged: _acknowledged,
        ChangeDropped: _ended,
        ChangeLapsed: _ended,
    }
)
