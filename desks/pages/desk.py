"""The accreditation desk: find a person; validate, report, replace and print cards; day passes of an organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from desks.api.answers import PRIVATE
from desks.api.fields import fields_for
from desks.badge import NotPrintable
from desks.errors import NotServed, Unavailable
from desks.facts import Facts
from desks.pages.form import Form, Wish, read_form
from desks.pages.site import Page, Site, not_for
from desks.printing import print_card
from desks.venue_desks import with_venues_of
from management.card import BLOCKED, LIVE, Card
from management.card_desk import (
    Produce,
    Reissue,
    ReportDamaged,
    ReportFound,
    ReportLost,
    ReportStolen,
    ReturnCard,
    Validate,
)
from management.command import Actor, Refusal, Role
from management.day_pass import ApprovePass, CancelPass, DayPass, IssuePass, RequestPass, ReturnPass
from management.day_pass import State as Passes
from management.entitlement import Entitlement, Place, opens_venue, opens_zone
from management.participation import Participation
from management.person_record import State
from management.token import entitlement_of, token_of_card
from schemas.policy.accreditation import Policy

__all__ = ["HANDLERS"]

ROLES: tuple[Role, ...] = ("OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR", "VENUE_ACR", "GAMES_AUTHORITY")


class Visit(NamedTuple):
    """Who is at the desk, and whose record is open."""

    site: Site
    actor: Actor
    person: str
    state: State

    @property
    def key(self) -> str:
        return f"per:{self.person}"


class Shown(NamedTuple):
    """A participation with its cards, the newest first."""

    participation: Participation
    cards: list[tuple[Card, str]]  # with until when it is valid
    live: bool  # one of them is good, or waits to be
    blocked: Card | None  # the newest that was reported, and waits for another


def _at_desk(actor: Actor) -> None:
    if not any(grant.role in ROLES for grant in actor.grants):
        raise not_for(actor)


def _in_scope(actor: Actor, ro: str) -> bool:
    """Say whether somebody at a desk sees the cards of an organisation; a venue's desk, as it stands to the person."""
    venue = any(grant.role == "VENUE_ACR" for grant in actor.grants)
    return venue or any(actor.may(role, f"ro:{ro}") for role in ROLES)


def _points(site: Site, actor: Actor) -> list[str]:
    """Return the points of validation at which somebody may stand."""
    venues = [name for name, venue in site.policies["per"].venues.items() if venue.validates]
    wide = any(actor.may(role, "*") for role in ROLES)
    return [name for name in venues if wide or actor.may("VENUE_ACR", f"venue:{name}")]


# -- searching --------------------------------------------------------------------------------------------------------


