"""Laws of reservations: a value never has two holders, and the first claimant is the one who has it.

The model is a dict from value to who has it and how surely, for what is unique now and for what is unique ever.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import schemas.policy
from management.command import Actor, Grant, Received, Refusal, Tick
from management.reservation import (
    Claim,
    Command,
    ConfirmClaim,
    Event,
    PassClaim,
    ReleaseClaim,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.reservation import decode

T20 = decode(Path(schemas.policy.__path__[0], "t20", "reservation.toml").read_bytes())
SYSTEM = Actor("accreditation", (Grant("SYSTEM"),))
VALUES = st.sampled_from(["7f1", "7f2", "7f3"])
REFS = st.sampled_from(["per:P1", "per:P2", "per:P3"])


class ReservationMachine(RuleBasedStateMachine):
    """One bucket, and a model of it."""

    @initialize(kind=st.sampled_from(["doc", "serial"]))
    def start(self, kind: str) -> None:
        self.kind = kind
        self.ever = T20.kinds[kind].unique == "ever"
        self.waits = T20.kinds[kind].claim
        self.state = State()
        self.events: list[Event] = []
        self.now = 1_000_000
        self.holders: dict[str, tuple[str, str, int]] = {}  # value -> ref, status, until
        self.owned: set[str] = set()  # values that were once confirmed, and are for ever

    def send(self, command: Command) -> str:
        """Command, and return "" or the code of the refusal."""
        decided = decide(self.state, Received("c", f"uq:{self.kind}:7f", command, SYSTEM, self.now), T20)
        if isinstance(decided, Refusal):
            return decided.code
        for event in decided:
            evolve(self.state, event)
            self.events.append(event)
        return ""

    def leave(self, value: str) -> None:
        if value in self.owned:
            self.holders[value] = (self.holders[value][0], "GIVEN_UP", 0)
        else:
            del self.holders[value]

    @rule(value=VALUES, ref=REFS)
    def claim(self, value: str, ref: str) -> None:
        holder, status, _ = self.holders.get(value, (ref, "", 0))
        assert self.send(Claim(value, ref)) == ("" if holder == ref else "DUPLICATE_DOCUMENT")
        if holder == ref and status in ("", "GIVEN_UP"):
            self.holders[value] = (ref, "CLAIMED", self.now + self.waits)

    @rule(value=VALUES, ref=REFS)
    def confirm(self, value: str, ref: str) -> None:
        holder, status, until = self.holders.get(value, ("", "", 0))
        code = ""
        if holder != ref or status == "GIVEN_UP":
            code = "STATE"
        elif status == "CLAIMED" and self.now > until:
            code = "CLAIM_LAPSED"
        assert self.send(ConfirmClaim(value, ref)) == code
        if not code:
            self.holders[value] = (ref, "CONFIRMED", 0)
            if self.ever:
                self.owned.add(value)

    @rule(value=VALUES, ref=REFS)
    def release(self, value: str, ref: str) -> None:
        assert self.send(ReleaseClaim(value, ref)) == ""
        if self.holders.get(value, ("", "", 0))[0] == ref:
            self.leave(value)

    @rule(value=VALUES, ref=REFS, to=REFS)
    def pass_on(self, value: str, ref: str, to: str) -> None:
        holder, status, until = self.holders.get(value, ("", "", 0))
        assert self.send(PassClaim(value, ref, to)) == ("" if holder in (ref, to) else "STATE")
        if holder == ref:
            self.holders[value] = (to, status, until)

    @rule(part=st.sampled_from([0.0, 0.5, 1.0]), behind=st.sampled_from([0, 5000]))
    def time_passes(self, part: float, behind: int) -> None:
        self.now += int(part * self.waits)
        assert self.send(Tick(self.now - behind)) == ""
        for value, (_, status, until) in list(self.holders.items()):
            if status == "CLAIMED" and until <= self.now - behind:
                self.leave(value)

    @rule()
    def snapshot(self) -> None:
        """What is kept and read again goes on as if nothing had been."""
        self.state = msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=State)

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        assert {value: (holder.ref, holder.status) for value, holder in self.state.holders.items()} == {
            value: (ref, status) for value, (ref, status, _) in self.holders.items()
        }

    @invariant()
    def the_next_deadline_is_that_of_the_first_claim(self) -> None:
        waiting = [until for _, status, until in self.holders.values() if status == "CLAIMED"]
        assert due(self.state) == min(waiting, default=None)

    @invariant()
    def the_events_alone_make_the_state(self) -> None:
        again = State()
        for event in self.events:
            evolve(again, event)
        assert again.holders == self.state.holders


TestReservation = ReservationMachine.TestCase
TestReservation.settings = settings(stateful_step_count=40)
