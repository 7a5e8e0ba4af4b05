"""A person's record under test: commands by whoever may give them, and the usual ways to a status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from management.application import HoldGrant, OpenApplication, RecordClearance, Submit, Verify
from management.card_desk import Produce, Validate
from management.command import Actor, Grant, Received, Refusal, Tick
from management.person import Event, State, decide, evolve
from management.suspension import Suspend
from schemas.policy.accreditation import Policy, decode

ROOT = Path(__file__).resolve().parents[2]
T20 = decode((ROOT / "schemas" / "policy" / "t20" / "accreditation.toml").read_bytes())

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def ms(text: str) -> int:
    """Return the milliseconds of an RFC 3339 instant."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


SPRING = ms("2021-04-01T00:00:00Z")  # applications of athletes are open
JULY = ms("2021-07-25T10:00:00Z")  # the Games are on

RO = Actor("ro-a", (Grant("RO_ACR", "ro:AAA"),))
OTHER_RO = Actor("ro-b", (Grant("RO_ACR", "ro:BBB"),))
PRESS = Actor("ro-n", (Grant("RO_ACR", "ro:NWS"),))
OPERATOR = Actor("op", (Grant("OC_ACR_OPERATOR"),))
SUPERVISOR = Actor("sup-a", (Grant("OC_ACR_SUPERVISOR"),))
SUPERVISOR_C = Actor("sup-c", (Grant("OC_ACR_SUPERVISOR"),))
AUTHORITY = Actor("auth-b", (Grant("GAMES_AUTHORITY"),))
SECURITY = Actor("sec", (Grant("SECURITY_CHECK"),))
SOC = Actor("soc", (Grant("SOC"),))
DPO = Actor("dpo", (Grant("DPO"),))
VENUE = Actor("desk-olv", (Grant("VENUE_ACR", "venue:OLV"),))
SYSTEM = Actor("system", (Grant("SYSTEM"),))
NOBODY = Actor("nobody")

CLEAR_UNTIL = ms("2021-12-01T00:00:00Z")
HOLD = HoldGrant("H1", "AAA", "Aa", SPRING + HOUR)
FORM = Submit(
    "A1",
    complete=("NAME", "BIRTH", "DOCUMENT", "NATIONALITY", "DISCIPLINE"),
    photo="PASSED",
    consents=("SELF",),
    born=date(1999, 5, 1),
    document_until=date(2025, 1, 1),
    hold=HOLD,
    sealed=b"sealed",
)
OPEN = OpenApplication("A1", "AAA", "Aa", "ATHLETE", "SWM")


class Desk:
    """One person's record, and whatever is asked about it."""

    def __init__(self, person: str = "P1", policy: Policy = T20) -> None:
        self.key = f"per:{person}"
        self.policy = policy
        self.state = State()
        self.events: list[Event] = []

    def received(self, command: Any, by: Actor, at: int) -> Received[Any]:
        return Received(f"c{len(self.events)}", self.key, command, by, at)

    def ask(self, command: Any, by: Actor, at: int = SPRING) -> list[Event] | Refusal:
        """Decide a command and take in what follows from it; deciding must not have changed anything."""
        before = msgspec.msgpack.encode(self.state)
        decided = decide(self.state, self.received(command, by, at), self.policy)
        assert msgspec.msgpack.encode(self.state) == before
        if not isinstance(decided, Refusal):
            for event in decided:
                evolve(self.state, event)
            self.events += decided
        return decided

    def code(self, command: Any, by: Actor, at: int = SPRING) -> str:
        """Return the code with which a command is refused."""
        decided = self.ask(command, by, at)
        assert isinstance(decided, Refusal), decided
        return decided.code

    def tick(self, until: int) -> list[Event] | Refusal:
        return self.ask(Tick(until), SYSTEM, until)

    def after(self, commands: Sequence[tuple[Any, Actor]], at: int = SPRING) -> Desk:
        """Carry out commands that must all be accepted."""
        for command, by in commands:
            decided = self.ask(command, by, at)
            assert not isinstance(decided, Refusal), decided
        return self

    @property
    def status(self) -> str:
        return self.state.participations["A1"].status

    @property
    def cards(self) -> dict[int, str]:
        return {card.serial: card.status for card in self.state.cards.values()}


TO_DRAFT = [(OPEN, RO)]
TO_SUBMITTED = [*TO_DRAFT, (FORM, RO)]
TO_PENDING = [*TO_SUBMITTED, (Verify("A1"), OPERATOR)]
TO_APPROVED = [*TO_PENDING, (RecordClearance("CLEAR", "POLICE", CLEAR_UNTIL), SECURITY)]
TO_SUSPENDED = [*TO_APPROVED, (Suspend("A1", "CONDUCT"), SUPERVISOR)]
PRINT = Produce("A1", serial=1, index=10, photo=True)
CHECKED = Validate(1, point="OLV", bearer_present=True, document_matches=True)


def draft() -> Desk:
    """Return a record whose application was begun."""
    return Desk().after(TO_DRAFT)


def submitted() -> Desk:
    """Return a record whose application was handed in."""
    return Desk().after(TO_SUBMITTED)


def pending() -> Desk:
    """Return a record that waits for the security check."""
    return Desk().after(TO_PENDING)


def approved(policy: Policy = T20) -> Desk:
    """Return a record that is approved."""
    return Desk(policy=policy).after(TO_APPROVED)


def suspended() -> Desk:
    """Return a record that supervisor A suspended in July, with an active card 1."""
    return active().after([(Suspend("A1", "CONDUCT"), SUPERVISOR)], JULY)


def pre_valid(policy: Policy = T20) -> Desk:
    """Return an approved record with card 1, not validated."""
    return approved(policy).after([(PRINT, OPERATOR)])


def active(policy: Policy = T20) -> Desk:
    """Return an approved record with card 1, validated in July."""
    return pre_valid(policy).after([(CHECKED, VENUE)], JULY)
