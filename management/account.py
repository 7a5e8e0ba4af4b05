"""The account of a person (key ``acct:{person}``): its roles, and what its holder can sign in with.

One account a person, under his own identifier, so that two accounts can never pass for two persons where two are
needed.
Secrets are not here: the log cannot forget, and anybody who may read it would have them. What lies on it is that a
credential was made and when it ended, and of the code of an invitation a hash.

Whoever invites somebody to make new credentials could sign in as him. So nobody invites himself, and whoever has a role
that takes two persons is invited by two.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from management.account_events import (
    AccountClosed,
    AccountLocked,
    AccountOpened,
    AccountUnlocked,
    CredentialAdded,
    CredentialKind,
    CredentialRemoved,
    Event,
    HolderInvited,
    InvitationApproved,
    InvitationEnded,
    InvitationRedeemed,
    SignedOutEverywhere,
)
from management.account_grants import (
    ApproveGrant,
    BreakGlass,
    GiveGrant,
    MendGlass,
    RefuseGrant,
    WithdrawGrant,
    decide_grant,
    holder_of,
    pass_time,
)
from management.account_state import Code, State, due, evolve, grants_at, refuse
from management.command import Received, Refusal, Tick
from schemas.policy.accounts import Policy

__all__ = [
    "AddCredential",
    "ApproveInvitation",
    "CloseAccount",
    "Code",
    "Command",
    "Event",
    "InviteHolder",
    "LockAccount",
    "OpenAccount",
    "RedeemInvitation",
    "RemoveCredential",
    "SignOutEverywhere",
    "State",
    "UnlockAccount",
    "decide",
    "due",
    "evolve",
    "grants_at",
]

_HOUR = 3_600_000


class OpenAccount(msgspec.Struct, frozen=True, tag="open_account"):
    """Open the account of a person."""


class CloseAccount(msgspec.Struct, frozen=True, tag="close_account"):
    """End it for good."""

    reason: str  # a code


class LockAccount(msgspec.Struct, frozen=True, tag="lock_account"):
    """Let nobody sign in, and end what goes on; at once, by one person."""

    reason: str  # a code


class UnlockAccount(msgspec.Struct, frozen=True, tag="unlock_account"):
    """Take the lock away; by another person than its holder."""


class InviteHolder(msgspec.Struct, frozen=True, tag="invite_holder"):
    """Let the holder make credentials; the command's id names the invitation. An earlier one ends."""

    digest: str  # SHA-256 of the code that he is given, hexadecimal


class ApproveInvitation(msgspec.Struct, frozen=True, tag="approve_invitation"):
    """Approve the invitation of somebody with a role that takes two persons."""

    invitation: str


class RedeemInvitation(msgspec.Struct, frozen=True, tag="redeem_invitation"):
    """Use the code of an invitation, which is the proof of who it is."""

    secret: str


class AddCredential(msgspec.Struct, frozen=True, tag="add_credential"):
    """Say that the holder made a credential; its secret is elsewhere."""

    credential: str  # its identifier
    kind: CredentialKind


class RemoveCredential(msgspec.Struct, frozen=True, tag="remove_credential"):
    """Say that a credential proves nothing any more."""

    credential: str


class SignOutEverywhere(msgspec.Struct, frozen=True, tag="sign_out_everywhere"):
    """End all sessions."""


Command = (
    OpenAccount
    | CloseAccount
    | LockAccount
    | UnlockAccount
    | GiveGrant
    | ApproveGrant
    | RefuseGrant
    | WithdrawGrant
    | BreakGlass
    | MendGlass
    | InviteHolder
    | ApproveInvitation
    | RedeemInvitation
    | AddCredential
    | RemoveCredential
    | SignOutEverywhere
    | Tick
)

Decision = list[Event] | Refusal


def decide(state: State, received: Received[Command], policy: Policy) -> Decision:
    """Return what a command brings about, or why it does not."""
    match received.command:
        case Tick(until=until):
            return _tick(state, until)
        case OpenAccount() | CloseAccount() | LockAccount() | UnlockAccount():
            return _decide_whole(state, received, policy)
        case RedeemInvitation():
            return _redeem(state, received, policy)
        case _ if state.status not in ("OPEN", "LOCKED"):
            return refuse("STATE", "There is no such account.", status=state.status)
        case InviteHolder():
            return _invite(state, received, policy)
        case ApproveInvitation():
            return _approve_invitation(state, received, policy)
        case AddCredential() | RemoveCredential() | SignOutEverywhere():
            return _decide_credentials(state, received, policy)
        case _:
            return decide_grant(state, received, policy)


