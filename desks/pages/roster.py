"""The venue's roster of today: who is expected, here or missing; which shifts are short, and why; who could step in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from desks.pages.form import Form, Wish, read_form
from desks.pages.site import Page, Site, not_for
from management.assignment_rules import check_person, check_team
from management.attendance_board import Arrival, Presence, Short, arrivals, replacements, short_shifts
from management.command import Actor, Refusal
from management.shift import Shift
from management.worker import Worker
from management.workforce_commands import (
    ApproveSwap,
    CheckIn,
    CheckOut,
    KeepShift,
    RefuseSwap,
    ReplaceAssignment,
    ReportAbsent,
)
from management.workforce_state import Assignment, State, Swap, members
from schemas.policy.workforce import Policy

__all__ = ["HANDLERS"]

DAY = 86_400_000
TALLY: tuple[Presence, ...] = ("EXPECTED", "LATE", "HERE", "LEFT", "ABSENT", "NO_SHOW")


class Line(NamedTuple):
    """One person on the board."""

    arrival: Arrival
    assignment: Assignment
    expected: str


class Team(NamedTuple):
    """A shift on the board."""

    shift: Shift
    when: str
    lines: list[Line]


class Gap(NamedTuple):
    """A shift that is short, with what keeps others off it."""

    short: Short
    when: str
    free: int  # people whom nothing keeps off
    why: list[tuple[str, int]]  # code of a guard, how many it keeps off, most first


class Change(NamedTuple):
    """A swap that waits for the venue."""

    swap: Swap
    people: tuple[str, str]
    whens: tuple[str, str]


class Visit(NamedTuple):
    """Who is here, at which venue, and how its roster stands."""

    site: Site
    actor: Actor
    venue: str
    state: State

    @property
    def key(self) -> str:
        return f"wf:{self.venue}"

    @property
    def policy(self) -> Policy:
        policy: Policy = self.site.policies["wf"]
        return policy


async def _visit(site: Site, actor: Actor, venue: str) -> Visit:
    if not any(actor.may(role, f"venue:{venue}") for role in ("VENUE_WF", "WF_PLANNER")):
        raise not_for(actor)
    return Visit(site, actor, venue, await site.state(f"wf:{venue}"))


@get("/venue/{venue:str}")
async def board(
    request: Request[Any, Any, Any], venue: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[str]:
    return site.show(request, actor, _board(request, await _visit(site, actor, venue)))


@post("/venue/{venue:str}", status_code=200)
async def act(
    request: Request[Any, Any, Any], venue: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[Any]:
    visit, form = await _visit(site, actor, venue), await read_form(request)
    found = ACTS.get(form["act"])
    refusal = await site.give(request, form, found(visit, form)) if found else Refusal("UNKNOWN", "no such act")
    if refusal is None:
        return site.back(request.url.path)
    visit = await _visit(site, actor, venue)
    return site.show(request, actor, _board(request, visit, form, refusal), status=409)


@get("/venue/{venue:str}/replace/{assignment:str}")
async def candidates(
    request: Request[Any, Any, Any],
    venue: FromPath[str],
    assignment: FromPath[str],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[str]:
    visit = await _visit(site, actor, venue)
    found = visit.state.assignments.get(assignment)
    if found is None:
        return site.show(request, actor, _board(request, visit, None, Refusal("UNKNOWN", "no such assignment")), 404)
    return site.show(request, actor, _candidates(request, visit, found))


# -- what a form asks for ---------------------------------------------------------------------------------------------


def _check_in(visit: Visit, form: Form) -> list[Wish]:
    return [(visit.key, CheckIn(form["assignment"], visit.venue, visit.site.office.now, f"desk-{form.id}"))]


def _approve(visit: Visit, form: Form) -> list[Wish]:
    return [(visit.key, ApproveSwap(form["swap"], f"{form['swap']}-M", f"{form['swap']}-T"))]


def _replace(visit: Visit, form: Form) -> list[Wish]:
    old = visit.state.assignments.get(form["assignment"])
    begun = old is not None and visit.state.shifts[old.shift].starts <= visit.site.office.now
    expected = visit.site.office.now + 30 * 60_000 if begun else None  # who is called now needs the way here
    return [(visit.key, ReplaceAssignment(form["assignment"], f"R-{form.id}", form["person"], expected))]


ACTS: Mapping[str, Callable[[Visit, Form], list[Wish]]] = {
    "check-in": _check_in,
    "check-out": lambda visit, form: [(visit.key, CheckOut(form["assignment"], visit.site.office.now))],
    "absent": lambda visit, form: [(visit.key, ReportAbsent(form["assignment"], "REPORTED"))],
    "approve": _approve,
    "refuse": lambda visit, form: [(visit.key, RefuseSwap(form["swap"]))],
    "replace": _replace,
    "keep": lambda visit, form: [(visit.key, KeepShift(form["shift"]))],
}

# -- what the pages show ----------------------------------------------------------------------------------------------


def _when(request: Request[Any, Any, Any], visit: Visit, shift: Shift) -> str:
    language = visit.site.renderer.language_of(request)
    return language.span(shift.starts, shift.ends, visit.site.zone_of(visit.venue))


def _board(
    request: Request[Any, Any, Any], visit: Visit, form: Form | None = None, refusal: Refusal | None = None
) -> Page:
    now, zone = visit.site.office.now, visit.site.zone_of(visit.venue)
    language = visit.site.renderer.language_of(request)
    teams = list(_teams(request, visit))
    tally = Counter(line.arrival.presence for team in teams for line in team.lines)
    shows = {
        "venue": visit.venue,
        "now": language.moment(now, zone),
        "zone": zone,
        "teams": teams,
        "tally": [(presence, tally[presence]) for presence in TALLY],
        "gaps": [_gap(request, visit, short) for short in short_shifts(visit.state, now, now + DAY)],
        "changes": list(_changes(request, visit)),
        "affected": [
            (visit.state.shifts[name], _when(request, visit, visit.state.shifts[name]))
            for name in sorted(visit.state.affected)
        ],
        "leads": visit.actor.may("VENUE_WF", f"venue:{visit.venue}"),
        "kept": form.id if form and refusal and refusal.code == "UNAVAILABLE" else "",
        "refusal": refusal,
        "refused_field": "",
    }
    return Page("roster.html", shows)


def _teams(request: Request[Any, Any, Any], visit: Visit) -> Iterable[Team]:
    now, zone = visit.site.office.now, visit.site.zone_of(visit.venue)
    language = visit.site.renderer.language_of(request)
    over = ("PROPOSED", "SWAPPED", "REPLACED", "CANCELLED")
    own = {(one.shift, one.person): one for one in visit.state.assignments.values() if one.status not in over}
    by_shift: dict[str, list[Line]] = {}
    for arrival in arrivals(visit.state, now, visit.policy):
        assignment = own[arrival.shift, arrival.person]
        line = Line(arrival, assignment, language.clock(arrival.expected_at, zone))
        by_shift.setdefault(arrival.shift, []).append(line)
    for name in sorted(by_shift, key=lambda name: (visit.state.shifts[name].starts, name)):
        shift = visit.state.shifts[name]
        yield Team(shift, _when(request, visit, shift), by_shift[name])


def _gap(request: Request[Any, Any, Any], visit: Visit, short: Short) -> Gap:
    shift = visit.state.shifts[short.shift]
    team = list(members(visit.state, shift.id))
    kept: Counter[str] = Counter()
    for worker in visit.state.workers.values():
        if all(worker.person != one.person for one in team):
            kept[_reason(visit, worker, shift, team)] += 1
    free = kept.pop("", 0)
    return Gap(short, _when(request, visit, shift), free, kept.most_common())


def _reason(visit: Visit, worker: Worker, shift: Shift, team: list[Worker]) -> str:
    """Return the code of the first guard that keeps a person off a shift, "" where none does."""
    windows = worker.access.windows
    refusal = check_person(worker, shift, visit.policy, duties=worker.duties, windows=windows)
    refusal = refusal or check_team(shift, [*team, worker], visit.policy)
    return refusal.code if refusal else ""


def _changes(request: Request[Any, Any, Any], visit: Visit) -> Iterable[Change]:
    for swap in visit.state.swaps.values():
        if swap.status == "ACCEPTED":
            mine, theirs = (visit.state.assignments[name] for name in (swap.mine, swap.theirs))
            whens = (_when(request, visit, visit.state.shifts[one.shift]) for one in (mine, theirs))
            first, second = whens
            yield Change(swap, (mine.person, theirs.person), (first, second))


def _candidates(request: Request[Any, Any, Any], visit: Visit, old: Assignment) -> Page:
    shift = visit.state.shifts[old.shift]
    fit = replacements(visit.state, old.id, visit.state.workers.values(), visit.policy)
    team = list(members(visit.state, shift.id, without=old.id))
    on_it = {one.person for one in team} | {old.person}
    unfit = [
        (worker.person, _reason(visit, worker, shift, team))
        for worker in visit.state.workers.values()
        if worker.person not in on_it and worker.person not in fit
    ]
    shows = {
        "venue": visit.venue,
        "old": old,
        "shift": shift,
        "when": _when(request, visit, shift),
        "fit": [(person, _hours(visit.state.workers[person])) for person in fit],
        "unfit": sorted(unfit, key=lambda one: (one[1], one[0])),
        "kept": "",
        "refused_field": "",
    }
    return Page("replace.html", shows)


def _hours(worker: Worker) -> int:
    return sum(duty.ends - duty.starts for duty in worker.duties) // 3_600_000


HANDLERS = (board, act, candidates)
