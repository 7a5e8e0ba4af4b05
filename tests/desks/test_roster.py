"""Rosters: never against a guard, nothing frozen moved, few changes, and a reason for each place that stays free."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, combinations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import roster
from desks.roster import commands_of, make_roster
from desks.roster_problem import (
    Away,
    Current,
    Opening,
    Pair,
    Plan,
    Problem,
    Unfilled,
    cost_of,
    duties_of,
    problem_of,
    refused,
)
from management.command import Refusal
from management.shift import Shift, duty_of
from management.worker import Access, AccessWindow, Worker
from management.workforce_commands import LoanPerson, ReportAbsent
from schemas.policy.workforce import Weights
from tests.management.venue_hands import LEAD, OFFSET, POLICY, Venue, at, venue_of

BOTH = pytest.mark.parametrize("solver", [False, True], ids=["greedy", "cpsat"])
ANYWHERE = Access(1, tuple(AccessWindow(venue, "BLUE", at(0, 0), at(30, 0)) for venue in ("STA", "AQU")))


def shift(name: str, day: int, hour: int, hours: int = 8, need: int = 1, places: int = 1, **more: object) -> Shift:
    """A shift of stewards at the stadium, of as many places as it says."""
    starts = at(day, hour)
    fields = {"venue": "STA", "role": "STEWARD", "zone": "BLUE", "starts": starts, "ends": starts + hours * 3_600_000}
    clock = {"offset": OFFSET, "offset_ends": OFFSET}
    return Shift(**{"id": name, **fields, **clock, "need": need, "places": places, **more})  # type: ignore[arg-type]


def worker(name: str, **more: object) -> Worker:
    """A trained person."""
    return Worker(**{"person": name, "home": "STA", "trainings": ("GENERAL",), "access": ANYWHERE, **more})  # type: ignore[arg-type]


def problem(shifts: Iterable[Shift], people: Iterable[Worker], **more: object) -> Problem:
    """A problem without a past."""
    return Problem(tuple(Opening(each) for each in shifts), tuple(people), **more)  # type: ignore[arg-type]


def carry_out(venue: Venue, given_problem: Problem, plan: Plan) -> None:
    """Make a plan true at the venue, which refuses nothing of it."""
    for command in commands_of(given_problem, plan, lambda pair: f"{venue.now}:{'/'.join(pair)}"):
        outcome = venue.do(command)
        assert not isinstance(outcome, Refusal), outcome


# -- what comes out ---------------------------------------------------------------------------------------------------


@BOTH
def test_a_roster_is_made_of_nothing(solver: bool) -> None:
    empty = Plan((), (), (), (), cost=0, optimal=True)
    assert make_roster(problem([], []), POLICY, solver=solver) == empty
    assert make_roster(problem([], [worker("ANN")]), POLICY, solver=solver) == empty


@BOTH
def test_every_place_has_somebody_where_there_is_somebody(solver: bool) -> None:
    shifts = [shift("a", 1, 6), shift("b", 1, 14), shift("c", 2, 6)]
    plan = make_roster(problem(shifts, [worker("ANN"), worker("BOB")]), POLICY, solver=solver)
    assert (plan.unfilled, plan.cost, plan.optimal, plan.added) == ((), 0, True, plan.assigned)
    assert [name for name, _ in plan.assigned] == ["a", "b", "c"]


def test_the_solver_finds_what_one_place_at_a_time_does_not() -> None:
    """One has to work a and b, and the other d and c; whoever is asked by turns ends with d between two duties."""
    shifts = [shift("a", 1, 6, 2), shift("b", 1, 19, 2), shift("c", 2, 1, 2), shift("d", 1, 12, 2)]
    made = problem(shifts, [worker("ANN"), worker("BOB")])
    fast = make_roster(made, POLICY, solver=False)
    assert (fast.cost, fast.optimal, [each.shift for each in fast.unfilled]) == (100, False, ["d"])
    best = make_roster(made, POLICY, solver=True)
    assert (best.cost, best.optimal, best.unfilled) == (0, True, ())


def test_without_the_effort_to_begin_it_stays_greedy() -> None:
    shifts = [shift("a", 1, 6, 2), shift("b", 1, 19, 2), shift("c", 2, 1, 2), shift("d", 1, 12, 2)]
    made = problem(shifts, [worker("ANN"), worker("BOB")])
    assert make_roster(made, POLICY, solver=True, effort=0) == make_roster(made, POLICY, solver=False)


FERRY = Access(1, tuple(AccessWindow(venue, "BLUE", at(0, 0), at(30, 0)) for venue in ("AQU", "VIL")))


@pytest.mark.parametrize(
    ("shifts", "who"),
    [
        ([shift("a", 1, 6), shift("b", 1, 24)], worker("ANN")),  # rest
        ([shift("a", 1, 6), shift("b", 1, 25, 3)], worker("ANN")),  # eleven hours in 24
        ([shift(f"{day}", day, 9) for day in range(1, 7)], worker("ANN")),  # six days
        (
            [
                shift("a", 1, 6, 4, venue="VIL"),
                shift("b", 1, 21, 1, venue="AQU"),
            ],  # eleven hours, and the way takes twelve
            worker("ANN", access=FERRY),
        ),
    ],
)
def test_the_solver_knows_that_one_place_has_to_stay_free(shifts: list[Shift], who: Worker) -> None:
    plan = make_roster(problem(shifts, [who]), POLICY, solver=True)
    assert (plan.cost, plan.optimal, len(plan.unfilled)) == (100, True, 1)


def test_the_solver_counts_the_hours_of_what_is_frozen() -> None:
    shifts = [shift("a", 1, 11, 4), shift("b", 1, 16, 4)]  # eight hours, and four before
    who = worker("ANN", duties=[duty_of(shift("x", 1, 6, 4), "x")])
    plan = make_roster(problem(shifts, [who]), msgspec.structs.replace(POLICY, rest=60), solver=True)
    assert (plan.cost, plan.optimal, [each.reason for each in plan.unfilled]) == (100, True, ["HOURS_24"])


@BOTH
@pytest.mark.parametrize(
    ("people", "reason", "codes"),
    [
        ([], "NOBODY", {}),
        ([worker("ANN", trainings=())], "NOT_TRAINED", {"NOT_TRAINED": 1}),
        ([worker("ANN", access=Access())], "NO_ACCESS", {"NO_ACCESS": 1}),
        ([worker("ANN", place="LENT")], "LENT", {"LENT": 1}),
        ([worker("ANN", minor=True)], "MINOR_NIGHT", {"MINOR_NIGHT": 1}),
        ([worker("ILL")], "AWAY", {"AWAY": 1}),
        ([worker("ILL"), worker("ANN", trainings=()), worker("BOB", minor=True)], "MINOR_NIGHT", {
            "AWAY": 1,
            "MINOR_NIGHT": 1,
            "NOT_TRAINED": 1,
        }),
        ([worker("ANN", duties=[duty_of(shift("x", 1, 15), "x")])], "OVERLAP", {"OVERLAP": 1}),
        ([worker("ANN", duties=[duty_of(shift("x", 1, 6), "x")])], "REST", {"REST": 1}),
        ([worker("ANN", duties=[duty_of(shift("x", 1, 0, 6), "x")])], "HOURS_24", {"HOURS_24": 1}),
        ([worker("ANN", duties=[duty_of(shift("x", day, 12, 4), "x") for day in range(2, 7)])], "CONSECUTIVE", {
            "CONSECUTIVE": 1
        }),
    ],
)  # fmt: skip
def test_a_place_that_stays_free_has_a_reason(
    solver: bool, people: list[Worker], reason: str, codes: dict[str, int]
) -> None:
    late = shift("late", 1, 18, hours=5)
    given_problem = problem([late], people, away=(Away("ILL", late.starts - 1, late.starts + 1),))
    plan = make_roster(given_problem, POLICY, solver=solver)
    assert plan.unfilled == (Unfilled("late", places=1, below_need=1, reason=reason, refused=codes),)


@BOTH
def test_places_for_leaders_and_languages_are_kept(solver: bool) -> None:
    gates = shift("gates", 1, 6, need=2, places=4, role="MARSHAL", languages={"fr": 1})
    trained = ("GENERAL", "MARSHAL")
    plain = [worker(f"P{number}", trainings=trained) for number in range(5)]
    leader, speaker = (
        worker("BOSS", trainings=trained, leader=True),
        worker("FRED", trainings=trained, languages=("fr",)),
    )
    plan = make_roster(problem([gates], plain), POLICY, solver=solver)
    assert (len(plan.assigned), [each.reason for each in plan.unfilled]) == (3, ["TEAM_MIX"])
    assert plan.optimal == solver
    plan = make_roster(problem([gates], [*plain, leader, speaker]), POLICY, solver=solver)
    assert len(plan.assigned) == 4
    assert {person for _, person in plan.assigned} >= {"BOSS", "FRED"}


# -- made anew --------------------------------------------------------------------------------------------------------


@BOTH
def test_who_was_told_stays_before_who_was_not(solver: bool) -> None:
    one = shift("a", 1, 6)
    current = (Current("a", "ANN", "x", told=False), Current("a", "BOB", "y", told=True))
    plan = make_roster(problem([one], [worker("ANN"), worker("BOB")], current=current), POLICY, solver=solver)
    assert (plan.assigned, plan.added, plan.dropped, plan.cost) == ((("a", "BOB"),), (), (("a", "ANN"),), 1)


@BOTH
def test_a_spare_place_is_left_where_telling_somebody_costs_more(solver: bool) -> None:
    one = shift("a", 1, 6, need=1, places=2)
    current = (Current("a", "ANN", "x", told=True),)
    dear = problem([one], [worker("ANN"), worker("BOB")], current=current, weights=Weights(spare=3, change=4))
    plan = make_roster(dear, POLICY, solver=solver)
    assert (plan.assigned, plan.cost, plan.optimal) == ((("a", "ANN"),), 3, True)
    assert plan.unfilled == (Unfilled("a", 1, 0, "CHANGE", {"CHANGE": 1}),)


@BOTH
def test_what_is_frozen_stays(solver: bool) -> None:
    venue = venue_of("ANN", "BOB")
    venue.assign("a", "early1", "ANN")
    venue.assign("b", "early2", "BOB")
    made = problem_of(venue.state, POLICY, at(2, 0))
    assert [opening.shift.id for opening in made.openings] == ["early2", "late2"]
    assert [[duty.assignment for duty in each.duties] for each in made.people] == [["a"], []]
    assert made.current == (Current("early2", "BOB", "b", told=True),)
    plan = make_roster(made, POLICY, solver=solver)
    assert (plan.dropped, len(plan.added)) == ((), 1)
    carry_out(venue, made, plan)
    assert venue.status("a", "b") == ["PUBLISHED", "PUBLISHED"]


def test_who_is_lent_keeps_his_place_and_gets_no_other() -> None:
    venue = venue_of("ANN")
    venue.assign("a", "early1", "ANN")
    venue.ok(LoanPerson("ANN", "AQU"))
    made = problem_of(venue.state, POLICY, at(1, 0))
    assert (made.people, made.current) == ((), ())
    assert [len(opening.held) for opening in made.openings] == [1, 0, 0, 0]


def test_a_cancelled_shift_is_not_filled() -> None:
    venue = venue_of("ANN")
    venue.state.shifts["early1"] = msgspec.structs.replace(venue.state.shifts["early1"], cancelled=True)
    assert [opening.shift.id for opening in problem_of(venue.state, POLICY, 0).openings] == ["late1", "early2", "late2"]


# -- scenario 12 ------------------------------------------------------------------------------------------------------

DAYS = 9
KINDS = (("STEWARD", ("GENERAL",)), ("DRIVER", ("GENERAL", "DRIVING")))


def stadium(people: int) -> Venue:
    """Nine days of three shifts in two roles, with a roster that everybody was told."""
    venue = Venue()
    for number in range(people):
        venue.enrol(f"P{number:03}", trainings=KINDS[number % 2][1])
    for day in range(DAYS):
        for hour in (6, 14, 22):
            for role, _ in KINDS:
                venue.plan(f"{day}-{hour:02}-{role}", at(day, hour), at(day, hour + 8), role=role, need=3)
    venue.now = at(0, 0) - 1
    made = problem_of(venue.state, POLICY, 0)
    carry_out(venue, made, make_roster(made, POLICY))
    return venue


def fall_sick(venue: Venue, count: int) -> Problem:
    """People of day 6 report sick; return what is to be made anew, with the days before as they are."""
    venue.now = at(6, 0) - 1
    todays = [each for each in venue.state.assignments.values() if each.shift.startswith("6-")]
    for assignment in todays[:count]:
        venue.ok(ReportAbsent(assignment.id, "SICK"), actor=LEAD)
    away = [Away(assignment.person, at(6, 0), at(7, 6)) for assignment in todays[:count]]
    return problem_of(venue.state, POLICY, at(6, 0), away)


@BOTH
def test_scenario_12_sick_leave_and_a_minimal_replan(solver: bool) -> None:
    venue = stadium(120)
    before = {name: (each.status, each.person) for name, each in venue.state.assignments.items() if each.shift < "6"}
    made = fall_sick(venue, 31)
    plan = make_roster(made, POLICY, solver=solver)
    assert 31 + len(plan.added) + len(plan.dropped) <= 2 * 31
    assert (plan.unfilled, plan.optimal) == ((), True)
    carry_out(venue, made, plan)
    after = {name: (each.status, each.person) for name, each in venue.state.assignments.items() if each.shift < "6"}
    assert after == before
    assert {len(team) for team in venue.state.teams.values()} == {7}
    for each in venue.state.workers.values():
        for duty in each.duties:
            others = [other for other in each.duties if other != duty]
            assert all(abs(other.starts - duty.starts) >= 19 * 3_600_000 for other in others)


@BOTH
def test_scenario_12_where_cover_does_not_exist_each_free_place_has_a_reason(solver: bool) -> None:
    venue = stadium(64)
    made = fall_sick(venue, 31)
    plan = make_roster(made, POLICY, solver=solver, effort=1)
    free = sum(unfilled.places for unfilled in plan.unfilled)
    there = sum(len(opening.held) for opening in made.openings) + len(plan.assigned)
    assert 0 < free == sum(opening.shift.places for opening in made.openings) - there
    for unfilled in plan.unfilled:
        assert unfilled.reason in ("REST", "HOURS_24", "CONSECUTIVE")
        assert "CHANGE" not in unfilled.refused  # nobody else could have joined
    carry_out(venue, made, plan)


# -- against all rosters there are ------------------------------------------------------------------------------------


def is_allowed(made: Problem, pairs: Iterable[Pair]) -> bool:
    """Say whether the guards let people join one by one, in this order or in any other."""
    openings = {opening.shift.id: opening for opening in made.openings}
    workers = {each.person: each for each in made.people}
    teams: dict[str, list[Worker]] = {name: [] for name in openings}
    shifts: dict[str, list[Shift]] = {name: [] for name in workers}
    for name, person in pairs:
        duties = duties_of(workers[person], shifts[person])
        if refused(made, POLICY, openings[name], workers[person], team=teams[name], duties=duties):
            return False
        teams[name].append(workers[person])
        shifts[person].append(openings[name].shift)
    return True


def cheapest(made: Problem) -> int:
    """Return the least cost of all rosters that the guards allow."""
    pairs = [(opening.shift.id, each.person) for opening in made.openings for each in made.people]
    sets = chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))
    return min(cost_of(made, chosen) for chosen in sets if is_allowed(made, chosen))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a few shifts close together, a few people with duties of their own, and a roster that may be void by now."""
    shifts = [
        shift(
            f"S{number}",
            draw(st.integers(1, 2)),
            draw(st.sampled_from([0, 6, 9, 14, 22])),
            hours=draw(st.sampled_from([2, 4, 8])),
            places=draw(st.integers(1, 3)),
            role=draw(st.sampled_from(["STEWARD", "STEWARD", "MARSHAL"])),
            venue=draw(st.sampled_from(["STA", "STA", "AQU"])),
            languages=draw(st.sampled_from([{}, {}, {"fr": 1}])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    people = [
        worker(
            name,
            trainings=draw(st.sampled_from([("GENERAL", "MARSHAL"), ("GENERAL",)])),
            leader=draw(st.booleans()),
            minor=draw(st.sampled_from([False, False, True])),
            languages=draw(st.sampled_from([(), ("fr",)])),
            duties=draw(
                st.sampled_from([[], [], [duty_of(shift("x", 0, 18, 4), "x")], [duty_of(shift("x", 3, 8, 2), "x")]])
            ),
        )
        for name in ("ANN", "BOB", "CIA")[: draw(st.integers(1, 3))]
    ]
    pairs = st.tuples(st.sampled_from(shifts), st.sampled_from(people), st.booleans())
    chosen = draw(st.lists(pairs, max_size=3, unique_by=lambda pair: (pair[0].id, pair[1].person)))
    current = tuple(Current(one.id, each.person, f"{one.id}{each.person}", told) for one, each, told in chosen)
    away = draw(st.sampled_from([(), (Away("ANN", at(1, 8), at(1, 10)),)]))
    return problem(shifts, people, current=current, away=away)


@settings(max_examples=25)
@given(problems())
def test_the_solver_finds_the_cheapest_of_all_and_the_greedy_way_one_that_is_allowed(made: Problem) -> None:
    least = cheapest(made)
    best, fast = (make_roster(made, POLICY, solver=solver) for solver in (True, False))
    assert is_allowed(made, best.assigned)
    assert is_allowed(made, reversed(best.assigned))
    assert is_allowed(made, fast.assigned)
    assert (best.cost, best.optimal) == (least, True)
    assert fast.cost >= least
    assert not fast.optimal or fast.cost == least
    assert (best.cost, fast.cost) == (cost_of(made, best.assigned), cost_of(made, fast.assigned))


# -- without OR-Tools -------------------------------------------------------------------------------------------------


def test_without_the_extra_it_is_made_greedily(monkeypatch: pytest.MonkeyPatch) -> None:
    assert roster.has_solver()
    monkeypatch.setattr(roster, "find_spec", lambda name: None)
    assert not roster.has_solver()
    shifts = [shift("a", 1, 6), shift("b", 1, 14)]
    plan = make_roster(problem(shifts, [worker("ANN")]), POLICY)
    assert (len(plan.assigned), plan.cost, plan.optimal) == (1, 100, False)
