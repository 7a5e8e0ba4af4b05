"""Laws of the quota book: whatever is commanded, in whatever order, no category has more places taken than given.

The model is plain: for each hold its category and what became of it, for each category its total. A machine gives
quotas, holds, confirms, releases, moves, lets time pass, and takes a snapshot in between; the book must say what the
model says.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import schemas.policy
from management.command import Actor, Grant, Received, Refusal, Tick
from management.quota import (
    ApproveMove,
    Command,
    ConfirmHold,
    Event,
    HoldQuota,
    MoveQuota,
    RefuseMove,
    ReleaseHold,
    SetQuota,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.quota import decode

T20 = decode(Path(schemas.policy.__path__[0], "t20", "quota.toml").read_bytes())
KEY = "ro:FRA"
CATEGORIES = st.sampled_from(["E", "E", "ET"])
PICK = st.integers(0, 40)  # which of the names so far
STEP = st.sampled_from([0, 1, T20.hold // 2, T20.hold])  # ms that pass

SYSTEM = Actor("submissions", (Grant("SYSTEM"),))
RO = Actor("ann", (Grant("RO_ACR", KEY),))
AUTHORITY = Actor("bob", (Grant("GAMES_AUTHORITY"),))
BOTH = Actor("ann", (Grant("RO_ACR", KEY), Grant("GAMES_AUTHORITY")))


class QuotaMachine(RuleBasedStateMachine):
    """One book, and a model of it."""

    @initialize(totals=st.dictionaries(CATEGORIES, st.integers(0, 4)))
    def start(self, totals: dict[str, int]) -> None:
        self.state = State()
        self.events: list[Event] = []
        self.commands = 0
        self.now = 1_000_000
        self.totals: dict[str, int] = {}
        self.holds: dict[str, tuple[str, str, int]] = {}  # name -> category, what became of it, until
        self.moves: dict[str, tuple[str, str, int, str]] = {}
        for category, total in totals.items():
            self.give(category, total)

    def send(self, command: Command, by: Actor) -> str:
        """Command, and return "" or the code of the refusal; the name of it is the number of the command."""
        self.commands += 1
        decided = decide(self.state, Received(str(self.commands), KEY, command, by, self.now), T20)
        if isinstance(decided, Refusal):
            return decided.code
        for event in decided:
            evolve(self.state, event)
            self.events.append(event)
            self.no_place_is_taken_twice()  # at every prefix of the log, also within one command
        return ""

    def used(self, category: str, *fates: str) -> int:
        return sum(c == category and fate in (fates or ("HELD", "CONFIRMED")) for c, fate, _ in self.holds.values())

    @rule(category=CATEGORIES, total=st.integers(0, 5))
    def give(self, category: str, total: int) -> None:
        fits = total >= self.used(category)
        assert self.send(SetQuota(category, total), AUTHORITY) == ("" if fits else "QUOTA")
        if fits:
            self.totals[category] = total

    @rule(category=CATEGORIES)
    def hold(self, category: str) -> None:
        free = self.totals.get(category, 0) > self.used(category)
        assert self.send(HoldQuota(category, "per:P1/1"), RO) == ("" if free else "QUOTA")
        if free:
            self.holds[str(self.commands)] = (category, "HELD", self.now + T20.hold)

    @rule(pick=PICK)
    def confirm(self, pick: int) -> None:
        name = self.name_of(self.holds, pick)
        category, fate, until = self.holds.get(name, ("", "", 0))
        late = fate == "LAPSED" or (fate == "HELD" and self.now > until)
        code = "STATE" if fate in ("", "RELEASED") else "HOLD_LAPSED" if late else ""
        assert self.send(ConfirmHold(name), SYSTEM) == code
        if not code:
            self.holds[name] = (category, "CONFIRMED", until)

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        name = self.name_of(self.holds, pick)
        category, fate, until = self.holds.get(name, ("", "", 0))
        assert self.send(ReleaseHold(name), SYSTEM) == ("" if fate else "STATE")
        if fate in ("HELD", "CONFIRMED"):
            self.holds[name] = (category, "RELEASED", until)

    @rule(ways=st.tuples(CATEGORIES, CATEGORIES), count=st.integers(0, 3))
    def ask(self, ways: tuple[str, str], count: int) -> None:
        source, target = ways
        free = self.totals.get(source, 0) - self.used(source)
        code = "COUNT" if count < 1 or source == target else "" if free >= count else "QUOTA"
        assert self.send(MoveQuota(source, target, count), RO) == code
        if not code:
            self.moves[str(self.commands)] = (source, target, count, "REQUESTED")

    @rule(pick=PICK, approve=st.booleans(), by=st.sampled_from([AUTHORITY, BOTH]))
    def settle(self, pick: int, approve: bool, by: Actor) -> None:
        name = self.name_of(self.moves, pick)
        source, target, count, status = self.moves.get(name, ("", "", 0, ""))
        wished = "MOVED" if approve else "REFUSED"
        code = ""
        if approve and status and by is BOTH:
            code = "SAME_PERSON"
        elif status not in ("REQUESTED", wished):
            code = "STATE"
        elif approve and status == "REQUESTED" and self.totals.get(source, 0) - self.used(source) < count:
            code = "QUOTA"
        assert self.send(ApproveMove(name, "letter") if approve else RefuseMove(name), by) == code
        if not code and status == "REQUESTED":
            self.moves[name] = (source, target, count, wished)
            if approve:
                self.totals[source] -= count
                self.totals[target] = self.totals.get(target, 0) + count

    @rule(step=STEP, behind=st.sampled_from([0, 1, 5000]))
    def time_passes(self, step: int, behind: int) -> None:
        self.now += step
        assert self.send(Tick(self.now - behind), SYSTEM) == ""
        for name, (category, fate, until) in self.holds.items():
            if fate == "HELD" and until <= self.now - behind:
                self.holds[name] = (category, "LAPSED", until)

    @rule()
    def snapshot(self) -> None:
        """What is kept and read again goes on as if nothing had been."""
        kept = msgspec.msgpack.encode(self.state)
        self.state = msgspec.msgpack.decode(kept, type=State)
        assert msgspec.msgpack.encode(self.state) == kept

    @staticmethod
    def name_of(names: dict[str, tuple[str, str, int]] | dict[str, tuple[str, str, int, str]], pick: int) -> str:
        return list(names)[pick % len(names)] if names and pick < 40 else "no such"

    @invariant()
    def no_place_is_taken_twice(self) -> None:
        for line in self.state.lines.values():
            assert line.held >= 0
            assert line.confirmed >= 0
            assert line.held + line.confirmed <= line.total

    @invariant()
    def the_book_says_what_the_model_says(self) -> None:
        lines = {name: (line.total, line.held, line.confirmed) for name, line in self.state.lines.items()}
        assert lines == {
            name: (self.totals[name], self.used(name, "HELD"), self.used(name, "CONFIRMED"))
            for name in self.state.lines
        }
        assert {name: hold.status for name, hold in self.state.holds.items()} == {
            name: fate for name, (_, fate, _) in self.holds.items()
        }

    @invariant()
    def the_next_deadline_is_that_of_the_first_hold(self) -> None:
        waiting = [until for _, fate, until in self.holds.values() if fate == "HELD"]
        assert due(self.state) == min(waiting, default=None)

    @invariant()
    def the_events_alone_make_the_book(self) -> None:
        again = State()
        for event in self.events:
            evolve(again, event)
        assert again.lines == self.state.lines
        assert again.holds == self.state.holds
        assert again.moves == self.state.moves


TestQuota = QuotaMachine.TestCase
TestQuota.settings = settings(stateful_step_count=40)
