"""Laws of the volunteer side: however offers, answers, ticks and releases mix, each place has one person at most.

Four people, two places, and what carries news between the aggregates: it tells the one what the other did late, twice,
or both, and makes the offers to the reserves that the headcount calls. The model is plain: who has answered what, and
who waits in which order.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from management import headcount, volunteer
from management.command import Refusal, Tick
from management.headcount import (
    AddReserve,
    FillPlace,
    HoldPlace,
    MarkOffered,
    PlaceHeld,
    ReleasePlace,
    RemoveReserve,
    ReserveCalled,
    SetHeadcount,
)
from management.volunteer_commands import (
    AcceptOffer,
    DropHold,
    Match,
    PutInReserve,
    RecordInterview,
    RejectOffer,
    Screen,
    Withdraw,
)
from management.volunteer_events import (
    Dismissed,
    HoldDropped,
    OfferAccepted,
    OfferLapsed,
    OfferMade,
    OfferRejected,
    Withdrawn,
)
from tests.management.volunteer_hands import (
    HOUR,
    NOW,
    PLANNER,
    SECOND,
    SYSTEM,
    Aggregate,
    new_headcount,
    offer,
    person,
    submitted,
)

PEOPLE = ("ANN", "BOB", "CIA", "DAN")
people = st.sampled_from(PEOPLE)


class Volunteers(RuleBasedStateMachine):
    """Two places, four people."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.places = new_headcount()
        self.people = {who: submitted(who) for who in PEOPLE}
        self.answers: dict[str, str] = {}
        self.waiting: list[tuple[int, str]] = []
        self.total = 2
        self.news: list[ReleasePlace | FillPlace | MarkOffered] = []  # on the way to the headcount
        self.expired: list[tuple[str, str]] = []  # on the way back: person, hold
        self.offers: dict[str, int] = {}  # person -> respond_by of the last one
        self.released: list[str] = []

    @initialize()
    def open(self) -> None:
        self.places.ok(SetHeadcount(2))
        for one in self.people.values():
            one.ok(Screen(), RecordInterview(50), Match("STEWARD", "STA"))

    def tell(self, command: Any) -> None:
        """Have the headcount do something, and keep the model with it."""
        outcome = self.places.do(command, SYSTEM, self.now)
        if isinstance(outcome, Refusal):
            assert outcome.code in headcount.Code.__args__  # type: ignore[attr-defined]
            return
        for event in outcome:
            if isinstance(event, ReserveCalled):
                assert (min(self.waiting)[1], len(self.places.state.places) <= self.total) == (event.person, True)
                self.waiting.remove(min(self.waiting))
            if isinstance(event, headcount.HoldExpired):
                self.expired.append((event.person, event.hold))
            if isinstance(event, headcount.PlaceReleased):
                assert event.hold not in self.released  # exactly once
                self.released.append(event.hold)

    def ask(self, who: str, command: Any, actor: Any) -> None:
        """Have a person's application do something; what the headcount has to know goes on its way."""
        outcome = self.people[who].do(command, actor, self.now)
        for event in [] if isinstance(outcome, Refusal) else outcome:
            match event:
                case OfferMade(hold=hold):
                    self.offers[who] = event.respond_by
                    self.news.append(MarkOffered(hold))
                case HoldDropped(hold=hold):
                    self.news.append(ReleasePlace(hold, "UNUSED"))
                case OfferAccepted(hold=hold):
                    assert who not in self.answers
                    assert self.now // SECOND <= self.offers[who] // SECOND
                    self.answers[who] = "ACCEPTED"
                    self.news.append(FillPlace(hold))
                case OfferRejected(hold=hold):
                    assert who not in self.answers
                    self.answers[who] = "REJECTED"
                    self.news.append(ReleasePlace(hold, "REJECTED"))
                case OfferLapsed(hold=hold):
                    assert self.now // SECOND > self.offers[who] // SECOND
                    self.news.append(ReleasePlace(hold, "LAPSED"))
                case Withdrawn(hold=hold) | Dismissed(hold=hold) if hold:
                    self.news.append(ReleasePlace(hold, "WITHDRAWN"))

    @rule(who=people)
    def hold_and_offer(self, who: str) -> None:
        if self.people[who].state.stage == "MATCHED":
            hold = f"h{self.places.count}"
            outcome = self.places.do(HoldPlace(hold, who), PLANNER, self.now)
            if outcome == [PlaceHeld(hold, who, self.now + 2 * HOUR)]:
                self.make_offer(who)

    @rule(who=people)
    def make_offer(self, who: str) -> None:
        place = self.places.state.people.get(who)
        if place and self.places.state.places[place].status == "HELD":
            self.ask(who, offer(who, place, respond_by=self.now + 24 * HOUR), SYSTEM)

    @rule(who=people, rank=st.integers(1, 6))
    def wait_in_line(self, who: str, rank: int) -> None:
        stage = self.people[who].state.stage
        if stage not in ("MATCHED", "LAPSED", "RESERVE"):
            return
        self.ask(who, PutInReserve("STEWARD", "STA"), PLANNER)
        free = who not in self.places.state.people and all(rank != other for other, _ in self.waiting)
        if free:
            self.waiting.append((rank, who))
        self.tell(AddReserve(who, rank))

    @rule(who=people)
    def step_out_of_line(self, who: str) -> None:
        self.waiting = [(rank, other) for rank, other in self.waiting if other != who]
        self.tell(RemoveReserve(who))

    @rule(who=people, accept=st.booleans())
    def answer(self, who: str, accept: bool) -> None:
        self.ask(who, AcceptOffer() if accept else RejectOffer(), person(who))

    @rule(who=people)
    def leave(self, who: str) -> None:
        self.ask(who, Withdraw("X"), person(who))

    @rule(wait=st.sampled_from([1, SECOND - 1, SECOND, HOUR, 3 * HOUR, 23 * HOUR, 24 * HOUR]), first=st.booleans())
    def pass_time(self, wait: int, first: bool) -> None:
        self.now += wait
        for who, one in self.people.items():
            stage = one.state.stage
            self.ask(who, Tick(self.now), SYSTEM)
            if stage == "OFFERED":
                over = self.now // SECOND > self.offers[who] // SECOND
                assert one.state.stage == ("LAPSED" if over else "OFFERED")
        if first:
            self.carry(len(self.news), False)
        self.tell(Tick(self.now))

    @rule(count=st.integers(1, 4), twice=st.booleans())
    def carry(self, count: int, twice: bool) -> None:
        for command in self.news[:count]:
            for _ in range(1 + twice):
                self.tell(command)
        del self.news[:count]

    @rule(count=st.integers(1, 4), twice=st.booleans())
    def drop_what_expired(self, count: int, twice: bool) -> None:
        for who, hold in self.expired[:count]:
            for _ in range(1 + twice):
                self.ask(who, DropHold(hold), SYSTEM)
        del self.expired[:count]

    @rule(total=st.integers(0, 3))
    def set_headcount(self, total: int) -> None:
        if total >= len(self.places.state.places):
            self.total = total
        self.tell(SetHeadcount(total))

    @rule(who=people)
    def resume(self, who: str) -> None:
        for one in (self.places, self.people[who]):
            snapshot = msgspec.msgpack.encode(one.state)
            one.state = msgspec.msgpack.decode(snapshot, type=one.module.State)

    @invariant()
    def no_more_places_are_taken_than_there_are(self) -> None:
        state = self.places.state
        assert (state.total, len(state.places) <= self.total) == (self.total, True)
        owners = [place.person for place in state.places.values()]
        assert len(owners) == len(set(owners))
        assert state.people == {place.person: hold for hold, place in state.places.items()} | {
            who: "" for _, who in self.waiting
        }

    @invariant()
    def nobody_waits_while_a_place_is_free(self) -> None:
        assert self.places.state.reserves == sorted(self.waiting)
        assert not self.waiting or len(self.places.state.places) == self.total

    @invariant()
    def who_has_an_offer_has_a_place(self) -> None:
        for who, one in self.people.items():
            if one.state.hold:
                assert self.places.state.places[one.state.hold].person == who

    @invariant()
    def an_answer_stays(self) -> None:
        assert {who: one.state.answer for who, one in self.people.items() if one.state.answer} == self.answers

    @invariant()
    def a_fold_of_the_events_is_the_state(self) -> None:
        for one in (self.places, *self.people.values()):
            again = Aggregate(one.module, one.key)
            for event in one.log:
                one.module.evolve(again.state, event)
            assert again.state == one.state

    @invariant()
    def what_is_due_is_the_earliest_deadline(self) -> None:
        timers = [place.until for place in self.places.state.places.values() if place.until]
        assert headcount.due(self.places.state) == min(timers, default=None)
        for one in self.people.values():
            assert (volunteer.due(one.state) is not None) == (one.state.stage == "OFFERED")
            assert (volunteer.due(one.state) or 0) % SECOND == 0


TestVolunteers = Volunteers.TestCase
TestVolunteers.settings = settings(stateful_step_count=40)
