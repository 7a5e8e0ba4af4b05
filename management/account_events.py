"""What happened to an account: identifiers and times, never a secret, a login or a name."""

from __future__ import annotations

from typing import Literal

import msgspec

from management.command import Role

__all__ = [
    "AccountClosed",
    "AccountLocked",
    "AccountOpened",
    "AccountUnlocked",
    "CredentialAdded",
    "CredentialKind",
    "CredentialRemoved",
    "Event",
    "GlassBroken",
    "GlassMended",
    "GrantAsked",
    "GrantEnded",
    "GrantGiven",
    "GrantRefused",
    "HolderInvited",
    "InvitationApproved",
    "InvitationEnded",
    "InvitationRedeemed",
    "SignedOutEverywhere",
]

CredentialKind = Literal["PASSWORD", "CODES", "RECOVERY", "PASSKEY"]


class AccountOpened(msgspec.Struct, frozen=True, tag="account_opened"):
    """Somebody may be given roles, and be invited to sign in."""

    by: str


class AccountClosed(msgspec.Struct, frozen=True, tag="account_closed"):
    """It ends for good, with all its roles, sessions and credentials."""

    reason: str
    by: str


class AccountLocked(msgspec.Struct, frozen=True, tag="account_locked"):
    """Nobody signs in, and whoever was signed in is not any more."""

    reason: str
    by: str


class AccountUnlocked(msgspec.Struct, frozen=True, tag="account_unlocked"):
    """The lock is taken away."""

    by: str


class GrantAsked(msgspec.Struct, frozen=True, tag="grant_asked"):
    """A role that another person has to approve."""

    grant: str
    role: Role
    scope: str
    until: int | None  # ms, when the role would end; None: with the account
    emergency: bool
    by: str
    lapses: int  # ms: nobody approves it from then on


class GrantRefused(msgspec.Struct, frozen=True, tag="grant_refused"):
    """A role that was asked for is not given: somebody said no, or nobody yes in time."""

    grant: str
    cause: Literal["REFUSED", "LAPSED"]
    by: str


class GrantGiven(msgspec.Struct, frozen=True, tag="grant_given"):
    """The account has a role."""

    grant: str
    role: Role
    scope: str
    until: int | None
    emergency: bool  # it counts only while its glass is broken
    asked_by: str
    approved_by: str = ""  # empty: one person was enough


class GrantEnded(msgspec.Struct, frozen=True, tag="grant_ended"):
    """The account no longer has a role."""

    grant: str
    cause: Literal["WITHDRAWN", "ENDED"]
    by: str


class GlassBroken(msgspec.Struct, frozen=True, tag="glass_broken"):
    """The holder opened a role that he has for emergencies."""

    grant: str
    role: Role
    scope: str
    reason: str
    until: int  # ms, when it is closed again


class GlassMended(msgspec.Struct, frozen=True, tag="glass_mended"):
    """A role for emergencies is closed again."""

    grant: str
    by: str


class HolderInvited(msgspec.Struct, frozen=True, tag="holder_invited"):
    """The holder may make a password or a passkey, with a code that only he was given."""

    invitation: str
    digest: str  # SHA-256 of the code, hexadecimal
    until: int  # ms
    by: str


class InvitationApproved(msgspec.Struct, frozen=True, tag="invitation_approved"):
    """Another person approved the invitation of somebody who has much to say."""

    invitation: str
    by: str


class InvitationRedeemed(msgspec.Struct, frozen=True, tag="invitation_redeemed"):
    """The code was used, and is of no use any more."""

    invitation: str


class InvitationEnded(msgspec.Struct, frozen=True, tag="invitation_ended"):
    """The code was not used in time, or another invitation took its place."""

    invitation: str


class CredentialAdded(msgspec.Struct, frozen=True, tag="credential_added"):
    """The holder can prove who he is by one thing more."""

    credential: str
    kind: CredentialKind


class CredentialRemoved(msgspec.Struct, frozen=True, tag="credential_removed"):
    """It proves nothing any more."""

    credential: str
    by: str


class SignedOutEverywhere(msgspec.Struct, frozen=True, tag="signed_out_everywhere"):
    """All sessions of the account that began before this have ended."""

    by: str


Event = (
    AccountOpened
    | AccountClosed
    | AccountLocked
    | AccountUnlocked
    | GrantAsked
    | GrantRefused
    | GrantGiven
    | GrantEnded
    | GlassBroken
    | GlassMended
    | HolderInvited
    | InvitationApproved
    | InvitationRedeemed
    | InvitationEnded
    | CredentialAdded
    | CredentialRemoved
    | SignedOutEverywhere
)
