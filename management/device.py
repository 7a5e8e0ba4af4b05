"""A scanner at a gate (key ``dev:{device}``): which key it signs with, at which venue, and that it counts no more.

Whoever leads accreditation at a venue makes a code, which the scanner reads off a screen; it makes a key of its own,
which never leaves it, and hands in the public half with the code. A name is one device for ever: a scanner that was
lost, copied or opened is revoked, and comes back under another name.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Literal, assert_never

import msgspec

from management.command import Grant, Received, Refusal, Tick
from schemas.policy.accounts import Policy

__all__ = [
    "Code",
    "Command",
    "DeviceEnrolled",
    "DeviceInvitationLapsed",
    "DeviceInvited",
    "DeviceRevoked",
    "EnrolDevice",
    "Event",
    "InviteDevice",
    "RevokeDevice",
    "State",
    "decide",
    "due",
    "evolve",
    "grants_of",
]

Code = Literal[
    "STATE",  # the device is not such that this could be done
    "NOT_AUTHORISED",
    "KEY",  # not a public key
    "INVITATION",  # no such code, or it is too old
]

Status = Literal["NONE", "INVITED", "ENROLLED", "REVOKED"]

_MINUTE = 60_000


class InviteDevice(msgspec.Struct, frozen=True, tag="invite_device"):
    """Let a scanner enrol at a venue; another invitation takes the place of one that was not used."""

    venue: str
    digest: str  # SHA-256 of the code, hexadecimal


class EnrolDevice(msgspec.Struct, frozen=True, tag="enrol_device"):
    """Hand in the public half of the scanner's key, with the code, which is the proof."""

    key: str  # Ed25519, 64 hexadecimal digits
    secret: str


class RevokeDevice(msgspec.Struct, frozen=True, tag="revoke_device"):
    """Take nothing more from a scanner, for good; by one person, at once."""

    reason: str  # a code: LOST, COPIED, RETIRED


Command = InviteDevice | EnrolDevice | RevokeDevice | Tick


class DeviceInvited(msgspec.Struct, frozen=True, tag="device_invited"):
    """A scanner may enrol."""

    venue: str
    digest: str
    until: int  # ms
    by: str


class DeviceEnrolled(msgspec.Struct, frozen=True, tag="device_enrolled"):
    """What it signs counts."""

    venue: str
    key: str
    invited_by: str


class DeviceInvitationLapsed(msgspec.Struct, frozen=True, tag="device_invitation_lapsed"):
    """Nobody used the code in time."""


class DeviceRevoked(msgspec.Struct, frozen=True, tag="device_revoked"):
    """What it signs counts no more."""

    reason: str
    by: str


Event = DeviceInvited | DeviceEnrolled | DeviceInvitationLapsed | DeviceRevoked


class State(msgspec.Struct):
    """A scanner."""

    status: Status = "NONE"
    venue: str = ""
    key: str = ""
    digest: str = ""
    until: int = 0
    invited_by: str = ""


# -- the life of a scanner: command -> in which status ------------------------------------------------------------

LIFE: dict[type[InviteDevice | EnrolDevice | RevokeDevice], frozenset[Status]] = {
    InviteDevice: frozenset({"NONE", "INVITED"}),
    EnrolDevice: frozenset({"INVITED"}),
    RevokeDevice: frozenset({"INVITED", "ENROLLED"}),
}

Decision = list[Event] | Refusal


def decide(state: State, received: Received[Command], policy: Policy) -> Decision:
    """Return what a command brings about, or why it does not."""
    ask = received.command
    match ask:
        case Tick(until=until):
            return [DeviceInvitationLapsed()] if state.status == "INVITED" and state.until <= until else []
        case InviteDevice():
            return _invite(state, received, policy)
        case EnrolDevice():
            return _enrol(state, received)
        case RevokeDevice():
            return _revoke(state, received, policy)
        case never:
            assert_never(never)


def _invite(state: State, received: Received[Any], policy: Policy) -> Decision:
    ask = received.command
    if not ask.venue or not _may(received, ask.venue, policy.devices_by):
        return Refusal("NOT_AUTHORISED", "This takes a role that enrols scanners at the venue.", {"venue": ask.venue})
    if state.status not in LIFE[InviteDevice]:
        return _wrong(state)
    if len(ask.digest) != 64:
        return Refusal("INVITATION", "The digest of a code has 64 hexadecimal digits.")
    until = received.at + policy.device_invitation_min * _MINUTE
    return [DeviceInvited(ask.venue, ask.digest, until, received.actor.id)]


def _enrol(state: State, received: Received[Any]) -> Decision:
    ask = received.command
    digest = sha256(ask.secret.encode()).hexdigest()
    known = state.status in LIFE[EnrolDevice] and received.at < state.until and digest == state.digest
    if not known:  # one answer for all that may be wrong with it
        return Refusal("INVITATION", "The code is not one that counts.")
    if len(ask.key) != 64 or any(digit not in "0123456789abcdef" for digit in ask.key):
        return Refusal("KEY", "A public key is 64 hexadecimal digits.")
    return [DeviceEnrolled(state.venue, ask.key, state.invited_by)]


def _revoke(state: State, received: Received[Any], policy: Policy) -> Decision:
    if not _may(received, state.venue, (*policy.devices_by, *policy.locked_by)):
        return Refusal("NOT_AUTHORISED", "This takes a role that revokes scanners.", {"venue": state.venue})
    if state.status == "REVOKED":
        return []
    if state.status not in LIFE[RevokeDevice]:
        return _wrong(state)
    return [DeviceRevoked(received.command.reason, received.actor.id)]


def _may(received: Received[Any], venue: str, roles: tuple[Any, ...]) -> bool:
    return any(received.actor.may(role, f"venue:{venue}") for role in roles)


def _wrong(state: State) -> Refusal:
    return Refusal("STATE", f"The device is {state.status}.", {"status": state.status})


def evolve(state: State, event: Event) -> None:
    """Take in what happened."""
    match event:
        case DeviceInvited():
            state.status, state.venue, state.digest = "INVITED", event.venue, event.digest
            state.until, state.invited_by = event.until, event.by
        case DeviceEnrolled():
            state.status, state.key, state.digest = "ENROLLED", event.key, ""
        case DeviceInvitationLapsed():
            state.status, state.digest = "NONE", ""
        case DeviceRevoked():
            state.status, state.digest = "REVOKED", ""
        case never:
            assert_never(never)


def due(state: State) -> int | None:
    """Return when an invitation ends."""
    return state.until if state.status == "INVITED" else None


def grants_of(state: State) -> tuple[Grant, ...]:
    """Return the role of a scanner: that of a gate at its venue, as long as it counts."""
    return (Grant("GATE_DEVICE", f"venue:{state.venue}"),) if state.status == "ENROLLED" else ()
