"""The volunteer's portal: apply, answer an offer, see the shifts, report sick, change places with somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from desks.facts import Facts
from desks.pages.form import Form, Wish, read_form
from desks.pages.notices import unread
from desks.pages.site import Page, Site, not_for
from desks.vault import Place
from management.command import Actor, Refusal
from management.shift import Shift
from management.volunteer import State
from management.volunteer_commands import AcceptOffer, AmendApplication, OpenApplication, RejectOffer, Submit, Withdraw
from management.workforce_commands import AcceptSwap, ConfirmAssignment, DeclineSwap, ProposeSwap, ReportAbsent
from management.workforce_state import OPEN, Assignment, Swap
from management.workforce_state import State as Workforce

__all__ = ["HANDLERS"]

STAGES = ("SUBMITTED", "SCREENED", "INTERVIEWED", "OFFERED", "ACCEPTED", "ONBOARDED", "ACTIVE")  # the usual way
ON_THE_WAY = {"NONE": -1, "DRAFT": -1, "MATCHED": 2, "RESERVE": 2, "COMPLETED": 6}
SHOWN = OPEN - {"PROPOSED"} | {"CHECKED_IN", "CHECKED_OUT", "AUTO_CLOSED", "ABSENT", "NO_SHOW"}


class Duty(NamedTuple):
    """A shift of the volunteer."""

    assignment: Assignment
    shift: Shift
    when: str
    to_come: bool


class Offered(NamedTuple):
    """A change of places that waits for an answer."""

    swap: Swap
    gives: str  # the shift that the volunteer would leave
    gets: str
    asked: bool  # by somebody else


class Visit(NamedTuple):
    """Who is here, in which programme, and how both stand."""

    site: Site
    actor: Actor
    programme: str
    state: State
    workforce: Workforce
    unread: int  # notices that the volunteer has yet to acknowledge

    @property
    def key(self) -> str:
        return f"vol:{self.programme}:{self.actor.id}"

    @property
    def roster(self) -> str:
        return f"wf:{self.state.venue}"


async def _visit(site: Site, actor: Actor, programme: str) -> Visit:
    if programme not in site.programmes or not actor.may("VOLUNTEER", f"person:{actor.id}"):
        raise not_for(actor)
    state = await site.state(f"vol:{programme}:{actor.id}")
    workforce = await site.state(f"wf:{state.venue}") if state.venue else Workforce()
    told = unread(await site.state(f"ntc:per:{actor.id}"))
    return Visit(site, actor, programme, state, workforce, told)


@get("/volunteer/{programme:str}")
async def portal(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[str]:
    visit = await _visit(site, actor, programme)
    return site.show(request, actor, _page(request, visit))


@post("/volunteer/{programme:str}", status_code=200)
async def act(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    visit, form = await _visit(site, actor, programme), await read_form(request)
    refusal = await _carry_out(request, visit, form)
    if refusal is None:
        return site.back(request.url.path)
    visit = await _visit(site, actor, programme)
    return site.show(request, actor, _page(request, visit, form, refusal), status=409)


async def _carry_out(request: Request[Any, Any, Any], visit: Visit, form: Form) -> Refusal | None:
    found = ACTS.get(form["act"])
    if found is None:
        return Refusal("UNKNOWN", "no such act")
    try:
        wishes = found(visit, form)
    except ValueError:
        return Refusal("DATE", "a day that is none")
    return wishes if isinstance(wishes, Refusal) else await visit.site.give(request, form, wishes)


# -- what a form of this page asks for --------------------------------------------------------------------------------


def _apply(visit: Visit, form: Form) -> list[Wish] | Refusal:
    if not form["born"]:
        return Refusal("MISSING", "the day of birth")
    facts = Facts(
        family_name=form["family_name"], given_name=form["given_name"], email=form["email"], about=form["about"]
    )
    opened = [] if visit.state.stage == "DRAFT" else [(visit.key, OpenApplication())]
    person, vault = visit.actor.id, visit.site.vault
    place = Place(visit.key, form.command_id(len(opened))) if form.id else None
    sealed = vault.seal(person, place, facts) if vault and place else b""
    days = tuple(date.fromisoformat(day) for day in form.all("days"))
    return [
        *opened,
        (visit.key, AmendApplication(form.all("wishes"), days, sealed)),
        (visit.key, Submit(form.day("born"), consent=form.ticked("consent"))),
    ]


def _reject(visit: Visit, form: Form) -> list[Wish] | Refusal:
    if not form.ticked("sure"):
        return Refusal("MISSING", "that it is final")
    return [(visit.key, RejectOffer())]


def _swap(visit: Visit, form: Form) -> list[Wish] | Refusal:
    return [(visit.roster, ProposeSwap(f"SW-{form.id}", form["mine"], form["theirs"]))]


ACTS: Mapping[str, Callable[[Visit, Form], list[Wish] | Refusal]] = {
    "apply": _apply,
    "accept": lambda visit, _: [(visit.key, AcceptOffer())],
    "reject": _reject,
    "withdraw": lambda visit, _: [(visit.key, Withdraw("OWN_WISH"))],
    "confirm": lambda visit, form: [(visit.roster, ConfirmAssignment(form["assignment"]))],
    "sick": lambda visit, form: [(visit.roster, ReportAbsent(form["assignment"], "SICK"))],
    "swap": _swap,
    "accept-swap": lambda visit, form: [(visit.roster, AcceptSwap(form["swap"]))],
    "decline-swap": lambda visit, form: [(visit.roster, DeclineSwap(form["swap"]))],
}

# -- what the page shows ----------------------------------------------------------------------------------------------


def _page(
    request: Request[Any, Any, Any], visit: Visit, form: Form | None = None, refusal: Refusal | None = None
) -> Page:
    site, state, language = visit.site, visit.state, visit.site.renderer.language_of(request)
    policy, zone = site.policies["vol"], site.zone_of(state.venue)
    duties = list(_duties(request, visit, zone))
    reached = ON_THE_WAY.get(state.stage, STAGES.index(state.stage) if state.stage in STAGES else -1)
    shows = {
        "programme": visit.programme,
        "state": state,
        "roles": sorted(policy.roles),
        "days": [policy.starts + timedelta(number) for number in range((policy.ends - policy.starts).days + 1)],
        "policy": policy,
        "stages": [(stage, place <= reached, place == reached) for place, stage in enumerate(STAGES)],
        "applies": state.stage in ("NONE", "DRAFT", "WITHDRAWN") and not state.answer,
        "deadline": language.moment(state.respond_by, zone) if state.respond_by else "",
        "zone": zone,
        "left": _left(state.respond_by - site.office.now),
        "duties": duties,
        "recipient": f"per:{visit.actor.id}",
        "unread": visit.unread,
        "swaps": list(_swaps(request, visit, zone)),
        "partners": list(_partners(request, visit, zone)),
        "form": form or Form({}),
        "kept": form.id if form and refusal and refusal.code == "UNAVAILABLE" else "",
        "refusal": refusal,
        "refused_field": _field_of(refusal, form),
        "trainings": [(name, name in state.trainings) for name in policy.roles.get(state.role, ())],
    }
    return Page("volunteer.html", shows)


def _field_of(refusal: Refusal | None, form: Form | None) -> str:
    """Return the field of the application that a refusal is about."""
    if refusal is None or form is None or form["act"] != "apply":
        return ""
    fields = {"AGE": "born", "MISSING": "born", "DATE": "born", "NO_CONSENT": "consent", "DAYS": "days"}
    return fields.get(refusal.code, "")


def _left(ms: int) -> int:
    """Return how many hours are left, rounded down."""
    return max(0, ms // 3_600_000)


def _when(request: Request[Any, Any, Any], visit: Visit, shift: Shift, zone: str) -> str:
    return visit.site.renderer.language_of(request).span(shift.starts, shift.ends, zone)


def _duties(request: Request[Any, Any, Any], visit: Visit, zone: str) -> Iterable[Duty]:
    roster, now = visit.workforce, visit.site.office.now
    own = [one for one in roster.assignments.values() if one.person == visit.actor.id and one.status in SHOWN]
    for one in sorted(own, key=lambda one: roster.shifts[one.shift].starts):
        shift = roster.shifts[one.shift]
        yield Duty(one, shift, _when(request, visit, shift, zone), one.status in OPEN and shift.starts > now)


def _swaps(request: Request[Any, Any, Any], visit: Visit, zone: str) -> Iterable[Offered]:
    roster, person = visit.workforce, visit.actor.id
    for swap in roster.swaps.values():
        if swap.status not in ("PROPOSED", "ACCEPTED"):
            continue
        mine, theirs = roster.assignments[swap.mine], roster.assignments[swap.theirs]
        if person not in (mine.person, theirs.person):
            continue
        own, other = (mine, theirs) if mine.person == person else (theirs, mine)
        gives, gets = (_when(request, visit, roster.shifts[one.shift], zone) for one in (own, other))
        yield Offered(swap, gives, gets, theirs.person == person)


def _partners(request: Request[Any, Any, Any], visit: Visit, zone: str) -> Iterable[tuple[str, str]]:
    """Yield the shifts of others in the same role that are to come, by the name of the assignment."""
    roster, now = visit.workforce, visit.site.office.now
    others = [
        (roster.shifts[one.shift], one)
        for one in roster.assignments.values()
        if one.person != visit.actor.id and one.status in ("PUBLISHED", "CONFIRMED") and not one.swap
    ]
    for shift, one in sorted(others, key=lambda found: (found[0].starts, found[1].id)):
        if shift.role == visit.state.role and shift.starts > now:
            yield one.id, f"{_when(request, visit, shift, zone)}, {shift.zone}"


HANDLERS = (portal, act)
