"""Roles of an account: who may give which, and those that are opened in an emergency.

Nobody gives himself a role, and nobody has a part in getting one. A role with much power takes two persons, who both
may assign it: one asks, the other approves. A role may be given for emergencies only: its holder breaks the glass
himself, it is open for a while, and everything that he does meanwhile is reported.
"""

from __future__ import annotations

from typing import Any

import msgspec

from management.account_events import (
    Event,
    GlassBroken,
    GlassMended,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
)
from management.account_state import State, Tenure, refuse
from management.command import EVERYWHERE, Received, Refusal, Role
from schemas.policy.accounts import Policy, RolePolicy

__all__ = [
    "ApproveGrant",
    "BreakGlass",
    "GiveGrant",
    "GrantCommand",
    "MendGlass",
    "RefuseGrant",
    "WithdrawGrant",
    "decide_grant",
    "holder_of",
    "pass_time",
]

_HOUR = 3_600_000


class GiveGrant(msgspec.Struct, frozen=True, tag="give_grant"):
    """Give a role, or ask that it be given where two persons are needed; the command's id names it."""

    role: Role
    scope: str = EVERYWHERE
    until: int | None = None  # ms
    emergency: bool = False  # to be opened by breaking the glass


class ApproveGrant(msgspec.Struct, frozen=True, tag="approve_grant"):
    """Give the role that another person asked for."""

    grant: str


class RefuseGrant(msgspec.Struct, frozen=True, tag="refuse_grant"):
    """Do not give it; who asked may take it back so."""

    grant: str


class WithdrawGrant(msgspec.Struct, frozen=True, tag="withdraw_grant"):
    """Take a role away, at once; its holder may give it up."""

    grant: str


class BreakGlass(msgspec.Struct, frozen=True, tag="break_glass"):
    """Open a role that one has for emergencies."""

    grant: str
    reason: str  # a sentence or a case number


class MendGlass(msgspec.Struct, frozen=True, tag="mend_glass"):
    """Close it again."""

    grant: str


GrantCommand = GiveGrant | ApproveGrant | RefuseGrant | WithdrawGrant | BreakGlass | MendGlass

Decision = list[Event] | Refusal


def holder_of(key: str) -> str:
    """Return whose account has a key."""
    return key.partition(":")[2]


def decide_grant(state: State, received: Received[Any], policy: Policy) -> Decision:
    """Decide about a role of an open account."""
    ask = received.command
    if isinstance(ask, GiveGrant):
        return _give(state, received, policy)
    tenure = state.tenures.get(ask.grant)
    if tenure is None:
        return refuse("STATE", "The account has no such role.", grant=ask.grant)
    match ask:
        case ApproveGrant():
            return _approve(state, tenure, received, policy)
        case RefuseGrant():
            return _refuse(tenure, received, policy)
        case WithdrawGrant():
            return _withdraw(tenure, received, policy)
        case BreakGlass():
            return _break(tenure, received, policy)
        case _:
            return _mend(tenure, received, policy)


def _give(state: State, received: Received[GiveGrant], policy: Policy) -> Decision:
    ask, by = received.command, received.actor.id
    role = policy.roles.get(ask.role)
    if by == holder_of(received.key):
        return refuse("SELF_GRANT", "Nobody gives himself a role.", role=ask.role)
    if role is None or (ask.emergency and not role.emergency):
        return refuse("ROLE", "The role is not assigned, or not for emergencies.", role=ask.role)
    if not _holds_in(role, ask.scope):
        return refuse("SCOPE", "The role does not hold there.", role=ask.role, scope=ask.scope)
    if refusal := _need_assigner(role, ask.scope, received):
        return refusal
    if ask.until is not None and ask.until <= received.at:
        return refuse("EXPIRY", "The role would have ended already.", until=ask.until)
    if refusal := _excluded(state, ask.role, policy):
        return refusal
    facts = (received.id, ask.role, ask.scope, ask.until, ask.emergency, by)
    if role.persons == 1:
        return [GrantGiven(*facts)]
    return [GrantAsked(*facts, received.at + policy.request_h * _HOUR)]


def _approve(state: State, tenure: Tenure, received: Received[Any], policy: Policy) -> Decision:
    by, grant = received.actor.id, received.command.grant
    if tenure.lapses is None or received.at >= tenure.lapses:
        return refuse("STATE", "Nobody asks for this role any more.", grant=grant)
    if by == holder_of(received.key):
        return refuse("SELF_GRANT", "Nobody gives himself a role.", role=tenure.role)
    if by == tenure.asked_by:
        return refuse("SAME_PERSON", "Another person approves a role than asked for it.", actor=by)
    role = policy.roles.get(tenure.role)
    if role is None:
        return refuse("ROLE", "The role is not assigned.", role=tenure.role)
    if refusal := _need_assigner(role, tenure.scope, received):
        return refusal
    if tenure.until is not None and tenure.until <= received.at:
        return refuse("EXPIRY", "The role would have ended already.", until=tenure.until)
    if refusal := _excluded(state, tenure.role, policy, but=grant):
        return refusal
    facts = (grant, tenure.role, tenure.scope, tenure.until, tenure.emergency, tenure.asked_by)
    return [GrantGiven(*facts, approved_by=by)]


