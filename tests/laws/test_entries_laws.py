"""Laws of the entry book: whatever is asked, in whatever order, no limit is passed and every count is right.

The model is plain: the events, looked through from the beginning each time. What the book counts as it goes must be
what the model counts, at every prefix; and a book that was saved and loaded on the way goes on as one that was not.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from management.command import Actor, Grant, Received, Refusal, Role, Tick
from management.entries import Event, State, decide, due, evolve
from management.entry import (
    AthleteEntered,
    ConfirmEntries,
    EnterAthlete,
    EntryMadeIneligible,
    EntryWithdrawn,
    WithdrawEntry,
)
from management.entry_book import LIVE_ENTRIES, LIVE_PLACES, RankRow
from management.entry_facts import ReportCard, SetFirstUnit
from management.entry_guards import Facts, Performance
from management.long_list import AthleteLongListed, LongListAthlete, SignEligibilityForm
from management.place import (
    AllocatePlace,
    ConfirmPlace,
    DeclinePlace,
    PlaceAllocated,
    PlaceConfirmed,
    PlaceReopened,
    PlaceReturned,
)
from management.reallocation import PlaceReallocated, PlaceVacated, ReallocatePlace, RecordRanking
from management.replacement import ApproveReplacement, AthleteReplaced, ReplaceAthlete, ReplacementProposed
from management.sanction import AthleteSanctioned, LiftSanction, SanctionAthlete, SanctionLifted
from schemas.policy.entries import Discipline, Policy, Route, Standard, Step
from schemas.policy.entries import Event as Limits
from tests.management.entry_hands import T20

OPEN = "XYZM1-----------------------------"  # by standard, two of an organisation with the better one both
CLOSED = "XYZM2-----------------------------"  # by place
TEAM = "XYZW3-----------------------------"  # by place, teams of two
EVENTS = (OPEN, CLOSED, TEAM)
NOCS = ("AAA", "BBB")
ATHLETES = {f"{noc[0]}{gender}{number}": (noc, gender) for noc in NOCS for gender in "MW" for number in range(4)}
LAST = date(2021, 6, 1)

DISCIPLINE = Discipline(
    total=7,
    noc_gender_max={"M": 3, "W": 3},
    noc_gender_places={"M": 3},
    hierarchy=("HIGH", "LOW"),
    routes={
        "HIGH": Route("qualification", "nominal", chain=(Step("NEXT", "LIST"),), confirm_hours=1),
        "LOW": Route("qualification", "slot", chain=(Step("NEXT", "LIST"),), confirm_hours=1, at_once=False),
    },
    events={
        OPEN: Limits(
            total=5,
            noc_max=2,
            needs_place=False,
            two_need="OQT",
            standards=(Standard("OQT", 90, LAST, LAST, ("C",)), Standard("OCT", 100, LAST, LAST, ("C",))),
        ),
        CLOSED: Limits(total=4, noc_max=2, places={"HIGH": 3, "LOW": 3}),
        TEAM: Limits(total=2, noc_max=1, team=2, places={"LOW": 3}, replacement="team"),
    },
)
POLICY: Policy = replace(T20, disciplines={"XYZ": DISCIPLINE})
RANKING = tuple(RankRow(number, noc, athlete) for number, (athlete, (noc, _)) in enumerate(sorted(ATHLETES.items()), 1))
ROLES: tuple[Role, ...] = ("IF_DELEGATE", "GAMES_AUTHORITY", "IF_MEDICAL", "SPORT_ENTRIES", "SYSTEM", "RO_ENTRIES")
EVERYBODY = Actor("everybody", tuple(Grant(role) for role in ROLES))
OTHERS = {role: Actor(role, (Grant(role),)) for role in ROLES}

athletes = st.sampled_from(sorted(ATHLETES))
events = st.sampled_from(EVENTS)
nocs = st.sampled_from(NOCS)
men = st.sampled_from([athlete for athlete, (_, gender) in sorted(ATHLETES.items()) if gender == "M"])
marks = st.sampled_from([85, 85, 85, 95, 105])
routes = st.sampled_from(["HIGH", "LOW"])


class Model:
    """What the events say, read from the beginning."""

    def __init__(self, log: list[Event]) -> None:
        self.entries: dict[tuple[str, str], tuple[str, str | None, int, str | None]] = {}  # noc, place, team, standard
        self.places: dict[str, tuple[str, str, str, str, str]] = {}  # event, route, status, noc, athlete
        self.given: Counter[str] = Counter()
        self.sanctioned: set[str] = set()
        self.confirm_by: dict[str, int] = {}
        standards: dict[str, str | None] = {}
        for event in log:
            match event:
                case AthleteEntered():
                    held = (event.noc, event.place, event.team, event.standard)
                    self.entries[event.athlete, event.event] = held
                    self._place(event.place, "USED")
                case EntryWithdrawn() | EntryMadeIneligible():
                    del self.entries[event.athlete, event.event]
                case AthleteReplaced():
                    noc, place, team, _ = self.entries.pop((event.leaving, event.event))
                    self.entries[event.coming, event.event] = (noc, place, team, standards[event.replacement])
                case PlaceAllocated():
                    self.given[f"{event.event}/{event.route}"] += 1
                    self.places[event.place] = (event.event, event.route, "ALLOCATED", event.noc, event.athlete)
                    self.confirm_by[event.place] = event.confirm_by
                case PlaceReallocated():
                    of, route, status, _, _ = self.places[event.place]
                    assert status == "RETURNED"
                    self.places[event.place] = (of, route, "ALLOCATED", event.noc, event.athlete)
                    self.confirm_by[event.place] = event.confirm_by
                case PlaceConfirmed() | PlaceReopened():
                    self._place(event.place, "CONFIRMED", event.use_by)
                case PlaceReturned():
                    self._place(event.place, "RETURNED")
                case PlaceVacated():
                    assert self.places[event.place][2] == "RETURNED"
                    self._place(event.place, "VACANT")
                case AthleteSanctioned():
                    self.sanctioned.add(event.athlete)
                case SanctionLifted():
                    self.sanctioned.discard(event.athlete)
                case ReplacementProposed():
                    standards[event.replacement] = event.standard

    def _place(self, place: str | None, status: str, deadline: int | None = None) -> None:
        if place is not None:
            of, route, _, noc, athlete = self.places[place]
            self.places[place] = (of, route, status, noc, athlete)
            self.confirm_by.pop(place, None)
            if deadline is not None:
                self.confirm_by[place] = deadline


class EntryBookMachine(RuleBasedStateMachine):
    """A book of three events and sixteen athletes, where everybody asks for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.asked = State(), 0
        self.log: list[Event] = []
        self.at = POLICY.entries_until - 40 * 3_600_000
        for athlete, (noc, gender) in ATHLETES.items():
            self.ask(LongListAthlete(noc, athlete, gender))  # type: ignore[arg-type]
            self.ask(SignEligibilityForm(athlete))
        for event in EVENTS:
            self.ask(SetFirstUnit(event, POLICY.entries_until + 10 * 86_400_000))
        assert len([event for event in self.log if isinstance(event, AthleteLongListed)]) == len(ATHLETES)

    def ask(self, command: Any, by: Actor = EVERYBODY) -> list[Event] | Refusal:
        self.asked += 1
        received = Received(f"C{self.asked}", "ebk:XYZ", command, by, self.at)
        before = msgspec.msgpack.encode(self.state)
        answer = decide(self.state, received, POLICY)
        assert msgspec.msgpack.encode(self.state) == before
        if not isinstance(answer, Refusal):
            for event in answer:
                evolve(self.state, event)
            self.log += answer
        return answer

    def named(self, data: st.DataObject, *statuses: str) -> str:
        """Draw a place, if possible one with such a status."""
        fitting = sorted(name for name, place in self.state.places.items() if place.status in statuses)
        return data.draw(st.sampled_from(fitting or sorted(self.state.places)))

    def facts(self, noc: str, mark: int) -> Facts:
        return Facts(date(2000, 1, 1), (noc,), results=(Performance(mark, LAST, "C"),))

    @rule(hours=st.sampled_from([1, 1, 1, 1, 20]))
    def time_passes_and_ticks(self, hours: int) -> None:
        self.at += hours * 3_600_000
        self.ask(Tick(self.at - 5000), OTHERS["SYSTEM"])
        later = due(self.state)
        assert later is None or later > self.at - 5000

    @rule(athlete=athletes, event=events, mark=marks)
    def enter(self, athlete: str, event: str, mark: int) -> None:
        noc, _ = ATHLETES[athlete]
        self.ask(EnterAthlete(noc, athlete, event, self.facts(noc, mark)))

    @rule(athlete=men, mark=marks)
    def enter_by_standard(self, athlete: str, mark: int) -> None:
        self.enter(athlete, OPEN, mark)

    @rule(data=st.data(), noc=nocs, athlete=men, team=st.sampled_from([1, 1, 1, 2]))
    @precondition(lambda self: self.state.places)
    def use_a_place(self, data: st.DataObject, noc: str, athlete: str, team: int) -> None:
        name = self.named(data, "CONFIRMED", "USED")
        place = self.state.places[name]
        own = sorted(who for who, of in ATHLETES.items() if of == (place.noc, place.event[3]))
        who = place.athlete if place.ownership == "nominal" else data.draw(st.sampled_from([*own, athlete]))
        self.ask(EnterAthlete(ATHLETES[who][0], who, place.event, self.facts(noc, 85), name, team))
        self.ask(EnterAthlete(place.noc, who, place.event, self.facts(place.noc, 85), name, team))

    @rule(data=st.data())
    @precondition(lambda self: self.state.field)
    def withdraw(self, data: st.DataObject) -> None:
        entry = self.state.entries[data.draw(st.sampled_from(sorted(self.state.entries)))]
        self.ask(WithdrawEntry(entry.noc, entry.athlete, entry.event))

    @rule(noc=nocs)
    @precondition(lambda self: self.state.field)
    def confirm_entries(self, noc: str) -> None:
        self.ask(ConfirmEntries(noc))

    @rule(event=st.sampled_from([CLOSED, TEAM]), athlete=athletes, route=routes, confirmed=st.booleans())
    def allocate(self, event: str, athlete: str, route: str, confirmed: bool) -> None:
        noc, _ = ATHLETES[athlete]
        name = f"P{self.asked}"
        nominal = athlete if route == "HIGH" else ""
        self.ask(AllocatePlace(name, event, route, noc, self.at + 2 * 3_600_000, nominal))
        if confirmed:
            self.ask(ConfirmPlace(name))

    @rule(data=st.data())
    @precondition(lambda self: self.state.places)
    def confirm(self, data: st.DataObject) -> None:
        self.ask(ConfirmPlace(self.named(data, "ALLOCATED")))

    @rule(data=st.data())
    @precondition(lambda self: self.state.places)
    def decline(self, data: st.DataObject) -> None:
        self.ask(DeclinePlace(self.named(data, "ALLOCATED", "CONFIRMED")))

    @rule(data=st.data())
    @precondition(lambda self: self.state.places)
    def give_anew(self, data: st.DataObject) -> None:
        self.ask(RecordRanking("LIST", RANKING))
        self.ask(ReallocatePlace(self.named(data, "RETURNED")))

    @rule(athlete=athletes, lifted=st.booleans())
    @precondition(lambda self: self.state.field)
    def sanction(self, athlete: str, lifted: bool) -> None:
        self.ask(SanctionAthlete(athlete, "Panel"))
        if lifted:
            self.ask(LiftSanction(athlete, "Court"))

    @rule(data=st.data(), mark=marks, late=st.booleans())
    @precondition(lambda self: self.state.field)
    def replace(self, data: st.DataObject, mark: int, late: bool) -> None:
        key = data.draw(st.sampled_from(sorted(key for keys in self.state.field.values() for key in keys)))
        entry = self.state.entries[key]
        own = sorted(who for who, of in ATHLETES.items() if of == (entry.noc, entry.gender))
        coming = data.draw(st.sampled_from(own))
        number = f"R{self.asked}"
        if late:
            self.at = max(self.at, POLICY.entries_until + 1)
        facts = self.facts(entry.noc, mark)
        self.ask(ReportCard(entry.athlete, "blocked"))
        self.ask(ReplaceAthlete(number, entry.noc, entry.event, entry.athlete, coming, "MEDICAL", facts))
        self.ask(ApproveReplacement(number, "IF_MEDICAL"), OTHERS["IF_MEDICAL"])
        self.ask(ApproveReplacement(number, "GAMES_AUTHORITY"), OTHERS["GAMES_AUTHORITY"])

    @rule()
    def save_and_load(self) -> None:
        whole = State()
        for event in self.log:
            evolve(whole, event)
        assert whole == self.state
        self.state = msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=State)
        assert whole == self.state

    @invariant()
    def the_book_says_what_the_events_say(self) -> None:
        model, state = Model(self.log), self.state
        live = {key: entry for key, entry in state.entries.items() if entry.status in LIVE_ENTRIES}
        assert {(e.athlete, e.event): (e.noc, e.place, e.team, e.standard) for e in live.values()} == model.entries
        assert {
            name: (place.event, place.route, place.status, place.noc, place.athlete)
            for name, place in state.places.items()
        } == model.places
        assert state.deadlines == sorted((at, name) for name, at in model.confirm_by.items())

    @invariant()
    def every_count_is_right(self) -> None:
        model, state = Model(self.log), self.state
        starts = {(noc, event, team or athlete) for (athlete, event), (noc, _, team, _) in model.entries.items()}
        assert state.starts == Counter(event for _, event, _ in starts)
        of_gender = {(noc, ATHLETES[athlete][1], athlete) for (athlete, _), (noc, *_) in model.entries.items()}
        assert state.gender == Counter(f"{noc}/{gender}" for noc, gender, _ in of_gender)
        assert state.athletes_in == len(of_gender)
        held = [place for place in model.places.values() if place[2] in LIVE_PLACES]
        assert state.held == Counter(f"{noc}/{event}" for event, _, _, noc, _ in held)
        assert state.held_gender == Counter(f"{noc}/{event[3]}" for event, _, _, noc, _ in held)
        assert state.given == model.given
        used = Counter(place for _, place, _, _ in model.entries.values() if place)
        assert {name: place.used for name, place in state.places.items() if place.used} == used

    @invariant()
    def no_limit_is_passed(self) -> None:
        model, state = Model(self.log), self.state
        assert state.athletes_in <= DISCIPLINE.total
        assert all(count <= DISCIPLINE.noc_gender_max[key[-1]] for key, count in state.gender.items())
        assert all(count <= DISCIPLINE.events[event].total for event, count in state.starts.items())
        assert all(
            count <= DISCIPLINE.noc_gender_places["M"] for key, count in state.held_gender.items() if key[-1] == "M"
        )
        for noc in NOCS:
            for event, limits in DISCIPLINE.events.items():
                own = [held for (_, of), held in model.entries.items() if of == event and held[0] == noc]
                teams = Counter(team for _, _, team, _ in own)
                assert (len(teams) if limits.team else len(own)) <= limits.noc_max
                assert all(size <= limits.team for size in teams.values()) or not limits.team
                if limits.two_need and len(own) > 1:
                    assert {standard for _, _, _, standard in own} == {limits.two_need}
                assert state.held.get(f"{noc}/{event}", 0) <= limits.noc_max
        nominal = Counter(
            (athlete, event)
            for event, route, status, _, athlete in model.places.values()
            if status in LIVE_PLACES and route == "HIGH"
        )
        assert set(nominal.values()) <= {1}

    @invariant()
    def nobody_competes_who_may_not(self) -> None:
        model = Model(self.log)
        assert {athlete for athlete, _ in model.entries} & model.sanctioned == set()
        owners = {place[4] for place in model.places.values() if place[1] == "HIGH" and place[2] in LIVE_PLACES}
        assert owners & model.sanctioned == set()
        for (athlete, event), (noc, place, _, _) in model.entries.items():
            assert ATHLETES[athlete][0] == noc
            assert event == OPEN or ATHLETES[athlete][1] == event[3]
            if place is not None:
                of, route, status, owner, own = model.places[place]
                assert (of, status, owner) == (event, "USED", noc)
                assert route == "LOW" or own == athlete


TestEntryBook = EntryBookMachine.TestCase
TestEntryBook.settings = settings(stateful_step_count=40)
