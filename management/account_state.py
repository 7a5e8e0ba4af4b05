"""What is known of an account, and which roles it gives its holder at an instant."""

from __future__ import annotations

from typing import Literal, assert_never

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
    GlassBroken,
    GlassMended,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    HolderInvited,
    InvitationApproved,
    InvitationEnded,
    InvitationRedeemed,
    SignedOutEverywhere,
)
from management.command import Grant, Refusal, Role

__all__ = ["Code", "Invitation", "State", "Status", "Tenure", "due", "evolve", "grants_at", "refuse"]

Code = Literal[
    "STATE",  # the account, the role or the invitation is not such that this could be done
    "NOT_AUTHORISED",
    "SAME_PERSON",  # two persons are needed, and none of them is the holder
    "SELF_GRANT",  # nobody gives himself a role
    "ROLE",  # not a role that is assigned, or not so
    "SCOPE",  # the role does not hold in such a scope
    "EXCLUDED",  # two roles that one person does not have together
    "EXPIRY",  # an end that is not in the future
    "INVITATION",  # no such code, or it was used, or it is too old: which of them is not said
]

Status = Literal["NONE", "OPEN", "LOCKED", "CLOSED"]


class Tenure(msgspec.Struct):
    """A role of an account, asked for or given."""

    role: Role
    scope: str
    until: int | None
    emergency: bool
    asked_by: str
    lapses: int | None  # ms: it is only asked for, and until then; None: it is given
    open_until: int = 0  # ms, of a role for emergencies; 0: its glass is whole

    def counts(self, at: int) -> bool:
        """Say whether the role counts at an instant."""
        if self.lapses is not None or (self.until is not None and at >= self.until):
            return False
        return not self.emergency or at < self.open_until

    @property
    def next(self) -> int | None:
        """When time ends something of it, ms."""
        ends = [end for end in (self.until, self.lapses, self.open_until or None) if end is not None]
        return min(ends, default=None)


class Invitation(msgspec.Struct):
    """A code by which the holder makes his credentials."""

    id: str
    digest: str
    until: int
    by: str
    approved_by: str = ""  # another person, whom it takes for a holder with a role that takes two


class State(msgspec.Struct):
    """An account: who it is of is in its key."""

    status: Status = "NONE"
    locked_by: str = ""
    tenures: dict[str, Tenure] = {}  # by the grant's id
    invitation: Invitation | None = None
    credentials: dict[str, CredentialKind] = {}
    ended: int = 0  # how often all sessions were ended: those of an earlier count are over


def refuse(code: Code, text: str, **about: object) -> Refusal:
    """Return a refusal with one of the codes of accounts."""
    return Refusal(code, text, about)


def grants_at(state: State, at: int) -> tuple[Grant, ...]:
    """Return the roles that the holder has at an instant, ms; none where the account is not open."""
    if state.status != "OPEN":
        return ()
    return tuple(Grant(one.role, one.scope) for one in state.tenures.values() if one.counts(at))


def evolve(state: State, event: Event) -> None:
    """Take in what happened."""
    match event:
        case AccountOpened():
            state.status = "OPEN"
        case AccountClosed():
            state.status, state.invitation = "CLOSED", None
            state.tenures.clear()
            state.credentials.clear()
            state.ended += 1
        case AccountLocked(by=by):
            state.status, state.locked_by = "LOCKED", by
            state.ended += 1
        case AccountUnlocked():
            state.status, state.locked_by = "OPEN", ""
        case SignedOutEverywhere():
            state.ended += 1
        case CredentialAdded(credential=credential, kind=kind):
            state.credentials[credential] = kind
        case CredentialRemoved(credential=credential):
            del state.credentials[credential]
        case HolderInvited() | InvitationApproved() | InvitationRedeemed() | InvitationEnded():
            _evolve_invitation(state, event)
        case _:
            _evolve_tenure(state, event)


def _evolve_invitation(
    state: State, event: HolderInvited | InvitationApproved | InvitationRedeemed | InvitationEnded
) -> None:
    match event:
        case HolderInvited():
            state.invitation = Invitation(event.invitation, event.digest, event.until, event.by)
        case InvitationApproved() if state.invitation:
            state.invitation.approved_by = event.by
        case InvitationRedeemed() | InvitationEnded():
            state.invitation = None


def _evolve_tenure(
    state: State, event: GrantAsked | GrantRefused | GrantGiven | GrantEnded | GlassBroken | GlassMended
) -> None:
    match event:
        case GrantAsked():
            role = (event.role, event.scope, event.until, event.emergency)
            state.tenures[event.grant] = Tenure(*role, event.by, event.lapses)
        case GrantGiven():
            role = (event.role, event.scope, event.until, event.emergency)
            state.tenures[event.grant] = Tenure(*role, event.asked_by, None)
        case GrantRefused() | GrantEnded():
            del state.tenures[event.grant]
        case GlassBroken():
            state.tenures[event.grant].open_until = event.until
        case GlassMended():
            state.tenures[event.grant].open_until = 0
        case never:
            assert_never(never)


def due(state: State) -> int | None:
    """Return when time ends a role, a request or an invitation next."""
    ends = [one.next for one in state.tenures.values()]
    ends.append(state.invitation.until if state.invitation else None)
    return min((end for end in ends if end is not None), default=None)