def _refuse(tenure: Tenure, received: Received[Any], policy: Policy) -> Decision:
    if tenure.lapses is None:
        return refuse("STATE", "The role is given: it is withdrawn instead.", grant=received.command.grant)
    if received.actor.id != tenure.asked_by and (
        refusal := _need_assigner(_role(tenure, policy), tenure.scope, received)
    ):
        return refusal
    return [GrantRefused(received.command.grant, "REFUSED", received.actor.id)]


def _withdraw(tenure: Tenure, received: Received[Any], policy: Policy) -> Decision:
    if tenure.lapses is not None:
        return refuse("STATE", "The role is only asked for: that is refused instead.", grant=received.command.grant)
    own = received.actor.id == holder_of(received.key)
    refusal = None if own else _need_assigner(_role(tenure, policy), tenure.scope, received)
    if refusal and not _may_lock(received, policy):
        return refusal
    return [GrantEnded(received.command.grant, "WITHDRAWN", received.actor.id)]


def _break(tenure: Tenure, received: Received[Any], policy: Policy) -> Decision:
    ask = received.command
    if received.actor.id != holder_of(received.key):
        return refuse("NOT_AUTHORISED", "Only its holder breaks the glass before a role.", grant=ask.grant)
    if not tenure.emergency or tenure.lapses is not None or _is_over(tenure, received.at):
        return refuse("STATE", "It is no role for emergencies, or not given.", grant=ask.grant)
    if not ask.reason.strip():
        return refuse("STATE", "Whoever breaks the glass says why.", grant=ask.grant)
    if received.at < tenure.open_until:
        return []
    until = received.at + policy.break_glass.span
    until = until if tenure.until is None else min(until, tenure.until)
    return [GlassBroken(ask.grant, tenure.role, tenure.scope, ask.reason, until)]


def _mend(tenure: Tenure, received: Received[Any], policy: Policy) -> Decision:
    if received.actor.id != holder_of(received.key) and not _may_lock(received, policy):
        return refuse("NOT_AUTHORISED", "Its holder or the operations centre closes it.", grant=received.command.grant)
    return [GlassMended(received.command.grant, received.actor.id)] if tenure.open_until else []


def pass_time(state: State, until: int) -> list[Event]:
    """Return what of an account's roles a tick ends."""
    events: list[Event] = []
    for grant, tenure in state.tenures.items():
        if tenure.lapses is not None and tenure.lapses <= until:
            events.append(GrantRefused(grant, "LAPSED", "scheduler"))
        elif _is_over(tenure, until):
            events.append(GrantEnded(grant, "ENDED", "scheduler"))
        elif 0 < tenure.open_until <= until:
            events.append(GlassMended(grant, "scheduler"))
    return events


# -- what is looked at ------------------------------------------------------------------------------------------------


def _role(tenure: Tenure, policy: Policy) -> RolePolicy | None:
    return policy.roles.get(tenure.role)


def _is_over(tenure: Tenure, at: int) -> bool:
    return tenure.until is not None and tenure.until <= at


def _holds_in(role: RolePolicy, scope: str) -> bool:
    if scope == EVERYWHERE:
        return EVERYWHERE in role.scopes
    kind, colon, rest = scope.partition(":")
    return bool(colon and rest) and kind in role.scopes


def _need_assigner(role: RolePolicy | None, scope: str, received: Received[Any]) -> Refusal | None:
    """Refuse whoever may not assign the role where it is to hold."""
    assigners: tuple[Any, ...] = role.assigned_by if role else ()
    if any(received.actor.may(one, scope) for one in assigners):
        return None
    return refuse("NOT_AUTHORISED", "This takes a role that assigns it, in the same scope.", scope=scope)


def _may_lock(received: Received[Any], policy: Policy) -> bool:
    lockers: Any = policy.locked_by
    return any(received.actor.may(one) for one in lockers)


def _excluded(state: State, role: str, policy: Policy, but: str = "") -> Refusal | None:
    """Refuse a role beside one that nobody has together with it, given or asked for."""
    for grant, other in state.tenures.items():
        theirs = policy.roles.get(other.role)
        pair = other.role in policy.roles[role].excludes or (theirs is not None and role in theirs.excludes)
        if pair and grant != but:
            return refuse("EXCLUDED", "One person does not have these two roles.", roles=(role, other.role))
    return None
