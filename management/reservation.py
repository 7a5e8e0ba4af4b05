"""Values that nobody shares: an identity document belongs to one person, a card's serial to one card.

Under the key ``uq:{kind}:{bucket}`` lie the claims of all values of a kind whose first digits are the bucket, so that
two claims of one value always meet and the first wins. A value is never the thing itself: of a document it is a keyed
hash, made where the document was shown.

A claim waits for its confirmation, as a hold does, and lapses by a Tick. What is unique *now* is free again once it was
given up; what is unique *ever* stays with its first holder.
"""

from __future__ import annotations

from typing import Literal, assert_never

import msgspec

from management.command import Received, Refusal, Tick
from management.deadline_heap import Deadline, arm, drop_stale, passed
from schemas.policy.reservation import Kind, Policy

__all__ = [
    "BANNED",
    "Claim",
    "ClaimConfirmed",
    "ClaimLapsed",
    "ClaimPassed",
    "ClaimReleased",
    "Claimed",
    "Code",
    "Command",
    "ConfirmClaim",
    "Event",
    "Holder",
    "PassClaim",
    "ReleaseClaim",
    "State",
    "decide",
    "due",
    "evolve",
]

Code = Literal[
    "NOT_AUTHORISED",
    "STATE",  # the claimant does not hold the value
    "KIND",  # nothing of this kind is reserved, or the value is not of this bucket
    "DUPLICATE_DOCUMENT",  # about: existing_ref
    "BANNED",
    "CLAIM_LAPSED",
]
BANNED = "banned"  # who holds what nobody may have again: a document of somebody banned, who was erased since
Status = Literal["CLAIMED", "CONFIRMED", "GIVEN_UP"]


class Claim(msgspec.Struct, frozen=True, tag="claim"):
    """Claim a value for somebody."""

    value: str  # hex, begins with the bucket
    ref: str  # for whom: "per:P1"


class ConfirmClaim(msgspec.Struct, frozen=True, tag="confirm_claim"):
    """Keep what was claimed."""

    value: str
    ref: str


class ReleaseClaim(msgspec.Struct, frozen=True, tag="release_claim"):
    """Give a value up."""

    value: str
    ref: str


class PassClaim(msgspec.Struct, frozen=True, tag="pass_claim"):
    """Pass a value on to somebody else, who is the same person after all."""

    value: str
    ref: str
    to: str


Command = Claim | ConfirmClaim | ReleaseClaim | PassClaim | Tick


class Claimed(msgspec.Struct, frozen=True, tag="claimed"):
    """A value is claimed, and waits for its confirmation."""

    value: str
    ref: str
    until: int  # ms since 1970 UTC: the last at which it may be confirmed


class ClaimConfirmed(msgspec.Struct, frozen=True, tag="claim_confirmed"):
    """A value belongs to its claimant."""

    value: str


class ClaimReleased(msgspec.Struct, frozen=True, tag="claim_released"):
    """A value was given up."""

    value: str
    kept: bool = False  # unique ever: nobody else may have it


class ClaimLapsed(msgspec.Struct, frozen=True, tag="claim_lapsed"):
    """Nobody confirmed in time."""

    value: str


class ClaimPassed(msgspec.Struct, frozen=True, tag="claim_passed"):
    """A value belongs to somebody else from now on."""

    value: str
    to: str


Event = Claimed | ClaimConfirmed | ClaimReleased | ClaimLapsed | ClaimPassed


class Holder(msgspec.Struct):
    """Who has a value, and how surely."""

    ref: str
    until: int
    status: Status = "CLAIMED"
    again: bool = False  # had it before, as it is unique ever: a claim that lapses leaves it with him


class State(msgspec.Struct):
    """The claims of one bucket."""

    holders: dict[str, Holder] = {}
    deadlines: list[Deadline] = []


# -- the life of a value with its claimant: status and command -> what happens; None: it is so already