def _tick(state: State, until: int) -> list[Event]:
    events = pass_time(state, until)
    if state.invitation and state.invitation.until <= until:
        events.append(InvitationEnded(state.invitation.id))
    return events


def _decide_whole(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask, by, status = received.command, received.actor.id, state.status
    lock = isinstance(ask, LockAccount)
    if refusal := _need(policy.locked_by if lock else policy.opened_by, received):
        return refusal
    match ask:
        case OpenAccount() if status == "NONE":
            return [AccountOpened(by)]
        case CloseAccount(reason=reason) if status in ("OPEN", "LOCKED"):
            return [AccountClosed(reason, by)]
        case LockAccount(reason=reason) if status == "OPEN":
            return [AccountLocked(reason, by)]
        case UnlockAccount() if status == "LOCKED":
            if by == holder_of(received.key):
                return refuse("SAME_PERSON", "Nobody unlocks his own account.", actor=by)
            return [AccountUnlocked(by)]
        case OpenAccount() | LockAccount() | UnlockAccount() if status in ("OPEN", "LOCKED"):
            return []
        case _:
            return refuse("STATE", f"The account is {status}.", status=status)


# -- credentials ------------------------------------------------------------------------------------------------------


def _invite(state: State, received: Received[Any], policy: Policy) -> Decision:
    if refusal := _need_other(received, policy):
        return refusal
    if len(received.command.digest) != 64:
        return refuse("INVITATION", "The digest of a code has 64 hexadecimal digits.")
    until = received.at + policy.sign_in.invitation_h * _HOUR
    events: list[Event] = [InvitationEnded(state.invitation.id)] if state.invitation else []
    return [*events, HolderInvited(received.id, received.command.digest, until, received.actor.id)]


def _approve_invitation(state: State, received: Received[Any], policy: Policy) -> Decision:
    found = state.invitation
    if refusal := _need_other(received, policy):
        return refusal
    if found is None or found.id != received.command.invitation or found.until <= received.at:
        return refuse("STATE", "There is no such invitation any more.", invitation=received.command.invitation)
    if found.by == received.actor.id:
        return refuse("SAME_PERSON", "Another person approves an invitation.", actor=received.actor.id)
    return [] if found.approved_by else [InvitationApproved(found.id, received.actor.id)]


def _redeem(state: State, received: Received[Any], policy: Policy) -> Decision:
    """Decide whether a code counts; every other case gets one and the same answer."""
    found, digest = state.invitation, sha256(received.command.secret.encode()).hexdigest()
    counts = found is not None and digest == found.digest and received.at < found.until and state.status == "OPEN"
    # Asked now and not when it was made: the role that takes two persons may have come in between.
    if found and counts and (found.approved_by or not _takes_two(state, policy)):
        return [InvitationRedeemed(found.id)]
    return refuse("INVITATION", "The code is not one that counts.")


def _decide_credentials(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask, by = received.command, received.actor.id
    own = by == holder_of(received.key) or received.actor.may("SYSTEM")
    if not own and (isinstance(ask, AddCredential) or _need(policy.locked_by, received)):
        return refuse("NOT_AUTHORISED", "Credentials are their holder's.", actor=by)
    match ask:
        case AddCredential(credential=credential, kind=kind):
            return [] if state.credentials.get(credential) == kind else [CredentialAdded(credential, kind)]
        case RemoveCredential(credential=credential):
            return [CredentialRemoved(credential, by)] if credential in state.credentials else []
        case _:
            return [SignedOutEverywhere(by)]


# -- who may ----------------------------------------------------------------------------------------------------------


def _need(roles: tuple[Any, ...], received: Received[Any]) -> Refusal | None:
    if any(received.actor.may(role) for role in roles):
        return None
    return refuse("NOT_AUTHORISED", "This takes another role.", actor=received.actor.id)


def _need_other(received: Received[Any], policy: Policy) -> Refusal | None:
    if received.actor.id == holder_of(received.key):
        return refuse("SAME_PERSON", "Nobody invites himself.", actor=received.actor.id)
    return _need(policy.opened_by, received)


def _takes_two(state: State, policy: Policy) -> bool:
    roles = [policy.roles.get(one.role) for one in state.tenures.values()]
    return any(role is not None and role.persons == 2 for role in roles)