@get("/desk")
async def search(
    request: Request[Any, Any, Any], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[Any]:
    _at_desk(actor)
    wanted = request.query_params.get("q", "").strip()[:64]
    person = site.people.cards.holder(int(wanted)) if wanted.isascii() and wanted.isdigit() else ""
    if not person and wanted and (await site.state(f"per:{wanted}")).participations:
        person = wanted
    if person:
        return Redirect(f"/desk/person/{quote(person, safe='')}", status_code=303)
    shows = {"wanted": wanted, "organisations": sorted(site.policies["per"].organisations), "refused_field": ""}
    return site.show(request, actor, Page("desk.html", shows), 404 if wanted else 200)


# -- one person -------------------------------------------------------------------------------------------------------


async def _visit(site: Site, actor: Actor, person: str) -> Visit:
    _at_desk(actor)
    state = await site.state(f"per:{person}")
    return Visit(site, await with_venues_of(actor, person, site.office), person, state)


@get("/desk/person/{person:str}")
async def record(
    request: Request[Any, Any, Any], person: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[str]:
    return site.show(request, actor, await _record(request, await _visit(site, actor, person)))


@post("/desk/person/{person:str}", status_code=200)
async def act(
    request: Request[Any, Any, Any], person: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[Any]:
    visit, form = await _visit(site, actor, person), await read_form(request)
    try:
        wishes = await _wishes_at_desk(visit, form)
        refusal = wishes if isinstance(wishes, Refusal) else await site.give(request, form, wishes)
    except ValueError:
        refusal = Refusal("UNKNOWN", "no such card")
    if refusal is None:
        return site.back(request.url.path)
    visit = await _visit(site, actor, person)
    return site.show(request, actor, await _record(request, visit, form, refusal), status=409)


def _validate(visit: Visit, form: Form) -> list[Wish]:
    here, matches = form.ticked("bearer"), form.ticked("document")
    return [(visit.key, Validate(form.number("serial"), form["point"], here, matches))]


def _report(visit: Visit, form: Form) -> list[Wish]:
    serial, checked, point = form.number("serial"), form.ticked("identity"), form["point"]
    match form["what"]:
        case "STOLEN":
            return [(visit.key, ReportStolen(serial, checked, point))]
        case "DAMAGED":
            return [(visit.key, ReportDamaged(serial, checked, form.ticked("back"), point))]
        case _:
            return [(visit.key, ReportLost(serial, checked, point))]


def _reissue(visit: Visit, form: Form, serial: int, index: int) -> list[Wish]:
    return [(visit.key, Reissue(form.number("serial"), serial, index, form.ticked("photo"), form["point"]))]


def _produce(visit: Visit, form: Form, serial: int, index: int) -> list[Wish]:
    return [(visit.key, Produce(form["participation"], serial, index, form.ticked("photo"), form["point"]))]


ACTS: Mapping[str, Callable[[Visit, Form], list[Wish]]] = {
    "validate": _validate,
    "report": _report,
    "found": lambda visit, form: [(visit.key, ReportFound(form.number("serial"), form["point"]))],
    "return": lambda visit, form: [(visit.key, ReturnCard(form.number("serial"), form["point"]))],
}
PRINTS: Mapping[str, Callable[[Visit, Form, int, int], list[Wish]]] = {"reissue": _reissue, "produce": _produce}


async def _wishes_at_desk(visit: Visit, form: Form) -> list[Wish] | Refusal:
    if prints := PRINTS.get(form["act"]):
        card = await _next_card(visit.site)
        return card if isinstance(card, Refusal) else prints(visit, form, *card)
    act = ACTS.get(form["act"])
    return act(visit, form) if act else Refusal("UNKNOWN", "no such act")


async def _next_card(site: Site) -> tuple[int, int] | Refusal:
    """Return a serial and a place in the status list for a card or a pass."""
    try:
        return await site.numbers.next()
    except (NotServed, Unavailable) as error:
        return Refusal("UNAVAILABLE", str(error))


async def _record(
    request: Request[Any, Any, Any], visit: Visit, form: Form | None = None, refusal: Refusal | None = None
) -> Page:
    if facts := await _facts(visit):
        visit.site.doorkeeper.read_personal(request.state.caller, request)
    language = visit.site.renderer.language_of(request)
    shows = {
        "person": visit.person,
        "state": visit.state,
        "facts": facts,
        "born": language.day(facts.born) if facts and facts.born else "",
        "shown": list(_shown(request, visit)),
        "points": _points(visit.site, visit.actor),
        "prints": visit.site.signer is not None,
        "kept": form.id if form and refusal and refusal.code == "UNAVAILABLE" else "",
        "refusal": refusal,
        "refused_field": "",
    }
    return Page("person.html", shows)


async def _facts(visit: Visit) -> Facts | None:
    """Return what was said of the person, as far as who is at the desk may see it and it can be opened still."""
    if visit.site.vault is None:
        return None
    found = await visit.site.office.facts(visit.site.vault, visit.person, lambda blob: fields_for(visit.actor, blob))
    return found if isinstance(found, Facts) and found != Facts(withheld=found.withheld) else None


def _shown(request: Request[Any, Any, Any], visit: Visit) -> Iterable[Shown]:
    language = visit.site.renderer.language_of(request)
    for one in visit.state.participations.values():
        if not _in_scope(visit.actor, one.ro):
            continue
        cards = sorted((c for c in visit.state.cards.values() if c.participation == one.id), key=lambda c: -c.serial)
        dated = [(card, language.moment(card.valid_to, "UTC")) for card in cards]
        live = any(card.status in LIVE for card in cards)
        blocked = next((card for card in cards if card.status in BLOCKED), None)
        yield Shown(one, dated, live, None if live else blocked)


@get("/desk/person/{person:str}/badge/{serial:int}")
async def badge(
    request: Request[Any, Any, Any],
    person: FromPath[str],
    serial: FromPath[int],
    site: NamedDependency[Site],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    visit = await _visit(site, actor, person)
    card, signer = visit.state.cards.get(str(serial)), site.signer
    own = visit.state.participations.get(card.participation) if card else None
    if card is None or own is None or card.status not in LIVE or signer is None or not _in_scope(visit.actor, own.ro):
        return site.show(
            request, actor, await _record(request, visit, None, Refusal("UNKNOWN", "no such card")), status=404
        )
    if facts := await _facts(visit):
        site.doorkeeper.read_personal(request.state.caller, request)
    policy, shown = site.policies["per"], facts or Facts(print_name=visit.person)  # whom nobody named has a reference
    try:
        pdf = print_card(token_of_card(card, own, policy), shown, own.function, policy, signer)
    except NotPrintable:
        return site.show(
            request, actor, await _record(request, visit, None, Refusal("NOT_PRINTABLE", "letters")), status=409
        )
    named = PRIVATE | {"Content-Disposition": f'inline; filename="{policy.games}-{serial}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)


# -- day passes -------------------------------------------------------------------------------------------------------


@get("/desk/passes/{ro:str}")
async def passes(
    request: Request[Any, Any, Any], ro: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[str]:
    return site.show(request, actor, await _passes(request, site, actor, ro))


@post("/desk/passes/{ro:str}", status_code=200)
async def act_on_pass(
    request: Request[Any, Any, Any], ro: FromPath[str], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[Any]:
    form = await read_form(request)
    _at_passes(actor, ro)
    try:
        wishes = await _wishes_of_pass(site, ro, form)
        refusal = wishes if isinstance(wishes, Refusal) else await site.give(request, form, wishes)
    except ValueError:
        refusal = Refusal("DATE", "a day that is none")
    if refusal is None:
        return site.back(request.url.path)
    return site.show(request, actor, await _passes(request, site, actor, ro, form, refusal), status=409)


def _at_passes(actor: Actor, ro: str) -> None:
    if not actor.may("RO_ACR", f"ro:{ro}"):
        _at_desk(actor)


async def _wishes_of_pass(site: Site, ro: str, form: Form) -> list[Wish] | Refusal:
    key, name = f"dp:{ro}", form["pass"]
    match form["act"]:
        case "request":
            return [(key, await _request(site, form))]
        case "approve":
            return [(key, ApprovePass(name))]
        case "issue":
            found = (await site.state(key)).passes.get(name)
            if found is None:
                return Refusal("UNKNOWN", "no such pass")
            if isinstance(card := await _next_card(site), Refusal):
                return card
            standing = await _standing(site, found.person)
            return [(key, IssuePass(name, form.ticked("deposit"), standing, *card))]
        case "return":
            return [(key, ReturnPass(name))]
        case "cancel":
            return [(key, CancelPass(name))]
    return Refusal("UNKNOWN", "no such act")


async def _request(site: Site, form: Form) -> RequestPass:
    policy, venue, host = site.policies["per"], form["venue"], form["host"]
    found = (await site.state(f"per:{host}")).participations.values()
    now, kind = site.office.now, policy.venues[venue].type if venue in policy.venues else ""
    zones_there = policy.venue_types[kind].zones if kind else ()
    cards = [entitlement_of(one, policy) for one in found if one.status == "APPROVED"]
    opened = [zone for zone in zones_there if any(_opens(card, Place(venue, zone), now, policy) for card in cards)]
    standing = await _standing(site, form["person"])
    zones = tuple(form.all("zones"))
    return RequestPass(
        f"D-{form.id}", form["person"], host, form.day("day"), venue, zones, tuple(opened), standing,
        escorted=form.ticked("escorted"),
    )  # fmt: skip


def _opens(card: Entitlement, place: Place, now: int, policy: Policy) -> bool:
    """Say whether a host's card opens a place; the venues of his discipline count as open, the gate looks itself."""
    released = {card.discipline: (place.venue,)} if card.discipline else {}
    return opens_venue(card, place, now, released, policy) and opens_zone(card, place, now, policy)


async def _standing(site: Site, person: str) -> Any:
    """Return how a guest stands, as far as there is a record of him."""
    statuses = {one.status for one in (await site.state(f"per:{person}")).participations.values()}
    return next((status for status in ("REVOKED", "REFUSED") if status in statuses), "CLEAR")


async def _passes(  # noqa: PLR0917 - of a page: who asks, for whom, and what came of a form
    request: Request[Any, Any, Any],
    site: Site,
    actor: Actor,
    ro: str,
    form: Form | None = None,
    refusal: Refusal | None = None,
) -> Page:
    _at_passes(actor, ro)
    state: Passes = await site.state(f"dp:{ro}")
    language, policy = site.renderer.language_of(request), site.policies["per"]
    newest = sorted(_seen(actor, ro, state), key=lambda one: (one.day, one.id), reverse=True)
    shows = {
        "ro": ro,
        "passes": [(one, language.day(one.day)) for one in newest[:200]],
        "venues": list(policy.venues),
        "zones": [name for name, zone in policy.zones.items() if not zone.never_on_pass],
        "desk": any(grant.role in ROLES for grant in actor.grants),
        "form": form or Form({}),
        "kept": form.id if form and refusal and refusal.code == "UNAVAILABLE" else "",
        "refusal": refusal,
        "refused_field": "",
    }
    return Page("passes.html", shows)


def _seen(actor: Actor, ro: str, state: Passes) -> Iterable[DayPass]:
    """Return the passes that somebody sees: those of his organisations, and those for his venue."""
    offices: tuple[Role, ...] = ("RO_ACR", "OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR", "GAMES_AUTHORITY")
    if any(actor.may(role, f"ro:{ro}") for role in offices):
        return state.passes.values()
    return [one for one in state.passes.values() if actor.may("VENUE_ACR", f"venue:{one.venue}")]


HANDLERS = (search, record, act, badge, passes, act_on_pass)
