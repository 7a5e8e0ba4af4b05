"""Laws of the uniform: nothing that was issued is forgotten, whoever leaves and whatever comes back.

The model is plain: the serials that the person has, and whether he has left.
"""

from __future__ import annotations

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from management import uniform
from management.uniform import (
    Allot,
    CallBack,
    Issue,
    Item,
    ReturnItems,
    UniformOutstanding,
    UniformOverdue,
    UniformSettled,
    WriteOff,
)
from tests.management.volunteer_hands import HOUR, NOW, Aggregate

WEEK = 7 * 24 * HOUR
serials = st.lists(st.sampled_from(["J1", "J2", "S1", "S2"]), min_size=1, max_size=3).map(tuple)


class Uniform(RuleBasedStateMachine):
    """One person."""

    def __init__(self) -> None:
        super().__init__()
        self.one = Aggregate(uniform, "uni:ANN")
        self.now = NOW
        self.has: set[str] = set()
        self.left_at: int | None = None
        self.due: int | None = None

    @initialize()
    def allot(self) -> None:
        self.one.ok(Allot({"J": "M", "S": "41"}))

    @rule(chosen=serials, valid=st.sampled_from([True, True, False]))
    def issue(self, chosen: tuple[str, ...], valid: bool) -> None:
        items = tuple(Item(serial, serial[0]) for serial in chosen)
        code = self.one.code(Issue(items, "ACTIVE" if valid else "OTHER"), now=self.now)
        fresh = len(set(chosen)) == len(chosen) and not self.has.intersection(chosen)
        if self.left_at is not None:
            assert code == "LEFT"
        elif not valid:
            assert code == "NO_CARD"
        elif fresh:
            assert code.startswith("accepted: [ItemsIssued")
            self.has.update(chosen)
        else:
            assert code == ("accepted: []" if self.has.issuperset(chosen) else "DUPLICATE_ITEM")

    @rule(chosen=serials, everything=st.booleans(), lost=st.booleans())
    def give_back(self, chosen: tuple[str, ...], everything: bool, lost: bool) -> None:
        if everything and self.has:
            chosen = tuple(sorted(self.has))
        outcome = self.one.do(WriteOff(chosen, "LOST") if lost else ReturnItems(chosen), now=self.now)
        fits = len(set(chosen)) == len(chosen) and self.has.issuperset(chosen)
        assert isinstance(outcome, list) == fits
        if isinstance(outcome, list):
            self.has.difference_update(chosen)
            done = self.left_at is not None and not self.has
            assert (UniformSettled() in outcome) == done
            self.due = None if done else self.due

    @rule()
    def leave(self) -> None:
        outcome = self.one.do(CallBack("WITHDRAWN"), now=self.now)
        if self.left_at is not None:
            assert outcome == []
            return
        self.left_at = self.now
        expected = UniformOutstanding(tuple(self.one.state.issued), "WITHDRAWN", self.now + WEEK)
        assert outcome == [expected if self.has else UniformSettled()]
        self.due = self.now + WEEK if self.has else None

    @rule(wait=st.sampled_from([HOUR, WEEK - 1, WEEK]))
    def pass_time(self, wait: int) -> None:
        self.now += wait
        outcome = self.one.tick(self.now)
        fires = self.due is not None and self.due <= self.now
        assert outcome == ([UniformOverdue(tuple(self.one.state.issued))] if fires else [])
        self.due = None if fires else self.due

    @rule()
    def resume(self) -> None:
        snapshot = msgspec.msgpack.encode(self.one.state)
        self.one.state = msgspec.msgpack.decode(snapshot, type=uniform.State)

    @invariant()
    def what_he_has_is_known(self) -> None:
        state = self.one.state
        assert (set(state.issued), state.left, uniform.due(state)) == (self.has, self.left_at is not None, self.due)

    @invariant()
    def a_fold_of_the_events_is_the_state(self) -> None:
        again = Aggregate(uniform, "uni:ANN")
        for event in self.one.log:
            uniform.evolve(again.state, event)
        assert again.state == self.one.state


TestUniform = Uniform.TestCase
TestUniform.settings = settings(stateful_step_count=30)
