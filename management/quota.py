"""The quota book of a responsible organisation: how many places a category has, who holds them, what may move.

One book a responsible organisation, under the key ``ro:{code}``. A place is held before it is taken, so that nothing
that spans several keys can take one too many: hold, then confirm or release; a hold that nobody confirms lapses by a
Tick. At every moment the places held and confirmed of a category are at most its total.

Places move between categories of one pool, and only once the Games' authority has approved in writing; who asked cannot
approve.
"""

from __future__ import annotations

from typing import Literal, assert_never

import msgspec

from management.command import Received, Refusal, Tick
from management.deadline_heap import Deadline, arm, drop_stale, passed
from schemas.policy.quota import Policy

__all__ = [
    "ApproveMove",
    "Code",
    "Command",
    "ConfirmHold",
    "Event",
    "Hold",
    "HoldConfirmed",
    "HoldLapsed",
    "HoldQuota",
    "HoldReleased",
    "Line",
    "Move",
    "MoveQuota",
    "MoveRefused",
    "MoveRequested",
    "QuotaHeld",
    "QuotaMoved",
    "QuotaSet",
    "RefuseMove",
    "ReleaseHold",
    "SetQuota",
    "State",
    "decide",
    "due",
    "evolve",
]

Code = Literal[
    "NOT_AUTHORISED",
    "SAME_PERSON",
    "STATE",  # no such hold or move, or not in a state for it
    "CATEGORY",  # the Games has no quota for it
    "COUNT",  # not a number of places
    "POOL",  # places do not move between these categories
    "QUOTA",  # no place is free
    "HOLD_LAPSED",
]
Status = Literal["HELD", "CONFIRMED", "RELEASED", "LAPSED"]

# -- what is commanded -----------------------------------------------------------------------------------------------


class SetQuota(msgspec.Struct, frozen=True, tag="set_quota"):
    """Give a category so many places."""

    category: str
    total: int


class HoldQuota(msgspec.Struct, frozen=True, tag="hold_quota"):
    """Hold a place for somebody; the command's id names the hold."""

    category: str
    subject: str  # for whom: "per:P1/2"


class ConfirmHold(msgspec.Struct, frozen=True, tag="confirm_hold"):
    """Take the place that was held."""

    hold: str


class ReleaseHold(msgspec.Struct, frozen=True, tag="release_hold"):
    """Give a place back, held or taken."""

    hold: str


class MoveQuota(msgspec.Struct, frozen=True, tag="move_quota"):
    """Ask to move places from one category to another; the command's id names the move."""

    source: str
    target: str
    count: int


class ApproveMove(msgspec.Struct, frozen=True, tag="approve_move"):
    """Move them."""

    move: str
    approval: str  # the reference of the written approval


class RefuseMove(msgspec.Struct, frozen=True, tag="refuse_move"):
    """Leave them where they are; who asked may take it back so."""

    move: str


Command = SetQuota | HoldQuota | ConfirmHold | ReleaseHold | MoveQuota | ApproveMove | RefuseMove | Tick

# -- what happened ---------------------------------------------------------------------------------------------------


class QuotaSet(msgspec.Struct, frozen=True, tag="quota_set"):
    """A category has so many places."""

    category: str
    total: int


class QuotaHeld(msgspec.Struct, frozen=True, tag="quota_held"):
    """A place is held."""

    hold: str
    category: str
    subject: str
    until: int  # ms since 1970 UTC: the last at which it may be confirmed
    late: bool = False  # asked for after forms had closed


class HoldConfirmed(msgspec.Struct, frozen=True, tag="hold_confirmed"):
    """A place is taken."""

    hold: str


class HoldReleased(msgspec.Struct, frozen=True, tag="hold_released"):
    """A place was given back."""

    hold: str


class HoldLapsed(msgspec.Struct, frozen=True, tag="hold_lapsed"):
    """Nobody confirmed in time."""

    hold: str


class MoveRequested(msgspec.Struct, frozen=True, tag="move_requested"):
    """Somebody asked to move places."""

    move: str
    source: str
    target: str
    count: int
    by: str


class QuotaMoved(msgspec.Struct, frozen=True, tag="quota_moved"):
    """Places have moved."""

    move: str
    approval: str


class MoveRefused(msgspec.Struct, frozen=True, tag="move_refused"):
    """Places stay where they are."""

    move: str


Event = QuotaSet | QuotaHeld | HoldConfirmed | HoldReleased | HoldLapsed | MoveRequested | QuotaMoved | MoveRefused

# -- what is known ---------------------------------------------------------------------------------------------------


