"""Laws of the competition schedule: its list of conflicts is what a look at all pairs finds, whatever was changed.

The model is plain: the plans of both boards, read from the events, and conflicts found by comparing every unit with
every other. The book keeps its list by what each change touches; at every prefix the two must agree. A schedule that
was saved and loaded on the way goes on as one that was not.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from management.command import Actor, Grant, Received, Refusal, Role, Tick
from management.competition_schedule import Event, State, decide, due, evolve
from management.schedule_board import Conflict, Plan
from management.schedule_book import Advance, Cancel, Change, Move, Postpone, Reschedule
from management.schedule_changes import (
    CarryOutChange,
    DelayUnit,
    ReportUnit,
    UnitCancelled,
    UnitDelayed,
    UnitPostponed,
    UnitsRescheduled,
)
from management.schedule_draft import (
    DraftChanged,
    MoveUnit,
    PlanUnit,
    RecordStarters,
    ReleaseVersion,
    ScheduleReleased,
    Starter,
    StartersRecorded,
    UnplanUnit,
    Waiver,
)
from management.schedule_proposals import AcknowledgeChange, ApproveChange, ProposeChange
from schemas.policy.schedule import Daily, Discipline, Period, Policy, Venue
from tests.management.schedule_hands import DAY, HOUR, MINUTE, unit

FIRST = datetime(2021, 7, 24, tzinfo=UTC)
START = int(FIRST.timestamp()) * 1000
WINDOW = Period(FIRST, FIRST + timedelta(days=3))
POLICY = Policy(
    games="T20",
    version=1,
    day_ends=3,
    notice_hours=12,
    freeze_hours=0,
    proposal_hours=24,
    gates_before_min=360,
    gates_after_min=240,
    delay_by=("SCHED_APPROVER",),
    approvals={
        "postpone": ("SCHED_APPROVER", "IF_DELEGATE"),
        "reschedule": ("SCHED_APPROVER", "IF_DELEGATE"),
        "advance": ("SCHED_APPROVER",),
        "cancel": ("SCHED_APPROVER", "IF_DELEGATE"),
        "cancel_medal": ("SCHED_APPROVER", "GAMES_AUTHORITY"),
    },
    venues={
        "AQU": Venue("Etc/UTC", WINDOW, curfew=Daily(time(22), time(5))),
        "BAY": Venue(
            "Etc/UTC",
            WINDOW,
            closed=(Period(FIRST + timedelta(hours=30), FIRST + timedelta(hours=34)),),
            contingency=(Period(FIRST + timedelta(days=4), FIRST + timedelta(days=5)),),
            dark=Daily(time(18), time(4)),
        ),
    },
    disciplines={
        "SWM": Discipline(turnaround=30, phase_gap=60, rest=90, broadcast=Daily(time(10), time(13))),
        "DIV": Discipline(turnaround=60, rest=120),
    },
)
HEATS = [unit("SWM", "M100MFR", "HEAT", number) for number in (1, 2, 3)]
FINAL = unit("SWM", "M100MFR", "FNL", 1)
UNITS = [*HEATS, FINAL, unit("DIV", "M3MSB", "HEAT", 1), unit("DIV", "M3MSB", "FNL", 1)]
AFTER = {FINAL: (HEATS[0][:26] + "--------",), UNITS[5]: (UNITS[4][:26] + "--------",)}
ATHLETES = ("AAA1", "BBB1", "CCC1")
ROLES: tuple[Role, ...] = ("SCHED_PLANNER", "SCHED_APPROVER", "IF_DELEGATE", "GAMES_AUTHORITY", "SYSTEM", "RO_ENTRIES")
ACTORS = {role: Actor(role, (Grant(role),)) for role in ROLES}

units = st.sampled_from(UNITS)
half_hours = st.integers(10, 34) | st.integers(0, 230)
lengths = st.sampled_from([1, 1, 2, 20])
sites = st.sampled_from([("AQU", "POOL"), ("AQU", "POOL"), ("AQU", "TOWER"), ("BAY", "COURSE")])


def all_conflicts(plans: dict[str, Plan], starters: dict[str, set[str]]) -> dict[str, Conflict]:
    """Compare every unit with every other."""
    found: list[Conflict] = []
    for one, other in combinations(sorted(plans), 2):
        a, b = sorted((plans[one], plans[other]), key=lambda plan: (plan.start, plan.end))
        turnaround = 0 if one[:26] == other[:26] else max(POLICY.of(one).turnaround, POLICY.of(other).turnaround)
        missing = a.end + turnaround * MINUTE - b.start
        if a.place == b.place and missing > 0:
            found.append(Conflict(f"LOCATION:{one}:{other}", "LOCATION", (one, other), b.start, missing))
        missing = a.end + max(POLICY.of(one).rest, POLICY.of(other).rest) * MINUTE - b.start
        if starters.get(one, set()) & starters.get(other, set()) and missing > 0:
            found.append(Conflict(f"REST:{one}:{other}", "REST", (one, other), b.start, missing))
    for code, plan in plans.items():
        for phase in plan.after:
            ends = [other.end for name, other in plans.items() if name[:26] == phase[:26]]
            missing = max(ends, default=0) + POLICY.of(code).phase_gap * MINUTE - plan.start
            if ends and missing > 0:
                found.append(Conflict(f"PREDECESSOR:{phase}:{code}", "PREDECESSOR", (code,), plan.start, missing))
        found += hours(code, plan)
    return {conflict.name: conflict for conflict in found}


def hours(code: str, plan: Plan) -> list[Conflict]:
    """Look at every minute of a plan."""
    minutes = [(at // MINUTE) % 1440 for at in range(plan.start, plan.end, MINUTE)]
    found = []
    if plan.venue == "AQU":
        closed = not (plan.start >= START and plan.end <= START + 3 * DAY)
        kind, short = "CURFEW", sum(minute >= 22 * 60 or minute < 5 * 60 for minute in minutes)
    else:
        inside = plan.start >= START and plan.end <= START + 3 * DAY
        free = plan.end <= START + 30 * HOUR or plan.start >= START + 34 * HOUR
        closed = not (inside and free) and not (plan.start >= START + 4 * DAY and plan.end <= START + 5 * DAY)
        kind, short = "DAYLIGHT", sum(minute >= 18 * 60 or minute < 4 * 60 for minute in minutes)
    if closed:
        found.append(Conflict(f"VENUE_CLOSED:{code}", "VENUE_CLOSED", (code,), plan.start))
    if short:
        found.append(Conflict(f"{kind}:{code}", kind, (code,), plan.start, short * MINUTE))  # type: ignore[arg-type]
    if plan.medal and code[:3] == "SWM" and not 10 * 60 <= minutes[0] < 13 * 60:
        found.append(Conflict(f"BROADCAST:{code}", "BROADCAST", (code,), plan.start))
    return found


class ScheduleMachine(RuleBasedStateMachine):
    """Six units at three locations, planned, released and moved about."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.asked, self.at = State(), 0, START - 10 * DAY
        self.log: list[Event] = []
        self.draft: dict[str, Plan] = {}
        self.live: dict[str, Plan] = {}
        self.starters: dict[str, set[str]] = {}
        for number, code in enumerate(UNITS):
            self.plan(code, 12 + 5 * number, 1, ("AQU", "POOL") if number < 4 else ("BAY", "COURSE"), code == FINAL)
            self.record_starters(code, {ATHLETES[number % 3], ATHLETES[number % 2]})
        self.release(True)

    def ask(self, command: Any, role: Role) -> list[Event] | Refusal:
        self.asked += 1
        received = Received(f"C{self.asked}", "sch:T20", command, ACTORS[role], self.at)
        before = msgspec.msgpack.encode(self.state)
        answer = decide(self.state, received, POLICY)
        assert msgspec.msgpack.encode(self.state) == before
        for event in [] if isinstance(answer, Refusal) else answer:
            evolve(self.state, event)
            self.log.append(event)
            self.follow(event)
        return answer

    def follow(self, event: Event) -> None:
        """Have the model take in an event."""
        match event:
            case DraftChanged():
                self.follow_plan(self.draft, event.change.unit, event.change.after)
            case ScheduleReleased():
                assert event.version == 1 + sum(isinstance(other, ScheduleReleased) for other in self.log[:-1])
                assert {change.unit for change in event.diff} == self.differing() != set()
                for change in event.diff:
                    assert change.before == self.live.get(change.unit)
                    self.follow_plan(self.live, change.unit, change.after)
                assert self.live == self.draft
            case UnitDelayed() | UnitPostponed() | UnitCancelled() | UnitsRescheduled():
                changes = event.changes if isinstance(event, UnitsRescheduled) else (event.change,)
                for change in changes:
                    assert change.before == self.live.get(change.unit)
                    self.follow_plan(self.live, change.unit, change.after)
                    self.follow_plan(self.draft, change.unit, change.after)
            case StartersRecorded():
                self.starters[event.unit] = {starter.athlete for starter in event.starters}

    def follow_plan(self, plans: dict[str, Plan], code: str, plan: Plan | None) -> None:
        plans.pop(code, None)
        if plan is not None:
            plans[code] = plan

    def differing(self) -> set[str]:
        return {code for code in UNITS if self.draft.get(code) != self.live.get(code)}

    @rule(code=units, begins=half_hours, length=lengths, site=sites, medal=st.booleans())
    def plan(self, code: str, begins: int, length: int, site: tuple[str, str], medal: bool) -> None:
        start = START + begins * 30 * MINUTE
        end = start + length * 30 * MINUTE
        self.ask(PlanUnit(code, Plan(*site, start, end, "Etc/UTC", 0, medal, AFTER.get(code, ()))), "SCHED_PLANNER")

    @rule(code=units, begins=half_hours, length=lengths)
    def move(self, code: str, begins: int, length: int) -> None:
        start = START + begins * 30 * MINUTE
        self.ask(MoveUnit(code, start, start + length * 30 * MINUTE, 0), "SCHED_PLANNER")

    @rule(code=units)
    @precondition(lambda self: len(self.draft) > 2)
    def unplan(self, code: str) -> None:
        self.ask(UnplanUnit(code), "SCHED_PLANNER")

    @rule(code=units, athletes=st.sets(st.sampled_from(ATHLETES)))
    def record_starters(self, code: str, athletes: set[str]) -> None:
        self.ask(RecordStarters(code, tuple(Starter(name, name[:3]) for name in sorted(athletes))), "SYSTEM")

    @rule(waive=st.sampled_from([True, True, False]))
    @precondition(lambda self: self.state.touched)
    def release(self, waive: bool) -> None:
        needed = set(self.state.draft.conflicts) - set(self.state.waived)
        waivers = tuple(Waiver(name, "agreed") for name in sorted(needed)) if waive else ()
        answer = self.ask(ReleaseVersion(self.state.version + 1, waivers), "SCHED_APPROVER")
        if not isinstance(answer, Refusal):
            assert set(self.state.waived) == set(self.state.draft.conflicts)  # each one by name, and no other

    @rule(code=units, minutes=st.none() | st.sampled_from([30, 60, 300]))
    def delay(self, code: str, minutes: int | None) -> None:
        before = self.live.get(code)
        start = None if minutes is None or before is None else before.start + minutes * MINUTE
        self.ask(DelayUnit(code, start), "SCHED_APPROVER")

    @rule(code=units, kind=st.sampled_from([Postpone, Postpone, Postpone, Cancel]))
    def take_off(self, code: str, kind: type[Postpone] | type[Cancel]) -> None:
        self.change(kind(code))

    @rule(
        codes=st.sets(units, min_size=1, max_size=3),
        begins=half_hours,
        gap=st.integers(0, 3),
        early=st.booleans(),
        place=st.lists(st.sampled_from(["POOL", "TOWER", None]), min_size=3, max_size=3),
    )
    def move_set(self, codes: set[str], begins: int, gap: int, early: bool, place: list[str | None]) -> None:
        starts = [START + (begins + number * gap) * 30 * MINUTE for number in range(len(codes))]
        possible = sorted(codes & set(self.state.units))
        moves = tuple(
            Move(code, start, start + HOUR, 0, location=where)
            for code, start, where in zip(possible, starts, place, strict=False)
        )
        self.change(Advance(moves) if early else Reschedule(moves))

    def change(self, change: Change) -> None:
        """Have a change proposed, approved and carried out, with its conflicts waived."""
        number = f"X{self.asked}"
        self.ask(ProposeChange(number, change), "SCHED_PLANNER")
        early = self.ask(CarryOutChange(number), "SCHED_PLANNER")
        assert isinstance(early, Refusal)
        for role in ("SCHED_APPROVER", "IF_DELEGATE", "GAMES_AUTHORITY"):
            self.ask(ApproveChange(number, role), role)
        if isinstance(change, Advance):
            for noc in ("AAA", "BBB", "CCC"):
                self.ask(AcknowledgeChange(number, noc), "RO_ENTRIES")
        answer = self.ask(CarryOutChange(number), "SCHED_PLANNER")
        if isinstance(answer, Refusal) and answer.code == "CONFLICTS":
            waivers = tuple(Waiver(name, "agreed") for name in answer.about["conflicts"])
            self.ask(CarryOutChange(number, waivers), "SCHED_PLANNER")

    @rule(code=units, status=st.sampled_from(["RUNNING", "INTERRUPTED", "FINISHED"]))
    def happens(self, code: str, status: Any) -> None:
        self.ask(ReportUnit(code, status), "SYSTEM")

    @rule()
    @precondition(lambda self: self.state.proposals)
    def a_day_passes(self) -> None:
        self.at += DAY
        self.ask(Tick(self.at), "SYSTEM")
        later = due(self.state)
        assert later is None or later > self.at

    @rule()
    @precondition(lambda self: self.log)
    def save_and_load(self) -> None:
        whole = State()
        for event in self.log:
            evolve(whole, event)
        assert whole == self.state
        self.state = msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=State)
        assert whole == self.state

    @invariant()
    def every_conflict_is_listed_and_no_other(self) -> None:
        assert self.state.draft.conflicts == all_conflicts(self.draft, self.starters)
        assert self.state.live.conflicts == all_conflicts(self.live, self.starters)

    @invariant()
    def the_boards_say_what_the_events_say(self) -> None:
        assert (self.state.draft.plans, self.state.live.plans) == (self.draft, self.live)
        assert set(self.state.touched) == self.differing()
        for board in (self.state.draft, self.state.live):
            slots = sorted(slot for timeline in board.places.values() for slot in timeline.slots)
            assert slots == sorted((plan.start, code) for code, plan in board.plans.items())

    @invariant()
    def a_unit_has_a_time_while_it_has_a_status_that_says_so(self) -> None:
        without = {"UNSCHEDULED", "POSTPONED", "CANCELLED"}
        for code, known in self.state.units.items():
            assert (code in self.live) is (known.status not in without)

    @invariant()
    def what_is_waived_is_a_conflict(self) -> None:
        assert set(self.state.waived) - set(self.state.draft.conflicts) == set()


TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(stateful_step_count=40)
