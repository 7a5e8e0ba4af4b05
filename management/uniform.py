"""The uniform of one person (key ``uni:{person}``): sizes allotted, items issued by serial, and what has to come back.

Tokyo lost 10,000 volunteers and saw their uniforms at auctions. So whoever leaves with items issued has them
outstanding at once, and overdue when the time to return them is over; both are for the security desk to see.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from management.command import Received, Refusal, Role, Tick
from management.ledger import DAY
from schemas.policy.volunteers import Policy

__all__ = [
    "PREFIX",
    "Allot",
    "CallBack",
    "Code",
    "Command",
    "Event",
    "Issue",
    "Item",
    "ItemsIssued",
    "ItemsReturned",
    "ItemsWrittenOff",
    "ReturnItems",
    "SizesAllotted",
    "State",
    "UniformOutstanding",
    "UniformOverdue",
    "UniformSettled",
    "WriteOff",
    "decide",
    "due",
    "evolve",
]

PREFIX = "uni"

Code = Literal[
    "NO_CARD",  # neither an active card, nor one that is being validated at the same desk
    "NOT_ALLOTTED",  # an item that the person is not to get
    "DUPLICATE_ITEM",  # has it already
    "UNKNOWN_ITEM",  # does not have it
    "LEFT",  # is no longer of the workforce
    "NOT_AUTHORISED",
    "SAME_PERSON",
]

# -- commands ---------------------------------------------------------------------------------------------------------


class Item(msgspec.Struct, frozen=True):
    """One piece."""

    serial: str
    kind: str  # JACKET, SHOES


class Allot(msgspec.Struct, frozen=True, tag="allot"):
    """Say what a person is to get, in which size."""

    sizes: dict[str, str]  # kind -> size


class Issue(msgspec.Struct, frozen=True, tag="issue"):
    """Hand items out."""

    items: tuple[Item, ...]
    card: Literal["ACTIVE", "VALIDATING", "OTHER"]  # as the accreditation says; VALIDATING: at this desk, now


class ReturnItems(msgspec.Struct, frozen=True, tag="return_items"):
    """Take items back."""

    serials: tuple[str, ...]


class WriteOff(msgspec.Struct, frozen=True, tag="write_off"):
    """Give items up. By a planner, and not for himself."""

    serials: tuple[str, ...]
    reason: str


class CallBack(msgspec.Struct, frozen=True, tag="call_back"):
    """Say that the person has left: withdrawn, dismissed, or his time is over."""

    reason: str


Command = Allot | Issue | ReturnItems | WriteOff | CallBack | Tick

# -- events -----------------------------------------------------------------------------------------------------------


class SizesAllotted(msgspec.Struct, frozen=True, tag="sizes_allotted"):
    """What a person is to get."""

    sizes: dict[str, str]


class ItemsIssued(msgspec.Struct, frozen=True, tag="items_issued"):
    """What he got."""

    items: tuple[Item, ...]


class ItemsReturned(msgspec.Struct, frozen=True, tag="items_returned"):
    """What came back."""

    serials: tuple[str, ...]


class ItemsWrittenOff(msgspec.Struct, frozen=True, tag="items_written_off"):
    """What will not come back."""

    serials: tuple[str, ...]
    reason: str


class UniformOutstanding(msgspec.Struct, frozen=True, tag="uniform_outstanding"):
    """The person has left, and has these."""

    serials: tuple[str, ...]
    reason: str
    due: int  # ms since 1970 UTC


class UniformOverdue(msgspec.Struct, frozen=True, tag="uniform_overdue"):
    """The time to return them is over."""

    serials: tuple[str, ...]


class UniformSettled(msgspec.Struct, frozen=True, tag="uniform_settled"):
    """The person has left and has nothing any more."""


Event = (
    SizesAllotted | ItemsIssued | ItemsReturned | ItemsWrittenOff | UniformOutstanding | UniformOverdue | UniformSettled
)

# -- state ------------------------------------------------------------------------------------------------------------


class State(msgspec.Struct):
    """What one person has."""

    sizes: dict[str, str] = {}
    issued: dict[str, str] = {}  # serial -> kind, of what he has
    left: bool = False
    due: int = 0  # when all has to be back; 0: no timer runs
    overdue: bool = False


# -- who may what: in any scope, for a uniform desk serves whoever stands before it ------------------------------------

DESK: frozenset[Role] = frozenset({"WF_PLANNER", "VENUE_WF", "VENUE_ACR"})

RIGHTS: dict[type, frozenset[Role]] = {
    Allot: DESK,
    Issue: DESK,
    ReturnItems: DESK,
    WriteOff: frozenset({"WF_PLANNER"}),
    CallBack: frozenset({"WF_PLANNER", "SYSTEM"}),
    Tick: frozenset({"SYSTEM"}),
}

# -- decisions --------------------------------------------------------------------------------------------------------


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command makes happen, or why nothing does."""
    if refusal := _check_right(received):
        return refusal
    match received.command:
        case Allot(sizes=sizes):
            if state.left:
                return _refuse("LEFT", "whoever has left gets no uniform")
            return [] if sizes == state.sizes else [SizesAllotted(sizes)]
        case Issue() as issue:
            return _issue(state, issue)
        case ReturnItems(serials=serials):
            return _check_had(state, serials) or [ItemsReturned(serials), *_settled(state, serials)]
        case WriteOff(serials=serials, reason=reason):
            return _check_had(state, serials) or [ItemsWrittenOff(serials, reason), *_settled(state, serials)]
        case CallBack(reason=reason):
            if state.left:
                return []
            if not state.issued:
                return [UniformSettled()]
            return [UniformOutstanding(tuple(state.issued), reason, received.at + policy.return_days * DAY)]
        case Tick(until=until):
            return [UniformOverdue(tuple(state.issued))] if state.due and state.due <= until else []


