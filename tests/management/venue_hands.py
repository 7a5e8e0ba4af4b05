"""A venue's workforce by hand: commands go in, and what came of the last one is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

import schemas
from management import workforce
from management.command import Actor, Grant, Received, Refusal, Tick
from management.worker import Access, AccessWindow, Profile
from management.workforce_commands import (
    CheckIn,
    CheckOut,
    Command,
    ConfirmAssignment,
    EnrolPerson,
    PlanShift,
    ProposeAssignment,
    PublishAssignments,
    RecordAccess,
)
from management.workforce_events import Event
from schemas.policy.workforce import Policy, decode

POLICY = decode((Path(schemas.__file__).parent / "policy" / "t20" / "workforce.toml").read_bytes())
MINUTE = 60_000
HOUR = 60 * MINUTE
ORIGIN = 1_910_736_000_000  # 2030-07-20T00:00:00Z
OFFSET = 120  # the venue's clock, minutes east of UTC

PLANNER = Actor("planner", (Grant("WF_PLANNER"),))
LEAD = Actor("lead", (Grant("VENUE_WF", "venue:STA"),))
GATE = Actor("gate", (Grant("GATE_DEVICE", "venue:STA"),))
SYSTEM = Actor("system", (Grant("SYSTEM"),))


def at(day: int, hour: int, minute: int = 0) -> int:
    """Return an instant by the venue's clock; hour 25 is one in the morning of the next day."""
    return ORIGIN + (day * 24 + hour) * HOUR + minute * MINUTE - OFFSET * MINUTE


def person(name: str) -> Actor:
    """The person himself."""
    return Actor(name, (Grant("VOLUNTEER", f"person:{name}"),))


ALWAYS = AccessWindow("STA", "BLUE", at(0, 0), at(30, 0))


class Venue:
    """One venue's workforce."""

    def __init__(self, name: str = "STA", policy: Policy = POLICY) -> None:
        self.name = name
        self.policy = policy
        self.state = workforce.State()
        self.log: list[Event] = []
        self.now = at(0, 0)

    def do(self, command: Command, actor: Actor = PLANNER, now: int | None = None) -> list[Event] | Refusal:
        """Give a command; carry out what comes of it."""
        self.now = self.now if now is None else now
        received = Received("c", f"wf:{self.name}", command, actor, self.now)
        before = msgspec.msgpack.encode(self.state)
        outcome = workforce.decide(self.state, received, self.policy)
        assert msgspec.msgpack.encode(self.state) == before, "decide has changed the state"
        if not isinstance(outcome, Refusal):
            for event in outcome:
                workforce.evolve(self.state, event)
                self.log.append(event)
        return outcome

    def ok(self, *commands: Command, actor: Actor = PLANNER, now: int | None = None) -> None:
        """Give commands that are carried out."""
        for command in commands:
            outcome = self.do(command, actor, now)
            assert not isinstance(outcome, Refusal), outcome

    def code(self, command: Command, actor: Actor = PLANNER, now: int | None = None) -> str:
        """Give a command; return the code with which it is refused, or what it makes happen."""
        outcome = self.do(command, actor, now)
        return outcome.code if isinstance(outcome, Refusal) else f"accepted: {outcome}"

    def tick(self, until: int) -> list[Event] | Refusal:
        """Let time pass."""
        return self.do(Tick(until), SYSTEM, max(self.now, until))

    def enrol(
        self,
        *names: str,
        windows: Sequence[AccessWindow] = (ALWAYS,),
        trainings: Sequence[str] = ("GENERAL",),
        **can: Any,
    ) -> None:
        """Put people on the roster, trained and let in."""
        for name in names:
            self.ok(EnrolPerson(name, Profile(trainings=tuple(trainings), **can)))
            self.ok(RecordAccess(name, Access(1, tuple(windows))), actor=SYSTEM)

    def plan(self, name: str, starts: int, ends: int, role: str = "STEWARD", need: int = 3, **more: Any) -> None:
        """Open a shift."""
        self.ok(PlanShift(name, role, more.pop("zone", "BLUE"), starts, ends, OFFSET, OFFSET, need, **more))

    def assign(self, name: str, shift: str, worker: str) -> None:
        """Propose and publish an assignment."""
        self.ok(ProposeAssignment(name, shift, worker), PublishAssignments((name,)))

    def confirm(self, name: str) -> None:
        """Have a person say that he will come."""
        self.ok(ConfirmAssignment(name), actor=person(self.state.assignments[name].person))

    def check_in(self, name: str, now: int) -> None:
        """Scan a card on arrival."""
        self.ok(CheckIn(name, self.name, now, f"scan-{name}"), actor=GATE, now=now)

    def check_out(self, name: str, now: int) -> None:
        """Note that somebody leaves."""
        self.ok(CheckOut(name, now), actor=GATE, now=now)

    def status(self, *names: str) -> list[str]:
        """Return where assignments stand."""
        return [self.state.assignments[name].status for name in names]


def venue_of(*people: str) -> Venue:
    """A venue with people on its roster, and the early and late shifts of two days."""
    venue = Venue()
    venue.enrol(*people)
    for day in (1, 2):
        venue.plan(f"early{day}", at(day, 6), at(day, 14))
        venue.plan(f"late{day}", at(day, 14), at(day, 22))
    return venue
