"""Laws of the workforce: whatever is planned, swapped, lent, missed or moved, nobody works more than he may.

Two venues share four people. The model is plain: where each assignment stands and whose it is, and where each person
is. The hours are counted anew, hour by hour, over both venues.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from management import workforce
from management.command import Actor, Grant, Refusal
from management.worker import Access, AccessWindow
from management.workforce_commands import (
    AcceptSwap,
    ApproveSwap,
    CancelAssignment,
    CancelLoan,
    CheckIn,
    CheckOut,
    Command,
    ConfirmLoan,
    DeclineSwap,
    LoanPerson,
    MoveShift,
    ProposeAssignment,
    ProposeSwap,
    PublishAssignments,
    ReceivePerson,
    ReleaseDuties,
    ReplaceAssignment,
    ReportAbsent,
    ReturnPerson,
    TakeBack,
)
from management.workforce_events import (
    AssignmentCancelled,
    AutoClosed,
    Event,
    NoShowRecorded,
    PersonLent,
    PersonReturned,
    SwapApproved,
)
from management.workforce_state import COUNTED
from tests.management.venue_hands import HOUR, MINUTE, OFFSET, SYSTEM, Venue, at, person

PEOPLE = ("ANN", "BOB", "CIA", "DAN")
VENUES = ("STA", "AQU")
LEAD = Actor("lead", (Grant("VENUE_WF"), Grant("WF_PLANNER")))
DAYS = range(1, 8)
SHIFTS = {
    f"{day}-{hour}": (at(day, hour), at(day, hour + long)) for day in DAYS for hour, long in ((6, 4), (14, 4), (22, 8))
}
EVERYWHERE = Access(1, tuple(AccessWindow(venue, "BLUE", at(0, 0), at(30, 0)) for venue in VENUES))

people = st.sampled_from(PEOPLE)
venues = st.sampled_from(VENUES)
shifts = st.sampled_from(sorted(SHIFTS))
numbers = st.integers(0, 200)


class Workforce(RuleBasedStateMachine):
    """Two venues, and a model of what they should say."""

    def __init__(self) -> None:
        super().__init__()
        self.venues = {name: Venue(name) for name in VENUES}
        self.resumed = {name: workforce.State() for name in VENUES}  # goes through a snapshot now and then
        self.model: dict[str, tuple[str, str]] = {}  # assignment -> person, status
        self.where = dict.fromkeys(PEOPLE, "STA")  # "" on the way
        self.count = 0

    @initialize(
        plans=st.lists(st.tuples(shifts, people, st.sampled_from([True, True, False])), min_size=10, max_size=40)
    )
    def open(self, plans: list[tuple[str, str, bool]]) -> None:
        for name, venue in self.venues.items():
            for shift, (starts, ends) in SHIFTS.items():
                venue.plan(f"{name}:{shift}", starts, ends, need=1)  # three places
        self.venues["STA"].enrol(*PEOPLE)
        for who in PEOPLE:
            self.venues["STA"].state.workers[who].access = EVERYWHERE
        self.resumed = {
            name: msgspec.msgpack.decode(msgspec.msgpack.encode(venue.state), type=workforce.State)
            for name, venue in self.venues.items()
        }
        for shift, who, publish in plans:
            self.plan("STA", shift, who, publish)

    def give(self, name: str, command: Command, actor: Actor = LEAD) -> list[Event] | None:
        """Give a command; return its events where it was carried out."""
        venue = self.venues[name]
        outcome = venue.do(command, actor)
        if isinstance(outcome, Refusal):
            assert outcome.code in workforce.Code.__args__  # type: ignore[attr-defined]
            return None
        for event in outcome:
            workforce.evolve(self.resumed[name], event)
        return outcome

    def pick(self, number: int, *statuses: str) -> str:
        """Return some assignment, of those statuses first."""
        fitting = [name for name, (_, status) in sorted(self.model.items()) if status in statuses]
        names = fitting or sorted(self.model)
        return names[number % len(names)] if names else "none"

    def home(self, assignment: str) -> str:
        """Return the venue of an assignment, by its name."""
        return assignment.partition(":")[0] if ":" in assignment else "STA"

    def name(self, venue: str) -> str:
        """Return a new identifier."""
        self.count += 1
        return f"{venue}:{self.count:03}"

    def stands(self, assignment: str, status: str) -> None:
        """Have the model say where an assignment stands."""
        self.model[assignment] = (self.model[assignment][0], status)

    @rule(venue=venues, shift=shifts, who=people, publish=st.booleans())
    def plan_one(self, venue: str, shift: str, who: str, publish: bool) -> None:
        self.plan(venue, shift, who, publish)

    def plan(self, venue: str, shift: str, who: str, publish: bool) -> None:
        name = self.name(venue)
        if self.give(venue, ProposeAssignment(name, f"{venue}:{shift}", who)) is None:
            return
        assert self.where[who] == venue
        self.model[name] = (who, "PROPOSED")
        if publish and self.give(venue, PublishAssignments((name,))):
            self.stands(name, "PUBLISHED")

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        name = self.pick(number)
        if self.give(self.home(name), CancelAssignment(name, "X")):
            self.stands(name, "CANCELLED")

    @rule(number=numbers)
    def report_sick(self, number: int) -> None:
        name = self.pick(number)
        if self.give(self.home(name), ReportAbsent(name, "SICK")):
            self.stands(name, "ABSENT")

    @rule(number=numbers, who=people)
    def replace(self, number: int, who: str) -> None:
        old = self.pick(number)
        venue = self.home(old)
        name = self.name(venue)
        if self.give(venue, ReplaceAssignment(old, name, who)):
            self.stands(old, "REPLACED")
            self.model[name] = (who, "PUBLISHED")

    @rule(who=people)
    def release(self, who: str) -> None:
        for venue in VENUES:
            for event in self.give(venue, ReleaseDuties(who, "REVOKED"), SYSTEM) or ():
                if isinstance(event, AssignmentCancelled):
                    self.stands(event.assignment, "CANCELLED")

    @rule(mine=numbers, theirs=numbers, approve=st.booleans())
    def change_places(self, mine: int, theirs: int, approve: bool) -> None:
        one, other = self.pick(mine, "PUBLISHED", "CONFIRMED"), self.pick(theirs, "PUBLISHED", "CONFIRMED")
        if one == "none" or self.home(one) != self.home(other):
            return
        venue, swap = self.home(one), self.name("swap")
        proposer, peer = self.model[one][0], self.model[other][0]
        if not self.give(venue, ProposeSwap(swap, one, other), person(proposer)):
            return
        assert proposer != peer
        if not self.give(venue, AcceptSwap(swap), person(peer)) or not approve:
            self.give(venue, DeclineSwap(swap), person(peer))
            return
        first, second = self.name(venue), self.name(venue)
        events = self.give(venue, ApproveSwap(swap, first, second))
        assert events == [SwapApproved(swap, first, second)]  # nothing has changed since it was accepted
        self.stands(one, "SWAPPED")
        self.stands(other, "SWAPPED")
        self.model |= {first: (proposer, "CONFIRMED"), second: (peer, "CONFIRMED")}

    @rule(venue=venues, shift=shifts, hours=st.integers(-8, 8))
    def move(self, venue: str, shift: str, hours: int) -> None:
        starts, ends = (time + hours * HOUR for time in SHIFTS[shift])
        for event in self.give(venue, MoveShift(f"{venue}:{shift}", starts, ends, OFFSET, OFFSET)) or ():
            match event:
                case AssignmentCancelled():
                    self.stands(event.assignment, "CANCELLED")
                case _ if hasattr(event, "assignment") and self.model[event.assignment][1] == "CONFIRMED":
                    self.stands(event.assignment, "PUBLISHED")

    @rule(number=numbers, minutes=st.integers(-70, 20))
    def come(self, number: int, minutes: int) -> None:
        name = self.pick(number, "PUBLISHED", "CONFIRMED", "NO_SHOW")
        venue = self.venues[self.home(name)]
        if name == "none" or self.model[name][1] not in ("PUBLISHED", "CONFIRMED", "NO_SHOW"):
            return
        arrival = venue.state.assignments[name].expected_at + minutes * MINUTE
        self.pass_until(max(arrival, venue.now))
        if self.give(self.home(name), CheckIn(name, self.home(name), arrival, "scan")):
            assert -60 <= minutes <= 15
            self.stands(name, "CHECKED_IN")

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        name = self.pick(number, "CHECKED_IN")
        if name != "none" and self.model[name][1] == "CHECKED_IN":
            venue = self.venues[self.home(name)]
            ends = venue.state.shifts[venue.state.assignments[name].shift].ends
            self.pass_until(max(ends, venue.now))
            if self.give(self.home(name), CheckOut(name, ends)):
                self.stands(name, "CHECKED_OUT")

    @rule(hours=st.integers(1, 12))
    def wait(self, hours: int) -> None:
        self.pass_until(self.venues["STA"].now + hours * HOUR)

    def pass_until(self, until: int) -> None:
        """Let the same time pass at both venues."""
        for name, venue in self.venues.items():
            due = workforce.due(venue.state)
            events = venue.tick(until)
            assert isinstance(events, list)
            assert bool(events) == (due is not None and due <= until)
            for event in events:
                workforce.evolve(self.resumed[name], event)
                match event:
                    case NoShowRecorded():
                        self.stands(event.assignment, "NO_SHOW")
                    case AutoClosed():
                        self.stands(event.assignment, "AUTO_CLOSED")
                    case AssignmentCancelled():
                        self.stands(event.assignment, "CANCELLED")

    @rule(who=people, refused=st.booleans(), late=st.booleans())
    def lend(self, who: str, refused: bool, late: bool) -> None:
        events = self.give("STA", LoanPerson(who, "AQU"))
        if not events:
            return
        sent = events[0]
        assert isinstance(sent, PersonLent)
        assert self.where[who] == "STA"
        if refused:
            assert self.give("STA", CancelLoan(who), SYSTEM)
            return
        assert self.give("AQU", ReceivePerson(who, "STA", sent.profile, EVERYWHERE, sent.duties), SYSTEM)
        self.where[who] = "AQU"
        if not late:
            assert self.give("STA", ConfirmLoan(who), SYSTEM)

    @rule(who=people)
    def bring_back(self, who: str) -> None:
        events = self.give("AQU", ReturnPerson(who))
        if events:
            assert isinstance(events[0], PersonReturned)
            assert self.give("STA", TakeBack(who, events[0].duties), SYSTEM)
            self.where[who] = "STA"

    @rule(venue=venues)
    def resume(self, venue: str) -> None:
        snapshot = msgspec.msgpack.encode(self.resumed[venue])
        self.resumed[venue] = msgspec.msgpack.decode(snapshot, type=workforce.State)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        found = {
            name: (assignment.person, assignment.status)
            for venue in self.venues.values()
            for name, assignment in venue.state.assignments.items()
        }
        assert found == self.model

    @invariant()
    def nobody_works_more_than_he_may(self) -> None:
        for who in PEOPLE:
            spans = []
            for name, (owner, status) in self.model.items():
                if owner == who and status in COUNTED:
                    state = self.venues[self.home(name)].state
                    spans.append(
                        (state.assignments[name].expected_at, state.shifts[state.assignments[name].shift].ends)
                    )
            spans.sort()
            assert all(nxt[0] - last[1] >= 11 * HOUR for last, nxt in pairwise(spans))
            worked = {hour for starts, ends in spans for hour in range(starts // HOUR, ends // HOUR)}
            assert all(len(worked & set(range(hour, hour + 24))) <= 10 for hour in worked)
            days = {(starts + OFFSET * MINUTE) // (24 * HOUR) for starts, _ in spans}
            assert not any({day + n for n in range(6)} <= days for day in days)

    @invariant()
    def no_shift_has_more_than_its_places(self) -> None:
        for venue in self.venues.values():
            for shift, team in venue.state.teams.items():
                counted = [
                    name
                    for name, assignment in venue.state.assignments.items()
                    if assignment.shift == shift and assignment.status in COUNTED
                ]
                assert sorted(team) == sorted(counted)
                assert len(team) <= 3

    @invariant()
    def the_lists_beside_the_assignments_agree_with_them(self) -> None:
        for name, venue in self.venues.items():
            for who in PEOPLE:
                own = [a for a in venue.state.assignments.values() if a.person == who]
                held = [a.id for a in own if a.status in ("PROPOSED", "PUBLISHED", "CONFIRMED", "CHECKED_IN")]
                assert sorted(venue.state.held.get(who, [])) == sorted(held)
                if who in venue.state.workers:
                    duties = [duty.assignment for duty in venue.state.workers[who].duties if duty.venue == name]
                    assert sorted(duties) == sorted(a.id for a in own if a.status in COUNTED)

    @invariant()
    def a_snapshot_and_the_rest_are_the_whole(self) -> None:
        assert self.resumed == {name: venue.state for name, venue in self.venues.items()}


TestWorkforce = Workforce.TestCase
TestWorkforce.settings = settings(stateful_step_count=30)
