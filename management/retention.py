"""How long what is known of persons is kept: the periods of a Games, and which are over (key ``ret:{games}``).

That a period is over is an event like any other, brought about by a Tick: so a replay, and a restore, know of it. What
follows is that the key of that field is destroyed for everybody, but for those who are under a legal hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from management.command import Received, Refusal, Tick
from schemas.policy.privacy import Policy

__all__ = [
    "Code",
    "Command",
    "Event",
    "FieldsExpired",
    "PlanRetention",
    "RetentionPlanned",
    "State",
    "decide",
    "due",
    "evolve",
]

Code = Literal["NOT_AUTHORISED"]


class PlanRetention(msgspec.Struct, frozen=True, tag="plan_retention"):
    """Have the periods of the policy count from now on."""


class RetentionPlanned(msgspec.Struct, frozen=True, tag="retention_planned"):
    """These periods count; a period that is over is over, whatever a later plan says."""

    until: Mapping[str, int]  # field -> ms since 1970 UTC


class FieldsExpired(msgspec.Struct, frozen=True, tag="fields_expired"):
    """The time of these fields is over: their keys are to be destroyed."""

    fields: tuple[str, ...]


Command = PlanRetention | Tick
Event = RetentionPlanned | FieldsExpired


class State(msgspec.Struct):
    """The periods that run, and the fields whose time is over."""

    until: dict[str, int] = {}
    expired: list[str] = []


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command brings about, or why it does not."""
    command = received.command
    if isinstance(command, Tick):
        over = sorted(field for field, until in state.until.items() if until <= command.until)
        return [FieldsExpired(tuple(over))] if over else []
    if not received.actor.may("DPO") and not received.actor.may("SYSTEM"):
        return Refusal("NOT_AUTHORISED", "Only the data protection officer plans how long things are kept.")
    plan = {field: until for field, until in sorted(policy.until.items()) if field not in state.expired}
    return [] if plan == state.until else [RetentionPlanned(plan)]


def evolve(state: State, event: Event) -> None:
    """Take in what happened."""
    match event:
        case RetentionPlanned(until=until):
            state.until = dict(until)
        case FieldsExpired(fields=fields):
            state.expired += fields
            state.until = {field: until for field, until in state.until.items() if field not in fields}


def due(state: State) -> int | None:
    """Return when the next period is over."""
    return min(state.until.values(), default=None)