class Line(msgspec.Struct):
    """The places of one category; held and confirmed together are at most the total."""

    total: int = 0
    held: int = 0
    confirmed: int = 0

    @property
    def free(self) -> int:
        """How many nobody holds or has taken."""
        return self.total - self.held - self.confirmed


class Hold(msgspec.Struct):
    """One place, from when it was held."""

    category: str
    subject: str
    until: int
    status: Status = "HELD"
    late: bool = False


class Move(msgspec.Struct):
    """What somebody asked to move."""

    source: str
    target: str
    count: int
    by: str
    status: Literal["REQUESTED", "MOVED", "REFUSED"] = "REQUESTED"


class State(msgspec.Struct):
    """A quota book."""

    lines: dict[str, Line] = {}
    holds: dict[str, Hold] = {}
    moves: dict[str, Move] = {}
    deadlines: list[Deadline] = []


# -- the life of a hold: status and command -> what happens; a command that is not here leaves it as it is, and None
#    says that what is wished is so already

HOLDS: dict[tuple[Status, type[ConfirmHold | ReleaseHold]], type[HoldConfirmed | HoldReleased] | None] = {
    ("HELD", ConfirmHold): HoldConfirmed,
    ("HELD", ReleaseHold): HoldReleased,
    ("CONFIRMED", ConfirmHold): None,
    ("CONFIRMED", ReleaseHold): HoldReleased,
    ("RELEASED", ReleaseHold): None,
    ("LAPSED", ReleaseHold): None,
}