CLAIMS: dict[tuple[Status, type[Claim | ConfirmClaim | ReleaseClaim]], type[Event] | None] = {
    ("CLAIMED", Claim): None,
    ("CLAIMED", ConfirmClaim): ClaimConfirmed,
    ("CLAIMED", ReleaseClaim): ClaimReleased,
    ("CONFIRMED", Claim): None,
    ("CONFIRMED", ConfirmClaim): None,
    ("CONFIRMED", ReleaseClaim): ClaimReleased,
    ("GIVEN_UP", Claim): Claimed,
    ("GIVEN_UP", ReleaseClaim): None,
}


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it does not."""
    command = received.command
    if isinstance(command, Tick):
        lapsed = passed(state.deadlines, command.until, lambda at: _is_live(state, at))
        return [ClaimLapsed(value) for _, _, value in lapsed]
    if not received.actor.may("SYSTEM", received.key):
        return Refusal("NOT_AUTHORISED", "Only the system reserves values.")
    _, _, rest = received.key.partition(":")
    name, _, bucket = rest.partition(":")
    kind = policy.kinds.get(name)
    if kind is None or not bucket or not command.value.startswith(bucket):
        return Refusal("KIND", "Such a value is not reserved here.", {"kind": name, "bucket": bucket})
    holder = state.holders.get(command.value)
    if isinstance(command, PassClaim):
        return _pass(holder, command)
    if holder is None or holder.ref != command.ref:
        return _meet(holder, received, command, kind)
    return _go_on(holder, received, command, kind)


def _meet(
    holder: Holder | None, received: Received[Command], command: Claim | ConfirmClaim | ReleaseClaim, kind: Kind
) -> list[Event] | Refusal:
    """Decide for who does not have the value: another may, or nobody."""
    match command:
        case Claim() if holder is None:
            return [Claimed(command.value, command.ref, received.at + kind.claim)]
        case Claim() if holder is not None and holder.ref == BANNED:
            return Refusal("BANNED", "Whoever has this is banned from the Games.")
        case Claim() if holder is not None:
            about = {"existing_ref": holder.ref}
            return Refusal("DUPLICATE_DOCUMENT", "Somebody else has this already.", about)
        case ConfirmClaim():
            return Refusal("STATE", "There is no such claim: it lapsed, or never was.", {"ref": command.ref})
        case _:
            return []  # given up already, as is wished


def _go_on(
    holder: Holder, received: Received[Command], command: Claim | ConfirmClaim | ReleaseClaim, kind: Kind
) -> list[Event] | Refusal:
    """Decide for who has the value."""
    if isinstance(command, ConfirmClaim) and holder.status == "CLAIMED" and received.at > holder.until:
        return Refusal("CLAIM_LAPSED", "The claim was not confirmed in time.", {"ref": command.ref})
    if (holder.status, type(command)) not in CLAIMS:
        return Refusal("STATE", "The value was given up.", {"ref": command.ref})
    match CLAIMS[holder.status, type(command)]:
        case None:
            return []
        case happens if happens is Claimed:
            return [Claimed(command.value, command.ref, received.at + kind.claim)]
        case happens if happens is ClaimReleased:
            # What was only claimed was nobody's yet, save where he had it before.
            had = holder.status == "CONFIRMED" or holder.again
            return [ClaimReleased(command.value, kept=had and kind.unique == "ever")]
        case _:
            return [ClaimConfirmed(command.value)]


def _pass(holder: Holder | None, command: PassClaim) -> list[Event] | Refusal:
    if holder is not None and holder.ref == command.to:
        return []
    if holder is None or holder.ref != command.ref:
        return Refusal("STATE", "Who does not have it cannot pass it on.", {"ref": command.ref})
    return [ClaimPassed(command.value, command.to)]


def evolve(state: State, event: Event) -> None:
    """Take in what happened."""
    match event:
        case Claimed(value=value, ref=ref, until=until):
            state.holders[value] = Holder(ref, until, again=value in state.holders)
            arm(state.deadlines, (until, "claim", value))
        case ClaimConfirmed(value=value):
            state.holders[value].status = "CONFIRMED"
        case ClaimReleased(value=value, kept=True):
            state.holders[value].status = "GIVEN_UP"
        case ClaimLapsed(value=value) if state.holders[value].again:
            state.holders[value].status = "GIVEN_UP"
        case ClaimReleased(value=value) | ClaimLapsed(value=value):
            del state.holders[value]
        case ClaimPassed(value=value, to=to):
            state.holders[value].ref = to
        case never:
            assert_never(never)
    drop_stale(state.deadlines, lambda deadline: _is_live(state, deadline))


def _is_live(state: State, deadline: Deadline) -> bool:
    until, _, value = deadline
    holder = state.holders.get(value)
    return holder is not None and holder.status == "CLAIMED" and holder.until == until


def due(state: State) -> int | None:
    """Return when the first claim lapses."""
    return state.deadlines[0][0] if state.deadlines else None
