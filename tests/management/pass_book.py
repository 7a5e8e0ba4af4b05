"""The passes of an organisation under test: commands by whoever may give them, and the usual ways to a status."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from management.command import Actor, Received, Refusal, Tick
from management.day_pass import ApprovePass, Event, IssuePass, PassIssued, RequestPass, State, decide, evolve
from schemas.policy.accreditation import Policy
from tests.management.accredited import OPERATOR, RO, SYSTEM, T20, VENUE, ms

DAY = date(2021, 7, 28)
EVENING_BEFORE = ms("2021-07-27T19:00:00Z")
NOON = ms("2021-07-28T12:00:00Z")
BACK_BY = ms("2021-07-28T21:00:00Z")
ASK = RequestPass("D1", "G1", "P1", DAY, "OLV", ("V",), ("R", "V"), "CLEAR")
ISSUE = IssuePass("D1", id_deposit=True, standing="CLEAR", serial=900, index=90)
ISSUED = PassIssued("D1", serial=900, index=90, return_by=BACK_BY, by="desk-olv")


def ask(**changes: Any) -> RequestPass:
    """Return the request with some parts changed."""
    return msgspec.structs.replace(ASK, **changes)


class Book:
    """The passes of one organisation, and whatever is asked about them."""

    def __init__(self, ro: str = "AAA", policy: Policy = T20) -> None:
        self.ro = ro
        self.policy = policy
        self.state = State()

    def ask(self, command: Any, by: Actor = RO, at: int = EVENING_BEFORE - 1) -> list[Event] | Refusal:
        """Decide a command and take in what follows from it; deciding must not have changed anything."""
        before = msgspec.msgpack.encode(self.state)
        decided = decide(self.state, Received("c", f"dp:{self.ro}", command, by, at), self.policy)
        assert msgspec.msgpack.encode(self.state) == before
        for event in [] if isinstance(decided, Refusal) else decided:
            evolve(self.state, event)
        return decided

    def code(self, command: Any, by: Actor = RO, at: int = EVENING_BEFORE - 1) -> str:
        """Return the code with which a command is refused."""
        decided = self.ask(command, by, at)
        assert isinstance(decided, Refusal), decided
        return decided.code

    def after(self, *commands: tuple[Any, Actor], at: int = EVENING_BEFORE - 1) -> Book:
        """Carry out commands that must all be accepted."""
        for command, by in commands:
            assert not isinstance(self.ask(command, by, at), Refusal)
        return self

    @property
    def status(self) -> str:
        return self.state.passes["D1"].status


def requested() -> Book:
    """Return a book with one pass that was asked for."""
    return Book().after((ASK, RO))


def approved() -> Book:
    """Return a book with one pass that may be given out."""
    return requested().after((ApprovePass("D1"), OPERATOR))


def issued() -> Book:
    """Return a book with one pass that is out."""
    return approved().after((ISSUE, VENUE), at=NOON)


def overdue() -> Book:
    """Return a book with one pass that is not back."""
    return issued().after((Tick(BACK_BY), SYSTEM), at=BACK_BY)