def _check_right(received: Received[Command]) -> Refusal | None:
    actor, person = received.actor, received.key.partition(":")[2]
    if not any(grant.role in RIGHTS[type(received.command)] for grant in actor.grants):
        return _refuse("NOT_AUTHORISED", "only a uniform desk may do this, and only a planner write off")
    if actor.id == person:
        return _refuse("SAME_PERSON", "nobody keeps his own uniform's books")
    return None


def _issue(state: State, issue: Issue) -> list[Event] | Refusal:
    if state.left:
        return _refuse("LEFT", "whoever has left gets no uniform")
    if issue.card == "OTHER":
        return _refuse("NO_CARD", "a uniform needs an active card, or one validated at the same desk")
    kinds = {item.serial: item.kind for item in issue.items}
    if kinds and all(state.issued.get(serial) == kind for serial, kind in kinds.items()):
        return []
    if len(kinds) < len(issue.items) or kinds.keys() & state.issued.keys():
        return _refuse("DUPLICATE_ITEM", "one of these serials is issued already")
    if any(kind not in state.sizes for kind in kinds.values()):
        return _refuse("NOT_ALLOTTED", "one of these kinds is not allotted")
    return [ItemsIssued(issue.items)] if kinds else []


def _check_had(state: State, serials: tuple[str, ...]) -> Refusal | None:
    unknown = [serial for serial in serials if serial not in state.issued]
    if unknown or len(set(serials)) < len(serials) or not serials:
        return Refusal("UNKNOWN_ITEM", "one of these serials is not with the person", {"serials": tuple(unknown)})
    return None


def _settled(state: State, serials: tuple[str, ...]) -> list[Event]:
    return [UniformSettled()] if state.left and len(serials) == len(state.issued) else []


def _refuse(code: Code, text: str) -> Refusal:
    return Refusal(code, text)


# -- changes ----------------------------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> None:
    """Change the state by an event."""
    match event:
        case SizesAllotted(sizes=sizes):
            state.sizes = dict(sizes)
        case ItemsIssued(items=items):
            state.issued.update({item.serial: item.kind for item in items})
        case ItemsReturned(serials=serials) | ItemsWrittenOff(serials=serials):
            for serial in serials:
                del state.issued[serial]
        case UniformOutstanding():
            state.left, state.due = True, event.due
        case UniformOverdue():
            state.due, state.overdue = 0, True
        case UniformSettled():
            state.left, state.due, state.overdue = True, 0, False


def due(state: State) -> int | None:
    """Return the earliest deadline that a Tick would fire, ms."""
    return state.due or None