# -- deciding --------------------------------------------------------------------------------------------------------


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it does not."""
    match received.command:
        case SetQuota() as command:
            return _set(state, received, command, policy)
        case HoldQuota() as command:
            return _hold(state, received, command, policy)
        case ConfirmHold() | ReleaseHold() as command:
            return _end_hold(state, received, command)
        case MoveQuota() as command:
            return _ask_move(state, received, command, policy)
        case ApproveMove() | RefuseMove() as command:
            return _settle_move(state, received, command)
        case Tick(until=until):
            return [HoldLapsed(hold) for _, _, hold in passed(state.deadlines, until, lambda at: _is_live(state, at))]
        case never:
            assert_never(never)


def _set(state: State, received: Received[Command], command: SetQuota, policy: Policy) -> list[Event] | Refusal:
    line = state.lines.get(command.category, Line())
    if not received.actor.may("GAMES_AUTHORITY", received.key):
        return _not_authorised("give quotas")
    if command.category not in policy.categories:
        return _no_category(command.category)
    if command.total < 0:
        return Refusal("COUNT", "A quota is not below 0.", {"total": command.total})
    if command.total < line.held + line.confirmed:
        return _no_quota(state, command.category, "has more places held and taken than that")
    return [] if command.total == line.total else [QuotaSet(command.category, command.total)]


def _hold(state: State, received: Received[Command], command: HoldQuota, policy: Policy) -> list[Event] | Refusal:
    if not _keeps_places(received):
        return _not_authorised("hold a place")
    if command.category not in policy.categories:
        return _no_category(command.category)
    if received.id in state.holds:
        return Refusal("STATE", "There is a hold of this name already.", {"hold": received.id})
    if state.lines.get(command.category, Line()).free < 1:
        return _no_quota(state, command.category, "has no place free")
    until = received.at + policy.hold
    return [QuotaHeld(received.id, command.category, command.subject, until, policy.is_late(received.at))]


def _end_hold(state: State, received: Received[Command], command: ConfirmHold | ReleaseHold) -> list[Event] | Refusal:
    hold = state.holds.get(command.hold)
    taken = isinstance(command, ConfirmHold) or (hold is not None and hold.status == "CONFIRMED")
    # A taken place hangs on a participation: only what watches over both may take it or give it back.
    if not (received.actor.may("SYSTEM", received.key) if taken else _keeps_places(received)):
        return _not_authorised("take or give back a place")
    if hold is None:
        return Refusal("STATE", "There is no such hold.", {"hold": command.hold})
    if isinstance(command, ConfirmHold) and (
        hold.status == "LAPSED" or (hold.status == "HELD" and received.at > hold.until)
    ):
        return Refusal("HOLD_LAPSED", "The hold was not confirmed in time.", {"hold": command.hold})
    if (hold.status, type(command)) not in HOLDS:
        return Refusal("STATE", "The place was given back already.", {"hold": command.hold, "status": hold.status})
    happens = HOLDS[hold.status, type(command)]
    return [happens(command.hold)] if happens else []


def _ask_move(state: State, received: Received[Command], command: MoveQuota, policy: Policy) -> list[Event] | Refusal:
    if not received.actor.may("RO_ACR", received.key):
        return _not_authorised("ask to move places")
    for category in (command.source, command.target):
        if category not in policy.categories:
            return _no_category(category)
    if command.count < 1 or command.source == command.target:
        return Refusal("COUNT", "At least one place moves, to another category.", {"count": command.count})
    pools = [policy.categories[category].pool for category in (command.source, command.target)]
    if pools[0] != pools[1]:
        return Refusal("POOL", "Places do not move between these categories.", {"pools": pools})
    if received.id in state.moves:
        return Refusal("STATE", "There is a move of this name already.", {"move": received.id})
    if state.lines.get(command.source, Line()).free < command.count:
        return _no_quota(state, command.source, "has fewer places free")
    return [MoveRequested(received.id, command.source, command.target, command.count, received.actor.id)]


def _settle_move(state: State, received: Received[Command], command: ApproveMove | RefuseMove) -> list[Event] | Refusal:
    move = state.moves.get(command.move)
    authority = received.actor.may("GAMES_AUTHORITY", received.key)
    asked = move is not None and move.by == received.actor.id
    if isinstance(command, ApproveMove) and asked:
        return Refusal("SAME_PERSON", "Who asked to move places cannot approve it.", {"move": command.move})
    if not authority and not (isinstance(command, RefuseMove) and asked):
        return _not_authorised("settle a move")
    if move is None:
        return Refusal("STATE", "There is no such move.", {"move": command.move})
    wished = "MOVED" if isinstance(command, ApproveMove) else "REFUSED"
    if move.status != "REQUESTED":
        settled = Refusal("STATE", "The move is settled already.", {"move": command.move, "status": move.status})
        return [] if move.status == wished else settled
    if isinstance(command, RefuseMove):
        return [MoveRefused(command.move)]
    if state.lines[move.source].free < move.count:  # taken since it was asked
        return _no_quota(state, move.source, "has fewer places free")
    return [QuotaMoved(command.move, command.approval)]


def _keeps_places(received: Received[Command]) -> bool:
    return received.actor.may("SYSTEM", received.key) or received.actor.may("RO_ACR", received.key)


def _not_authorised(what: str) -> Refusal:
    return Refusal("NOT_AUTHORISED", f"You may not {what} for this responsible organisation.")


def _no_category(category: str) -> Refusal:
    return Refusal("CATEGORY", f"There is no quota for category {category}.", {"category": category})


def _no_quota(state: State, category: str, why: str) -> Refusal:
    line = state.lines.get(category, Line())
    about = {"category": category, "total": line.total, "held": line.held, "confirmed": line.confirmed}
    return Refusal("QUOTA", f"Category {category} {why}.", about)


# -- evolving --------------------------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> None:
    """Take in what happened."""
    match event:
        case QuotaSet(category=category, total=total):
            state.lines.setdefault(category, Line()).total = total
        case QuotaHeld(hold=name, category=category, subject=subject, until=until, late=late):
            state.holds[name] = Hold(category, subject, until, late=late)
            state.lines[category].held += 1
            arm(state.deadlines, (until, "hold", name))
        case HoldConfirmed(hold=name):
            state.lines[_leave(state, name, "CONFIRMED")].confirmed += 1
        case HoldReleased(hold=name) if state.holds[name].status == "CONFIRMED":
            state.holds[name].status = "RELEASED"
            state.lines[state.holds[name].category].confirmed -= 1
        case HoldReleased(hold=name):
            _leave(state, name, "RELEASED")
        case HoldLapsed(hold=name):
            _leave(state, name, "LAPSED")
        case MoveRequested(move=name, source=source, target=target, count=count, by=by):
            state.moves[name] = Move(source, target, count, by)
        case QuotaMoved(move=name):
            move = state.moves[name]
            move.status = "MOVED"
            state.lines[move.source].total -= move.count
            state.lines.setdefault(move.target, Line()).total += move.count
        case MoveRefused(move=name):
            state.moves[name].status = "REFUSED"
        case never:
            assert_never(never)


def _leave(state: State, name: str, status: Status) -> str:
    """End that a place is only held; return its category."""
    hold = state.holds[name]
    hold.status = status
    state.lines[hold.category].held -= 1
    drop_stale(state.deadlines, lambda deadline: _is_live(state, deadline))
    return hold.category


def _is_live(state: State, deadline: Deadline) -> bool:
    return state.holds[deadline[2]].status == "HELD"


def due(state: State) -> int | None:
    """Return when the first hold lapses."""
    return state.deadlines[0][0] if state.deadlines else None
