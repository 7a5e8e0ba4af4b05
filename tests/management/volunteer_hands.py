"""Volunteers by hand: one person's part in a programme, and the headcount that it draws on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

import schemas
from management import headcount, volunteer
from management.command import Actor, Grant, Received, Refusal, Tick
from management.volunteer_commands import (
    AmendApplication,
    Hold,
    MakeOffer,
    Match,
    OpenApplication,
    RecordInterview,
    Screen,
    Submit,
)
from schemas.policy.volunteers import decode

POLICY = decode((Path(schemas.__file__).parent / "policy" / "t20" / "volunteers.toml").read_bytes())
NOW = 1_900_000_000_000
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
RESPOND_BY = NOW + 48 * HOUR
ADULT = date(1990, 5, 17)
DAYS = tuple(POLICY.starts + timedelta(n) for n in range(12))

PLANNER = Actor("planner", (Grant("WF_PLANNER", "programme:MAIN"),))
SYSTEM = Actor("system", (Grant("SYSTEM"),))


def person(name: str) -> Actor:
    """The person himself."""
    return Actor(name, (Grant("VOLUNTEER", f"person:{name}"),))


class Aggregate:
    """One aggregate of the volunteer side."""

    def __init__(self, module: ModuleType, key: str) -> None:
        self.module = module
        self.key = key
        self.state: Any = module.State()
        self.log: list[Any] = []
        self.count = 0

    def do(self, command: Any, actor: Actor = PLANNER, now: int = NOW) -> list[Any] | Refusal:
        """Give a command; carry out what comes of it."""
        self.count += 1
        before = msgspec.msgpack.encode(self.state)
        received = Received(f"c{self.count}", self.key, command, actor, now)
        outcome: list[Any] | Refusal = self.module.decide(self.state, received, POLICY)
        assert msgspec.msgpack.encode(self.state) == before, "decide has changed the state"
        if not isinstance(outcome, Refusal):
            for event in outcome:
                self.module.evolve(self.state, event)
                self.log.append(event)
        return outcome

    def ok(self, *commands: Any, actor: Actor = PLANNER, now: int = NOW) -> None:
        """Give commands that are carried out."""
        for command in commands:
            outcome = self.do(command, actor, now)
            assert not isinstance(outcome, Refusal), outcome

    def code(self, command: Any, actor: Actor = PLANNER, now: int = NOW) -> str:
        """Give a command; return the code with which it is refused, or what it makes happen."""
        outcome = self.do(command, actor, now)
        return outcome.code if isinstance(outcome, Refusal) else f"accepted: {outcome}"

    def tick(self, until: int) -> list[Any] | Refusal:
        """Let time pass."""
        return self.do(Tick(until), SYSTEM, until)


def new_volunteer(name: str = "ANN") -> Aggregate:
    """Nothing between a person and the programme yet."""
    return Aggregate(volunteer, f"vol:MAIN:{name}")


def new_headcount() -> Aggregate:
    """The stewards of the stadium."""
    return Aggregate(headcount, "hc:MAIN:STA:STEWARD")


def offer(name: str = "ANN", hold: str | Hold = "h1", **changed: Any) -> MakeOffer:
    """An offer to be a steward at the stadium."""
    fields = {"role": "STEWARD", "venue": "STA", "starts": DAYS[0], "ends": DAYS[-1], "respond_by": RESPOND_BY}
    held = Hold(hold, name, "STEWARD", "STA") if isinstance(hold, str) else hold
    return MakeOffer(**{**fields, "born": ADULT, **changed, "hold": held})


def submitted(name: str = "ANN") -> Aggregate:
    """An application that is handed in."""
    one = new_volunteer(name)
    one.ok(OpenApplication(), AmendApplication(("STEWARD",), DAYS), Submit(ADULT), actor=person(name))
    return one


def matched(name: str = "ANN") -> Aggregate:
    """A person for whom a role is found."""
    one = submitted(name)
    one.ok(Screen(), RecordInterview(80), Match("STEWARD", "STA"))
    return one


def offered(name: str = "ANN") -> Aggregate:
    """A person with an offer."""
    one = matched(name)
    one.ok(offer(name))
    return one
