"""Who may sign in to what, and for how long: roles and who assigns them, sessions, codes, rates.

``schemas/policy/t20/accounts.toml`` is that of an invented Games; ``decode`` reads its bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["BreakGlass", "Policy", "RolePolicy", "Sessions", "SignIn", "decode"]

ScopeKind = Literal["*", "ro", "venue", "discipline", "person", "programme"]


class RolePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that may be assigned."""

    assigned_by: tuple[str, ...]  # roles; whoever assigns has one of them where the new role is to hold
    scopes: tuple[ScopeKind, ...]  # where it may hold: everywhere, or in one scope of such a kind
    persons: Literal[1, 2] = 1  # 2: one asks, another approves
    excludes: tuple[str, ...] = ()  # roles that nobody has beside it; it counts both ways
    emergency: bool = False  # may be given to be opened in an emergency only

    def __post_init__(self) -> None:
        """Refuse a role that nobody can assign."""
        if not self.assigned_by or not self.scopes:
            raise ValueError("a role is assigned by somebody, somewhere")


class BreakGlass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is opened in an emergency."""

    minutes: int  # after which it is closed again

    @property
    def span(self) -> int:
        """How long it is open, ms."""
        return self.minutes * 60_000


class Sessions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long somebody stays signed in."""

    idle_min: int  # without a request
    longest_h: int  # whatever he does
    rotate_min: int  # the token of a session is a new one after this
    grace_s: int  # the token before counts as long: requests that are under way have it
    step_up_min: int  # a sensitive act needs a code or a passkey that is no older

    def __post_init__(self) -> None:
        """Refuse a session that ends at once, or whose old token outlives the turn."""
        if min(self.idle_min, self.longest_h, self.rotate_min, self.step_up_min) <= 0:
            raise ValueError("a session lasts for some minutes")
        if not 0 <= self.grace_s < self.rotate_min * 60:
            raise ValueError("grace_s is shorter than a turn of the token")


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody proves who he is."""

    invitation_h: int  # an invitation to make a password or a passkey lasts so long
    challenge_s: int  # the answer to a challenge comes within this
    password_length: int  # characters at least
    recovery_codes: int  # are given, each for once
    argon2_memory_kib: int
    argon2_passes: int
    argon2_lanes: int


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Accounts of a Games."""

    opened_by: tuple[str, ...]  # roles that open and close accounts and invite their holders
    locked_by: tuple[str, ...]  # roles that lock an account and end its sessions
    devices_by: tuple[str, ...]  # roles that enrol scanners, at their venue
    request_h: int  # a role that another must approve is asked for so long
    device_invitation_min: int  # an enrolment code of a scanner lasts so long
    break_glass: BreakGlass
    sessions: Sessions
    sign_in: SignIn
    roles: dict[str, RolePolicy]
    sensitive: tuple[str, ...] = ()  # commands by tag that need a fresh proof of who it is
    offers: tuple[str, ...] = ()  # commands by tag that applicants give: they have a rate of their own
    rates: dict[str, str] = {}  # what is limited -> "5/minute"; by several limits: "5/minute;50/day"


def decode(toml: bytes) -> Policy:
    """Return the policy in a TOML document."""
    return msgspec.toml.decode(toml, type=Policy)
