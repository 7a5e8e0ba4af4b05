"""Commands as received, events as recorded, and refusals: what every aggregate takes and returns.

An aggregate is a module with a ``State`` and three pure functions::

    decide(state, received, policy) -> list of events | Refusal
    evolve(state, event) -> None            # changes the state in place; never fails on an event that was recorded
    due(state) -> int | None                # the earliest deadline that a Tick would fire, ms

Time, identifiers and the policy come from outside; the same calls give the same events on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import msgspec

__all__ = ["EVERYWHERE", "Actor", "Grant", "Received", "Recorded", "Refusal", "Role", "Tick"]

Role = Literal[
    "RO_ACR",  # a responsible organisation's accreditation
    "RO_ENTRIES",
    "OC_ACR_OPERATOR",
    "OC_ACR_SUPERVISOR",
    "GAMES_AUTHORITY",
    "SECURITY_CHECK",  # gives verdicts, sees the least
    "VENUE_ACR",
    "GATE_DEVICE",
    "SPORT_ENTRIES",
    "IF_DELEGATE",
    "IF_MEDICAL",
    "SCHED_PLANNER",
    "SCHED_APPROVER",
    "WF_PLANNER",
    "VENUE_WF",
    "VOLUNTEER",
    "SOC",
    "DPO",
    "AUDITOR",
    "SYSADMIN",  # no business commands
    "SYSTEM",  # process managers and the scheduler of ticks
]

EVERYWHERE = "*"

NOTHING: Mapping[str, Any] = MappingProxyType({})

C = TypeVar("C")
E = TypeVar("E")


class Grant(msgspec.Struct, frozen=True):
    """A role and where it holds."""

    role: Role
    scope: str = EVERYWHERE  # "ro:FRA", "venue:STA", "discipline:SWM", "person:P1" or everywhere


class Actor(msgspec.Struct, frozen=True):
    """Who commands: a person or a process, by an identifier that is never a name."""

    id: str
    grants: tuple[Grant, ...] = ()

    def may(self, role: Role, scope: str = EVERYWHERE) -> bool:
        """Return whether the actor holds a role in a scope, or everywhere."""
        return any(grant.role == role and grant.scope in (EVERYWHERE, scope) for grant in self.grants)


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """The scheduler's command to every aggregate with deadlines: those at or before ``until`` have passed."""

    until: int  # ms since 1970 UTC; some seconds behind the clock, so that commands in flight come first


class Received(msgspec.Struct, Generic[C], frozen=True):
    """A command as it came in."""

    id: str  # made by the client, UUIDv7; the same id again is the same command
    key: str  # consistency key: "per:P1", "ro:FRA", "ebk:SWM", "sch:T20", "wf:STA", "uq:doc:7f"
    command: C
    actor: Actor
    at: int  # ms since 1970 UTC, stamped where it was received, never taken from the client
    expected: int | None = None  # the version that the sender saw; None: whatever it is
    correlation: str = ""  # what it is part of: an import, a decision, the event that caused it


class Recorded(msgspec.Struct, Generic[E], frozen=True):
    """An event as it lies on the log."""

    id: str  # UUIDv5 of the command's id and the index of the event
    key: str
    version: int  # of the aggregate: 1, 2, 3, ... without holes
    event: E
    cause: str  # id of the command
    actor: str  # id of who commanded
    at: int  # ms since 1970 UTC, the command's
    correlation: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """A command was not carried out: nothing has changed."""

    code: str  # one of the refusal codes of the aggregate: "QUOTA", "SAME_PERSON"
    text: str  # one sentence for the person who asked
    about: Mapping[str, Any] = NOTHING  # the facts of it, by name
